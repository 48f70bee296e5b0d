"""Intake: each file of facts read, checked and converted to sorted lines, a batch of records at a time.

What a file gives depends on the file, the sources, the vocabulary and the tool alone, so it is kept under a hash of
these and taken from there the next time. What only all files together can tell, such as an id that two of them
introduce, is settled from the sorted lines.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import FactError, Fault, nearest
from kg.facts.attestation import Attestation, Words, count
from kg.facts.checks import Checks, Named, check
from kg.facts.convert import Fact, convert, mint
from kg.facts.coverage import Spans, locate
from kg.facts.naming import class_lines, name_line
from kg.facts.provenance import provenance
from kg.facts.quotes import Passage
from kg.facts.records import Broken, Record, Skip, read_file
from kg.facts.sources import Source
from kg.rdf import infer as inference
from kg.rdf import iris
from kg.rdf.infer import infer
from kg.rdf.sorted_lines import (
    CALLED,
    FACT,
    FOLLOWS,
    INTRODUCED,
    MENTIONED,
    NAMED,
    REFERRED,
    STATED,
    Sorter,
    Tagged,
    link,
    merged,
)

BATCH = 1000  # records that are converted together
SAID = "said:"  # what the counts of statements of each kind (`kg.facts.attestation`) begin with


class Taken(NamedTuple):
    """What a file of facts gave: runs of tagged lines, how much of what, the passages it quotes and skips, its faults.

    `whole` is false where the file could not be read to its end, so that what else it says is not known.
    """

    runs: tuple[Path, ...]
    counts: Mapping[str, int]
    spans: Spans
    faults: tuple[Fault, ...]
    whole: bool


class Rules(NamedTuple):
    """What files are taken in by: the checks of their records, the words these are read by, what follows from
    statements, and the sources with whether all could be read.
    """

    checks: Checks
    words: Words
    follows: inference.Rules
    sources: Mapping[str, Source]
    whole: bool


class Folders(NamedTuple):
    """Where runs are: those being made in a folder that stands until the build ends, those that are kept in another."""

    made: Path
    kept: Path


def take(path: Path, name: str, rules: Rules, folders: Folders, written: Callable[[Path], object] = str) -> Taken:
    """What a file gives; kept in a folder, and taken from there where that folder is there already.

    A file with faults is not kept. `written` is told of each run as soon as it is there.
    """
    if (folders.kept / "taken.json").is_file():
        taken = _read(folders.kept)
        for run in taken.runs:
            written(run)
        return taken
    taken = _take(path, name, rules, Sorter(folders.made, written=written))
    if not taken.faults:
        _keep(taken, folders.kept)
    return taken


def _keep(taken: Taken, kept: Path) -> None:
    """Keep what a file gave, whole or not at all."""
    aside = kept.with_name(f".{kept.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for run in taken.runs:
        link(run, aside / run.name)
    counts, spans = dict(taken.counts), {ident: list(map(list, found)) for ident, found in taken.spans.items()}
    (aside / "taken.json").write_text(json.dumps({"counts": counts, "spans": spans}), encoding="utf-8")
    try:
        aside.rename(kept)
    except OSError:  # another build kept the same
        shutil.rmtree(aside, ignore_errors=True)


def _read(kept: Path) -> Taken:
    found = json.loads((kept / "taken.json").read_bytes())
    spans = {ident: [(start, end, quoted) for start, end, quoted in spans] for ident, spans in found["spans"].items()}
    return Taken(tuple(sorted(kept.glob("run-*"))), found["counts"], spans, (), True)


def _take(path: Path, name: str, rules: Rules, sorter: Sorter) -> Taken:
    """What a file gives, read to its end."""
    intake = _Intake(rules, sorter)
    items = read_file(path, name)
    while batch := list(islice(items, BATCH)):
        intake.put(batch)
    runs = tuple(sorter.close())
    return Taken(runs, intake.counts, intake.spans, tuple(intake.faults), intake.whole)


def quoted(path: Path, name: str, sources: Mapping[str, Source], whole: bool) -> tuple[Spans, list[Fault]]:
    """The passages of a file's quotes and skips, and what is wrong with these, whatever its records say."""
    spans: Spans = {}
    faults: list[Fault] = []
    for item in read_file(path, name):
        if isinstance(item, Record | Skip):
            _located(item, sources, whole, spans, faults)
        else:
            faults.append(item.fault if isinstance(item, Broken) else item)
    return spans, faults


