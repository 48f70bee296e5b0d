"""Attestation: what a fact claims of its quoted words, held against them.

A fact that is stated, or follows from the layout, claims that its words name the things it speaks of, say its texts and
concepts, and show its numbers and dates; a date from the layout stands in the heading above them. An inferred fact says
such things in its quotes or its note. What a thing is called, all files together say, so names are settled at the end,
from sorted lines.

Each statement counts as one of KINDS, so that a project can say how much of it is readable.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, TextIO

from kg.errors import Fault
from kg.facts.quotes import Passage, short
from kg.facts.reading import (
    folded,
    longer_phrases,
    missing,
    name_at,
    name_in,
    number_at,
    qualifier,
    text_in,
    unjudged,
)
from kg.facts.records import Record
from kg.facts.sources import Source
from kg.facts.values import Text
from kg.rdf import iris
from kg.rdf.context import Context
from kg.rdf.datatypes import DAYS, NUMBERS
from kg.rdf.edtf import Edtf, as_edtf, read_edtf
from kg.rdf.ontology import Vocabulary
from kg.rdf.terms import RDFS, SCHEMA, SKOS, XSD, text_of

ANSWER = "quote the words that say it, leave it out, or set basis to inferred and say in a note how the words mean it"
_WORD = re.compile(r"\w+")
_HEADING = 120  # characters of a line that can be a heading
_TYPE, _NAME, _CLAIM, _UNJUDGED = "0", "1", "2", "3"  # what is said of a thing, in the order in which it is needed

# How a statement rests on words: it can be read in them, it follows from where they stand, it is worked out with a
# note, it is reference data, the curator chose it (a class, the label of what has no name), or it cannot be judged.
KINDS = ("readable", "layout", "inferred", "reference", "chosen", "unjudged")


class _Claim(NamedTuple):
    """That quoted words, folded, name a thing, or have a `text` that is given as its name; where a record says so.

    `beside` are the things of the same record, of whose names the name may be a part. The names `without` do not count.
    A word of `after` stands before the thing, one of `before` behind it, as far as there are any.
    """

    file: str
    line: int
    column: int
    key: str
    ident: str
    text: str
    quoted: str
    languages: Sequence[str]
    basis: str
    beside: Sequence[str] = ()
    without: Sequence[str] = ()
    after: Sequence[str] = ()
    before: Sequence[str] = ()


_dump = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps makes a new one for every line


class Unjudged(NamedTuple):
    """A statement that cannot be held against its words, where it stands, and why not."""

    file: str
    line: int
    column: int
    said: str
    reason: str


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
    those before which it does.
    """

    concepts: Mapping[str, tuple[str, ...]]
    silent: frozenset[str]
    unnamed: frozenset[str]
    names: frozenset[str]
    ordinals: frozenset[str]
    after: Mapping[str, tuple[str, ...]]
    before: Mapping[str, tuple[str, ...]]


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
    cues: dict[str, dict[str, list[str]]] = {iris.ontology(base) + mark: {} for mark in ("readAfter", "readBefore")}
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
    after, before = ({key: tuple(found.get(term.iri, ())) for key, term in terms} for found in cues.values())
    return Words(
        {iri: tuple(said) for iri, said in concepts.items()},
        frozenset(silent),
        frozenset(_with_below(unnamed, vocabulary) - _with_below(named, vocabulary)),
        frozenset(key for key, term in terms if names & {term.iri, *above.get(term.iri, ())}),
        frozenset(key for key, term in terms if SCHEMA + "position" in {term.iri, *above.get(term.iri, ())}),
        after,
        before,
    )


