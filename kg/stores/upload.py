"""Upload: a release put into a store by SPARQL Update, in batches, and shown to its readers at the end.

The graphs of facts are named by what they hold, so they are added beside those of the release before. The default graph
and all others are filled under names that nobody asks for, and one request moves them into place. Each batch leaves
a mark, so that an upload that was cut off goes on where it was.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import pyoxigraph as px

from kg.errors import StoreError
from kg.rdf import iris
from kg.rdf.terms import DCTERMS, DEFAULT_GRAPH, Quad, text_of
from kg.release.reader import Release
from kg.stores.base import Endpoint
from kg.stores.connection import RefusedError, checked
from kg.stores.plan import Plan
from kg.stores.remote import Remote, canonical

BATCH = 1000  # quads that are sent at a time

Told = Callable[[float], object]


class Uploaded(NamedTuple):
    """What an upload did: the quads that there are, the batches they were sent in, and how many of these a run before
    had sent; the things that were read back, and terms that the store writes in another way, as pairs.
    """

    quads: int
    batches: int
    before: int
    sampled: int
    rewritten: tuple[tuple[str, str], ...]


def upload(release: Release, endpoint: Endpoint, told: Told = lambda share: None) -> Uploaded:
    """Put a release into the store of an endpoint; nothing is sent where it is there. `told` is given the share done.

    StoreError where the store does not answer, refuses a statement or holds another one than was sent; its readers then
    see what they saw before.
    """
    return _Upload(release, endpoint).run(told)


def guessed(url: str) -> str:
    """The address that takes updates, by that of the endpoint, as Oxigraph, Fuseki, RDF4J and GraphDB have it.

    >>> guessed("http://x/query?key=1"), guessed("http://x/repositories/icc"), guessed("http://x/sparql")
    ('http://x/update?key=1', 'http://x/repositories/icc/statements', 'http://x/sparql')
    """
    path, asked, fields = url.partition("?")
    if path.endswith("/query"):
        path = path.removesuffix("query") + "update"
    elif re.search(r"/repositories/[^/]+$", path):
        path = f"{path}/statements"
    return f"{path}{asked}{fields}"


class _Upload:
    """A release on its way into a store."""

    def __init__(self, release: Release, endpoint: Endpoint) -> None:
        self._plan = Plan(release, endpoint)
        self._remote = Remote(endpoint._replace(default_graph=""), self._plan.base)  # asked graph by graph
        self._address = checked(endpoint.update or guessed(endpoint.url))
        self._computed: list[Quad] = []  # sent in other words

    def run(self, told: Told) -> Uploaded:
        """Send what is not there, look whether all is, and show it."""
        quads, total, done = self._plan.wanted.total(), -(-self._plan.wanted.total() // BATCH), self._marked()
        if not done and self._stands():
            rewritten = self._read_back(staged=False)
            self._sweep()
            return Uploaded(quads, 0, 0, len(self._plan.sample), rewritten)
        self._refuse_foreign()
        self._refuse_union()
        for number, batch in enumerate(_batches(self._plan.quads())):
            if number not in done:
                self._send(batch, f"{BATCH} {number}")
            told((number + 1) / total)
        try:
            changed = self._missed()
            rewritten = self._read_back(staged=True)
        except StoreError:  # another time it begins anew
            self._clear()
            raise
        self._show(changed)
        return Uploaded(quads, total, len(done), len(self._plan.sample), rewritten)

    def _marked(self) -> set[int]:
        """The numbers of the batches that the store has."""
        quads = self._remote.quads_for_pattern(None, None, None, px.NamedNode(self._plan.marks))
        found = [text_of(quad.object).split() for quad in quads]
        return {int(mark[1]) for mark in found if len(mark) == 2 and mark[0] == str(BATCH) and mark[1].isdigit()}

    def _stands(self) -> bool:
        """Whether the store has this release, each graph with as many triples, and no other."""
        return self._remote.held() == {self._plan.name} and self._found() == dict(self._plan.wanted)

    def _found(self) -> dict[str, int]:
        """How many triples the store has in each graph of a release."""
        return {**self._remote.graphs(), self._plan.default: self._held()}

    def _refuse_foreign(self) -> None:
        """StoreError where the default graph holds what no release of this base has put there, and would be lost."""
        known = self._remote.graphs().keys() - {self._plan.default}
        if not known and (held := self._held()):
            place, other = ("its default graph", self._plan.default)
            if not self._plan.own_default:
                place, other = f"<{self._plan.default}>", "another IRI"
            raise self._remote.connection.error(
                f"{place} holds {held:,} statements of others, which would be lost; "
                f"load with --default-graph {other}, or empty it"
            )

    def _held(self) -> int:
        """How many statements there are where the default graph is to be."""
        own, default = self._plan.own_default, self._plan.default
        return self._remote.count("?s ?p ?o" if own else f"GRAPH <{default}> {{ ?s ?p ?o }}")

    def _refuse_union(self) -> None:
        """StoreError where the store's default graph is all graphs together, and no other is given."""
        if not self._plan.own_default:
            return
        self._send([], f"{BATCH} begun")
        if next(self._remote.quads_for_pattern(px.NamedNode(self._plan.marks), None, None, DEFAULT_GRAPH), None):
            self._clear()
            raise self._remote.connection.error(
                f"its default graph is all graphs together; load with --default-graph {self._plan.default}, "
                "and set default_graph in the project"
            )

    def _send(self, quads: list[Quad], mark: str = "") -> None:
        """Add quads and their mark. Where the store refuses some, these are found and sent in other words."""
        by_graph = defaultdict(list)
        for quad in quads:
            by_graph[self._plan.filled(self._plan.graph(quad))].append(_triple(quad))
        if mark:
            by_graph[self._plan.marks].append(f'<{self._plan.marks}> <{DCTERMS}hasPart> "{mark}"')
        try:
            self._update(_insertion(by_graph))
        except RefusedError as error:
            if len(quads) < 2:
                self._send_computed(quads, error)
            else:
                self._send(quads[: len(quads) // 2])
                self._send(quads[len(quads) // 2 :])
            if mark:
                self._send([], mark)

    def _send_computed(self, quads: list[Quad], error: RefusedError) -> None:
        """Add a quad whose literal is computed by the store, as Virtuoso has it of xsd:duration."""
        for quad in quads:
            if not isinstance(quad.object, px.Literal):
                raise error
            text, graph = px.Literal(quad.object.value), self._plan.filled(self._plan.graph(quad))
            inserted = f"INSERT {{ GRAPH <{graph}> {{ {quad.subject} {quad.predicate} ?o }} }}"
            self._computed.append(quad)
            try:
                self._update(f"{inserted} WHERE {{ BIND(STRDT({text}, {quad.object.datatype}) AS ?o) }}")
            except RefusedError:
                raise StoreError(f"{error}; what it refuses is {quad.triple} .") from None

    def _missed(self) -> set[str]:
        """The graphs of facts that hold more than the release says. StoreError where one holds less."""
        found = {**self._remote.graphs(), **self._filled()}
        for graph, triples in self._plan.wanted.items():
            if (held := found.get(self._plan.filled(graph), 0)) < triples:
                message = f"it holds {held:,} of {triples:,} triples of <{self._plan.filled(graph)}>; load again"
                raise self._remote.connection.error(message)
        more = {graph for graph, triples in self._plan.wanted.items() if found[self._plan.filled(graph)] > triples}
        if others := [graph for graph in more if not iris.is_fact(self._plan.base, graph)]:
            raise self._remote.connection.error(f"it holds more of <{others[0]}> than was sent; load again")
        return more

    def _read_back(self, *, staged: bool) -> tuple[tuple[str, str], ...]:
        """Terms that the store writes otherwise than was sent, of the things drawn; StoreError where one has other
        statements."""
        name = self._plan.filled(self._plan.default) if staged else self._plan.default
        graph = DEFAULT_GRAPH if self._plan.own_default and not staged else px.NamedNode(name)
        rewritten: set[tuple[str, str]] = set()
        for quad in self._computed:
            at = px.NamedNode(self._plan.filled(self._plan.graph(quad)))
            objects = {one.object for one in self._remote.quads_for_pattern(quad.subject, quad.predicate, None, at)}
            if canonical(quad.object) not in objects:
                rewritten.add((str(quad.object), ", ".join(sorted(map(str, objects)))))
        for quads in self._plan.sample:
            subject = quads[0].subject
            sent = {(quad.predicate.value, str(canonical(quad.object))) for quad in quads}
            held = {
                (quad.predicate.value, str(canonical(quad.object)))
                for quad in self._remote.quads_for_pattern(subject, None, None, graph)
            }
            lost, new = sorted(sent - held), sorted(held - sent)
            if list(map(_kind, lost)) != list(map(_kind, new)):
                raise self._remote.connection.error(
                    f"it does not hold what was sent of {subject}: {len(lost)} statements are missing, "
                    f"{len(new)} are others; load again"
                )
            rewritten.update((one[1], other[1]) for one, other in zip(lost, new, strict=True))
        return tuple(sorted(rewritten))

    def _show(self, changed: set[str]) -> None:
        """Move what was filled into place, in one request, which is sent once: done again, it would empty the graphs.

        StoreError where the release is not there then, all of it.
        """
        steps = [
            f"MOVE GRAPH <{self._plan.filled(graph)}> TO {self._plan.place(graph)}"
            for graph in sorted(self._plan.wanted)
            if self._plan.filled(graph) != graph
        ]
        if changed:  # a fact that says something else under its old name
            again = defaultdict(list)
            for quad in self._plan.quads():
                if self._plan.graph(quad) in changed:
                    again[self._plan.graph(quad)].append(_triple(quad))
            steps += [*(f"DROP GRAPH <{graph}>" for graph in sorted(changed)), _insertion(again)]
        text = " ;\n".join([*steps, f"DROP SILENT GRAPH <{self._plan.marks}>"])
        try:
            self._remote.connection.update(self._address, text, once=True)
        except StoreError as error:  # it may have been done all the same
            if not self._is_there():
                raise StoreError(f"{error}; load again") from None
        self._sweep()
        if not self._stands():
            raise self._remote.connection.error("it does not hold all of the release after it was shown; load again")

    def _is_there(self) -> bool:
        """Whether each graph of this release is in its place, maybe beside others."""
        named = self._remote.held() == {self._plan.name}
        return named and self._found().items() >= self._plan.wanted.items()

    def _filled(self) -> dict[str, int]:
        """How many triples there are in each graph that is filled and not shown yet, of any release."""
        return {one: number for one, number in self._remote.every_graph() if one.startswith(self._plan.loading)}

    def _sweep(self) -> None:
        """Delete the graphs that releases before had and this one has not, and what is left of loading."""
        gone = self._remote.graphs().keys() - self._plan.wanted.keys()
        stray = [iris.graph(self._plan.base, "default")] if self._plan.own_default else []
        self._drop([*gone, *stray, *self._filled()])

    def _clear(self) -> None:
        """Delete what was filled and not shown, with its marks."""
        self._drop(graph for graph in self._filled() if graph.startswith(self._plan.marks))

    def _drop(self, graphs: Iterable[str]) -> None:
        waiting = iter(graphs)
        while some := list(islice(waiting, BATCH)):
            self._update(" ;\n".join(f"DROP SILENT GRAPH <{graph}>" for graph in some))

    def _update(self, text: str) -> None:
        self._remote.connection.update(self._address, text)


def _insertion(by_graph: dict[str, list[str]]) -> str:
    """An update that adds triples to graphs."""
    parts = (f"GRAPH <{graph}> {{\n" + " .\n".join(triples) + "\n}" for graph, triples in by_graph.items())
    return "INSERT DATA {\n" + "\n".join(parts) + "\n}"


def _kind(said: tuple[str, str]) -> tuple[str, str]:
    """What two statements share that differ in how a literal is written: the predicate, and datatype or language."""
    predicate, term = said
    return predicate, term.rpartition('"')[2] if term.startswith('"') else term


def _triple(quad: Quad) -> str:
    return f"{quad.subject} {quad.predicate} {quad.object}"


def _batches(quads: Iterator[Quad]) -> Iterator[list[Quad]]:
    while batch := list(islice(quads, BATCH)):
        yield batch
