"""Source documents: their text, where a quote stands in it, and what of it is left unread.

Offsets count Unicode code points from 0, an end is exclusive (RFC 5147, 2.1.1). A quote is found verbatim:
nothing is normalised, not even white space.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kg import names
from kg.dates import read_edtf
from kg.errors import Fault, nearest, printable
from kg.rdf import is_iri
from kg.text import Items, Mapping, Null, Text, Unreadable, place, read_text, read_yaml, unwritable

KEYS = ("id", "file", "sha256", "title", "publisher", "rights", "url", "retrieved", "language")
REQUIRED = ("id", "file", "sha256", "title")
CONTEXT = 32  # code points of text before and after a passage, as in Web Annotation's prefix and suffix


class Source(NamedTuple):
    """A document: its id, its text, the SHA-256 of its file, and what else `data/sources.yaml` says of it."""

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


class Quote(NamedTuple):
    """The exact words of a source; prefix and suffix, where given, tell which of several places is meant."""

    exact: Text
    prefix: str = ""
    suffix: str = ""


class Passage(NamedTuple):
    """Where some words stand: the source's id and the characters [start, end)."""

    source: str
    start: int
    end: int


class Unread(NamedTuple):
    """A stretch of a source that no fact quotes and no skip names, with its line and column from 1."""

    line: int
    column: int
    text: str


class Coverage(NamedTuple):
    """How many of a source's characters, white space aside, are quoted, skipped and neither."""

    characters: int
    quoted: int
    skipped: int
    unread: tuple[Unread, ...]

    @property
    def percent(self) -> float:
        """The share quoted or skipped, from 0 to 100; never 100 while a character is left."""
        if not self.characters:
            return 100.0
        return 100.0 * (self.quoted + self.skipped) / self.characters

    @property
    def shown(self) -> str:
        """The share to one decimal, rounded down, so that 100.0 means all."""
        return f"{int(self.percent * 10) / 10:.1f}"


def read_sources(data: Path, root: Path) -> tuple[dict[str, Source], list[Fault]]:
    """The documents that `data/sources.yaml` lists, by id, and what is wrong with the list or with them."""
    file = data / "sources.yaml"
    name = file.relative_to(root).as_posix()
    try:
        document = read_yaml(file) if file.exists() else Mapping({Text("sources"): Items()})
    except Unreadable as unreadable:
        return {}, [unreadable.fault(name)]
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
        except Changed as changed:  # still read, so that the quotes it lost are named too
            sources[changed.source.id] = changed.source
            faults.append(changed.fault(name))
        except Unreadable as unreadable:
            faults.append(unreadable.fault(name))
    listed = {source.file for source in sources.values()}
    for path in sorted((data / "sources").glob("*")) if not faults else ():
        if path.name not in listed and not path.name.startswith("."):
            faults.append(Fault(name, 1, 1, f"sources/{printable(path.name)} is not listed; add it, or take it away"))
    return sources, faults


def _source(entry: object, folder: Path, known: Iterable[str]) -> Source:
    """One document of the list; raises Unreadable at the word that is wrong."""
    said = _said(entry, known)
    file = said["file"]
    if "/" in file or "\\" in file or file in (".", ".."):
        raise Unreadable(file.line, file.column, f"{file} is no file name; sources lie in data/sources/")
    if not (folder / file).resolve().is_relative_to(folder.parent.parent.resolve()):
        raise Unreadable(
            file.line, file.column, f"data/sources/{file} leads out of the project; put the file itself there"
        )
    if len(file) > 200 or not (folder / file).is_file():
        raise Unreadable(file.line, file.column, f"data/sources/{file} does not exist; add it or mend the name")
    found = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    try:
        text = read_text(folder / file)
    except Unreadable as error:
        message = f"data/sources/{file}, line {error.line}, column {error.column}: {error.message}"
        raise Unreadable(file.line, file.column, message) from None
    if problem := unwritable(text):
        raise Unreadable(file.line, file.column, f"data/sources/{file}: {problem}")
    if "\r" in text:  # an offset would count a line end twice, against RFC 5147, 4.1
        raise Unreadable(
            file.line, file.column, f"data/sources/{file}: a carriage return; save it with plain line ends (LF)"
        )
    rest = {key: str(said.get(key, "")) for key in KEYS[3:]}
    source = Source(str(said["id"]), str(file), found, text, **{**rest, "language": rest["language"] or "en"})
    if said["sha256"].lower() != found:
        raise Changed(said["sha256"], source)
    return source


