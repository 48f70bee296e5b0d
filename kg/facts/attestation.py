"""Attestation: what a fact claims of its quoted words, held against them.

A fact that is stated, or follows from the layout, claims that its words name the things it speaks of, say its texts and
concepts, and show its numbers and dates; a date from the layout stands in the heading above them. An inferred fact says
such things in its quotes or its note. What a thing is called, all files together say, so names are settled at the end,
from sorted lines.

Each statement counts as one of KINDS, so that a project can say how much of it is readable.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.errors import Fault
from kg.facts.headings import misplaced
from kg.facts.naming import ANSWER, LABEL, Claim, Unjudged, claim_line, unjudged_line
from kg.facts.quotes import Passage, short
from kg.facts.reading import apart, folded, missing, name_in, named_in, number_at, qualifier, text_in, unjudged, until
from kg.facts.records import BASES, Record
from kg.facts.sources import Source
from kg.facts.values import Text
from kg.rdf import iris
from kg.rdf.context import Context
from kg.rdf.datatypes import DAYS, NUMBERS
from kg.rdf.edtf import as_edtf, read_edtf
from kg.rdf.ontology import Vocabulary
from kg.rdf.terms import RDFS, SCHEMA, SKOS, XSD, text_of

# How a statement rests on words: it can be read in them, it follows from where they stand, it is worked out with a
# note, it is reference data, the curator chose it (a class, the label of what has no name), or it cannot be judged.
KINDS = ("readable", "layout", "inferred", "reference", "chosen", "unjudged")


class Said(NamedTuple):
    """One value of a record: its key, the value, the thing it is said of (its IRI, "" without an id, and as written),
    and the classes that the record gives this thing.
    """

    key: Text
    value: Text
    of: str
    ident: Text
    types: tuple[str, ...]


class Words(NamedTuple):
    """What the words of a project can be told by.

    `concepts` have the folded words that say each concept; `silent` are those that are said by none of their scheme's
    words. Things of the classes `unnamed` have no name of their own in a text. `names` are the keys of names,
    `ordinals` of numbers in a row. `after` has the words behind which the thing stands that a key links to, `before`
    those before which it does, `next` those at once before it, `never` those that show another thing.
    """

    concepts: Mapping[str, tuple[str, ...]]
    silent: frozenset[str]
    unnamed: frozenset[str]
    names: frozenset[str]
    ordinals: frozenset[str]
    after: Mapping[str, tuple[str, ...]]
    before: Mapping[str, tuple[str, ...]]
    next: Mapping[str, tuple[str, ...]]
    never: Mapping[str, tuple[str, ...]]


def words_of(vocabulary: Vocabulary, base: str) -> Words:
    """The words of a vocabulary: labels of concepts, hidden ones too, and what `kg:unnamed` and `kg:unsaid` mark."""
    labels = {SKOS + kind for kind in ("prefLabel", "altLabel", "hiddenLabel")}
    names = {
        SKOS + "prefLabel",
        SKOS + "altLabel",
        SKOS + "hiddenLabel",
        RDFS + "label",
        SCHEMA + "name",
        SCHEMA + "alternateName",
    }
    concepts: dict[str, list[str]] = {}
    marked: dict[str, set[str]] = {iris.ontology(base) + mark: set() for mark in ("unnamed", "unsaid")}
    named: set[str] = set()
    cues: dict[str, dict[str, list[str]]] = {iris.ontology(base) + mark: {} for mark in _CUES}
    for quad in vocabulary.statements:
        subject, predicate = text_of(quad.subject), quad.predicate.value
        if predicate in labels:
            concepts.setdefault(subject, []).append(folded(text_of(quad.object)))
        elif predicate in cues:
            cues[predicate].setdefault(subject, []).append(folded(text_of(quad.object)))
        elif predicate in marked:
            (marked[predicate] if text_of(quad.object) == "true" else named).add(subject)
    unnamed, silent = marked.values()
    above = vocabulary.superproperties
    terms = vocabulary.context.terms.items()
    told = [{key: tuple(found.get(term.iri, ())) for key, term in terms} for found in cues.values()]
    return Words(
        {iri: tuple(said) for iri, said in concepts.items()},
        frozenset(silent),
        frozenset(_with_below(unnamed, vocabulary) - _with_below(named, vocabulary)),
        frozenset(key for key, term in terms if names & {term.iri, *above.get(term.iri, ())}),
        frozenset(key for key, term in terms if SCHEMA + "position" in {term.iri, *above.get(term.iri, ())}),
        *told,
    )


_CUES = ("readAfter", "readBefore", "readNext", "readNever")  # in the order of the fields of Words


def _with_below(kinds: set[str], vocabulary: Vocabulary) -> set[str]:
    """Classes with those below them."""
    return kinds | {below for below, over in vocabulary.superclasses.items() if kinds & {*over}}


def _whole(code: str) -> re.Pattern[str]:
    """The pattern that finds a code in a text, but not inside a longer code: A/12 is not found in A/12/7."""
    return re.compile(rf"(?<![\w/.-]){re.escape(code)}(?![\w/-]|\.\w)")


class Attestation:
    """What a record claims: `faults` are what its words do not show, `lines` what is to be settled with all files."""

    def __init__(
        self, record: Record, passages: Sequence[Passage], source: Source, vocabulary: Vocabulary, words: Words
    ) -> None:
        self.record, self.passages, self.source = record, passages, source
        self._context, self._words = vocabulary.context, words
        self._is_inferred = record.basis == "inferred"
        note = (record.note,) if self._is_inferred else ()
        self._quoted = "\n".join((*(quote.exact for quote in record.quotes), *note))
        self._folded = folded(" ".join((*(quote.exact for quote in record.quotes), *note)))
        self._languages = tuple(dict.fromkeys((*source.languages, *("en" for _ in note))))
        self._beside: tuple[str, ...] = ()
        self.faults: list[Fault] = []
        self.lines: list[bytes] = []
        self.counts: Counter[str] = Counter()
        self._read: set[str] = set()  # things that the record gives a name that stands in the words

    def read(self, said: Iterable[Said], base: str) -> None:
        """Hold each value against the words."""
        values = list(said)
        self._beside = tuple(sorted({*self._subjects(values), *self._links(values, base)}))
        if not self._is_inferred:
            self._name(values, base)
        for one in values:
            self._value(one, values, base)
        if self.record.basis != "stated":
            self.counts = count(self.record.basis, values, self._context)

    def _subjects(self, values: Iterable[Said]) -> Iterator[str]:
        return (one.of for one in values if one.of)

    def _links(self, values: Iterable[Said], base: str) -> Iterator[str]:
        for one in values:
            term = self._context.terms[one.key]
            if term.type == "@id" and term.iri != "@id":
                yield self._context.resolve(one.value, base)

    def _name(self, values: Sequence[Said], base: str) -> None:
        """Claim that the words name the things that the record speaks of; by another name, where it adds one."""
        names = [one for one in values if one.of and one.key in self._words.names]
        self._read = {one.of for one in names if text_in(folded(one.value), self._folded)}
        subjects = {one.of: one for one in values if iris.is_entity(base, one.of)}
        for iri, one in subjects.items():
            given = [folded(name.value) for name in names if name.of == iri]
            if not given or not one.types:
                self._claim(iri, "", one.ident, "", without=given)

    def _value(self, one: Said, values: Sequence[Said], base: str) -> None:
        """Hold one value against the words; what is not settled later, or unjudged, is readable then, or a fault."""
        term = self._context.terms[one.key]
        if term.iri == "@id":
            return
        if term.iri == "@type":
            self.counts["chosen"] += 1
        elif term.type == "@id":
            self._link(one, base)
        elif term.type == "@vocab":
            self._concept(one, values)
        elif term.type in NUMBERS:
            self._number(one, values)
        elif term.type in DAYS:
            self._date(one)
        elif term.type == XSD + "duration":
            self._duration(one)
        elif term.type in ("", XSD + "string"):
            self._text(one)
        else:
            self._unjudged(one, "values of its datatype are not read")

    def _link(self, one: Said, base: str) -> None:
        iri = self._context.resolve(one.value, base)
        if iri in self._read:
            self.counts["readable"] += 1
        elif iris.is_entity(base, iri):
            self._claim(iri, one.key, one.value, "")
        else:
            self._unjudged(one, "it leads out of the project")

    def _unjudged(self, one: Said, reason: str) -> None:
        if self.record.basis == "stated":
            found = Unjudged(self.record.file, one.value.line, one.value.column, f"{one.key} {one.value}", reason)
            self.lines.append(unjudged_line(one.of, found))

    def _claimed(self, key: str, ident: Text, text: str, without: Sequence[str] = ()) -> Claim:
        place = self.record.file, ident.line, ident.column
        return Claim(
            *place, key, ident, text, self._folded, self.source.languages, self.record.basis, self._beside, without
        )

    def _claim(self, iri: str, key: str, ident: Text, text: str, without: Sequence[str] = ()) -> None:
        """A claim that a thing is named in the words, or that a name given to it is."""
        claim = self._claimed(key, ident, text, without)
        if not self._is_inferred:
            words = self._words
            claim = claim._replace(
                after=words.after.get(key, ()),
                before=words.before.get(key, ()),
                next=words.next.get(key, ()),
                never=words.never.get(key, ()),
            )
        self.lines.append(claim_line(iri, claim))

    def _text(self, one: Said) -> None:
        is_name = one.key in self._words.names
        if is_name and one.of and self._words.unnamed & {*one.types}:
            self._label(one)
        if self._is_inferred:
            return
        if self._is_code(one) and not is_name and not _whole(one.value).search(self._quoted):
            self._fault(one, "does not stand in the quoted words as a whole")
        elif text_in(folded(one.value), self._folded):
            self.counts["readable"] += 1
        elif is_name and one.of:
            self._claim(one.of, one.key, one.value, one.value)
        elif is_name and self._words.unnamed & {*one.types}:
            self.counts["chosen"] += 1
        else:
            self._fault(one, "does not stand in the quoted words")

    def _label(self, one: Said) -> None:
        """Hold the label of what has no name in a text against the words: it brings in nothing else."""
        label = folded(one.value)
        for iri, forms in self._words.concepts.items():
            if iris.local(iri) in BASES:  # kg's own, of which no text speaks
                continue
            there = [form for form in forms if name_in(form, label)]
            if there and not any(named_in(form, self._folded) for form in forms):
                self._fault(one, f"says “{there[0]}” ({iris.local(iri)}), and {self._nowhere} does", LABEL)
        claim = self._claimed("", one.value, one.value)
        self.lines.append(claim_line(one.of, claim._replace(label=label)))

    def _is_code(self, one: Said) -> bool:
        """Whether a value is a code (a document symbol, a number) rather than words in a language."""
        return not self._context.terms[one.key].language and re.fullmatch(r"\S+", one.value) is not None

    def _duration(self, one: Said) -> None:
        """Hold a duration, P1Y say, against the words: a text that says it so is seldom, a note is to."""
        if one.value in self._quoted:
            self.counts["readable"] += 1
        else:
            self._unread(one, [one.value])

    def _concept(self, one: Said, values: Sequence[Said]) -> None:
        iri = self._context.expand(one.value)
        forms = self._words.concepts.get(iri, ())
        numbers = any(self._context.terms[other.key].type in NUMBERS for other in values)
        judged_by_number = iri in self._words.silent and numbers  # by what qualifies it there
        if judged_by_number or any(name_in(form, self._folded) for form in forms):
            self.counts["readable"] += 1
            return
        if iri in self._words.silent or not forms:
            self._unjudged(one, "no words say it")
            return
        shown = ", ".join(f"“{form}”" for form in forms[:4]) + (" …" if len(forms) > 4 else "")
        self._fault(one, f"stands in words as {shown}, and {self._nowhere} has any of these")

    @property
    def _conclusion(self) -> str:
        """What the note of an inferred fact comes to, if that is a number: “Half of 60 is 30” comes to 30."""
        if not self._is_inferred:
            return ""
        said = re.split(r"\s(?:is|are|makes|gives|comes to|read as|=)\s", self.record.note)
        return said[-1] if len(said) > 1 and re.search(r"\d", said[-1]) else ""

    @property
    def _nowhere(self) -> str:
        return "neither the quotes nor the note" if self._is_inferred else "no quote"

    def _number(self, one: Said, values: Sequence[Said]) -> None:
        languages = self._languages
        counted = one.key not in self._words.ordinals
        places = number_at(one.value, self._quoted, languages, counted=counted)
        if not places or (self._conclusion and not number_at(one.value, self._conclusion)):
            self._unread(one, [one.value])
            return
        self.counts["readable"] += 1
        qualifiers = [qualifier(self._quoted, *place, languages) for place in places] if counted else [""]
        if (
            not self._is_inferred
            and all(qualifiers)
            and not any(self._answers(other, said) for other in values for said in qualifiers)
        ):
            there = f"{qualifiers[0]} {self._quoted[slice(*places[0])]}"
            self._fault(
                one,
                f"stands as “{there}” in the quoted words, and the record does not say “{qualifiers[0]}”",
                "add the qualifier or the bound, or set basis to inferred and add a note that says why",
            )

    def _answers(self, other: Said, qualifier: str) -> bool:
        """Whether a value of the record says the qualifier of a number."""
        term, sought = self._context.terms[other.key], folded(qualifier)
        if term.type == "@vocab":
            return any(form == sought for form in self._words.concepts.get(self._context.expand(other.value), ()))
        return (
            term.type in ("", XSD + "string")
            and other.key not in self._words.names
            and name_in(sought, folded(other.value))
        )

    def _date(self, one: Said) -> None:
        date = read_edtf(as_edtf(one.value))
        if self.record.basis == "layout":
            if wrong := misplaced(date, self.passages, self.source, self.record.note):
                self._fault(one, *wrong)
        elif lacking := (
            missing(date, self._quoted, self._languages)
            or apart(date, (*(quote.exact for quote in self.record.quotes), self.record.note or ""), self._languages)
            or (missing(date, self._conclusion) if re.search(r"\d{4}", self._conclusion) else [])
        ):
            self._unread(one, lacking)
        elif not self._is_inferred and "/" not in one.value and (said := until(date, self._quoted, self._languages)):
            self._fault(
                one, f"stands behind “{said}” in the quoted words, which makes it an end", f"write ../{one.value}"
            )
        else:
            self.counts["readable"] += 1

    def _unread(self, one: Said, lacking: Sequence[str]) -> None:
        unknown = ", ".join(unjudged(self._languages))
        hint = f" (kg does not know the words of {unknown}, so what they say cannot be judged)" if unknown else ""
        where = "in the quoted words or the note" if self._is_inferred else "in the quoted words"
        self._fault(one, f"cannot be read {where} ({', '.join(lacking)} is not there){hint}", self._way_out)

    @property
    def _way_out(self) -> str:
        if self._is_inferred:
            return "say in the note what it is worked out from, and to what it comes, or leave it out"
        layout = "" if self.record.basis == "layout" else "to layout, or "
        return f"quote the words that say it, leave it out, or set basis {layout}to inferred with a note"

    def _fault(self, one: Said, message: str, answer: str = ANSWER) -> None:
        is_text = self._context.terms[one.key].type not in (*NUMBERS, *DAYS, "@vocab")
        shown = f"“{short(one.value)}”" if is_text else str(one.value)
        said = f"{one.key} {shown} {message}; {answer}"
        self.faults.append(Fault(self.record.file, one.value.line, one.value.column, said))


def count(basis: str, said: Iterable[Said], context: Context) -> Counter[str]:
    """How many statements the values of a record make, as of one kind."""
    return Counter({basis: sum(context.terms[one.key].iri != "@id" for one in said)})