def _located(
    item: Record | Skip, sources: Mapping[str, Source], whole: bool, spans: Spans, faults: list[Fault]
) -> tuple[Passage, ...]:
    """The passages of a record or skip, noted in spans; a quote that is not in its source is noted in faults."""
    passages = []
    quotes = item.quotes if isinstance(item, Record) else (item.quote, *([item.until] if item.until else []))
    for quote in quotes:
        found = locate(item.file, item.source, quote, sources, whole)
        if isinstance(found, Passage):
            passages.append(found)
        elif found is not None:
            faults.append(found)
    if isinstance(item, Record):
        spans.setdefault(item.source, []).extend((one.start, one.end, True) for one in passages)
    elif len(passages) == len(quotes):
        first, last = passages[0], passages[-1]
        if last.end < first.end or last.start < first.start:
            at = item.file, item.quote.exact.line, item.quote.exact.column
            faults.append(Fault(*at, "the last words of the range stand before its first; turn them round"))
        else:
            spans.setdefault(item.source, []).append((first.start, last.end, False))
    return tuple(passages)


class _Intake:
    """What has been taken of a file so far."""

    def __init__(self, rules: Rules, sorter: Sorter) -> None:
        self.rules, self.sorter = rules, sorter
        self.counts: Counter[str] = Counter()
        self.spans: Spans = {}
        self.faults: list[Fault] = []
        self.whole = True

    def put(self, items: Iterable[Record | Skip | Fault | Broken]) -> None:
        """Take a batch: locate its quotes, check its words, and convert it unless something is wrong with the file."""
        records: list[Record] = []
        passages: list[tuple[Passage, ...]] = []
        for item in items:
            if isinstance(item, Record | Skip):
                found = _located(item, self.rules.sources, self.rules.whole, self.spans, self.faults)
            if isinstance(item, Record):
                records.append(item)
                passages.append(found)
            elif isinstance(item, Skip):
                self.counts["skips"] += 1
            else:
                self.faults.append(item.fault if isinstance(item, Broken) else item)
                self.whole = self.whole and not isinstance(item, Broken)
        facts = mint(records, self.rules.checks.vocabulary.context, self.rules.checks.base)
        for fact, found in zip(facts, passages, strict=True):
            self._check(fact, found)
        if not self.faults:
            self._convert(facts, passages)

    def _check(self, fact: Fact, passages: Sequence[Passage]) -> None:
        record, checks = fact.record, self.rules.checks
        checked = check(record, checks)
        self.faults += checked.faults
        self.counts["nulls"] += checked.nulls
        self.counts["facts" if record.source else "reference"] += 1
        base = iris.entity(checks.base, "")
        lines = [_line(INTRODUCED if named.types else MENTIONED, named, record) for named in checked.named]
        lines += [_line(REFERRED, named, record) for named in checked.references if named.iri.startswith(base)]
        place = [record.file, record.line, record.column, [quote.exact for quote in record.quotes]]
        lines.append(FACT + f"{fact.iri}\t{json.dumps(place, ensure_ascii=False)}\n".encode())
        names = (one for one in checked.said if one.of and one.key in self.rules.words.names)
        lines += [CALLED + name_line(one.of, one.value) for one in names]
        lines += [CALLED + line for named in checked.named for line in class_lines(named.iri, named.types)]
        if record.basis == "reference":
            self._count(count(record.basis, checked.said, checks.vocabulary.context))
        elif len(passages) == len(record.quotes) and not checked.faults:
            source, words = self.rules.sources[record.source], self.rules.words
            attestation = Attestation(record, passages, source, checks.vocabulary, words)
            attestation.read(checked.said, checks.base)
            self._count(attestation.counts)
            self.faults += attestation.faults
            lines += [CALLED + line for line in attestation.lines]
        self.sorter.add(lines)

    def _count(self, kinds: Mapping[str, int]) -> None:
        """Add to the statements of each kind that a reader can hold against their words or not."""
        self.counts.update({f"{SAID}{kind}": number for kind, number in kinds.items()})

    def _convert(self, facts: Sequence[Fact], passages: Sequence[Sequence[Passage]]) -> None:
        checks = self.rules.checks
        try:
            converted = convert(facts, checks.vocabulary.context)
        except FactError as error:
            self.faults += error.faults
            return
        self.counts["values"] += converted.values
        self.counts["statements"] += len(converted.lines)
        stated = [without_graph(line) for line in converted.lines]
        self.sorter.add([NAMED + line for line in converted.lines])
        self.sorter.add([STATED + line for line in stated])
        self.sorter.add([FOLLOWS + line for line in infer(stated, self.rules.follows)])
        evidence = provenance(zip(facts, passages, strict=True), self.rules.sources, checks.base)
        self.sorter.add([NAMED + line for line in evidence])


