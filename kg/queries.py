"""Queries: canned SPARQL files with typed parameters.

A canned query is a SPARQL file that runs as it stands anywhere. `#+` lines describe it (grlc's decorators); a
line `VALUES ?name { default }  #: help` is a parameter. A value is made a term of the default's type and written
back by the serializer, so it can never change the structure of the query.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as px

from kg import names
from kg.errors import ProjectError, QueryError, near, nearest
from kg.rdf import RDFS, SKOS, XSD, is_iri, text_of
from kg.sparql import declared

_DECORATOR = re.compile(r"^#\+ ?(.*)$", re.MULTILINE)
_PARAMETER = re.compile(r"^(\s*VALUES\s+\?(\w+)\s*\{)(.*?)(\}\s*#:[ \t]*(.*?)[ \t]*)$", re.MULTILINE | re.IGNORECASE)
_KIND = re.compile(r"^(.*?)\s*\((iri|\w+:\w+)\)$")


class Parameter(NamedTuple):
    """A parameter of a canned query.

    `default` is None where the parameter is optional (UNDEF). `kind` is "iri" or a datatype's IRI; `language` the
    tag of a language string.
    """

    name: str
    default: px.NamedNode | px.Literal | None
    kind: str
    language: str
    help: str


class CannedQuery(NamedTuple):
    """A SPARQL file of `queries/`: its name, what it says of itself, its parameters and its text.

    `series` is the column that tells kinds of numbers apart, where the answer is a series of dated numbers, else "".
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str
    series: str = ""


def list_queries(folder: Path) -> list[CannedQuery]:
    """The canned queries of a folder, by name; ProjectError names all that cannot be read."""
    queries, faults = [], []
    for path in sorted(folder.glob("*.rq")):
        try:
            queries.append(read_query(path))
        except ProjectError as error:
            faults.append(str(error))
    if faults:
        raise ProjectError("\n".join(faults))
    return queries


def find_query(folder: Path, name: str) -> CannedQuery:
    """The canned query called name; QueryError names the nearest where there is none."""
    path = folder / f"{name}.rq"
    if not names.is_slug(name) or len(name) > 200 or not path.is_file():
        known = sorted(path.stem for path in folder.glob("*.rq"))
        close = near(name, known)
        hint = f"did you mean {close[0]}?" if close else "`kg query` lists them"
        raise QueryError(f"no canned query is called {name!r}; {hint}")
    return read_query(path)


def read_query(path: Path) -> CannedQuery:
    """The canned query in a file; ProjectError says what keeps it from being one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path}: {error}") from None
    said = _decorators(text, path)
    parameters = tuple(_parameters(text, path))
    return CannedQuery(
        path.stem,
        said.get("summary", path.stem.replace("-", " ")),
        said.get("description", ""),
        tuple(tag.strip() for tag in said.get("tags", "").strip("[] ").split(",") if tag.strip()),
        parameters,
        text,
        said.get("series", ""),
    )


def _decorators(text: str, path: Path) -> dict[str, str]:
    """The `#+ key: value` lines; a line that begins with two spaces goes on with the value above."""
    said: dict[str, str] = {}
    key = ""
    for line in _DECORATOR.findall(text):
        name, colon, value = line.partition(":")
        if line.startswith("  ") and key:
            said[key] = f"{said[key]} {line.strip()}".strip()
        elif colon and re.fullmatch(r"\w+", name):
            key = name
            said[key] = value.strip().removeprefix(">").removeprefix("|").strip()
        else:
            raise ProjectError(f"{path}: {line!r} is no decorator; write `#+ summary: ...`")
    return said


def _parameters(text: str, path: Path) -> Iterable[Parameter]:
    for match in _PARAMETER.finditer(text):
        name, body, said = match[2], match[3].strip(), match[5]
        help_, kind = (found[1], found[2]) if (found := _KIND.match(said)) else (said, "")
        default = None if body.upper() == "UNDEF" else _term(body, text, f"{path}: ?{name}")
        if isinstance(default, px.Literal):
            yield Parameter(name, default, default.datatype.value, default.language or "", help_)
        else:
            yield Parameter(name, default, _kind(kind or "iri", text), "", help_)


def _kind(kind: str, text: str) -> str:
    prefix, _, local = kind.partition(":")
    return kind if kind == "iri" else {"xsd": XSD, **declared(text)}.get(prefix, "") + local


def _term(body: str, text: str, where: str) -> px.NamedNode | px.Literal:
    """The one term that stands between the braces, read by the engine itself with the query's prefixes."""
    prefixes = declared(text)
    try:
        rows = list(px.Store().query(f"SELECT ?x {{ VALUES ?x {{ {body} }} }}", prefixes=prefixes))  # type: ignore[arg-type]
        (row,) = rows
        term = row["x"]
    except (SyntaxError, ValueError):
        raise ProjectError(f"{where}: {{ {body} }} is no default; write one IRI, one literal, or UNDEF") from None
    if not isinstance(term, px.NamedNode | px.Literal):
        raise ProjectError(f"{where}: {{ {body} }} is no default; write one IRI, one literal, or UNDEF")
    return term