def _with_below(kinds: set[str], vocabulary: Vocabulary) -> set[str]:
    """Classes with those below them."""
    return kinds | {below for below, over in vocabulary.superclasses.items() if kinds & {*over}}


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
        entities = iris.entity(base, "")
        values = list(said)
        self._beside = tuple(sorted({*self._subjects(values), *self._links(values, base)}))
        if not self._is_inferred:
            self._name(values, entities)
        for one in values:
            self._value(one, values, entities)
        if self.record.basis != "stated":
            self.counts = count(self.record.basis, values, self._context)

    def _subjects(self, values: Iterable[Said]) -> Iterator[str]:
        return (one.of for one in values if one.of)

    def _links(self, values: Iterable[Said], base: str) -> Iterator[str]:
        for one in values:
            term = self._context.terms[one.key]
            if term.type == "@id" and term.iri != "@id":
                yield self._context.resolve(one.value, base)

    def _name(self, values: Sequence[Said], entities: str) -> None:
        """Claim that the words name the things that the record speaks of; by another name, where it adds one."""
        names = [one for one in values if one.of and one.key in self._words.names]
        self._read = {one.of for one in names if text_in(folded(one.value), self._folded)}
        subjects = {one.of: one for one in values if one.of.startswith(entities)}
        for iri, one in subjects.items():
            given = [folded(name.value) for name in names if name.of == iri]
            if not given or not one.types:
                self._claim(iri, "", one.ident, "", without=given)

    def _value(self, one: Said, values: Sequence[Said], entities: str) -> None:
        term = self._context.terms[one.key]
        self.counts["readable"] += 1
        if term.iri == "@id":
            self.counts["readable"] -= 1
        elif term.iri == "@type":
            self.counts["readable"] -= 1
            self.counts["chosen"] += 1
        elif term.type == "@id":
            iri = self._context.resolve(one.value, entities.removesuffix("id/"))
            if iri in self._read:
                return
            if iri.startswith(entities):
                self.counts["readable"] -= 1  # counted when it is settled
                self._claim(iri, one.key, one.value, "")
            else:
                self._unjudged(one, "it leads out of the project")
        elif term.type == "@vocab":
            self._concept(one, values)
        elif term.type in NUMBERS:
            self._number(one, values)
        elif term.type in DAYS:
            self._date(one)
        elif term.type in ("", XSD + "string"):
            self._text(one)
        else:
            self._unjudged(one, "values of its datatype are not read")

    def _unjudged(self, one: Said, reason: str) -> None:
        self.counts["readable"] -= 1
        if self.record.basis == "stated":
            found = Unjudged(self.record.file, one.value.line, one.value.column, f"{one.key} {one.value}", reason)
            self.lines.append(f"{one.of}\t{_UNJUDGED}\t{_dump(found)}\n".encode())

    def _claim(self, iri: str, key: str, ident: Text, text: str, without: Sequence[str] = ()) -> None:
        """A claim that a thing is named in the words, or that a name given to it is."""
        self.counts["claims"] += 1
        place = self.record.file, ident.line, ident.column
        claim = _Claim(
            *place, key, ident, text, self._folded, self.source.languages, self.record.basis, self._beside, without
        )
        if not self._is_inferred:
            claim = claim._replace(after=self._words.after.get(key, ()), before=self._words.before.get(key, ()))
        self.lines.append(f"{iri}\t{_CLAIM}\t{_dump(claim)}\n".encode())

    def _text(self, one: Said) -> None:
        if self._is_inferred:
            return
        if one.key not in self._words.names:
            if not text_in(folded(one.value), self._folded):
                self._fault(one, "does not stand in the quoted words")
        elif one.of and not text_in(folded(one.value), self._folded):
            self.counts["readable"] -= 1  # counted when it is settled
            self._claim(one.of, one.key, one.value, one.value)
        elif not one.of and not self._words.unnamed & {*one.types} and not text_in(folded(one.value), self._folded):
            self._fault(one, "does not stand in the quoted words")

    def _concept(self, one: Said, values: Sequence[Said]) -> None:
        iri = self._context.expand(one.value)
        forms = self._words.concepts.get(iri, ())
        numbers = any(self._context.terms[other.key].type in NUMBERS for other in values)
        if iri in self._words.silent and numbers:  # judged where the number is, by what qualifies it
            return
        if iri in self._words.silent or not forms:
            self._unjudged(one, "no words say it")
            return
        if any(name_in(form, self._folded) for form in forms):
            return
        shown = ", ".join(f"“{form}”" for form in forms[:4]) + (" …" if len(forms) > 4 else "")
        self._fault(one, f"stands in words as {shown}, and {self._nowhere} has any of these")

    @property
    def _nowhere(self) -> str:
        return "neither the quotes nor the note" if self._is_inferred else "no quote"

    def _number(self, one: Said, values: Sequence[Said]) -> None:
        languages = self._languages
        counted = one.key not in self._words.ordinals
        places = number_at(one.value, self._quoted, languages, counted=counted)
        if not places:
            self._unread(one, [one.value])
            return
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
            self._heading(one, date)
        elif lacking := missing(date, self._quoted, self._languages):
            self._unread(one, lacking)

    def _heading(self, one: Said, date: Edtf) -> None:
        """Whether a date can be read in a quoted heading above other quoted words, the nearest one with a date."""
        text = self.source.text
        last = max(passage.end for passage in self.passages)
        headings = [
            passage for passage in self.passages if passage.end < last and is_line(text, passage.start, passage.end)
        ]
        shows = [
            passage
            for passage in headings
            if not missing(date, text[passage.start : passage.end], self.source.languages)
        ]
        if not shows:
            self._fault(
                one,
                "cannot be read in a quoted heading above the words",
                "quote the whole line of the heading that does, or set basis to stated or inferred",
            )
            return
        below = min(passage.start for passage in self.passages if passage.start > shows[-1].end)
        if self.record.note:
            return
        if nearer := _dated_line(text, shows[-1].end, below):
            self._fault(
                one,
                f"is the date of a heading, and “{nearer}” stands nearer above the words",
                "quote that heading, or add a note that says why the other one holds",
            )
        elif re.search(r"\n\s*\n", text[shows[-1].end : below].lstrip()):
            self._fault(
                one,
                "is the date of a heading, and the words stand in a later paragraph than the one below it",
                "set basis to inferred, or add a note that says why the heading dates them too",
            )

    def _unread(self, one: Said, lacking: Sequence[str]) -> None:
        unknown = ", ".join(unjudged(self._languages))
        hint = f" (kg does not know the words of {unknown}, so what they say cannot be judged)" if unknown else ""
        where = "in the quoted words or the note" if self._is_inferred else "in the quoted words"
        self._fault(one, f"cannot be read {where} ({', '.join(lacking)} is not there){hint}", self._way_out)

    @property
    def _way_out(self) -> str:
        if self._is_inferred:
            return "say in the note what it is worked out from, and to what it comes, or leave it out"
        return "quote the words that say it, leave it out, or set basis to layout, or to inferred with a note"

    def _fault(self, one: Said, message: str, answer: str = ANSWER) -> None:
        is_text = self._context.terms[one.key].type not in (*NUMBERS, *DAYS, "@vocab")
        shown = f"“{short(one.value)}”" if is_text else str(one.value)
        said = f"{one.key} {shown} {message}; {answer}"
        self.faults.append(Fault(self.record.file, one.value.line, one.value.column, said))