def _said(entry: object, known: Iterable[str]) -> dict[str, Text]:
    """What an entry of the list says, each value under its key; raises Unreadable."""
    if not isinstance(entry, Mapping):
        line, column = getattr(entry, "line", 1), getattr(entry, "column", 1)
        raise Unreadable(line, column, "a source is a mapping with id, file, sha256 and title")
    said: dict[str, Text] = {}
    for key, value in entry.items():
        if key not in KEYS:
            hint = nearest(key, KEYS) or f"; a source has {', '.join(KEYS)}"
            raise Unreadable(key.line, key.column, f"unknown key {key!s:.80}{hint}")
        if isinstance(value, Text):
            said[key] = value
        elif not isinstance(value, Null):
            raise Unreadable(key.line, key.column, f"{key} must be text")
    for needed in REQUIRED:
        if needed not in said:
            raise Unreadable(entry.line, entry.column, f"the source has no {needed}; add `{needed}: ...`")
    ident = said["id"]
    if not names.is_slug(ident):
        raise Unreadable(ident.line, ident.column, f"{ident!s:.80} is no id; use letters, digits and hyphens")
    if ident in known:
        raise Unreadable(ident.line, ident.column, f"a second source called {ident}; give each its own id")
    _check_values(said)
    return said


def _check_values(said: dict[str, Text]) -> None:
    """Raise Unreadable where an address or a day could not be published as what it is."""
    url, day = said.get("url"), said.get("retrieved")
    if url is not None and not is_iri(url):
        raise Unreadable(url.line, url.column, f"{url!s:.80} is no address; write https://...")
    if day is not None:
        try:
            read_edtf(day)
            whole = re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII) is not None
        except ValueError:
            whole = False
        if not whole:
            raise Unreadable(day.line, day.column, f"{day!s:.40} is not a day such as 2020-05-31")


class Changed(Unreadable):
    """A source whose file is no longer the one that was quoted; it holds the source as it is now."""

    def __init__(self, stated: Text, source: Source) -> None:
        super().__init__(
            stated.line,
            stated.column,
            f"data/sources/{source.file} has changed: its SHA-256 is {source.sha256}, here stands {stated}; "
            "restore the file, or check the quotes against it and write its new SHA-256 here",
        )
        self.source = source


def locate(text: str, exact: str, prefix: str = "", suffix: str = "") -> list[int]:
    """Every offset at which exact stands in text between prefix and suffix, overlapping ones too.

    >>> locate("aaa", "aa"), locate("a cat, a dog", "a ", suffix="dog")
    ([0, 1], [7])
    """
    found = []
    at = text.find(exact)
    while at >= 0 and exact:
        if text.endswith(prefix, 0, at) and text.startswith(suffix, at + len(exact)):
            found.append(at)
        at = text.find(exact, at + 1)
    return found


def find(source: Source, quote: Quote) -> Passage:
    """The one place of a quote in a source; ValueError says why there is none, or which there are."""
    found = locate(source.text, *quote)
    if len(found) == 1:
        start, end = found[0], found[0] + len(quote.exact)
        if broken := broken_at(source.text, start) or broken_at(source.text, end):
            raise ValueError(
                f"“{_short(quote.exact)}” begins or ends within “{broken}”; quote it whole, and in a list put words "
                "with a comma in quotation marks"
            )
        return Passage(source.id, start, end)
    words = f"“{_short(quote.exact)}”"
    if found:
        lines = ", ".join(str(place(source.text, at)[0]) for at in found[:8])
        raise ValueError(
            f"{words} stands {len(found)} times in {source.file} (lines {lines}); quote more words, or write "
            "quote: {exact: ..., prefix: ..., suffix: ...}"
        )
    if locate(source.text, quote.exact):
        raise ValueError(f"{words} stands in {source.file}, but not between that prefix and suffix; mend them")
    raise ValueError(f"{words} does not stand in {source.file}{nearest_passage(source.text, quote.exact)}")