def bind(query: CannedQuery, values: Mapping[str, str], store: px.Store, base: str, prefixes: Mapping[str, str]) -> str:
    """The text of a canned query with values in the place of its defaults.

    A value that does not fit its parameter is a QueryError, which names the parameter and what it takes; all of
    them in one message.
    """
    faults = []
    terms: dict[str, str] = {}
    known = {parameter.name: parameter for parameter in query.parameters}
    for name, value in values.items():
        if name not in known:
            takes = ", ".join(known) or "no parameters"
            faults.append(f"{query.name} has no parameter {name!r}; it takes {takes}")
            continue
        try:
            terms[name] = str(to_term(known[name], value, store, base, prefixes))
        except ValueError as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise QueryError("\n".join(faults))
    return _PARAMETER.sub(lambda match: _replaced(match, terms), query.text)


def _replaced(match: re.Match[str], terms: Mapping[str, str]) -> str:
    return f"{match[1]} {terms[match[2]]} {match[4]}" if match[2] in terms else match[0]


def to_term(
    parameter: Parameter, value: str, store: px.Store, base: str, prefixes: Mapping[str, str]
) -> px.NamedNode | px.Literal:
    """The value as a term of the parameter's type; ValueError says what was expected."""
    if parameter.kind == "iri":
        return find_entity(value, store, base, prefixes)
    if parameter.language:
        return px.Literal(value, language=parameter.language)
    expected = LEXICAL.get(parameter.kind)
    if expected and not (re.fullmatch(expected[0], value, re.ASCII) and _exists(parameter.kind, value)):
        raise ValueError(f"{value[:60]!r} is not {expected[1]}")
    return px.Literal(value, datatype=px.NamedNode(parameter.kind))


def _exists(kind: str, value: str) -> bool:
    """Whether a day of the calendar is meant, where a day is."""
    if kind != XSD + "date":
        return True
    from kg.dates import read_edtf  # only where a day is given: a query starts in milliseconds

    try:
        return bool(read_edtf(value))
    except ValueError:
        return False


def find_entity(value: str, store: px.Store, base: str, prefixes: Mapping[str, str]) -> px.NamedNode:
    """The IRI that a slug, prefix:name, IRI or label means; ValueError names what is near."""
    prefix, colon, local = value.partition(":")
    if colon and prefix in prefixes and is_iri(prefixes[prefix] + local):
        value = prefixes[prefix] + local
    elif colon and not local.startswith("//") and prefix.isalnum() and prefix not in ("urn", "mailto", "doi", "tag"):
        raise ValueError(f"unknown prefix {prefix!r}{nearest(prefix, prefixes)}")
    if value.startswith("<") and value.endswith(">"):
        value = value[1:-1]
    if is_iri(value) and not value.startswith(names.entity(base, "")):
        return px.NamedNode(value)
    slugs = (names.entity(base, value), names.ontology(base) + value) if names.is_slug(value) else ()
    for iri in (value,) if is_iri(value) else slugs:
        if next(store.quads_for_pattern(px.NamedNode(iri), None, None), None):
            return px.NamedNode(iri)
    labels = _labels(store)
    found = sorted(labels.get(value.casefold(), ()))
    if len(found) == 1:
        return px.NamedNode(found[0])
    if found:
        named = ", ".join(iri.removeprefix(names.entity(base, "")) for iri in found)
        raise ValueError(f"{value[:60]!r} is the name of {len(found)} things: {named}; give one of these")
    every = {iri.removeprefix(names.entity(base, "")) for iris in labels.values() for iri in iris}
    close = near(value.casefold(), [*labels, *every], 3)
    hint = f"; near are {', '.join(close)}" if close else ""
    raise ValueError(f"nothing in the graph is called {value[:60]!r}{hint}; give a slug, a name or an IRI")


def _labels(store: px.Store) -> dict[str, set[str]]:
    """The things of the graph by each of their names, folded."""
    labels: dict[str, set[str]] = {}
    for name in ("prefLabel", "altLabel"):
        for quad in store.quads_for_pattern(None, px.NamedNode(SKOS + name), None, px.DefaultGraph()):
            labels.setdefault(text_of(quad.object).casefold(), set()).add(text_of(quad.subject))
    return labels


def label(store: px.Store, iri: str) -> str:
    """The preferred name of a thing, its rdfs:label where it has none, or ""."""
    for predicate in (SKOS + "prefLabel", RDFS + "label"):
        quads = store.quads_for_pattern(px.NamedNode(iri), px.NamedNode(predicate), None, px.DefaultGraph())
        found = sorted(text_of(quad.object) for quad in quads)
        if found:
            return str(found[0])
    return ""


LEXICAL = {
    XSD + "date": (r"-?\d{4,}-\d\d-\d\d", "a day, as in 1999-02-17"),
    XSD + "integer": (r"[+-]?\d+", "a whole number, as in 450"),
    XSD + "nonNegativeInteger": (r"\+?\d+", "a whole number from 0, as in 450"),
    XSD + "decimal": (r"[+-]?(\d+(\.\d*)?|\.\d+)", "a number, as in 4.5"),
    XSD + "double": (r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", "a number, as in 4.5"),
    XSD + "boolean": (r"true|false", "true or false"),
    XSD + "dateTime": (
        r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
        "a time, as in 1999-02-17T12:30:00Z",
    ),
    XSD + "gYear": (r"-?\d{4,}", "a year, as in 1999"),
}
