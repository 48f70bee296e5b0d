"""Canned queries: SPARQL files with typed parameters.

A canned query is a SPARQL file that runs as it stands anywhere. `#+` lines describe it (grlc's decorators); a
line `VALUES ?name { default }  #: help` is a parameter. A value is made a term of the default's type and written
back by the serializer, so it can never change the structure of the query.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, cast

import pyoxigraph as px

from kg.errors import ProjectError, QueryError, near
from kg.query.labels import find_entity
from kg.query.sparql import run
from kg.rdf import iris
from kg.rdf.datatypes import problem
from kg.rdf.edtf import read_edtf, xsd_date
from kg.rdf.sparql_text import declared
from kg.rdf.terms import XSD
from kg.stores.base import Store

MOST_VALUES = 1000  # of a parameter that are offered

# How a query of rows begins, up to the brace of its WHERE.
SELECT = re.compile(r"\bSELECT\b(?P<once>\s+DISTINCT)?[^{]*?(?:\bWHERE\s*)?\{", re.IGNORECASE)

_DECORATOR = re.compile(r"^#\+ ?(.*)$", re.MULTILINE)


# VALUES ?name { default }  #: help; the name may be in brackets, and the default is then too
TAKEN = ("evidence", "format", "sort", "filter", "embed")  # fields of addresses beside parameters

_PARAMETER = re.compile(
    r"^(?P<head>[^\n#]*?\bVALUES\s+(?P<open>\(\s*)?[?$](?P<name>\w+)\s*(?(open)\)\s*)\{\s*(?(open)\(\s*))(?P<body>[^\n]*?)"
    r"(?P<tail>\s*(?(open)\)\s*)\}\s*#:[ \t]*(?P<help>[^\n]*?)[ \t]*)$",
    re.MULTILINE | re.IGNORECASE,
)


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
    `featured` queries are those that a reader is to see first.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str
    series: str = ""
    featured: bool = False


def list_queries(folder: Path) -> list[CannedQuery]:
    """The canned queries of a folder, by name; ProjectError names all that cannot be read."""
    queries, faults = [], []
    for path in sorted(folder.glob("*.rq")):
        try:
            if not iris.is_slug(path.stem) or "." in path.stem:  # what stands behind a dot is a format
                raise ProjectError(f"{path}: the name of a query is its address; use letters, digits, - _ and ~")
            queries.append(read_query(path))
        except ProjectError as error:
            faults.append(str(error))
    if faults:
        raise ProjectError("\n".join(faults))
    return queries


def find_query(folder: Path, name: str) -> CannedQuery:
    """The canned query called name; QueryError names the nearest where there is none."""
    path = folder / f"{name}.rq"
    if not iris.is_slug(name) or len(name) > 200 or not path.is_file():
        known = sorted(path.stem for path in folder.glob("*.rq"))
        close = near(name.casefold(), known)
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
        said.get("featured", "") == "true",
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
            raise ProjectError(f"{path}: {line!r} is not a valid decorator; write `#+ summary: ...`")
    return said


def _parameters(text: str, path: Path) -> Iterable[Parameter]:
    matches = list(_PARAMETER.finditer(text))
    lines = {text.count("\n", 0, match.end()) + 1 for match in matches}
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(r"#:(?!\S*>)", line) and number not in lines:
            raise ProjectError(
                f"{path}:{number}: `#:` marks a parameter; write VALUES ?name {{ default }}  #: what it is"
            )
    for match in matches:
        name, body, said = match["name"], match["body"].strip(), match["help"]
        if name in TAKEN:
            raise ProjectError(f"{path}: a parameter cannot be called {name!r}, which addresses of answers use")
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
    base = re.search(r"\bBASE\s+<([^<>\s]*)>", text, re.IGNORECASE)
    asked = f"SELECT ?x {{ VALUES ?x {{ {body} }} }}"
    try:
        answer = px.Store().query(asked, prefixes=prefixes, base_iri=base[1] if base else None)
        (row,) = cast("px.QuerySolutions", answer)
        term = row["x"]
    except (SyntaxError, ValueError):
        raise ProjectError(
            f"{where}: {{ {body} }} cannot be used as a default; write one IRI, one literal, or UNDEF"
        ) from None
    if not isinstance(term, px.NamedNode | px.Literal):
        raise ProjectError(f"{where}: {{ {body} }} cannot be used as a default; write one IRI, one literal, or UNDEF")
    return term


def bind(query: CannedQuery, values: Mapping[str, str], store: Store, base: str, prefixes: Mapping[str, str]) -> str:
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


def values_in(query: CannedQuery, text: str) -> dict[str, px.NamedNode | px.Literal | None]:
    """The values of a canned query's parameters in its text, as `bind` gives it; None for one that is left open."""
    defaults, bodies = (
        {match["name"]: match["body"].strip() for match in _PARAMETER.finditer(one)} for one in (query.text, text)
    )
    found = {p.name: p.default for p in query.parameters}
    for name, body in bodies.items():
        if body != defaults[name]:
            found[name] = None if body.upper() == "UNDEF" else _term(body, text, f"?{name}")
    return found


