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
    publish     a release written whole, then made current
    store       the current release and the database that answers
    queries     canned queries, parameters, results
    why         statements with their words
    export      every format
    cli         the verbs; terminal, how they look

Below them all: errors, names (IRIs), rdf (terms and formats), dates, readable, context, vocabulary, project.
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
