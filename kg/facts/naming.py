"""Naming: what things are called, which all files together say, and claims that words name them.

A record claims that its quoted words name a thing. What the thing is called another file may say, so names, classes and
claims become lines, and are settled once those of all files are sorted: first a thing's classes, then its names, then
the claims.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, TextIO

from kg.errors import Fault
from kg.facts.quotes import short
from kg.facts.reading import folded, name_at, name_in, named_in, text_in
from kg.facts.sources import Source

ANSWER = "quote the words that say it, leave it out, or set basis to inferred and say in a note how the words mean it"
LABEL = (
    "call the thing by what its words name, quote the words that name it, or name it in the note of an inferred fact"
)
_WORD = re.compile(r"\w+")
_TYPE, _NAME, _CLAIM, _UNJUDGED = "0", "1", "2", "3"  # what is said of a thing, in the order in which it is needed


class Claim(NamedTuple):
    """That quoted words, folded, name a thing, or have a `text` that is given as its name; where a record says so.

    `beside` are the things of the same record, of whose names the name may be a part. The names `without` do not count.
    A word of `after` stands before the thing, one of `before` behind it, as far as there are any; where one of `next`
    stands at once before some name, the thing is that one's; one of `never` at once before it, or “'s” behind it, shows
    that another thing is meant. A `label`, folded, claims instead that what it names the words name too.
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
    next: Sequence[str] = ()
    never: Sequence[str] = ()
    label: str = ""


_dump = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps makes a new one for every line


class Unjudged(NamedTuple):
    """A statement that cannot be held against its words, where it stands, and why not."""

    file: str
    line: int
    column: int
    said: str
    reason: str


def class_lines(iri: str, types: Iterable[str]) -> Iterator[bytes]:
    """Lines that say of which classes a thing is."""
    for kind in types:
        yield f"{iri}\t{_TYPE}\t{kind}\n".encode()


def name_line(iri: str, name: str) -> bytes:
    """A line that says what a thing is called, whatever the name holds."""
    return f"{iri}\t{_NAME}\t{' '.join(name.split())}\n".encode()


def claim_line(iri: str, claim: Claim) -> bytes:
    """A line that claims something of the names of a thing."""
    return f"{iri}\t{_CLAIM}\t{_dump(claim)}\n".encode()


def unjudged_line(iri: str, unjudged: Unjudged) -> bytes:
    """A line of a statement that nothing can judge."""
    return f"{iri}\t{_UNJUDGED}\t{_dump(unjudged)}\n".encode()


class Settled(NamedTuple):
    """What all files together tell: the faults of names, and how many statements are readable, chosen and unjudged."""

    faults: list[Fault]
    counts: Counter[str]


def called(lines: Iterable[bytes], nameless: frozenset[str], sources: Iterable[Source]) -> Mapping[str, frozenset[str]]:
    """The names of things that have one in a text, folded, each with the things that are called so.

    Things of the classes `nameless` have none. Only names whose words all stand in some source are kept, however many
    there are.
    """
    known = {word for source in sources for word in _WORD.findall(folded(source.text))}
    found: dict[str, set[str]] = {}
    for iri, group in groupby(lines, key=lambda line: line.partition(b"\t")[0].decode()):
        unnamed = False
        for line in group:
            _, kind, said = line.decode().rstrip("\n").split("\t", 2)
            if kind == _TYPE:
                unnamed = unnamed or said in nameless
            elif kind == _NAME and not unnamed and known.issuperset(_WORD.findall(name := folded(said))):
                found.setdefault(name, set()).add(iri)
    return {name: frozenset(things) for name, things in found.items()}


