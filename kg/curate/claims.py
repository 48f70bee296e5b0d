"""Claims: what tools and people said of words elsewhere, in the formats in which they say it.

LangExtract, the structured output of language models (`kg schema --llm`), W3C Web Annotations and Hypothesis, and
tables with the columns text, start, end and label.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import QueryError
from kg.facts.records import BASES
from kg.rdf import iris


class Words(NamedTuple):
    """Words that something is said of: the exact ones, where they are taken to begin, and what stands around them."""

    exact: str
    start: int | None = None
    prefix: str = ""
    suffix: str = ""


class Claim(NamedTuple):
    """What is said of words elsewhere, in the words of whoever said it; `source` is what they call the document. What
    they do not say is "".
    """

    words: tuple[Words, ...]
    kind: str
    said: tuple[tuple[str, str], ...] = ()
    id: str = ""
    basis: str = ""
    note: str = ""
    source: str = ""


def read_claims(path: Path) -> Iterator[Claim]:
    """The claims that a file makes, in any of KINDS; QueryError if it is in none of these formats."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path}: {getattr(error, 'strerror', None) or 'not text in UTF-8'}") from None
    for kind, reader in KINDS.items():
        documents = _documents(path, text) if kind != "table" else []
        if reader.fits(path, documents):
            try:
                yield from reader.read(text, documents)
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                raise QueryError(f"{path}: not {kind} as it should be: {error}") from None
            return
    raise QueryError(
        f"{path}: expected {', '.join(KINDS)}; a table has the columns text, start, end, label (offsets in characters)"
    )


def _documents(path: Path, text: str) -> list[Any]:
    """The JSON documents of a file: one, or one a line."""
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return []


class _Kind(NamedTuple):
    """Whether a file, with the JSON documents in it, is of a kind, and how it is read."""

    fits: Callable[[Path, list[Any]], bool]
    read: Callable[[str, list[Any]], Iterator[Claim]]


def _listed(document: Any, key: str) -> list[Any]:
    found = document[key]
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError(f"{key} is not a list of objects")
    return found


def _langextract(_: str, documents: list[Any]) -> Iterator[Claim]:
    for document in documents:
        for one in _listed(document, "extractions"):
            place = one.get("char_interval") or {}
            start = place.get("start_pos")
            said = tuple(
                (name, str(value))
                for name, values in (one.get("attributes") or {}).items()
                for value in (values if isinstance(values, list) else [values])
            )
            words = (Words(one["extraction_text"], start),)
            yield Claim(words, one["extraction_class"], said, source=str(document.get("document_id") or ""))


def _model(_: str, documents: list[Any]) -> Iterator[Claim]:
    for document in documents:
        for fact in _listed(document, "facts"):
            quotes = fact["quote"] if isinstance(fact["quote"], list) else [fact["quote"]]
            said = tuple((one["word"], str(one["value"])) for one in fact.get("says") or ())
            basis = fact.get("basis") or ""
            yield Claim(
                tuple(Words(str(quote)) for quote in quotes),
                fact.get("type") or "",
                said,
                fact["id"] if iris.is_slug(str(fact.get("id"))) else "",
                basis if basis in BASES and basis != "stated" else "",
                fact.get("note") or "",
            )


def _annotations(_: str, documents: list[Any]) -> Iterator[Claim]:
    found: list[Any] = []
    for document in documents:
        rows = document
        if isinstance(document, dict):
            pages = [document.get("first"), document]
            rows = document.get("rows") or next(
                (p["items"] for p in pages if isinstance(p, dict) and "items" in p), [document]
            )
        found += rows
    for one in found:
        targets = one["target"] if isinstance(one["target"], list) else [one["target"]]
        selectors = [s for target in targets for s in _selectors(target)]
        quotes = [s for s in selectors if s.get("type") == "TextQuoteSelector"]
        words = tuple(Words(s["exact"], None, s.get("prefix") or "", s.get("suffix") or "") for s in quotes)
        if not words:
            continue
        bodies = one.get("body") or []
        bodies = bodies if isinstance(bodies, list) else [bodies]
        tags = [
            *(one.get("tags") or ()),
            *(b["value"] for b in bodies if isinstance(b, dict) and b.get("purpose") == "tagging"),
        ]
        notes = [
            one.get("text") or "",
            *(b.get("value", "") for b in bodies if isinstance(b, dict) and b.get("purpose") != "tagging"),
        ]
        yield Claim(words, tags[0] if tags else "", tuple(("comment", note) for note in notes if note))


def _selectors(target: Any) -> list[Any]:
    found = target.get("selector") or [] if isinstance(target, dict) else []
    return found if isinstance(found, list) else [found]


def _table(text: str, _: list[Any]) -> Iterator[Claim]:
    lines = text.splitlines(keepends=True)
    delimiter = max(",;\t", key=(lines or [""])[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    if "text" not in (rows.fieldnames or ()):
        raise ValueError("it has no column text; the columns are text, start, end, label")
    for row in rows:
        start = (row.get("start") or "").strip()
        if start and not start.isdigit():
            raise ValueError(f"start is {start!r}, expected the number of a character")
        known = {"text", "start", "end", "label", "id"}
        said = tuple((name, value) for name, value in row.items() if name and name not in known and value)
        yield Claim(
            (Words(row["text"] or "", int(start) if start.isdigit() else None),),
            (row.get("label") or "").strip(),
            said,
            (row.get("id") or "").strip(),
        )


def _has(key: str) -> Callable[[Path, list[Any]], bool]:
    return lambda _, documents: bool(documents) and all(isinstance(d, dict) and key in d for d in documents)


def _is_annotated(_: Path, documents: list[Any]) -> bool:
    lists = [one for d in documents if isinstance(d, list) for one in d]
    return any(isinstance(one, dict) and "target" in one for one in lists) or any(
        isinstance(d, dict) and d.keys() & {"rows", "target", "items", "first"} for d in documents
    )


KINDS: dict[str, _Kind] = {
    "LangExtract (JSONL)": _Kind(_has("extractions"), _langextract),
    "the output of a language model (JSON, kg schema --llm)": _Kind(_has("facts"), _model),
    "Web Annotations (JSON)": _Kind(_is_annotated, _annotations),
    "table": _Kind(lambda path, _: path.suffix in (".csv", ".tsv"), _table),
}
