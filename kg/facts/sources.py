"""Sources: the documents that facts quote, as `data/sources.yaml` lists them."""

import csv
import hashlib
import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kg.errors import Fault, nearest, printable
from kg.facts.values import Items, Mapping, Null, Text, UnreadableError, read_text, refuse
from kg.facts.yaml_file import read_yaml
from kg.rdf import iris
from kg.rdf.datatypes import unwritable
from kg.rdf.edtf import read_edtf
from kg.rdf.terms import is_iri

KEYS = ("id", "file", "sha256", "title", "publisher", "rights", "url", "retrieved", "language")
READING = ("coverage", "cover")  # how much of it is to be read: in percent, and from which words to which
ORIGIN = ("original", "originalSha256", "recipe", "pages")  # the document that its text was made from, and how
REVISES = "revises"  # the id of the source of which it is a later version


REQUIRED = ("id", "file", "sha256", "title")


_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


class Start(NamedTuple):
    """Where a page of a document begins in its text, and the label that is printed on it, as in xii."""

    offset: int
    label: str


class Source(NamedTuple):
    """A document: its id, its text, the SHA-256 of its file, and what else `data/sources.yaml` says of it.

    `coverage` is the share of it that is to be read, in percent, None where the project's goes; `cover` are the first
    and last words of the ranges that are to be read, all of it where there are none. `pages` are those of the document
    that its text was made from, and `revises` the id of the source of which it is a later version.
    """

    id: str
    file: str
    sha256: str
    text: str
    title: str
    publisher: str
    rights: str
    url: str
    retrieved: str
    language: str
    coverage: float | None = None
    cover: tuple[tuple[Text, Text], ...] = ()
    pages: tuple[Start, ...] = ()
    revises: str = ""

    def page_at(self, offset: int) -> int:
        """The number, from 1, of the page on which an offset lies; 0 where there are no pages."""
        return bisect_right([page.offset for page in self.pages], offset)

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags of the languages that it is written in, of which `language` holds all."""
        return tuple(self.language.split())


def read_sources(data: Path, root: Path) -> tuple[dict[str, Source], list[Fault]]:
    """The documents that `data/sources.yaml` lists, by id, and what is wrong with the list or with them."""
    file = data / "sources.yaml"
    name = file.relative_to(root).as_posix()
    try:
        document = read_yaml(file) if file.exists() else Mapping({Text("sources"): Items()})
    except UnreadableError as unreadable:
        return {}, unreadable.faults(name)
    entries = (
        document.get(Text("sources")) if isinstance(document, Mapping) and document.keys() == {"sources"} else None
    )
    if not isinstance(entries, Items):
        return {}, [Fault(name, 1, 1, "expected `sources:` with a list of documents, and nothing else")]
    sources: dict[str, Source] = {}
    faults: list[Fault] = []
    for entry in entries:
        try:
            source = _source(entry, data / "sources", sources)
            sources[source.id] = source
        except ChangedError as changed:  # still read, so that the quotes it lost are named too
            sources[changed.source.id] = changed.source
            faults += changed.faults(name)
        except UnreadableError as unreadable:
            faults += unreadable.faults(name)
    faults += [] if faults else _revised(entries, sources, name)
    listed = {source.file for source in sources.values()}
    for path in sorted((data / "sources").glob("*")) if not faults else ():
        if path.name not in listed and not path.name.startswith("."):
            faults.append(Fault(name, 1, 1, f"sources/{printable(path.name)} is not listed; add it, or take it away"))
    return sources, faults


def _source(entry: object, folder: Path, known: Iterable[str]) -> Source:
    """One document of the list; raises UnreadableError at the word that is wrong."""
    said = _said(entry, known)
    file = said["file"]
    if "/" in file or "\\" in file or file in (".", ".."):
        refuse(file.line, file.column, f"{file} is not a valid file name; sources lie in data/sources/")
    if not (folder / file).resolve().is_relative_to(folder.parent.parent.resolve()):
        refuse(file.line, file.column, f"data/sources/{file} leads out of the project; put the file itself there")
    if len(file) > 200 or not (folder / file).is_file():
        refuse(file.line, file.column, f"data/sources/{file} does not exist; add it or fix the name")
    found = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    try:
        text = read_text(folder / file)
    except UnreadableError as error:
        message = f"data/sources/{file}, line {error.line}, column {error.column}: {error.message}"
        raise UnreadableError(file.line, file.column, message) from None
    if problem := unwritable(text):
        refuse(file.line, file.column, f"data/sources/{file}: {problem}")
    if "\r" in text:  # an offset would count a line end twice, against RFC 5147, 4.1
        refuse(file.line, file.column, f"data/sources/{file}: a carriage return; save it with plain line ends (LF)")
    title, publisher, rights, url, retrieved, language = (str(said.get(key, "")) for key in KEYS[3:])
    ident = str(said["id"])
    source = Source(ident, str(file), found, text, title, publisher, rights, url, retrieved, language or "en")
    share = float(said["coverage"]) if "coverage" in said else None
    pages = tuple(_pages(said["pages"], folder.parent, len(text))) if "pages" in said else ()
    source = source._replace(
        coverage=share, cover=tuple(_cover(entry)), pages=pages, revises=str(said.get(REVISES, ""))
    )
    if said["sha256"].lower() != found:
        raise ChangedError(said["sha256"], source)
    return source


def _pages(said: Text, data: Path, length: int) -> Iterator[Start]:
    """Where the pages of a document begin, as a table says it whose columns are page, label and start."""
    path = data / said
    if ".." in Path(said).parts or not path.resolve().is_relative_to(data.resolve()) or not path.is_file():
        refuse(said.line, said.column, f"data/{said!s:.80} does not exist in data/; fix the name, or delete `pages`")
    header, *rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig", errors="replace")))) or [[]]
    if header != ["page", "label", "start"]:
        rows = [[]]  # said once
    last = -1
    for number, row in enumerate(rows, 1):
        start = row[2] if len(row) == 3 else ""
        if header != ["page", "label", "start"] or row[0] != str(number) or not start.isascii() or not start.isdigit():
            refuse(said.line, said.column, f"data/{said}: expected the columns page,label,start, a row for each page")
        if not last < int(start) <= length:
            message = f"data/{said}, page {number}: {start} is not behind the page before, or not in the text"
            refuse(said.line, said.column, message)
        last = int(start)
        yield Start(last, row[1] or str(number))


def _revised(entries: Items, sources: dict[str, Source], name: str) -> Iterator[Fault]:
    """What is wrong with the sources of which others are said to be later versions."""
    for entry, source in zip(entries, sources.values(), strict=True):
        value = entry.get(Text(REVISES)) if isinstance(entry, Mapping) else None
        if isinstance(value, Text) and (value not in sources or source.id in _before(source, sources)):
            hint = nearest(value, sources) if value not in sources else ""
            yield Fault(name, value.line, value.column, f"revises {value!s:.80}: not an earlier source{hint}")


def _before(source: Source, sources: dict[str, Source]) -> list[str]:
    """The ids of the versions before a source, to the first, or to where they come round."""
    found: list[str] = []
    while (ident := source.revises) in sources and ident not in found:
        found.append(ident)
        source = sources[ident]
    return found


def _cover(entry: object) -> Iterator[tuple[Text, Text]]:
    """The first and the last words of the ranges of a source that are to be read, as its entry names them."""
    value = entry.get(Text("cover")) if isinstance(entry, Mapping) else None
    for one in value if isinstance(value, Items) else [value] if value is not None else []:
        first, last = (one.get(Text(key)) if isinstance(one, Mapping) else None for key in ("from", "to"))
        if not isinstance(one, Mapping) or len(one) != 2 or not isinstance(first, Text) or not isinstance(last, Text):
            line, column = getattr(one, "line", 1), getattr(one, "column", 1)
            refuse(line, column, 'cover names ranges by their first and last words: {from: "...", to: "..."}')
        yield first, last


def _said(entry: object, known: Iterable[str]) -> dict[str, Text]:
    """What an entry of the list says, each value under its key; raises UnreadableError."""
    if not isinstance(entry, Mapping):
        line, column = getattr(entry, "line", 1), getattr(entry, "column", 1)
        refuse(line, column, "a source is a mapping with id, file, sha256 and title")
    said = _texts(entry)
    for needed in REQUIRED:
        if needed not in said:
            refuse(entry.line, entry.column, f"the source has no {needed}; add `{needed}: ...`")
    ident = said["id"]
    if not iris.is_slug(ident):
        refuse(ident.line, ident.column, f"{ident!s:.80} is not a valid id; use letters, digits and hyphens")
    if ident in known:
        refuse(ident.line, ident.column, f"a second source called {ident}; give each its own id")
    _check_values(said)
    return said


def _texts(entry: Mapping) -> dict[str, Text]:
    """The texts of an entry; several languages are one text of their tags."""
    said: dict[str, Text] = {}
    for key, value in entry.items():
        if key in ("cover", "recipe"):  # which are no texts
            continue
        if key not in (known := (*KEYS, *READING, *ORIGIN, REVISES)):
            hint = nearest(key, known) or f"; a source has {', '.join(known)}"
            refuse(key.line, key.column, f"unknown key {key!s:.80}{hint}")
        if key == "language" and isinstance(value, Items) and all(isinstance(tag, Text) for tag in value):
            value = Text(" ".join(map(str, value)), key.line, key.column)
        if isinstance(value, Text):
            said[key] = value
        elif not isinstance(value, Null):
            refuse(key.line, key.column, f"{key} must be text")
    return said


def _check_values(said: dict[str, Text]) -> None:
    """Raise UnreadableError where an address or a day could not be published as what it is."""
    url, day, share = said.get("url"), said.get("retrieved"), said.get("coverage")
    if share is not None and not (re.fullmatch(r"\d{1,3}(\.\d+)?", share, re.ASCII) and float(share) <= 100):
        refuse(share.line, share.column, f"coverage {share!s:.20} is not a percentage from 0 to 100")
    for tag in said.get("language", "").split():
        if not _TAG.fullmatch(tag):
            place = said["language"]
            refuse(place.line, place.column, f"{tag!s:.40} is not a language tag; write en, fr or [en, nl]")
    if url is not None and not is_iri(url):
        refuse(url.line, url.column, f"{url!s:.80} is not a valid address; write https://...")
    if day is not None:
        try:
            read_edtf(day)
            whole = re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII) is not None
        except ValueError:
            whole = False
        if not whole:
            refuse(day.line, day.column, f"{day!s:.40} is not a day such as 2020-05-31")


class ChangedError(UnreadableError):
    """A source whose file is no longer the one that was quoted; it holds the source as it is now."""

    def __init__(self, stated: Text, source: Source) -> None:
        super().__init__(
            stated.line,
            stated.column,
            f"data/sources/{source.file} has changed: its SHA-256 is {source.sha256}, here stands {stated}; "
            "restore the file, or check the quotes against it and write its new SHA-256 here",
        )
        self.source = source