class Known:
    """The names of things, folded, each with the things that are called so; longer ones are found by their words."""

    def __init__(self, names: Mapping[str, frozenset[str]]) -> None:
        self._names = names
        self._by_word: dict[str, list[str]] = {}
        self._longer: dict[str, list[str]] = {}
        self._of: dict[str, list[str]] = {}
        for name in names:
            for word in {*_WORD.findall(name)}:
                self._by_word.setdefault(word, []).append(name)

    def longer(self, name: str) -> list[str]:
        """The names of which a name is a part.

        >>> Known({"vice president": frozenset(), "president": frozenset()}).longer("president")
        ['vice president']
        """
        if name not in self._longer:
            fewest = min((self._by_word.get(word, []) for word in _WORD.findall(name)), key=len, default=[])
            self._longer[name] = [other for other in fewest if name != other and name in other]
        return self._longer[name]

    def stand(self, words: str, languages: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Where names stand in words, from and to, and which.

        >>> list(Known({"oslo": frozenset(), "oslo city": frozenset()}).stand("in oslo", ["en"]))
        [(3, 7, 'oslo')]
        """
        there = {*_WORD.findall(words)}
        for name in sorted({name for word in there for name in self._by_word.get(word, ())}):
            if there.issuperset(_WORD.findall(name)):
                yield from ((start, end, name) for start, end in name_at(name, words, languages))

    def named(self, name: str, words: str, languages: Sequence[str]) -> bool:
        """Whether words have some name of a thing that is called so."""
        if not self._of:
            for one, things in self._names.items():
                for thing in things:
                    self._of.setdefault(thing, []).append(one)
        names = {other for thing in self._names[name] for other in self._of[thing]}
        return any(named_in(other, words, languages) for other in names)

    def others(self, name: str, own: Set[str]) -> bool:
        """Whether a name is of things, and of none of one's own."""
        return not self._names[name] & own


def settled(
    lines: Iterable[bytes], nameless: frozenset[str], names: Mapping[str, frozenset[str]], unjudged: Path
) -> Settled:
    """What comes of the claims of all files, whose lines are sorted; a file has what cannot be judged, a line each."""
    found, known = Settled([], Counter()), Known(names)
    with unjudged.open("w", encoding="utf-8", newline="\n") as file:
        for iri, group in groupby(lines, key=lambda line: line.partition(b"\t")[0].decode()):
            thing = _Thing(iri, {}, known)
            unnamed = False
            for line in group:
                _, kind, said = line.decode().rstrip("\n").split("\t", 2)
                if kind == _TYPE:
                    unnamed = unnamed or said in nameless
                elif kind == _NAME:
                    thing.names[said] = folded(said)
                elif kind == _CLAIM:
                    _settle(Claim(*json.loads(said)), thing, unnamed, found, file)
                else:
                    found.counts["unjudged"] += 1
                    file.write(f"{said}\n")
    return found


class _Thing(NamedTuple):
    """A thing with its names, each as written and folded, and the names of all things."""

    iri: str
    names: dict[str, str]
    known: Known

    def mentions(self, claim: Claim) -> Iterator[tuple[int, int]]:
        """Where the words of a claim name the thing, and not another one with a longer name."""
        for name in self.names.values():
            if name in claim.without:
                continue
            around = self.around(name, claim)
            for start, end in name_at(name, claim.quoted, claim.languages):
                if not any(first <= start and end <= last for places in around.values() for first, last in places):
                    yield start, end

    def around(self, name: str, claim: Claim) -> dict[str, list[tuple[int, int]]]:
        """The longer names of other things that the words of a claim have, with where they stand."""
        own = {self.iri, *claim.beside}
        found: dict[str, list[tuple[int, int]]] = {}
        for longer in self.known.longer(name):
            if self.known.others(longer, own):
                for place in name_at(longer, claim.quoted, claim.languages):
                    if not claim.quoted[: place[0]].endswith(
                        "-"
                    ):  # “president” in “vice-president” is a part of a word
                        found.setdefault(longer, []).append(place)
        return found


def _settle(claim: Claim, thing: _Thing, unnamed: bool, found: Settled, unjudged: TextIO) -> None:
    """Hold one claim against the names of the thing, and count it where it is a statement."""
    if claim.label:
        found.faults.extend(_brought_in(claim, thing))
        return
    fault = missing = _not_named(claim, thing)
    if fault and unnamed and not _is_misplaced(claim, thing):
        fault = _unlike(claim, thing) if claim.key and not claim.text else None
    if fault:
        found.faults.append(fault)
    elif claim.basis == "stated" and claim.key:
        kind = "readable" if thing.names and not missing else "chosen" if claim.text else "unjudged"
        found.counts[kind] += 1
        if kind == "unjudged":
            reason = "things of its class have no name in a text" if unnamed else "it has no name"
            one = Unjudged(claim.file, claim.line, claim.column, f"{claim.key} {claim.ident}", reason)
            unjudged.write(_dump(one) + "\n")


def read_unjudged(path: Path) -> list[Unjudged]:
    """What `settled` wrote, in the order of files and lines."""
    with path.open(encoding="utf-8", newline="\n") as file:
        return sorted(Unjudged(*json.loads(line)) for line in file)


def _not_named(claim: Claim, thing: _Thing) -> Fault | None:
    """The fault of a claim whose words have no name by which the thing is called, or not where it is to stand."""
    what = f"{f'{claim.key} ' if claim.key else ''}{claim.ident}"
    if claim.text:
        if text_in(folded(claim.text), claim.quoted):
            return None
        return _fault_of(claim, f"{claim.key} “{short(claim.text)}” does not stand in the quoted words; {ANSWER}")
    names = [name for name, said in thing.names.items() if said not in claim.without]
    if not names or any(_in_place(claim, thing.known, *mention) for mention in thing.mentions(claim)):
        return None
    if _is_misplaced(claim, thing):
        said = ", ".join(f"“{cue}”" for cue in (*claim.after, *claim.before))
        if said:
            where = f"but not {'behind' if claim.after else 'before'} {said}"
        else:
            behind, next_ = (" or ".join(f"“{cue}”" for cue in cues) for cues in (claim.never, claim.next))
            where = f"but with “'s”, behind {behind}, or while another stands behind {next_}"
        message = f"{what}: stands in the quoted words, {where}; who does what to whom?"
        return _fault_of(claim, message)
    if longer := next((other for name in thing.names.values() for other in thing.around(name, claim)), None):
        message = f"{what}: stands in the quoted words only within “{longer}”, the name of something else; {ANSWER}"
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


def _brought_in(claim: Claim, thing: _Thing) -> Iterator[Fault]:
    """The faults of a label that names other things than the words do."""
    own = {thing.iri, *claim.beside}
    places = list(thing.known.stand(claim.label, claim.languages))
    for start, end, name in places:
        longer = any(one <= start and end <= other and (one, other) != (start, end) for one, other, _ in places)
        if not longer and thing.known.others(name, own) and not thing.known.named(name, claim.quoted, claim.languages):
            nowhere = "neither the quotes nor the note do" if claim.basis == "inferred" else "the quoted words do not"
            yield _fault_of(claim, f"the name “{short(claim.text)}” names “{name}”, which {nowhere}; {LABEL}")


def _unlike(claim: Claim, thing: _Thing) -> Fault | None:
    """The fault of a claim that shares no word with what a thing of no name is called."""
    called = {word[:5] for name in thing.names.values() for word in _WORD.findall(name) if len(word) > 3}
    if not called or called & {word[:5] for word in _WORD.findall(claim.quoted)}:
        return None
    shown = short(next(iter(thing.names)))
    message = f"{claim.key} {claim.ident}: the quoted words have no word of what it is called, “{shown}”; {ANSWER}"
    return _fault_of(claim, message)


def _is_misplaced(claim: Claim, thing: _Thing) -> bool:
    """Whether words name a thing, and nowhere as its property asks for."""
    mentions = list(thing.mentions(claim)) if claim.key and not claim.text else []
    return bool(mentions) and not any(_in_place(claim, thing.known, *mention) for mention in mentions)


def _in_place(claim: Claim, known: Known, start: int, end: int) -> bool:
    """Whether a mention stands where its property asks for, if it asks for anything."""
    before, behind = claim.quoted[:start], claim.quoted[end:]
    if claim.after and not any(name_in(cue, before) for cue in claim.after):
        return False
    if claim.before and not any(name_in(cue, behind) for cue in claim.before):
        return False
    if claim.never and (_ends(before, claim.never) or re.match(r"'s?\b|'\s", behind)):
        return False
    if claim.next and not _ends(before, claim.next):
        others = known.stand(claim.quoted, claim.languages)
        return not any(_ends(claim.quoted[:other], claim.next) for other, _, _ in others)
    return True


def _ends(words: str, cues: Sequence[str]) -> bool:
    """Whether words end with one of some others, an article behind it or not."""
    return re.search(rf"(?<!\w)(?:{'|'.join(map(re.escape, cues))})\s(?:the\s|an?\s)?$", words) is not None


def _fault_of(claim: Claim, message: str) -> Fault:
    return Fault(claim.file, claim.line, claim.column, message)