def is_line(text: str, start: int, end: int) -> bool:
    """Whether a passage is a line of its own, but for white space and the marks of a heading or a list.

    >>> is_line("## 1890\\nA horn", 3, 7), is_line("## 1890\\nA horn", 8, 9)
    (True, False)
    """
    line = text[text.rfind("\n", 0, start) + 1 : start], text[end : (text + "\n").find("\n", end)]
    return not any(side.strip(" \t\xa0#*=-_•|:.") for side in line)


def _dated_line(text: str, start: int, end: int) -> str:
    """The last line between two offsets that can be a heading with a year, "" where there is none."""
    for line in reversed(text[start:end].split("\n")[1:-1]):
        shown = line.strip(" \t\xa0#*=-_•|")
        dated = re.match(r"\D{0,60}\d", shown) and re.search(r"(?<!\d)\d{4}(?!\d)", shown)
        if len(shown) <= _HEADING and dated and not re.search(r"[.!?;:]$|\.\s", shown):
            return shown
    return ""


# What all files together tell


def names(said: Iterable[Said], words: Words) -> Iterator[bytes]:
    """Lines that say what things are called, and of which classes they are, whatever the basis."""
    for one in said:
        if one.of and one.key in words.names:
            yield f"{one.of}\t{_NAME}\t{' '.join(one.value.split())}\n".encode()  # a line, whatever the name holds


def classes(iri: str, types: Iterable[str]) -> Iterator[bytes]:
    """Lines that say of which classes a thing is."""
    for kind in types:
        yield f"{iri}\t{_TYPE}\t{kind}\n".encode()


def count(basis: str, said: Iterable[Said], context: Context) -> Counter[str]:
    """How many statements the values of a record make, as of one kind."""
    return Counter({basis: sum(context.terms[one.key].iri != "@id" for one in said)})


class Settled(NamedTuple):
    """What all files together tell: the faults of names, and how many statements are of each of KINDS."""

    faults: list[Fault]
    counts: Counter[str]


def called(lines: Iterable[bytes], words: Words, sources: Iterable[Source]) -> Mapping[str, frozenset[str]]:
    """The names of things that have one in a text, folded, each with the things that are called so.

    Only names whose words all stand in some source are kept, however many names there are.
    """
    known = {word for source in sources for word in _WORD.findall(folded(source.text))}
    found: dict[str, set[str]] = {}
    for iri, group in groupby(lines, key=lambda line: line.partition(b"\t")[0].decode()):
        unnamed = False
        for line in group:
            _, kind, said = line.decode().rstrip("\n").split("\t", 2)
            if kind == _TYPE:
                unnamed = unnamed or said in words.unnamed
            elif kind == _NAME and not unnamed and known.issuperset(_WORD.findall(name := folded(said))):
                found.setdefault(name, set()).add(iri)
    return {name: frozenset(things) for name, things in found.items()}