class Piece(NamedTuple):
    """A piece of a canned query's text: as it stands, or the default of the parameter that is called so."""

    text: str
    parameter: str = ""


def pieces(query: CannedQuery) -> list[Piece]:
    """The text of a canned query in pieces, for programs that put values into it themselves.

    >>> query = CannedQuery("q", "", "", (), (), "SELECT * {\\nVALUES ?a { 1 }  #: which\\n}")
    >>> [(piece.text, piece.parameter) for piece in pieces(query)]
    [('SELECT * {\\nVALUES ?a { ', ''), ('1', 'a'), (' }  #: which\\n}', '')]
    """
    found, start = [], 0
    for match in _PARAMETER.finditer(query.text):
        found += [Piece(query.text[start : match.start("body")]), Piece(match["body"], match["name"])]
        start = match.end("body")
    return [*found, Piece(query.text[start:])]


def _replaced(match: re.Match[str], terms: Mapping[str, str]) -> str:
    name = match["name"]
    return f"{match['head']}{terms[name]}{match['tail']}" if name in terms else match[0]


def values_of(query: CannedQuery, name: str) -> str | None:
    """A query for the values of a parameter that give an answer, whatever the other things asked for are.

    None where the canned query is not one of rows. Texts, numbers and days of other parameters are as they stand.

    >>> from pathlib import Path
    >>> text = "SELECT ?a { VALUES ?a { <http://x/a> }  #: who\\n?a <http://x/p> ?b } ORDER BY ?a"
    >>> who = Parameter("a", px.NamedNode("http://x/a"), "iri", "", "who")
    >>> values_of(CannedQuery("q", "", "", (), (who,), text), "a")
    'SELECT DISTINCT ?a {  \\n?a <http://x/p> ?b } LIMIT 1001'
    """
    things = {parameter.name for parameter in query.parameters if parameter.kind == "iri"}
    head = SELECT.search(query.text)
    if not head:
        return None
    body = query.text[head.end() : query.text.rindex("}") + 1]

    def opened(match: re.Match[str]) -> str:
        before = match["head"][: match["head"].upper().rindex("VALUES")]
        return before + " " if match["name"] in things else match[0]

    whole = _PARAMETER.sub(opened, query.text[head.start() : head.end()] + body)
    where = whole[SELECT.search(whole).end() :]  # type: ignore[union-attr]  # it was found above
    return f"{query.text[: head.start()]}SELECT DISTINCT ?{name} {{{where} LIMIT {MOST_VALUES + 1}"


def to_term(
    parameter: Parameter, value: str, store: Store, base: str, prefixes: Mapping[str, str]
) -> px.NamedNode | px.Literal:
    """The value as a term of the parameter's type; ValueError says what was expected."""
    if parameter.kind == "iri":
        return find_entity(value, store, base, prefixes)
    if parameter.language:
        return px.Literal(value, language=parameter.language)
    if parameter.kind == XSD + "date" and re.fullmatch(r"-?\d{4}(-\d\d)?", value):
        found = read_edtf(value)
        day = found.latest if takes_latest(parameter) else found.earliest
        value = xsd_date(day) if day else value
    if wrong := problem(parameter.kind, value):
        raise ValueError(wrong)
    return px.Literal(value, datatype=px.NamedNode(parameter.kind))


def takes_latest(parameter: Parameter) -> bool:
    """Whether a year stands for its last day as the value of a parameter, not for its first."""
    return re.search(r"\b(latest|last)\b", parameter.help) is not None


def check_each(queries: Iterable[CannedQuery], prefixes: Mapping[str, str], base: str) -> None:
    """Ask each query of an empty store, as it stands; ProjectError names all that cannot be answered.

    What the engine cannot answer it cannot answer of any store, and of an empty one it tells at once.
    """
    faults, empty = [], px.Store()
    for query in queries:
        try:
            answer = run(empty, query.text, prefixes, base=base)
            if not isinstance(answer, px.QueryBoolean):
                next(iter(answer), None)
        except (QueryError, ValueError, OSError, RuntimeError) as error:
            line = getattr(error, "line", 0)
            at = f":{line}:{getattr(error, 'column', 1)}" if line else ""
            faults.append(f"queries/{query.name}.rq{at}: {error}")
    if faults:
        raise ProjectError("\n".join(faults))
