"""Queries: the SPARQL within shapes, given its prefixes and looked at by a parser before it is asked.

pySHACL does both by patterns, which take a variable or a text for a keyword.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import rdflib
from pyparsing import ParseResults
from rdflib import SH
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.rdf.sparql_text import plain, undeclared


def prefixes(helper: Any) -> None:
    """Give a query of a shape the prefixes of sh:prefixes/owl:imports*/sh:declare (SHACL, 5.2.1)."""
    graph, waiting, seen = helper.shape.sg.graph, [], set()
    waiting.extend(graph.objects(helper.node, SH.prefixes))
    while waiting:
        if (home := waiting.pop()) in seen:
            continue
        seen.add(home)
        waiting.extend(graph.objects(home, rdflib.OWL.imports))
        for declaration in graph.objects(home, SH.declare):
            prefix, namespace = graph.value(declaration, SH.prefix), graph.value(declaration, SH.namespace)
            if prefix is None or namespace is None:
                raise ValueError(f"{home}: a sh:declare without sh:prefix or sh:namespace; give it both")
            helper.prefixes[str(prefix)] = rdflib.URIRef(str(namespace))


# What a query of a constraint may not hold, since its variables are bound beforehand (SHACL, 5.2.1 and Appendix A).
_REFUSED = {
    "MinusGraphPattern": "MINUS",
    "ServiceGraphPattern": "SERVICE, which asks another server",
    "InlineData": "VALUES",
    "ValuesClause": "VALUES",
}


class Read(NamedTuple):
    """A query that can be asked, and the parts of its text."""

    query: Any
    parts: list[CompValue]


@lru_cache(1000)
def read(text: str, base: str | None, names: tuple[tuple[str, Any], ...] = ()) -> Read:
    """A query read once for all nodes: parsing takes most of the time of a small one. Raises what rdflib raises."""
    tree = parseQuery(text)
    parts = list(_parts(tree))  # before the translation, which changes the tree
    return Read(translateQuery(tree, base, dict(names)), parts)


def refuse(helper: Any, text: str, bound: Iterable[str]) -> None:
    """Raise ValueError where a query of a shape is not SPARQL, or holds what pre-bound variables do not allow."""
    whole = helper.apply_prefixes(text)
    try:
        parts = read(whole, None).parts
    except Exception as error:  # noqa: BLE001  (rdflib and pyparsing raise what they like for a text that is no query)
        raise ValueError(f"its SPARQL: {_reason(whole, text) or error}") from None
    for part in parts:
        if what := _REFUSED.get(part.name):
            raise ValueError(f"its SPARQL holds {what}, which no query of a shape may; write it another way")
        if part.name == "SubSelect":
            _check_projection(part, bound)
        given = {"Bind": part.var, "vars": part.evar}.get(part.name)
        if given is not None and str(given) in bound:
            raise ValueError(f"its SPARQL gives ?{given} with AS, which is bound already; use another name")


def _reason(whole: str, text: str) -> str:
    """Why a query with its prefixes is not SPARQL: the store's parser says where and what; "" where it can read it."""
    import pyoxigraph as px

    harmless = re.sub("service", "zzzzzzz", re.sub(r"[$?]PATH\b", "<urn:path>", whole), flags=re.IGNORECASE)
    try:
        px.Store().query(harmless)
    except SyntaxError as error:
        offset = whole.count("\n") - text.count("\n")
        said = re.sub(r"^line (\d+)", lambda found: f"line {int(found[1]) - offset}", plain(str(error.msg)))
        if unknown := undeclared(whole, {}):
            missing = unknown.removeprefix("; ").replace("PREFIX", "sh:declare")
            return f"{said.partition(': ')[0]}: {missing}; add sh:prefixes"
        return said
    return ""


def _check_projection(part: CompValue, bound: Iterable[str]) -> None:
    """Raise ValueError where a nested SELECT does not hand on a pre-bound variable (SHACL, 5.2.1)."""
    if not part.projection:
        raise ValueError("its SPARQL has a nested SELECT *; name its variables, $this among them")
    names = {str(found.var or found.evar) for found in part.projection}
    for name in sorted(set(bound) - {"shapesGraph", "currentShape"} - names):
        raise ValueError(f"its SPARQL has a nested SELECT without ${name}; select it there too")


def _parts(node: Any) -> Iterator[CompValue]:
    """The parts of a parsed query."""
    if isinstance(node, CompValue):
        yield node
        for value in node.values():
            yield from _parts(value)
    elif isinstance(node, list | tuple | ParseResults):
        for value in node:
            yield from _parts(value)
