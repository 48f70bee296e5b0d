"""Media: the formats that go over HTTP, their media types and file endings, and the choice among them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple


class Media(NamedTuple):
    """A format as HTTP knows it: its media type, its ending, and other media types that ask for it."""

    type: str
    suffix: str
    also: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of Content-Type: texts say that they are UTF-8."""
        return f"{self.type}; charset=utf-8" if self.type.startswith("text/") else self.type


MEDIA = {
    "html": Media("text/html", ".html", ("application/xhtml+xml",)),
    "turtle": Media("text/turtle", ".ttl", ("application/x-turtle",)),
    "jsonld": Media("application/ld+json", ".jsonld"),
    "ntriples": Media("application/n-triples", ".nt"),
    "nquads": Media("application/n-quads", ".nq"),
    "trig": Media("application/trig", ".trig"),
    "rdfxml": Media("application/rdf+xml", ".rdf"),
    "json": Media("application/sparql-results+json", ".json", ("application/json",)),
    "xml": Media("application/sparql-results+xml", ".xml", ("application/xml", "text/xml")),
    "csv": Media("text/csv", ".csv"),
    "tsv": Media("text/tab-separated-values", ".tsv"),
    "text": Media("text/plain", ".txt"),
}
GRAPHS = ("turtle", "jsonld", "ntriples", "nquads", "trig", "rdfxml")
DOCUMENTS = ("html", *GRAPHS)
TABLES = ("json", "xml", "csv", "tsv")

SUFFIXES = {media.suffix: name for name, media in MEDIA.items()}


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
        media = MEDIA[name]
        named = [quality for range_, quality in ranges if range_ in media.also]
        if (quality := max(_quality(media.type, ranges), *named, 0.0)) > liked:
            best, liked = name, quality
    return best


@lru_cache(256)
def takes_gzip(accepted: bytes) -> bool:
    """Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3); one that is no ordinary one does not.

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
