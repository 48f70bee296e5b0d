"""Claims: what tools and people said of words elsewhere, in the formats in which they say it.

LangExtract, the structured output of language models (`kg schema --llm`), W3C Web Annotations and Hypothesis, and
tables with the columns text, start, end and label.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import QueryError
from kg.facts.csv_file import CELL
from kg.facts.records import BASES
from kg.rdf import iris
from kg.rdf.terms import has_half


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
                for number, claim in enumerate(reader.read(text, documents), 1):
                    if has_half(json.dumps(claim, ensure_ascii=False)):
                        raise ValueError(f"claim {number} has half of a character (a lone surrogate); write it whole")
                    yield claim
            except (csv.Error, RecursionError, ValueError) as error:
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
        return [json.loads(line) for line in text.split("\n") if line.strip()]  # texts may hold other line ends
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


@contextmanager
def _within(place: str) -> Iterator[None]:
    """Say where something is missing or of another kind than it should be."""
    try:
        yield
    except KeyError as error:
        raise ValueError(f"{place}: {error.args[0]} is missing") from None
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{place}: {error}") from None


def _text(value: Any, what: str) -> str:
    """A text, "" for null; ValueError for anything else."""
    if not isinstance(value, str | None):
        raise ValueError(f"{what} is {_short(value)}, expected a text")
    return value or ""


def _texts(value: Any, what: str) -> list[str]:
    """A text or a list of texts, as a list."""
    return [_text(one, what) for one in (value if isinstance(value, list) else [value])]


def _values(value: Any) -> Iterator[str]:
    """The values that something has, as texts: those of a list one by one, none for null."""
    if isinstance(value, list):
        for one in value:
            yield from _values(one)
    elif value is not None:
        yield value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _start(value: Any) -> int | None:
    """The place of a character, from 0; None for null and below 0, which say that none was found."""
    if value is None or type(value) is int:
        return value if value is not None and value >= 0 else None
    raise ValueError(f"start_pos is {_short(value)}, expected the number of a character, from 0")


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value or {}, dict):
        raise ValueError(f"{what} is {_short(value)}, expected an object")
    return value or {}


def _short(value: Any) -> str:
    return json.dumps(value)[:60]


def _langextract(_: str, documents: list[Any]) -> Iterator[Claim]:
    every = ((document, one) for document in documents for one in _listed(document, "extractions"))
    for number, (document, one) in enumerate(every, 1):
        with _within(f"extraction {number}"):
            start = _start(_mapping(one.get("char_interval"), "char_interval").get("start_pos"))
            attributes = _mapping(one.get("attributes"), "attributes")
            said = tuple((name, value) for name, values in attributes.items() for value in _values(values))
            words = (Words(_text(one["extraction_text"], "extraction_text"), start),)
            kind = _text(one["extraction_class"], "extraction_class")
            yield Claim(words, kind, said, source=str(document.get("document_id") or ""))


def _model(_: str, documents: list[Any]) -> Iterator[Claim]:
    every = (fact for document in documents for fact in _listed(document, "facts"))
    for number, fact in enumerate(every, 1):
        with _within(f"fact {number}"):
            quotes = _texts(fact["quote"], "quote") or [""]
            says = _listed(fact, "says") if fact.get("says") else []
            said = tuple((_text(one["word"], "word"), value) for one in says for value in _values(one["value"]))
            ident, basis = next(_values(fact.get("id")), ""), fact.get("basis") or ""
            yield Claim(
                tuple(map(Words, quotes)),
                _text(fact.get("type"), "type"),
                said,
                ident if iris.is_slug(ident) else "",
                basis if basis in BASES and basis != "stated" else "",
                _text(fact.get("note"), "note"),
            )


def _annotations(_: str, documents: list[Any]) -> Iterator[Claim]:
    found: list[Any] = []
    for document in documents:
        rows = document
        if isinstance(document, dict):
            pages = [document.get("first"), document]
            lists = [page["items"] for page in pages if isinstance(page, dict) and "items" in page]
            rows = document["rows"] if "rows" in document else next(iter(lists), [document])
        if not isinstance(rows, list):
            raise ValueError(f"its annotations are {_short(rows)}, expected a list")
        found += rows
    for number, one in enumerate(found, 1):
        with _within(f"annotation {number}"):
            yield _annotation(_mapping(one, "it"))


def _annotation(one: dict[str, Any]) -> Claim:
    """The claim of an annotation; one of no words where it quotes none, so that it is said to be left out."""
    targets = one["target"] if isinstance(one["target"], list) else [one["target"]]
    selectors = [selector for target in targets for selector in _selectors(target)]
    words = tuple(
        Words(_text(s["exact"], "exact"), None, _text(s.get("prefix"), "prefix"), _text(s.get("suffix"), "suffix"))
        for s in selectors
        if isinstance(s, dict) and s.get("type") == "TextQuoteSelector"
    )
    if not words:
        return Claim((Words(""),), "")
    bodies = one.get("body") or []
    tags = _texts(one.get("tags"), "tags")
    notes = [_text(one.get("text"), "text"), _text(one.get("bodyValue"), "bodyValue")]
    for body in bodies if isinstance(bodies, list) else [bodies]:
        tagging = isinstance(body, dict) and body.get("purpose") == "tagging"
        (tags if tagging else notes).append(_text(_said(body), "a body"))
    tags = [tag for tag in tags if tag]
    said = [("tag", tag) for tag in tags[1:]] + [("comment", note) for note in notes if note]
    return Claim(words, tags[0] if tags else "", tuple(said))


def _said(body: Any) -> Any:
    """What a body says: its text, or the IRI of what it is."""
    return (body.get("value") or body.get("source") or body.get("id")) if isinstance(body, dict) else body


def _selectors(target: Any) -> list[Any]:
    found = target.get("selector") or [] if isinstance(target, dict) else []
    return found if isinstance(found, list) else [found]


def _table(text: str, _: list[Any]) -> Iterator[Claim]:
    lines = text.splitlines(keepends=True)
    delimiter = max(",;\t", key=(lines or [""])[0].count)
    csv.field_size_limit(CELL)  # which is the module's, and others set too
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = rows.fieldnames or ()
    if "text" not in columns:
        raise ValueError("it has no column text; the columns are text, start, end, label")
    if twice := sorted({name for name in columns if name and columns.count(name) > 1}):
        raise ValueError(f"it has more than one column {', '.join(twice)}; give each a name of its own")
    for row in rows:
        if any(row.pop(None, ())):
            raise ValueError(
                f"line {rows.line_num} has more cells than the first; put a text with {delimiter!r} in quotes"
            )
        start = (row.get("start") or "").strip()
        if start and not (start.isdecimal() and len(start) < 19):
            raise ValueError(
                f"line {rows.line_num}: start is {start[:40]!r}, expected the number of a character, from 0"
            )
        known = {"text", "start", "end", "label", "id"}
        said = tuple((name, value) for name, value in row.items() if name and name not in known and value)
        yield Claim(
            (Words(row["text"] or "", int(start) if start else None),),
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
    "table": _Kind(lambda path, _: path.suffix.lower() in (".csv", ".tsv"), _table),
}
