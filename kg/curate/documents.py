"""Documents: sources added from files of many kinds, the original kept, and the recipe by which the text was made."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from kg.curate.changes import Files, content, make
from kg.curate.extract import Extracted, extract
from kg.curate.known import records_of, slug_of, sources_of
from kg.errors import QueryError, nearest
from kg.facts.sources import Source
from kg.facts.yaml_edit import Plain, append, remove
from kg.facts.yaml_text import read_plain
from kg.project import Project
from kg.rdf import iris

ORIGINALS = "originals"  # the folder of data/ in which the documents are kept as they came


class Told(NamedTuple):
    """What a curator says of a document; what is "" is taken from the document, or left out."""

    id: str = ""
    title: str = ""
    publisher: str = ""
    rights: str = ""
    url: str = ""
    retrieved: str = ""
    language: str = ""
    select: str = ""


class Changed(NamedTuple):
    """A source whose original gives another text now: its id, and what is said of that."""

    id: str
    message: str


class Document(NamedTuple):
    """A document as a source: its id, its text, its entry in data/sources.yaml, and the files that it is kept in."""

    id: str
    text: str
    entry: dict[str, Plain]
    files: Files


def add_source(project: Project, path: Path, told: Told) -> Source:
    """Add a document as a source: its text, the document itself, and an entry in data/sources.yaml; all or nothing.

    QueryError for a document that cannot be read, an id that is taken, or an entry that is not valid.
    """
    document = read_document(project, path, told)
    listed = project.data / "sources.yaml"
    before = content(listed)
    after = append((before or b"").decode("utf-8"), "sources", document.entry)
    make(project, {listed: before, **dict.fromkeys(document.files)}, {**document.files, listed: after.encode()})
    return sources_of(project)[document.id]


def read_document(project: Project, path: Path, told: Told) -> Document:
    """A document as it would be added; nothing is written."""
    if not path.is_file():
        raise QueryError(f"{path}: {'a folder; give a file' if path.is_dir() else 'no such file'}")
    ident = _new_id(project, told.id or (slug_of(path.stem) or "source"))
    found = extract(path, told.select)
    text = found.text + "\n"
    kept = found.recipe["tool"] != "text"
    original = project.data / ORIGINALS / f"{ident}{path.suffix.lower()}"
    pages = project.data / ORIGINALS / f"{ident}.pages.csv"
    files = {project.data / "sources" / f"{ident}.txt": text.encode()}
    files |= {original: path.read_bytes()} if kept else {}
    files |= {pages: _page_table(found).encode()} if found.pages else {}
    for made in files:
        if made.exists():
            raise QueryError(f"{made} is there already; give another --id")
    entry = dict(_entry(ident, text, told._replace(title=told.title or found.title or path.stem), found.language))
    if kept:
        entry |= {"original": f"{ORIGINALS}/{original.name}", "originalSha256": _sha256(path)}
        entry["recipe"] = {key: value for key, value in found.recipe.items()}
    entry |= {"pages": f"{ORIGINALS}/{pages.name}"} if found.pages else {}
    return Document(ident, text, entry, files)


def _new_id(project: Project, ident: str) -> str:
    """An id that no source has yet; QueryError where one has."""
    if ident in sources_of(project):
        raise QueryError(f"{ident!r} is a source already; give another --id")
    if not iris.is_slug(ident):
        raise QueryError(f"{ident!r} is not a valid id; use letters, digits and hyphens")
    return ident


def _page_table(found: Extracted) -> str:
    rows = (f"{number},{_cell(label)},{start}\n" for number, (start, label) in enumerate(found.pages, 1))
    return f"page,label,start\n{''.join(rows)}"


def _entry(ident: str, text: str, told: Told, language: str) -> Iterator[tuple[str, Plain]]:
    yield from (("id", ident), ("file", f"{ident}.txt"), ("sha256", hashlib.sha256(text.encode()).hexdigest()))
    retrieved = told.retrieved or (date.today().isoformat() if told.url else "")
    said = ("title", told.title), ("publisher", told.publisher), ("rights", told.rights), ("url", told.url)
    for key, value in (*said, ("retrieved", retrieved), ("language", told.language or language)):
        if value:
            yield key, value


def kind_of(data: bytes) -> str:
    """The ending of a document by its first bytes, as of one from a pipe.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"<!DOCTYPE html>"), kind_of(b"words")
    ('.pdf', '.html', '.txt')
    """
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"PK"):
        return ".epub" if b"application/epub+zip" in data[:200] else ".docx"
    return ".html" if re.match(rb"\s*<(!doctype|html|\?xml)", data, re.I) else ".txt"


def remove_source(project: Project, ident: str) -> list[Path]:
    """Take a source away with its files, which are given back; QueryError while facts or drafts rest on it."""
    sources = sources_of(project)
    if ident not in sources:
        raise QueryError(f"no source is called {ident!r}{nearest(ident, sources)}; there are {', '.join(sources)}")
    used = [f"{one.file}:{one.line}" for one in records_of(project) if one.source == ident]
    if used:
        raise QueryError(f"{len(used):,} facts rest on {ident}, the first at {used[0]}; delete these first")
    listed = project.data / "sources.yaml"
    before = (content(listed) or b"").decode("utf-8")
    entries = read_plain(before)["sources"]
    number = next(number for number, entry in enumerate(entries) if entry["id"] == ident)
    names = [f"sources/{entries[number]['file']}"]
    names += [entries[number][key] for key in ("original", "pages") if key in entries[number]]
    files = [path for path in (project.data / name for name in names) if path.is_file()]
    gone: dict[Path, bytes | None] = {**dict.fromkeys(files), listed: remove(before, ["sources", number]).encode()}
    make(project, {path: content(path) for path in gone}, gone)
    return files


def check_sources(project: Project) -> Iterator[Changed]:
    """The sources whose originals are gone or changed, or give another text by the tools of today."""
    sources_of(project)  # says what is wrong with the list
    said = read_plain((project.data / "sources.yaml").read_text(encoding="utf-8")) or {}
    for entry in said.get("sources") or []:
        if "original" not in entry:
            continue
        path = project.data / entry["original"]
        if not path.is_file():
            yield Changed(entry["id"], f"data/{entry['original']} is not there")
        elif _sha256(path) != entry.get("originalSha256"):
            yield Changed(entry["id"], f"data/{entry['original']} has changed: its SHA-256 is {_sha256(path)}")
        else:
            recipe = entry.get("recipe")
            recipe = recipe if isinstance(recipe, dict) else {}
            found = extract(path, recipe.get("select", ""))
            text = (project.data / "sources" / entry["file"]).read_text(encoding="utf-8")
            if found.text + "\n" != text:
                now, then = found.recipe.get("version", ""), recipe.get("version", "")
                tools = (
                    f"made by {found.recipe['tool']} {now}, then {then}"
                    if now != then
                    else f"made by {found.recipe['tool']} {now}"
                )
                yield Changed(
                    entry["id"],
                    f"data/{entry['original']} gives another text than data/sources/{entry['file']} ({tools})",
                )


def _cell(label: str) -> str:
    """A label as a cell of a table: what would end it is left out."""
    return re.sub(r'[",\s]+', " ", label).strip()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
