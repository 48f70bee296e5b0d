"""Source: a document as people read it, its quoted words marked, what rests on them beside their paragraph."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.pages.model import NAMING, Group, Name
from kg.pages.page import Page
from kg.pages.render import Alternate, alternates, show
from kg.pages.table import table_page
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.terms import DCTERMS, PROV, SCHEMA, TYPE, text_of


class Piece(NamedTuple):
    """Characters between two borders of quotes: the text, how many passages it belongs to, the fragments that lead
    to its beginning, and the numbers of the passages that end with it and have notes.
    """

    text: str
    deep: int
    anchors: tuple[str, ...]
    ending: tuple[int, ...]


class Note(NamedTuple):
    """What rests on a passage: its number, fragment, and what is said of each thing."""

    number: int
    anchor: str
    facts: tuple["Told", ...]

    @property
    def lines(self) -> tuple["Told", ...]:
        """Those of whom more than name and kind is said, or the only one."""
        return tuple(told for told in self.facts if told.more or len(self.facts) == 1)


class Told(NamedTuple):
    """What is said of a thing in a line, by property."""

    subject: Name
    groups: tuple[Group, ...]

    @property
    def kind(self) -> str:
        """What it is, where that is said."""
        told = (value.name for g in self.groups if g.iri == TYPE.value for e in g.entries for value in e.values)
        return next((name.label for name in told if name), "")

    @property
    def more(self) -> tuple[Group, ...]:
        """What is said beyond its name and kind."""
        return tuple(group for group in self.groups if group.iri not in NAMING)


class Paragraph(NamedTuple):
    """A line of the text with the offset of its first character, its pieces, and the notes beside it; `page` is the
    label of the page that begins with it, "" where none does.
    """

    start: int
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]
    page: str = ""


class Reading(NamedTuple):
    """A source's paragraphs, and the stretches of it that are quoted, from 0 to 1."""

    paragraphs: tuple[Paragraph, ...]
    strip: tuple[tuple[float, float], ...]
    passages: int


Span = tuple[int, int, int]  # start, end, number; 0 where nothing is told beside it


