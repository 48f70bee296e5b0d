"""Negotiation: which of the offered formats a client likes best."""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from kg.rdf.formats import BY_SUFFIX, FORMATS
from kg.web.request import Request
from kg.web.response import ProblemError
from kg.web.sparql_protocol import one


def choose(accept: str, offered: Iterable[str]) -> str | None:
    """The offered format that an Accept header likes best (RFC 9110, 12.5.1), the first of those liked the same.

    None where it takes none of them. No header, like one that cannot be read, takes everything.

    >>> choose("text/turtle;q=0.5, application/*", ("html", "turtle", "jsonld"))
    'jsonld'
    >>> choose("*/*, text/html;q=0", ("html", "turtle"))
    'turtle'
    >>> choose("image/png", ("html",)) is None
    True
    """
    ranges = list(_ranges(accept)) or [("*/*", 1.0)]
    best, liked = None, 0.0
    for name in offered:
        format_ = FORMATS[name]
        named = [quality for range_, quality in ranges if range_ in format_.also]
        if (quality := max(_quality(format_.media_type, ranges), *named, 0.0)) > liked:
            best, liked = name, quality
    return best


@lru_cache(256)
def takes_gzip(accepted: bytes) -> bool:
    """Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3); an extraordinary one does not.

    >>> takes_gzip(b"br, gzip"), takes_gzip(b"gzip;q=0, *"), takes_gzip(b"*")
    (True, False, True)
    """
    if len(accepted) > 200:
        return False
    codings = {}
    for part in accepted.decode("latin-1").lower().split(","):
        coding, _, quality = (piece.strip() for piece in part.partition(";"))
        codings[coding] = _number(quality.removeprefix("q=")) if quality else 1.0
    return codings.get("gzip", codings.get("*", 0.0)) > 0


def _ranges(accept: str) -> Iterable[tuple[str, float]]:
    """The media ranges of a header with their quality; parameters other than q are not told apart."""
    for part in accept.lower().split(","):
        range_, *parameters = (piece.strip() for piece in part.split(";"))
        if "/" in range_:
            given = next((p.partition("=")[2] for p in parameters if p.startswith("q=")), "1")
            yield range_, _number(given)


def _number(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0


def _quality(type_: str, ranges: Iterable[tuple[str, float]]) -> float:
    """How much a media type is liked: by the most specific range that it falls under."""
    under = {type_: 3, f"{type_.partition('/')[0]}/*": 2, "*/*": 1}
    fitting = [(under[range_], quality) for range_, quality in ranges if range_ in under]
    return max(fitting)[1] if fitting else 0.0


_OTHERWISE = {"n3": "turtle", "json-ld": "jsonld", "rdf+xml": "rdfxml", "rdf": "rdfxml", "ntriples": "ntriples"}


def named(asked: str, offered: Iterable[str] = FORMATS) -> str | None:
    """The offered format by one of its names, its ending or a media type; None where there is none.

    >>> named("ttl"), named("application/rdf+xml"), named("json-ld"), named("png")
    ('turtle', 'rdfxml', 'jsonld', None)
    """
    offered = tuple(offered)
    names = (BY_SUFFIX.get(f".{asked}"), _OTHERWISE.get(asked.lower()))
    if found := next((name for name in names if name in offered), None):
        return found
    return next((n for n in offered if asked.lower() in (n, FORMATS[n].media_type, *FORMATS[n].also)), None)


def negotiated(request: Request, offered: Iterable[str], suffix: str = "") -> str:
    """The format to answer in: what the path's ending says, or else the field `format`, or else Accept.

    ProblemError 406 where that is none of the offered ones.
    """
    offered = tuple(offered)
    asked = suffix.lstrip(".") or one(request.fields, "format")
    found = named(asked, offered) if asked else choose(request.accept, offered)
    if found not in offered:
        types = ", ".join(FORMATS[name].media_type for name in offered)
        raise ProblemError(
            406,
            f"nothing here is {asked or request.accept}; there is {types}",
            offered=[FORMATS[n].media_type for n in offered],
        )
    return found


def split(name: str) -> tuple[str, str]:
    """A path's last part without and with its ending, where the ending is a format's.

    >>> split("kofi-annan.ttl"), split("v1.2")
    (('kofi-annan', '.ttl'), ('v1.2', ''))
    """
    stem, dot, suffix = name.rpartition(".")
    return (stem, f".{suffix}") if dot and f".{suffix}" in BY_SUFFIX else (name, "")


def alternates(stem: str, offered: Iterable[str]) -> tuple[str, str]:
    """A Link header that leads to each format of a document (RFC 8288)."""
    links = (
        f'<{quote(stem)}{FORMATS[name].suffix}>; rel="alternate"; type="{FORMATS[name].media_type}"' for name in offered
    )
    return "Link", ", ".join(links)
