"""Service: the SPARQL endpoint and the canned queries, described for programs that ask it."""

from collections.abc import Iterable, Iterator

from kg.query.canned import CannedQuery
from kg.query.sparql import form
from kg.rdf import iris
from kg.rdf.formats import FORMATS
from kg.rdf.terms import DCTERMS, RDFS, SCHEMA, SH, TYPE, Triple, link, literal
from kg.release.dcat import FORMAT, SD
from kg.release.void import GRAPHS


def executables(queries: Iterable[CannedQuery], base: str) -> Iterator[Triple]:
    """The canned queries as SHACL executables (SHACL-AF, 5.1) with the endpoint that answers them."""
    for query in queries:
        node, kind = iris.query(base, query.name), form(query.text)
        yield link(node, TYPE.value, SH + "SPARQLExecutable")
        yield link(node, TYPE.value, f"{SH}SPARQL{kind.capitalize()}Executable")
        yield literal(node, RDFS + "label", query.summary)
        if query.description:
            yield literal(node, RDFS + "comment", query.description)
        yield literal(node, SH + kind.lower(), query.text)
        yield link(node, SCHEMA + "target", iris.sparql(base))
        for tag in query.tags:
            yield literal(node, SCHEMA + "keywords", tag)


def service_description(endpoint: str, base: str) -> Iterator[Triple]:
    """The endpoint as SPARQL 1.1 Service Description has it (3): what it speaks, what it gives, what it holds."""
    dataset, default = iris.part(endpoint, "service", "dataset"), iris.part(endpoint, "service", "default")
    yield link(endpoint, TYPE.value, SD + "Service")
    yield link(endpoint, SD + "endpoint", endpoint)
    yield link(endpoint, SD + "supportedLanguage", SD + "SPARQL11Query")
    for format_ in FORMATS.values():
        if format_.w3c:
            yield link(endpoint, SD + "resultFormat", FORMAT + format_.w3c)
    yield link(endpoint, SD + "defaultDataset", dataset)
    yield link(dataset, TYPE.value, SD + "Dataset")
    yield link(dataset, SD + "defaultGraph", default)
    yield link(default, TYPE.value, SD + "Graph")
    yield link(default, DCTERMS + "isPartOf", iris.dataset(base))
    for name in GRAPHS:
        node = iris.part(endpoint, "graph", name)
        yield link(dataset, SD + "namedGraph", node)
        yield link(node, TYPE.value, SD + "NamedGraph")
        yield link(node, SD + "name", iris.graph(base, name))
