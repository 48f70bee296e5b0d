"""Drafts: shapes for a graph that has none, made of what it holds, each with the counts that it rests on.

A draft says what is so, not what should be: a person decides what of it is meant.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pyoxigraph as px

from kg.rdf.terms import RDF, SH, TYPE, WELL_KNOWN, XSD, shorten
from kg.shacl.loaded import Loaded

FEW = 8  # different values, up to which a list of them is offered
OFTEN = 20  # times that there must be a value before a list of them is worth offering


class Used(NamedTuple):
    """How the instances of a class use a property."""

    iri: str
    subjects: int  # that have it
    values: int
    most: int  # values of one subject
    different: int  # values
    kinds: tuple[int, ...]
    datatypes: tuple[str, ...]


def draft(data: Loaded, prefixes: Mapping[str, str]) -> str:
    """Shapes in Turtle for the classes of a graph, the largest first, with the counts as comments."""
    known = {**WELL_KNOWN, **prefixes, "sh": SH}  # which may be another's in the data
    names = Counter[str]()
    parts: list[str] = []
    for iri in _classes(data):
        local = re.sub(r"\W", "", re.split("[#/:]", iri)[-1])
        names[local] += 1
        name = f"#{local}Shape{names[local] if names[local] > 1 else ''}"
        parts += _shape(data, name, iri, known)
    text = "\n".join(parts)
    used = {prefix: iri for prefix, iri in sorted(known.items()) if f"{prefix}:" in text}
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in used.items())
    said = f"# Drafted from {data.count('triples'):,} triples: what is so, for a person to say what should be."
    return f"{said}\n{head}\n{text}"


def _classes(data: Loaded) -> list[str]:
    number = data.add([TYPE])[TYPE]
    rows = data.rows(
        f"SELECT c.lex, count(DISTINCT t.s) AS many FROM triples t JOIN terms c ON c.id = t.o "
        f"WHERE t.p = {number} AND c.kind = 1 GROUP BY c.lex ORDER BY many DESC, c.lex"
    )
    return [str(iri) for iri, _ in rows]


def _shape(data: Loaded, name: str, iri: str, prefixes: dict[str, str]) -> Iterator[str]:
    """The shape of a class, in lines."""
    nodes = data.instances(px.NamedNode(iri))
    number = data.count(nodes)
    used = _used(data, nodes)
    lines = [f"# {number:,} instances", f"<{name}> a sh:NodeShape ;\n  sh:targetClass {shorten(iri, prefixes)}"]
    for one in used:
        said = [f"sh:path {shorten(one.iri, prefixes)}", *_constraints(data, nodes, one, number, prefixes)]
        most = f", up to {one.most:,} each" if one.most > 1 else ""
        body = " ;\n    ".join(said)
        lines.append(f"  sh:property [  # {one.subjects:,} have it{most}\n    {body}\n  ]")
    yield lines[0] + "\n" + " ;\n".join(lines[1:]) + " .\n"
    data.forget()


def _used(data: Loaded, nodes: str) -> list[Used]:
    rows = data.rows(
        f"""
        WITH said AS (SELECT t.s, t.p, t.o FROM triples t SEMI JOIN {nodes} n ON n.node = t.s),
             each AS (SELECT p, s, count(*) AS many FROM said GROUP BY p, s)
        SELECT p.lex, (SELECT count(*) FROM each WHERE each.p = said.p), count(*),
               (SELECT max(many) FROM each WHERE each.p = said.p), count(DISTINCT said.o),
               list_sort(list(DISTINCT o.kind)), list_sort(list(DISTINCT o.dt) FILTER (o.kind = 3))
        FROM said JOIN terms p ON p.id = said.p JOIN terms o ON o.id = said.o
        WHERE p.lex != '{TYPE.value}' GROUP BY said.p, p.lex ORDER BY 2 DESC, 1"""
    )
    return [Used(iri, s, v, most, d, tuple(kinds), tuple(types or ())) for iri, s, v, most, d, kinds, types in rows]


def _constraints(data: Loaded, nodes: str, one: Used, number: int, prefixes: dict[str, str]) -> Iterator[str]:
    if one.subjects == number:
        yield "sh:minCount 1"
    if one.most == 1 and one.subjects > 1:
        yield "sh:maxCount 1"
    if one.kinds == (3,) and len(one.datatypes) == 1:
        yield f"sh:datatype {shorten(one.datatypes[0], prefixes)}"
        if one.datatypes[0] == RDF + "langString" and _one_in_each(data, nodes, one.iri):
            yield "sh:uniqueLang true"
    elif one.kinds != (3,):
        names = {(1,): "IRI", (2,): "BlankNode", (1, 2): "BlankNodeOrIRI", (2, 3): "BlankNodeOrLiteral"}
        if kind := names.get(one.kinds, "IRIOrLiteral" if one.kinds == (1, 3) else ""):
            yield f"sh:nodeKind sh:{kind}"
        if 3 not in one.kinds and (cls := _class_of(data, nodes, one)):
            yield f"sh:class {shorten(cls, prefixes)}"
    elif len(one.datatypes) > 1:
        yield f"sh:or ( {' '.join(f'[ sh:datatype {shorten(each, prefixes)} ]' for each in one.datatypes)} )"
    named = 2 not in one.kinds and {*one.datatypes} <= {XSD + "string", RDF + "langString"}
    if one.different <= FEW and one.values >= OFTEN and named:
        property_ = px.NamedNode(one.iri)
        rows = data.rows(
            f"SELECT DISTINCT t.o FROM triples t SEMI JOIN {nodes} n ON n.node = t.s "
            f"WHERE t.p = {data.add([property_])[property_]}"
        )
        terms = sorted(map(str, data.terms(row[0] for row in rows).values()))
        yield f"sh:in ( {' '.join(shorten(t[1:-1], prefixes) if t[0] == '<' else t for t in terms)} )"


def _one_in_each(data: Loaded, nodes: str, iri: str) -> bool:
    number = data.add([px.NamedNode(iri)])[px.NamedNode(iri)]
    return not data.rows(
        f"SELECT 1 FROM triples t SEMI JOIN {nodes} n ON n.node = t.s JOIN terms o ON o.id = t.o "
        f"WHERE t.p = {number} GROUP BY t.s, o.lang HAVING count(*) > 1 LIMIT 1"
    )


def _class_of(data: Loaded, nodes: str, one: Used) -> str:
    """The class that all values of a property have, the smallest of them; "" where there is none."""
    numbers = data.add([px.NamedNode(one.iri), TYPE])
    rows = data.rows(
        f"""
        WITH held AS (SELECT DISTINCT t.o FROM triples t SEMI JOIN {nodes} n ON n.node = t.s
                      WHERE t.p = {numbers[px.NamedNode(one.iri)]})
        SELECT c.lex FROM held JOIN triples k ON k.s = held.o AND k.p = {numbers[TYPE]} JOIN terms c ON c.id = k.o
        GROUP BY c.id, c.lex HAVING count(DISTINCT held.o) = {one.different}
        ORDER BY (SELECT count(*) FROM triples i WHERE i.p = {numbers[TYPE]} AND i.o = c.id), c.lex LIMIT 1"""
    )
    return str(rows[0][0]) if rows else ""
