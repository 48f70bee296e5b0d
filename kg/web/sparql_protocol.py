"""SPARQL Protocol: requests of the SPARQL 1.1 Protocol, and of forms and query strings in general, read strictly."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from kg.errors import nearest
from kg.query.sparql import Graphs
from kg.rdf.terms import is_iri
from kg.web.response import ProblemError

MAX_BODY = 1 << 20


MAX_FIELDS = 1000


FORM = "application/x-www-form-urlencoded"


QUERY = "application/sparql-query"


UPDATE = "application/sparql-update"


Fields = Mapping[str, Sequence[str]]


class Question(NamedTuple):
    """A query and the graphs it is asked of; `text` is "" where the request asks nothing. `formats` are what the fields
    format, output and results say, in that order: SPARQLWrapper sends all of them.
    """

    text: str
    graphs: Graphs
    formats: tuple[str, ...]


def fields(data: bytes) -> Fields:
    """The fields of a query string or a form, each with all its values; ProblemError 400 where it is not UTF-8.

    >>> fields(b"a=1&b=%C3%A9&a=2")
    {'a': ['1', '2'], 'b': ['é']}
    """
    try:
        pairs = parse_qsl(data.decode("ascii"), True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError:
        raise ProblemError(400, "the fields are not UTF-8 in percent-encoding; encode them as UTF-8") from None
    except ValueError:
        raise ProblemError(400, f"more than {MAX_FIELDS} fields; send fewer") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def one(found: Fields, name: str, default: str = "") -> str:
    """The only value of a field; ProblemError 400 where there are more, or where it holds a NUL."""
    values = found.get(name, [default])
    if len(values) > 1:
        raise ProblemError(400, f"{name} is given {len(values)} times; give it once", parameter=name)
    if "\0" in values[0]:
        raise ProblemError(400, f"{name} holds a NUL character; leave it out", parameter=name)
    return values[0]


def only(found: Fields, known: Sequence[str]) -> None:
    """Raise ProblemError 400 where there are other fields than the known ones."""
    for name in found:
        if name not in known:
            takes = ", ".join(known) or "no parameters"
            raise ProblemError(
                400,
                f"unknown parameter {name[:60]!r}{nearest(name[:60], known)}; this takes {takes}",
                parameter=name[:60],
            )


def question(method: str, query_string: bytes, media: str, body: bytes) -> Question:
    """The question in a request (SPARQL 1.1 Protocol, 2.1), its body's media type with parameters in `media`.

    Raises ProblemError: 400 where it asks twice, 403 where it asks for a change, 415 where the body's type is not one
    of the two.
    """
    found = {name: list(values) for name, values in fields(query_string).items()}
    if method == "POST":
        type_, *parameters = (part.strip().lower() for part in media.split(";"))
        said = dict(parameter.partition("=")[::2] for parameter in parameters)
        charset = said.get("charset", "").strip('" ') or "utf-8"
        if type_ not in (FORM, QUERY, UPDATE):
            raise ProblemError(
                415,
                f"the body is {type_ or 'of no type'}; send {FORM} or {QUERY}",
                [("Accept-Post", f"{FORM}, {QUERY}")],
            )
        if charset.replace("-", "") != "utf8":
            raise ProblemError(415, f"the body is in {charset}; send UTF-8")
        if type_ == UPDATE:
            raise _refused()
        if type_ == QUERY:
            found.setdefault("query", []).append(_utf8(body))
        else:
            for name, values in fields(body).items():
                found.setdefault(name, []).extend(values)
    if "update" in found:
        raise _refused()
    text = one(found, "query")
    if "query" in found and not text.strip():
        raise ProblemError(400, "the query is empty; write one", parameter="query")
    formats = tuple(value for name in ("format", "output", "results") for value in found.get(name, ()) if value)
    return Question(text, Graphs(_iris(found, "default-graph-uri"), _iris(found, "named-graph-uri")), formats)


def _refused() -> ProblemError:
    return ProblemError(
        403, "updates are refused: a release never changes, a build makes the next one; ask with `query`"
    )


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(400, f"the query is not UTF-8 at byte {error.start}; send it as UTF-8") from None


def _iris(found: Fields, name: str) -> tuple[str, ...]:
    iris = tuple(found.get(name, ()))
    for iri in iris:
        if not is_iri(iri):
            raise ProblemError(400, f"{name}: {iri[:80]!r} is not an absolute IRI", parameter=name)
    return iris
