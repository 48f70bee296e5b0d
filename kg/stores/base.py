"""Store: what the databases that answer have in common: the embedded one, and an endpoint that holds a release."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import pyoxigraph as px


class Endpoint(NamedTuple):
    """A SPARQL 1.1 endpoint that holds a release, as `kg load` has put it there.

    `default_graph` is the IRI of the named graph that holds the release's default graph, for stores whose own default
    graph is all graphs together; "" where it is the store's own. `update` is the address that takes updates.
    """

    url: str
    default_graph: str = ""
    update: str = ""


class Store(Protocol):
    """What pyoxigraph's store and an endpoint have in common: queries and patterns, with the same types of results."""

    def __len__(self) -> int:
        """How many quads there are."""

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        prefixes: dict[str, str] | None = None,
        default_graph: Any = None,
        named_graphs: Any = None,
    ) -> Any:
        """pyoxigraph's results of a query; SyntaxError where it is not SPARQL."""

    def quads_for_pattern(
        self,
        subject: Any,
        predicate: px.NamedNode | None,
        object: Any,
        graph_name: Any = None,
    ) -> Iterator[px.Quad]:
        """The quads that have these terms; None stands for any, as `graph_name` too."""