def pieces_of(start: int, text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """A line cut at every border of the passages, which may overlap.

    >>> [(piece.text, piece.deep, piece.ending) for piece in pieces_of(0, "abcdef", [(1, 5, 1), (3, 6, 2)])]
    [('a', 0, ()), ('bc', 1, ()), ('de', 2, (1,)), ('f', 1, (2,))]
    """
    end = start + len(text)
    within = [span for span in spans if span[0] < end and span[1] > start]
    borders = sorted({start, end, *(b for span in within for b in span[:2] if start < b < end)})
    return tuple(
        Piece(
            text[one - start : other - start],
            sum(s <= one and e >= other for s, e, _ in within),
            tuple(f"char={s},{e}" for s, e, _ in within if s == one),
            tuple(number for _, e, number in within if e == other and number),
        )
        for one, other in pairwise(borders)
    )


def read(page: Page, source: str, text: str, begins: Sequence[tuple[int, str]] = ()) -> Reading:
    """A source with its passages numbered in the order in which they begin; `begins` are its document's pages."""
    opened = page.opened
    iri = iris.source(page.base, source)
    passages: dict[tuple[int, int], list[str]] = {}
    for part in (text_of(quad.subject) for quad in opened.dataset.within(iri) if quad.predicate == TYPE):
        if span := iris.offsets(part):
            quoting = (quad for quad in opened.pointing(part) if quad.predicate.value == PROV + "wasQuotedFrom")
            passages[span] = sorted({text_of(quad.subject) for quad in quoting})
    ordered = sorted(passages, key=lambda span: (span[0], -span[1]))
    # A fact that quotes several passages is told beside the last: the words, after the heading above them.
    beside = {fact: span for span in ordered for fact in passages[span]}
    told = [span for span in ordered if span in beside.values()]
    spans = [(*span, told.index(span) + 1 if span in told else 0) for span in ordered]
    paragraphs = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            beginning = [span for span in spans if span[2] and offset <= span[0] < offset + len(line) + 1]
            notes = tuple(
                _note(page, span, [f for f in passages[span[:2]] if beside[f] == span[:2]]) for span in beginning
            )
            pieces = pieces_of(offset, line, spans)
            begun = [label for start, label in begins if start <= offset]
            begins = begins[len(begun) :]
            paragraphs.append(Paragraph(offset, pieces, notes, begun[-1] if begun else ""))
        offset += len(line) + 1
    whole = max(1, len(text))
    return Reading(tuple(paragraphs), tuple(_joined(spans, whole)), len(spans))


def _joined(spans: Iterable[Span], whole: int) -> Iterable[tuple[float, float]]:
    """The stretches that are quoted, as shares of the whole: where each begins and how long it is."""
    last = 0
    for start, end, _ in sorted(spans):
        if end > last:
            begin = max(start, last)
            yield round(begin / whole, 4), round((end - begin) / whole, 4)
            last = end


def _note(page: Page, span: Span, facts: Iterable[str]) -> Note:
    start, end, number = span
    found = [told for fact in facts for told in facts_told(page, fact)]
    said: dict[Name, list[Group]] = {}
    for told in found:
        said.setdefault(told.subject, []).extend(told.groups)
    things = sorted(said.items(), key=lambda pair: (pair[0].label, pair[0].iri))
    return Note(number, f"char={start},{end}", tuple(Told(thing, tuple(groups)) for thing, groups in things))


def facts_told(page: Page, fact: str) -> Iterable[Told]:
    """What a fact says, by the things it speaks of."""
    subjects = sorted({text_of(quad.subject) for quad in page.opened.content(fact)})
    for subject in subjects:
        quads = [q for q in page.opened.dataset.about(subject) if text_of(q.graph_name) in ("", fact)]
        reasons = [reason for reason in page.reasons(quads) if reason.fact == fact]
        groups = page.groups(reasons)
        status = iris.ontology(page.base) + "status"  # first: what did not happen is not told as if it had
        yield Told(page.name(subject), tuple(sorted(groups, key=lambda group: group.iri != status)))


def pages_of(opened: Opened, ident: str) -> list[tuple[int, str]]:
    """Where the pages of a source's document begin in its text, each with its label; none where it has no pages."""
    path = opened.release.path / "sources" / f"{ident}.pages.csv"
    lines = path.read_text(encoding="utf-8").splitlines()[1:] if path.is_file() else []
    pairs = (line.partition(",") for line in lines)
    return [(int(start), label) for start, _, label in pairs]


def source_page(opened: Opened, root: str, iri: str) -> bytes:
    """The page of a source: its text with the quotes marked, and what rests on them."""
    page = Page(opened, root)
    ident = iris.source_id(opened.base, iri)
    if ident in opened.release.manifest.get("tables", {}):
        return table_page(opened, root, iri)
    said = {quad.predicate.value: text_of(quad.object) for quad in opened.dataset.about(iri)}
    text = opened.file(f"sources/{ident}.txt").decode()
    covered = opened.release.manifest["coverage"][ident]
    title = said.get(DCTERMS + "title", ident)
    return show(
        "source",
        opened,
        root,
        title,
        place="sources",
        reading=read(page, ident, text, pages_of(opened, ident)),
        characters=len(text),
        publisher=said.get("http://purl.org/dc/elements/1.1/publisher", ""),
        rights=said.get("http://purl.org/dc/elements/1.1/rights", ""),
        language=said.get("http://purl.org/dc/elements/1.1/language", "en"),
        retrieved=said.get(iris.ontology(opened.base) + "retrieved", ""),
        url=said.get(SCHEMA + "url", ""),
        sha256=said.get(SCHEMA + "sha256", ""),
        quoted=100 * covered["quoted"] / max(1, covered["characters"]),
        skipped=100 * covered["skipped"] / max(1, covered["characters"]),
        iri=iri,
        alternates=(*alternates(ident), Alternate("text", "text/plain", f"{ident}.txt")),
        data={"@context": "https://schema.org", "@id": iri, "@type": "CreativeWork", "name": title},
    )
