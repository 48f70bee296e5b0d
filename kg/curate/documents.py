"""Documents: sources added from files of many kinds, the original kept, and the recipe by which the text was made."""

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from kg.curate.changes import within
from kg.curate.extract import Extracted, extract
from kg.curate.known import sources_of
from kg.errors import QueryError
from kg.facts.sources import Source
from kg.facts.yaml_edit import Plain, append, read_plain
from kg.project import Project
from kg.rdf import iris
from kg.release.writer import write_file

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


def add_source(project: Project, path: Path, told: Told) -> Source:
    """Add a document as a source: its text, the document itself, and an entry in data/sources.yaml; all or nothing.

    QueryError for a document that cannot be read, an id that is taken, or an entry that is not valid.
    """
    if not path.is_file():
        raise QueryError(f"{path}: no such file")
    ident = _new_id(project, told.id or _slug(path.stem))
    text = project.data / "sources" / f"{ident}.txt"
    original = project.data / ORIGINALS / f"{ident}{path.suffix.lower()}"
    pages = project.data / ORIGINALS / f"{ident}.pages.csv"
    listed = project.data / "sources.yaml"
    within(project, text, original, pages, listed)
    for made in (text, original, pages):
        if made.exists():
            raise QueryError(f"{made} is there already; give another --id")
    found = extract(path, told.select)
    before = listed.read_bytes().decode("utf-8") if listed.exists() else ""
    try:
        _write(text, (found.text + "\n").encode())
        if found.recipe["tool"] != "text":
            original.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, original)
        if found.pages:
            rows = "".join(f"{number},{_cell(label)},{start}\n" for number, (start, label) in enumerate(found.pages, 1))
            _write(pages, f"page,label,start\n{rows}".encode())
        entry = dict(_entry(ident, text, original if original.exists() else None, found, told, path.stem))
        entry |= {"pages": f"{ORIGINALS}/{pages.name}"} if found.pages else {}
        _write(listed, append(before, "sources", entry).encode())
        return sources_of(project)[ident]
    except BaseException:
        for made in (text, original, pages):
            made.unlink(missing_ok=True)
        _restore(listed, before)
        raise


def _new_id(project: Project, ident: str) -> str:
    """An id that no source has yet; QueryError where one has."""
    if ident in sources_of(project):
        raise QueryError(f"{ident!r} is a source already; give another --id")
    if not iris.is_slug(ident):
        raise QueryError(f"{ident!r} is not a valid id; use letters, digits and hyphens")
    return ident


def _entry(
    ident: str, text: Path, original: Path | None, found: Extracted, told: Told, stem: str
) -> Iterator[tuple[str, Plain]]:
    yield "id", ident
    yield "file", text.name
    yield "sha256", _sha256(text)
    yield "title", told.title or found.title or stem
    yield from (
        (key, value)
        for key, value in (("publisher", told.publisher), ("rights", told.rights), ("url", told.url))
        if value
    )
    if retrieved := told.retrieved or (date.today().isoformat() if told.url else ""):
        yield "retrieved", retrieved
    if language := told.language or found.language:
        yield "language", language
    if original:
        yield "original", f"{ORIGINALS}/{original.name}"
        yield "originalSha256", _sha256(original)
        yield "recipe", {key: value for key, value in found.recipe.items()}


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


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, lambda file: file.write(data))


def _restore(path: Path, before: str) -> None:
    if before:
        _write(path, before.encode())
    else:
        path.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _slug(name: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-") or "source"