def without_graph(line: bytes) -> bytes:
    """The N-Triples line of an N-Quads line that names a graph."""
    return line[: line.rindex(b" <")] + b" .\n"


# What all files together tell


def _line(tag: bytes, named: Named, record: Record) -> bytes:
    """A line that says which record of which file speaks of an IRI, and where."""
    at = f"{record.line}\t{record.column}\t{named.ident.line}\t{named.ident.column}"
    return tag + f"{named.iri}\t{record.file}\t{at}\t{named.ident}\n".encode()


class _Mention(NamedTuple):
    """A line of `_line`, read."""

    iri: str
    file: str
    record: tuple[int, int]
    line: int
    column: int
    ident: str


def _mention(line: bytes) -> _Mention:
    iri, file, record_line, record_column, at, column, ident = line.decode().rstrip("\n").split("\t")
    return _Mention(iri, file, (int(record_line), int(record_column)), int(at), int(column), ident)


def settle(lines: Tagged, runs: Sequence[Path], files: Sequence[str], base: str, whole: bool) -> Iterator[Fault]:
    """What is wrong between files, whose names are given in order: ids introduced twice, or never, and facts that stand
    twice. Reads the lines up to those of facts.

    `whole` is false where a file could not be read, so that what it may introduce is not missed.
    """
    order = {name: number for number, name in enumerate(files)}

    def by_place(mention: _Mention) -> tuple[int, int, int]:
        return order[mention.file], mention.line, mention.column

    for _, group in groupby(map(_mention, lines.of(INTRODUCED)), key=lambda mention: mention.iri):
        first, *others = sorted(group, key=by_place)
        for other in others:
            if (other.file, other.record) != (first.file, first.record):
                message = (
                    f"duplicate id {other.ident}: {first.file}:{first.record[0]} gives it its type already; "
                    "choose another id, or delete `type` here to say more of the same thing"
                )
                yield Fault(other.file, other.line, other.column, message)
    for _, group in groupby(_unknown(lines.of(MENTIONED), runs), key=lambda mention: mention.iri):
        first = min(group, key=by_place)
        if whole:
            hint = nearest(first.ident, _slugs(runs, base)) or "; add `type:` to the record that introduces it"
            yield Fault(first.file, first.line, first.column, f"{first.ident:.80} has no type{hint}")
    for mention in _unknown(lines.of(REFERRED), runs):
        if whole:
            hint = nearest(mention.ident, _slugs(runs, base)) or "; add a record with this id and a type"
            yield Fault(mention.file, mention.line, mention.column, f"nothing is called {mention.ident:.80}{hint}")


def _introduced(runs: Iterable[Path]) -> Iterator[str]:
    """The IRIs that some record gives a type, sorted as their lines are."""
    for line in Tagged(merged(runs)).of(INTRODUCED):
        yield line.partition(b"\t")[0].decode()


def _unknown(mentions: Iterable[bytes], runs: Iterable[Path]) -> Iterator[_Mention]:
    """The mentions of what no record gives a type."""
    known = _introduced(runs)
    current = next(known, None)
    for mention in map(_mention, mentions):
        while current is not None and f"{current}\t" < f"{mention.iri}\t":
            current = next(known, None)
        if mention.iri != current:
            yield mention


def _slugs(runs: Iterable[Path], base: str) -> list[str]:
    return [iris.slug(base, iri) for iri in _introduced(runs)]


def locations(lines: Tagged, files: Sequence[str]) -> Iterator[tuple[str, list[Any]] | Fault]:
    """Each fact's IRI with its file, line, column and quoted words, by IRI; a fact that stands twice is a fault."""
    order = {name: number for number, name in enumerate(files)}
    for iri, group in groupby(lines.of(FACT), key=lambda line: line.partition(b"\t")[0]):
        places = [json.loads(line.partition(b"\t")[2]) for line in group]
        first, *others = sorted(places, key=lambda place: (order[place[0]], place[1], place[2]))
        for file, line, column, _ in others:
            yield Fault(file, line, column, f"the same fact stands at {first[0]}:{first[1]}; delete one")
        yield iri.decode(), first
