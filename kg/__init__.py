"""kg, a knowledge-graph publisher: facts that quote their sources become linked data that can be trusted.

The folders, from the ground up; none imports one that stands below it in this list:

    rdf         terms, IRIs, dates, datatypes, formats, the context and the ontology
    facts       records that quote their sources, checked, and made into quads
    tables      rows by the million, converted by a columnar engine; CSVW metadata
    shacl       validation: the report, the engine that makes it, the formats it is shown in
    release     one immutable build: written, read, described, searched, exported
    stores      the database that answers
    query       SPARQL and canned queries, results, what the graph says of a thing and why; workers within limits
    pages       what people read: view models, charts, templates, and the catalogue of all pages
    agents      what programs that read text are given: tools with their words, over the Model Context Protocol
    curate      what curators write facts with: passages found by words as remembered, records put into files
    editor      the page on which a curator selects words and says what they say: on this machine, guarded
    web         what goes over HTTP: negotiation, linked data, the SPARQL protocol, telemetry
    site        the same pages and documents as files, and what their hosts are told

Beside them: errors (who can fix what), project (settings, a new project), build (the stages in order), cache (what
earlier builds made), revision (a release of what git had), terminal (how results look), notebook (`kg.graph`), cli
(the verbs).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.notebook import graph

__all__ = ["graph"]


def __getattr__(name: str) -> Any:
    """`kg.graph`, loaded with rdflib only when it is asked for."""
    if name == "graph":
        from kg.notebook import graph

        return graph
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
