"""kg, a knowledge-graph publisher: facts that quote their sources become linked data that can be trusted.

The stages, in order; nothing left of `rdf`'s quads knows of a store, nothing right of them of YAML or CSV:

    text        files read as text, with line and column
    source      documents, quotes, coverage
    facts       records, skips
    values      each value checked against the context
    convert     records to quads
    evidence    what each fact rests on
    infer       what follows
    validate    SHACL, reports in every form
    build       the stages above, in order, to a release
    contents    what a release holds beside its dataset: describe (VoID, DCAT), search (index), dumps
    publish     a release written whole, then made current
    store       the current release and the database that answers
    sparql      any query, asked safely; queries, the canned ones; results, their answers
    documents   what the graph says of one thing; why, with the words it rests on
    export      every format
    worker      a process that answers queries within limits; pool, many of them
    live        the current release, opened and followed
    view        values with their reasons; pictures, and reading, a source cut at its quotes
    show        templates printed; things, answers and pages are what they print
    requests    what a handler sees; protocol, SPARQL's; responses, what goes back; openapi, reconcile
    routes      what each address of the graph answers; services, what is answered beside it
    server      the application and its process; connection, one client's; watch, log and metrics
    cli         the verbs; terminal, how they look

Below them all: errors, names (IRIs), rdf (terms and formats), media, dates, readable, context, vocabulary, project.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.rdflib_terms import graph

__all__ = ["graph"]


def __getattr__(name: str) -> Any:
    """`kg.graph`, loaded with rdflib only when it is asked for."""
    if name == "graph":
        from kg.rdflib_terms import graph

        return graph
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
