"""Plan: what of a release goes into which graph of a store, how much, and what of it is read back."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.terms import DEFAULT_GRAPH, Quad, text_of
from kg.release.nquads import in_portions
from kg.release.reader import Release
from kg.release.void import DESCRIBING
from kg.stores import embedded
from kg.stores.base import Endpoint

SAMPLE = 100  # things whose statements are read back


class Plan:
    """The quads of a release by the graphs of an endpoint's store.

    `wanted` has the number of triples of each graph; `sample` the statements of things that are drawn by the release's
    name. The default graph is called `default` here, whether it is the store's `own_default` or a named one. Graphs are
    filled below `loading`, those of this release, and the marks of what was sent, below `marks`.
    """

    def __init__(self, release: Release, endpoint: Endpoint) -> None:
        self._release = release
        self.name, self.base = release.path.name, str(release.manifest["base"])
        self.own_default = not endpoint.default_graph
        self.default = endpoint.default_graph or iris.graph(self.base, "default")
        self.loading = f"{iris.graph(self.base, 'loading')}/"  # of any release
        self.marks = f"{self.loading}{self.name}"
        self.wanted: Counter[str] = Counter()
        self.sample: list[list[Quad]] = []
        self._look()

    def quads(self) -> Iterator[Quad]:
        """What the release's own database holds, always in the same order."""
        for portion in in_portions(self._release.dataset):
            yield from portion
        store = embedded.open_store(self._release)
        for name in DESCRIBING:
            yield from store.quads_for_pattern(None, None, None, px.NamedNode(iris.graph(self.base, name)))

    def _look(self) -> None:
        draw, seen = random.Random(self.name), 0  # noqa: S311  (no secret)
        for _, group in groupby(self.quads(), key=lambda quad: quad.subject):
            quads = list(group)
            self.wanted.update(map(self.graph, quads))
            if stated := [quad for quad in quads if quad.graph_name == DEFAULT_GRAPH]:
                seen += 1
                if len(self.sample) < SAMPLE:
                    self.sample.append(stated)
                elif (place := draw.randrange(seen)) < SAMPLE:
                    self.sample[place] = stated

    def graph(self, quad: Quad) -> str:
        """The graph that a quad is in at the end."""
        return self.default if quad.graph_name == DEFAULT_GRAPH else text_of(quad.graph_name)

    def filled(self, graph: str) -> str:
        """The graph that is filled for one; that of a fact, which is named by what it holds, itself."""
        if iris.is_fact(self.base, graph):
            return graph
        return f"{self.marks}/{'default' if graph == self.default else graph.rpartition('/')[2]}"

    def place(self, graph: str) -> str:
        """A graph as an update names it."""
        return "DEFAULT" if self.own_default and graph == self.default else f"GRAPH <{graph}>"
