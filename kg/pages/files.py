"""Files: the file that holds a page where no server answers, and links between pages as links between files."""

import re
from functools import lru_cache
from html import escape, unescape
from urllib.parse import parse_qsl, quote

from kg.rdf.formats import FORMATS
from kg.release.search import FACETS

_LINKED = re.compile(rb'([ "](?:href|action|src)=")([^"#?][^"]*)')
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_FILES = {format_.suffix for format_ in FORMATS.values()} | {".js", ".css", ".svg", ".atom", ".bib", ".ris", ".cff"}


def file_of(address: str) -> str:
    """The path of the file with the page at an address of the catalogue.

    >>> file_of(""), file_of("query/growth"), file_of("id/kofi-annan.html"), file_of("release/0a1b/")
    ('index.html', 'query/growth.html', 'id/kofi-annan.html', 'release/0a1b/index.html')
    """
    if not address or address.endswith("/"):
        return f"{address}index.html"
    return address if address.endswith(".html") else f"{address}.html"


def linked(page: bytes) -> bytes:
    """A page of which each link to an address of this site leads to a file.

    >>> linked(b'<a href="../query/growth?year=2002#x"> <a href="../explore?kind=day&amp;page=2"> <a href="./">')
    b'<a href="../query/growth.html?year=2002#x"> <a href="../explore/kind/day/2.html"> <a href="./">'
    >>> linked(b'<a href="growth.csv?evidence=1"> <a href="https://example.org/a"> <a href="#b"> <a href="?c">')
    b'<a href="growth.words.csv"> <a href="https://example.org/a"> <a href="#b"> <a href="?c">'
    """
    return _LINKED.sub(lambda found: found[1] + _encoded(found[2]), page)


@lru_cache(10_000)
def _encoded(link: bytes) -> bytes:
    return _link(link.decode()).encode()


def _link(link: str) -> str:
    if _ELSEWHERE.match(link):
        return link
    whole, hash_, fragment = link.partition("#")
    path, _, fields = whole.partition("?")
    name = path.rpartition("/")[2]
    if not name:
        return link
    stem, dot, suffix = name.rpartition(".")
    given = dict(parse_qsl(unescape(fields), keep_blank_values=True)) if fields else {}
    if name == "explore" and given.keys() <= {*FACETS, "page"}:
        path, fields = _list(path, given), ""
    elif f".{suffix}" in _FILES:
        words = ".words" if given.pop("evidence", "") == "1" and not given else ""
        path, fields = f"{path.removesuffix(name)}{stem}{words}{dot}{suffix}", ""
    else:
        path = f"{path}.html"
    return f"{path}{'?' if fields else ''}{fields}{hash_}{fragment}"


def _list(path: str, given: dict[str, str]) -> str:
    """The file of a list that one facet narrows, or none."""
    number = given.pop("page", "1")
    parts = [path, *(part for facet, value in list(given.items())[:1] for part in (facet, segment(value)))]
    return escape(quote("/".join([*parts, *([number] if number != "1" else [])]))) + ".html"


def segment(value: str) -> str:
    """A value of a facet as the name of a file.

    >>> segment("treaty action"), segment("a/b")
    ('treaty-action', 'a-b')
    """
    return re.sub(r"[\s/\\:*?\"<>|%.]+", "-", value).strip("-") or "-"
