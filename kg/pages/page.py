"""Page: what a page asks of a release: names, reasons and dates of things, as the pieces of `kg.pages.model`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, count

import pyoxigraph as px

from kg.pages.in_words import date_in_words, duration_in_words, thousands
from kg.pages.model import BASES, DATES, KINDS, NAMING, Because, Dated, Group, Name, Quote, Value, entries, place
from kg.query.disagreements import disagreeing
from kg.query.labels import label
from kg.query.opened import Opened
from kg.query.why import Reason, Said, because
from kg.rdf import iris
from kg.rdf.datatypes import NUMBERS
from kg.rdf.edtf import read_edtf
from kg.rdf.terms import DC, EDTF, OWL, RDF, SKOS, TYPE, XSD, Quad, Term, shorten, text_of

# The ids of sections, which no group of a page may have.
SECTIONS = ("main", "facts", "names", "connections", "reference", "data")


NAMED = 20_000  # things whose names are kept for other pages


class Page:
    """What a page needs to name things: the release, and what leads from the page to the root."""

    def __init__(self, opened: Opened, root: str) -> None:
        self.opened, self.root = opened, root
        self.base, self.date = opened.base, iris.ontology(opened.base) + "date"
        self._texts: dict[str, str] = {}
        self._languages: dict[str, str] = {}
        self._types: dict[str, list[str]] = {}
        self._about: dict[str, list[Quad]] = {}
        self._read: dict[str, Said] = {}
        self._dated: dict[str, Dated | None] = {}
        self._anchors = set(SECTIONS)
        self.headings = opened.headings

    def href(self, iri: str) -> str:
        """The address of an IRI as this page links to it: below the base relative, elsewhere as it is."""
        if not iri.startswith(self.base):
            return iri if iri.startswith(("http://", "https://")) else ""
        return self.root + iris.address(self.base, iri)

    def name(self, iri: str) -> Name:
        """A thing's name: its label, or else its IRI in short."""
        if found := self.named(iri):
            return Name(iri, found[0], self.href(iri), found[1])
        return Name(iri, _in_words(shorten(iri, self.opened.prefixes).strip("<>")), self.href(iri))

    def named(self, iri: str) -> tuple[str, str] | None:
        """What the graph or the context calls a thing, and its kind; None where neither has a word for it."""
        known = self.opened.names
        found = known.get(iri)
        if found is None:
            told = label(self.opened.store, iri) or self.words.get(iri, "")
            if not told:  # is not remembered: a query can make up any number of these
                return None
            types = set(self.types(iri))
            found = told, next((kind for type_, kind in KINDS.items() if type_ in types), "")
            if len(known) >= NAMED:
                known.clear()
            known[iri] = found
        return found

    def types(self, iri: str) -> list[str]:
        """The types of a thing, stated and inferred."""
        if iri not in self._types:
            quads = self.opened.store.quads_for_pattern(px.NamedNode(iri), TYPE, None, px.DefaultGraph())
            self._types[iri] = sorted(text_of(quad.object) for quad in quads)
        return self._types[iri]

    def about(self, iri: str) -> list[Quad]:
        """The quads of a thing, of every graph."""
        if iri not in self._about:
            self._about[iri] = self.opened.dataset.about(iri)
        return self._about[iri]

    @property
    def words(self) -> Mapping[str, str]:
        """The words of the context, as people write them, by the IRIs that they stand for."""
        return self.opened.words

    def is_property(self, iri: str) -> bool:
        """Whether an IRI is a property that the vocabulary has."""
        return iri in NAMING or any(
            type_.startswith((OWL, RDF)) and type_.endswith("Property") for type_ in self.types(iri)
        )

    def is_concept(self, term: Term) -> bool:
        """Whether a term is a concept of some scheme, which tells kinds of things apart."""
        return isinstance(term, px.NamedNode) and SKOS + "Concept" in self.types(term.value)

    def text(self, source: str) -> str:
        """The text of a source by its id, with plain line ends."""
        if source not in self._texts:
            self._texts[source] = self.opened.file(f"sources/{source}.txt").decode()
        return self._texts[source]

    def because(self, reason: Reason) -> Because:
        """A reason as the page shows it."""
        quotes = tuple(
            Quote(
                one.source,
                self.href(one.passage),
                whole(one.prefix),
                one.exact,
                whole(one.suffix, -1),
                one.page,
                self.language_of(one.source),
            )
            for one in reason.words
        )
        badges = DATES if reason.statement.predicate.value == self.date else BASES
        return Because(reason.basis, badges[reason.basis], reason.note, reason.evidence, quotes, self.href(reason.fact))

    def reasons(self, quads: Iterable[Quad]) -> list[Reason]:
        """The reasons for statements of the default graph."""
        return because(self.opened.dataset, self.base, quads, self._read)

    def told(self, iri: str) -> Sequence[Reason]:
        """The reasons for all that is said of a thing."""
        return self.opened.told(iri)

    def dated(self, iri: str) -> Dated | None:
        """The date of a thing; several that are given are told as such, and none of them as the date."""
        if iri not in self._dated:
            self._dated[iri] = self._date(iri)
        return self._dated[iri]

    def _date(self, iri: str) -> Dated | None:
        reasons = self.reasons_of_dates(iri)
        dates = {text_of(reason.statement.object): self.because(reason) for reason in reversed(reasons)}
        told = [self.date_of(written, why) for written, why in reversed(dates.items())]
        if len(told) < 2:
            return told[0] if told else None
        days = [day for one in told for day in (one.earliest, one.latest) if day]
        apart = told[0].because._replace(basis="inferred", said="dates differ", note="")
        text = " or ".join(one.text for one in told)
        return Dated(text, "", min(days, default=None), max(days, default=None), apart)

    def reasons_of_dates(self, iri: str) -> list[Reason]:
        """The reasons for the dates of a thing."""
        return self.reasons(quad for quad in self.about(iri) if quad.predicate.value == self.date)

    def thing(self, iri: str) -> Value:
        """A thing as a value, with its status, and its date unless that is its name already."""
        name, dated = self.name(iri), self.dated(iri)
        return Value("", name, None if dated and dated.text == name.label else dated, self.status(iri))

    def notation(self, concept: str) -> str:
        """The notation of a concept, "" where it has none: ">" for "more than"."""
        quads = self.opened.store.quads_for_pattern(px.NamedNode(concept), px.NamedNode(SKOS + "notation"), None)
        return min((text_of(quad.object) for quad in quads), default="")

    def status(self, iri: str) -> str:
        """The label of a thing's status, "" where it has none."""
        status = px.NamedNode(iris.ontology(self.base) + "status")
        found = self.opened.store.quads_for_pattern(px.NamedNode(iri), status, None, px.DefaultGraph())
        return ", ".join(sorted(self.name(text_of(quad.object)).label for quad in found))

    def date_of(self, written: str, why: Because) -> Dated:
        """A date as the page shows it."""
        date = read_edtf(written)
        return Dated(date_in_words(written), written, date.earliest, date.latest, why)

    def value(self, term: Term) -> Value:
        """A statement's object as the page shows it."""
        if isinstance(term, px.NamedNode):
            return self.thing(term.value) if iris.is_entity(self.base, term.value) else Value("", self.name(term.value))
        text = text_of(term)
        if isinstance(term, px.Literal) and term.datatype.value == EDTF:
            return Value(date_in_words(text))
        if isinstance(term, px.Literal) and term.datatype.value == XSD + "duration":
            return Value(duration_in_words(text))
        if isinstance(term, px.Literal) and term.language:
            return Value(text, language=foreign(term.language))
        return Value(thousands(text) if isinstance(term, px.Literal) and term.datatype.value in NUMBERS else text)

    def language_of(self, source: str) -> str:
        """The language of a source by its id, "" where it is the page's own, or it has several."""
        if source not in self._languages:
            about = self.opened.dataset.about(iris.source(self.base, source))
            said = {text_of(quad.object) for quad in about if quad.predicate.value == DC + "language"}
            self._languages[source] = foreign(said.pop()) if len(said) == 1 else ""
        return self._languages[source]

    @property
    def unsaid(self) -> frozenset[str]:
        """The labels of the concepts that words say by saying none of the others."""
        return frozenset(self.name(iri).label for iri in self.headings.unsaid)

    @cached_property
    def signs(self) -> Mapping[str, str]:
        """The notations of concepts by their labels: ">" for "more than"."""
        quads = self.opened.store.quads_for_pattern(None, px.NamedNode(SKOS + "notation"), None, px.DefaultGraph())
        return {self.name(text_of(quad.subject)).label: text_of(quad.object) for quad in quads}

    def groups(self, reasons: Iterable[Reason]) -> tuple[Group, ...]:
        """Reasons by property, in the vocabulary's order and then in that of the source."""
        found: dict[str, list[tuple[Because, Value]]] = {}
        told = sorted(reasons, key=place)
        qualified = self._qualified(told)
        for reason in told:
            value = self.value(reason.statement.object)
            if reason.statement.predicate.value in self.headings.aside:
                value = value._replace(dated=None)
            if said := qualified.get(reason.statement.predicate.value):
                value = value._replace(text=f"{said} {value.text}")
            pair = self.because(reason), value
            found.setdefault(reason.statement.predicate.value, []).append(pair)
        ordered = sorted(found, key=lambda iri: self.headings.order((iri,)))
        disagree = {one.predicate for one in disagreeing(told)}
        return tuple(
            Group(
                iri,
                self.headings.forward(iri),
                self.href(iri),
                self.anchor(self.headings.forward(iri)),
                entries(found[iri]),
                iri in disagree,
            )
            for iri in ordered
        )

    def _qualified(self, reasons: Iterable[Reason]) -> dict[str, str]:
        """What is told before the values of a property, such as "more than", as others of the same thing say it."""
        found = {}
        for reason in reasons:
            other = self.headings.qualifying.get(reason.statement.predicate.value)
            if other and text_of(reason.statement.object) not in self.headings.unsaid:
                value = self.value(reason.statement.object)
                found[other] = value.text or (value.name.label if value.name else "")
        return found

    def anchor(self, label: str) -> str:
        """The fragment that leads to what stands under a label; no two of a page have the same one."""
        wanted = re.sub(r"\W+", "-", label).strip("-").lower()
        names = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
        anchor = next(name for name in names if name not in self._anchors)
        self._anchors.add(anchor)
        return anchor


def foreign(language: str) -> str:
    """A language tag, "" where it is the one that pages are written in.

    >>> foreign("fr"), foreign("en-GB")
    ('fr', '')
    """
    return "" if language.lower().partition("-")[0] == "en" else language


def _in_words(short: str) -> str:
    """A short name of another vocabulary's term in words; any other as it is.

    >>> _in_words("schema:CreativeWork"), _in_words("wd:Q1254"), _in_words("id:ada")
    ('creative work', 'wd:Q1254', 'id:ada')
    """
    found = re.fullmatch(r"[a-z]+:([A-Z][a-z]+(?:[A-Z][a-z]+)*)", short)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found[1]).lower() if found else short


def whole(context: str, end: int = 0) -> str:
    """The words before (end 0) or after (-1) a quote without the one that was cut; the quote itself is never altered.

    >>> whole("0 During the Summit, "), whole(" to ratify the Rome Sta", -1), whole("short")
    ('During the Summit, ', ' to ratify the Rome', 'short')
    """
    if not context.strip().count(" "):
        return context
    return context.lstrip().partition(" ")[2] if end == 0 else context.rstrip().rpartition(" ")[0]