def broken_at(text: str, at: int) -> str:
    """The number that a border at an offset would cut in two, "" where it cuts none.

    >>> broken_at("over 2,500 members", 6), broken_at("over 2,500 members", 10)
    ('2,500', '')
    """
    for found in re.finditer(r"\d[\d.,]*\d", text[max(0, at - 40) : at + 40]):
        if found.start() < at - max(0, at - 40) < found.end():
            return found[0]
    return ""


def nearest_passage(text: str, words: str) -> str:
    """Where the longest beginning or end of words stands in text, and how it goes on there; "" if nowhere.

    >>> nearest_passage("It was founded in 1995.", "It was founded in 1996.")
    '; line 1 has “It was founded in 1995.”: after “It was founded in 199” comes “5”, not “6”'
    """
    head = _longest(lambda length: words[:length] in text, len(words))
    tail = _longest(lambda length: words[len(words) - length :] in text, len(words))
    if max(head, tail) < min(6, len(words) - 1):
        return "; no passage is near, check the source and the words"
    if head >= tail:
        at = text.find(words[:head])
        there = text[at : at + len(words)]
        rest = f"after “{words[:head][-24:]}” comes “{_show(text[at + head : at + head + 1])}”"
        differs = f"{rest}, not “{_show(words[head : head + 1])}”"
    else:
        end = text.find(words[len(words) - tail :])
        at = max(0, end + tail - len(words))
        there = text[at : end + tail]
        rest = f"before “{words[len(words) - tail :][:24]}” stands “{_show(text[max(0, end - 1) : end])}”"
        differs = f"{rest}, not “{_show(words[len(words) - tail - 1 : len(words) - tail])}”"
    return f"; line {place(text, at)[0]} has “{_short(there)}”: {differs}"


def _longest(holds: Callable[[int], bool], most: int) -> int:
    """The greatest length, up to most, for which holds is true, when it is true for all smaller ones."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _short(words: str) -> str:
    shown = words.replace("\n", "⏎")
    return shown if len(shown) <= 120 else f"{shown[:80]} … {shown[-30:]}"


def _show(character: str) -> str:
    return {"\n": "a line end", "\t": "a tab", "\u00a0": "a no-break space", "": "the end"}.get(character, character)


def coverage(text: str, quoted: Iterable[tuple[int, int]], skipped: Iterable[tuple[int, int]]) -> Coverage:
    """What of text the spans account for; a character both quoted and skipped counts as quoted.

    >>> coverage("one two", [(0, 3)], []).percent
    50.0
    """
    state = bytearray(len(text))
    for spans, mark in ((skipped, 1), (quoted, 2)):
        for start, end in spans:
            state[start:end] = bytes([mark]) * (end - start)
    visible = [at for at, character in enumerate(text) if not character.isspace()]
    counts = [0, 0, 0]
    for at in visible:
        counts[state[at]] += 1
    left = [at for at in visible if not state[at]]
    return Coverage(len(visible), counts[2], counts[1], tuple(_stretches(text, left, state)))


def _stretches(text: str, left: list[int], state: bytearray) -> Iterator[Unread]:
    """The characters left, joined to stretches: only white space, no line end and nothing read between them."""
    runs: list[list[int]] = []
    for at in left:
        between = text[runs[-1][1] : at] if runs else ""
        if runs and not any(state[runs[-1][1] : at]) and not between.strip() and "\n" not in between:
            runs[-1][1] = at + 1
        else:
            runs.append([at, at + 1])
    lines = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
    for start, end in runs:
        line = bisect_right(lines, start)
        yield Unread(line, start - lines[line - 1] + 1, text[start:end])


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """The characters before and after a passage, up to CONTEXT of each."""
    return text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
