"""What of a release goes where in a store."""

from itertools import groupby

import pyoxigraph as px

from kg.rdf import iris
from kg.release.reader import Release
from kg.stores.base import Endpoint
from kg.stores.embedded import open_store
from kg.stores.plan import SAMPLE, Plan


def test_each_graph_is_counted_as_the_database_has_it(release: Release) -> None:
    plan, store = Plan(release, Endpoint("http://x/query")), open_store(release)
    assert plan.wanted.total() == len(store)
    for graph in (px.DefaultGraph(), px.NamedNode(iris.graph(plan.base, "provenance"))):
        name = plan.default if isinstance(graph, px.DefaultGraph) else graph.value
        assert plan.wanted[name] == len(list(store.quads_for_pattern(None, None, None, graph)))


def test_facts_stay_where_they_are_and_all_else_is_filled_aside(release: Release) -> None:
    plan = Plan(release, Endpoint("http://x/query"))
    aside = {graph: plan.filled(graph) for graph in plan.wanted}
    facts = {graph for graph in aside if iris.is_fact(plan.base, graph)}
    assert all(aside[graph] == graph for graph in facts)
    others = [filled for graph, filled in aside.items() if graph not in facts]
    assert len(facts) > 500
    assert len(others) == len(set(others)) == 7
    assert all(filled.startswith(f"{plan.base}graph/loading/{release.path.name}/") for filled in others)


def test_the_default_graph_may_have_a_name(release: Release) -> None:
    own, named = (Plan(release, Endpoint("http://x/query", graph)) for graph in ("", "http://x/g"))
    assert (own.place(own.default), named.place(named.default)) == ("DEFAULT", "GRAPH <http://x/g>")
    assert own.wanted[own.default] == named.wanted["http://x/g"] == release.manifest["counts"]["triples"]


def test_what_is_read_back_is_drawn_from_all_and_always_the_same(release: Release) -> None:
    """Each thing drawn comes with all that is said of it."""
    one, two = (Plan(release, Endpoint("http://x/query")) for _ in range(2))
    assert one.sample == two.sample
    assert len(one.sample) == SAMPLE
    store, default = open_store(release), px.DefaultGraph()
    for quads in one.sample:
        assert len(quads) == len(list(store.quads_for_pattern(quads[0].subject, None, None, default)))
    stated = (quad for quad in one.quads() if quad.graph_name == default)
    order = [str(key) for key, _ in groupby(stated, key=lambda quad: quad.subject)]
    places = sorted(order.index(str(quads[0].subject)) / len(order) for quads in one.sample)
    assert places[0] < 0.1
    assert places[-1] > 0.9