def settled(lines: Iterable[bytes], words: Words, known: Mapping[str, frozenset[str]], unjudged: Path) -> Settled:
    """What comes of the claims of all files, whose lines are sorted; a file has what cannot be judged, a line each."""
    found = Settled([], Counter())
    with unjudged.open("w", encoding="utf-8", newline="\n") as file:
        for iri, group in groupby(lines, key=lambda line: line.partition(b"\t")[0].decode()):
            thing = _Thing(iri, {}, known)
            unnamed = False
            for line in group:
                _, kind, said = line.decode().rstrip("\n").split("\t", 2)
                if kind == _TYPE:
                    unnamed = unnamed or said in words.unnamed
                elif kind == _NAME:
                    thing.names[said] = folded(said)
                elif kind == _CLAIM:
                    _settle(_Claim(*json.loads(said)), thing, unnamed, found, file)
                else:
                    found.counts["unjudged"] += 1
                    file.write(f"{said}\n")
    return found


class _Thing(NamedTuple):
    """A thing with its names, each as written and folded, and the names of all things."""

    iri: str
    names: dict[str, str]
    known: Mapping[str, frozenset[str]]

    def mentions(self, claim: _Claim) -> Iterator[tuple[int, int]]:
        """Where the words of a claim name the thing, and not another one with a longer name."""
        own = {self.iri, *claim.beside}
        for name in self.names.values():
            for start, end in name_at(name, claim.quoted, claim.languages) if name not in claim.without else ():
                longer = (self.known.get(phrase) for phrase in longer_phrases(claim.quoted, start, end))
                if not any(things and not things & own for things in longer):
                    yield start, end


def _settle(claim: _Claim, thing: _Thing, unnamed: bool, found: Settled, unjudged: TextIO) -> None:
    """Hold one claim against the names of the thing, and count it where it is a statement."""
    fault = _not_named(claim, thing)
    if fault and not unnamed:
        found.faults.append(fault)
    elif claim.basis == "stated" and claim.key:
        kind = "readable" if thing.names and not fault else "chosen" if claim.text else "unjudged"
        found.counts[kind] += 1
        if kind == "unjudged":
            reason = "things of its class have no name in a text" if unnamed else "it has no name"
            one = Unjudged(claim.file, claim.line, claim.column, f"{claim.key} {claim.ident}", reason)
            unjudged.write(_dump(one) + "\n")


def read_unjudged(path: Path) -> list[Unjudged]:
    """What `settled` wrote, in the order of files and lines."""
    with path.open(encoding="utf-8", newline="\n") as file:
        return sorted(Unjudged(*json.loads(line)) for line in file)


def _not_named(claim: _Claim, thing: _Thing) -> Fault | None:
    """The fault of a claim whose words have no name by which the thing is called, or not where it is to stand."""
    what = f"{f'{claim.key} ' if claim.key else ''}{claim.ident}"
    if claim.text:
        if text_in(folded(claim.text), claim.quoted):
            return None
        return _fault_of(claim, f"{claim.key} “{short(claim.text)}” does not stand in the quoted words; {ANSWER}")
    names = [name for name, said in thing.names.items() if said not in claim.without]
    mentions = list(thing.mentions(claim))
    if not names or any(_in_place(claim, *mention) for mention in mentions):
        return None
    if mentions:
        cues = ", ".join(f"“{cue}”" for cue in (*claim.after, *claim.before))
        where = "behind" if claim.after else "before"
        message = f"{what}: stands in the quoted words, but not {where} {cues}; who does what to whom?"
        return _fault_of(claim, message)
    shown = ", ".join(f"“{short(name)}”" for name in names[:3]) + (" …" if len(names) > 3 else "")
    if claim.basis == "inferred":
        message = f"{what}: neither the quotes nor the note name it ({shown}); say in the note how it is meant"
    else:
        message = (
            f"{what}: the quoted words have none of its names ({shown}); quote the words that name it, leave it out, "
            "or set basis to inferred and say in a note by which words it is meant; if these are another name of the "
            "same thing, say so once"
        )
    return _fault_of(claim, message)


def _in_place(claim: _Claim, start: int, end: int) -> bool:
    """Whether a mention stands behind or before the words that its property asks for, if it asks for any."""
    behind = not claim.after or any(name_in(cue, claim.quoted[:start]) for cue in claim.after)
    return behind and (not claim.before or any(name_in(cue, claim.quoted[end:]) for cue in claim.before))


def _fault_of(claim: _Claim, message: str) -> Fault:
    return Fault(claim.file, claim.line, claim.column, message)
