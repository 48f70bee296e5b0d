"""Remote: a SPARQL 1.1 endpoint in the place of the embedded database, with results of the same types."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import IO, Any

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.sparql_text import declared, keywords
from kg.rdf.terms import DCAT, XSD, text_of
from kg.release.reader import Release
from kg.stores.base import Endpoint
from kg.stores.connection import Connection

ROWS = "application/sparql-results+json"
GRAPH = "application/n-triples, text/turtle;q=0.5"
_SYNTAXES = {
    "application/n-triples": px.RdfFormat.N_TRIPLES,
    "text/plain": px.RdfFormat.N_TRIPLES,
    "text/turtle": px.RdfFormat.TURTLE,
}
KEPT = 50_000  # answers to patterns that are kept, since what is asked of a release does not change


class Remote:
    """An endpoint that holds a release, asked as the embedded database is.

    StoreError, which names the endpoint, where it does not answer, or not with what was asked for. Literals come as
    the embedded database writes them: true for 1, 7 for 007.
    """

    def __init__(self, endpoint: Endpoint, base: str) -> None:
        self.endpoint, self._base = endpoint, base
        self.connection = Connection(endpoint.url)
        self._quads = lru_cache(KEPT)(self._looked_up)

    def __len__(self) -> int:
        return self.count("?s ?p ?o") + sum(self.graphs().values())

    def refuse_others(self, release: Release) -> None:
        """StoreError where the endpoint does not hold this release, or not as it is asked."""
        base, name = self._base, release.path.name
        names = self.held()
        there = self._has(f"GRAPH <{iris.graph(base, 'ontology')}> {{ ?s ?p ?o }}") and self._has("?s ?p ?o")
        if names - {name} or not there:  # what was loaded in bulk has no name
            held = f"release {', '.join(sorted(names))}" if names else "nothing of this graph"
            raise self.connection.error(f"it holds {held}, and the current release is {name}; run `kg load`")
        if self._has(f"?fact <{iris.ontology(base)}basis> ?basis"):  # which the named graphs alone say
            raise self.connection.error(
                "its default graph is all graphs together; set default_graph in the project, "
                "or KG_ENDPOINT_DEFAULT_GRAPH, to the one that `kg load` was given"
            )

    def held(self) -> set[str]:
        """The name of the release that is held, as its description says; none of one that was loaded in bulk."""
        version = f"<{iris.dataset(self._base)}> <{DCAT}version> ?name"
        text = f"SELECT ?name WHERE {{ GRAPH <{iris.graph(self._base, 'description')}> {{ {version} }} }}"
        return {text_of(row[0]) for row in self._rows({"query": [text], **self._dataset(text)}) if row[0]}

    def _has(self, pattern: str) -> bool:
        text = f"ASK {{ {pattern} }}"
        return bool(self._answer({"query": [text], **self._dataset(text)}))

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        prefixes: dict[str, str] | None = None,
        default_graph: Any = None,
        named_graphs: Any = None,
    ) -> Any:
        """pyoxigraph's results of a query, which is read here first; SyntaxError where it is not SPARQL."""
        harmless = px.Store().query(query, base_iri=base_iri, prefixes=prefixes)
        known = {name: iri for name, iri in (prefixes or {}).items() if f"{name}:" in query}
        missing = {name: iri for name, iri in known.items() if name not in declared(query)}
        prologue = f"BASE <{base_iri}> " if base_iri else ""
        prologue += "".join(f"PREFIX {name}: <{iri}> " for name, iri in missing.items())
        if default_graph is None and named_graphs is None:
            dataset = self._dataset(query)
        else:
            dataset = _fields(*([node.value for node in nodes or ()] for nodes in (default_graph, named_graphs)))
        fields = {"query": [prologue + query], **dataset}
        if isinstance(harmless, px.QueryTriples):
            return _as_query(self._triples(fields))
        return self._answer(fields) if isinstance(harmless, px.QueryBoolean) else self._rows(fields)

    def quads_for_pattern(
        self,
        subject: Any,
        predicate: px.NamedNode | None,
        object: Any,
        graph_name: Any = None,
    ) -> Iterator[px.Quad]:
        """The quads that have these terms; None stands for any."""
        return iter(self._quads(subject, predicate, object, graph_name))

    def _looked_up(self, subject: Any, predicate: Any, value: Any, graph: Any) -> tuple[px.Quad, ...]:
        wanted = {"s": subject, "p": predicate, "o": value}
        pattern = " ".join(f"?{name}" if term is None else str(term) for name, term in wanted.items())
        default = isinstance(graph, px.DefaultGraph)
        if graph is None:
            where = f"{{ {pattern} }} UNION {{ GRAPH ?g {{ {pattern} }} }}"
        else:
            where = pattern if default else f"GRAPH {graph} {{ {pattern} }}"
        asked = [f"?{name}" for name, term in {**wanted, "g": None if graph is None else graph}.items() if term is None]
        text = f"SELECT {' '.join(asked) or '(1 AS ?found)'} WHERE {{ {where} }}"
        found = []
        for row in self._rows({"query": [text], **self._dataset(text)}):
            terms = dict(zip(asked, row, strict=False))
            s, p, o = (terms.get(f"?{name}", term) for name, term in wanted.items())
            at = graph if graph is not None else terms["?g"] or px.DefaultGraph()
            found.append(px.Quad(s, p, o, at))
        return tuple(dict.fromkeys(found))

    def streamed(self, text: str, file: IO[bytes]) -> Iterator[Any]:
        """The rows of a query whose answer may be larger than memory, by way of a file; literals as they come."""
        fields = {"query": [text], **self._dataset(text)}
        self._refuse_type(self.connection.stream(fields, ROWS, file), (ROWS, "application/json"))
        file.seek(0)
        with self._reading():
            found: Any = px.parse_query_results(file, format=px.QueryResultsFormat.JSON)
            yield from found

    def _dataset(self, text: str) -> dict[str, list[str]]:
        """The RDF dataset to ask of, where the release's default graph is a named one (SPARQL 1.1 Protocol, 2.1.4)."""
        used = keywords(text)
        if not self.endpoint.default_graph or "FROM" in used:
            return {}
        return _fields([self.endpoint.default_graph], self._graphs if "GRAPH" in used else ())

    @cached_property
    def _graphs(self) -> tuple[str, ...]:
        return tuple(sorted(self.graphs()))

    def graphs(self) -> dict[str, int]:
        """How many triples there are in each named graph of a release of this base."""
        own = re.compile(re.escape(self._base) + r"(fact/[0-9a-f]+|graph/[^/]+)")
        default = self.endpoint.default_graph
        return {one: number for one, number in self.every_graph() if own.fullmatch(one) and one != default}

    def every_graph(self) -> Iterator[tuple[str, int]]:
        """Each named graph of the store, with the number of its triples.

        They are counted since Virtuoso 7 does not end where their names are asked for with DISTINCT.
        """
        for row in self._rows({"query": ["SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"]}):
            graph, number = (*row, None)[:2]
            if isinstance(graph, px.NamedNode) and isinstance(number, px.Literal) and number.value.isdigit():
                yield graph.value, int(number.value)

    def count(self, pattern: str) -> int:
        """How many solutions a pattern has."""
        text = f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"
        for row in self._rows({"query": [text], **self._dataset(text)}):
            if isinstance(row[0], px.Literal) and row[0].value.isdigit():
                return int(row[0].value)
        raise self.connection.error("it does not count")

    def _answer(self, fields: Mapping[str, Sequence[str]]) -> Any:
        """Yes or no; some stores (Virtuoso 7) say yes by a row and no by none."""
        found = self._results(fields)
        if isinstance(found, px.QueryBoolean):
            return found
        said = json.dumps({"head": {}, "boolean": next(found, None) is not None})
        return px.parse_query_results(said, format=px.QueryResultsFormat.JSON)

    def _rows(self, fields: Mapping[str, Sequence[str]]) -> Any:
        found = self._results(fields)
        if isinstance(found, px.QueryBoolean):
            raise self.connection.error("it answers yes or no where rows were asked for")
        return found

    def _results(self, fields: Mapping[str, Sequence[str]]) -> Any:
        type_, body = self.connection.ask(fields, ROWS)
        self._refuse_type(type_, (ROWS, "application/json"))
        with self._reading():
            body = _as_embedded(body)
            found = px.parse_query_results(body, format=px.QueryResultsFormat.JSON)
            for _ in () if isinstance(found, px.QueryBoolean) else found:
                pass  # what is wrong with a row is found when it is read
            return px.parse_query_results(body, format=px.QueryResultsFormat.JSON)

    def _refuse_type(self, type_: str, known: Collection[str]) -> None:
        if type_ not in known:
            told = f"the answer is {type_ or 'of no type'}, expected {' or '.join(known)}"
            raise self.connection.error(f"{told}; is this an endpoint?")

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn what is wrong with an answer into an error that names the endpoint."""
        try:
            yield
        except (ValueError, SyntaxError, KeyError, TypeError, AttributeError, RecursionError) as error:
            said = " ".join(str(error).split())[:200]
            raise self.connection.error(f"the answer is not whole, or not in its format: {said}") from None

    def _triples(self, fields: Mapping[str, Sequence[str]]) -> list[px.Triple]:
        type_, body = self.connection.ask(fields, GRAPH)
        self._refuse_type(type_, _SYNTAXES)
        with self._reading():
            return [quad.triple for quad in px.parse(body, format=_SYNTAXES[type_])]


def _fields(default: Sequence[str], named: Sequence[str]) -> dict[str, list[str]]:
    """The fields of a request that name an RDF dataset (SPARQL 1.1 Protocol, 2.1.4)."""
    return {"default-graph-uri": list(default), "named-graph-uri": list(named)}


def _as_query(triples: Iterable[px.Triple]) -> Any:
    """Triples as the embedded engine gives them."""
    store = px.Store()
    store.extend(px.Quad(one.subject, one.predicate, one.object) for one in triples)
    return store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")


def _as_embedded(body: bytes) -> bytes:
    """SPARQL results in JSON whose typed literals have the forms that the embedded database gives them."""
    if XSD.encode() not in body.replace(b"\\/", b"/"):
        return body
    said = json.loads(body)
    written: dict[tuple[str, str], str] = {}
    for row in said.get("results", {}).get("bindings", ()):
        for term in row.values():
            if (datatype := term.get("datatype", "")).startswith(XSD):
                key = term["value"], datatype
                if key not in written:
                    written[key] = canonical(px.Literal(key[0], datatype=px.NamedNode(datatype))).value
                term["value"] = written[key]
    return json.dumps(said, ensure_ascii=False).encode()


_ANY = px.NamedNode("urn:any")


def canonical(term: Any) -> Any:
    """A term as the embedded database writes it.

    >>> canonical(px.Literal("007", datatype=px.NamedNode(XSD + "integer"))).value
    '7'
    """
    store = px.Store()
    store.add(px.Quad(_ANY, _ANY, term))
    return next(iter(store)).object
