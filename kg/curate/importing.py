"""Importing: what was said of a source's words elsewhere (`kg.curate.claims`), as drafts.

Each quote is proved to stand in the source, and each value is checked. What cannot be taken over is a remark beside the
draft, never a property.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import yaml

from kg.curate.adding import date_in, new_id
from kg.curate.changes import brought, content, make
from kg.curate.claims import Claim, Words, read_claims
from kg.curate.drafts import folder_of, written
from kg.curate.known import NAMES, Known, classes, read_known
from kg.curate.passages import find_near, fold, quote_of
from kg.errors import QueryError, nearest
from kg.facts.checks import Checks, check, checks
from kg.facts.quotes import occurrences
from kg.facts.reading import folded
from kg.facts.records import Record, read_file
from kg.facts.yaml_edit import Plain
from kg.facts.yaml_text import read_plain
from kg.project import Project
from kg.rdf.ontology import Vocabulary


class Map(NamedTuple):
    """How what others say is said here: the source, the tool that said it, classes by label, words by attribute."""

    source: str = ""
    drafted: str = ""
    classes: Mapping[str, str] = {}
    words: Mapping[str, str] = {}


class Imported(NamedTuple):
    """What came of a file: the file of drafts, how many drafts there are, how many claims say what is known, and the
    claims whose words do not stand in the source, each with what is wrong.
    """

    path: Path
    drafts: int
    known: int
    refused: tuple[tuple[str, str], ...]


def import_drafts(project: Project, path: Path, by: Map) -> Imported:
    """Write the drafts that a file gives into `data/drafts/`; QueryError for a file or a map that cannot be used."""
    claims = list(read_claims(path))
    by = by._replace(source=by.source or next((claim.source for claim in claims if claim.source), ""))
    known = read_known(project)
    vocabulary, sources = known.vocabulary, known.sources
    if not by.source and len(sources) == 1:
        by = by._replace(source=next(iter(sources)))
    if by.source not in sources:
        raise QueryError(
            f"no source is called {by.source!r}{nearest(by.source, sources)}; give --source: {', '.join(sources)}"
        )
    by = by._replace(classes=_classes(claims, by, vocabulary), words=_words(claims, by, vocabulary))
    making = _Making(known, by)
    drafts, refused = [], []
    for claim in claims:
        try:
            if made := making.draft(claim):
                drafts.append(made)
        except ValueError as error:
            refused.append((" … ".join(one.exact for one in claim.words)[:80], str(error)))
    target = folder_of(project) / f"{_name(path.stem)}.yaml"
    if drafts:
        before = content(target)
        other = read_plain((before or b"").decode("utf-8")) or {"source": by.source}
        if other.get("source") != by.source:
            raise QueryError(f"{target.name} has drafts of {other.get('source')}; rename the file to be imported")
        judged = _judged(project, vocabulary, by.source, drafts)
        text = written(by.source, judged, (before or b"").decode("utf-8"))
        make(project, {target: before}, {target: text.encode()})
    return Imported(target, len(drafts), making.known, tuple(refused))


def read_map(path: Path | None, source: str, drafted: str) -> Map:
    """The map of a YAML file with `source`, `drafted`, `classes` and `words`, each of which may be left out."""
    if path is None:
        return Map(source, drafted)
    try:
        said = read_plain(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise QueryError(f"{path}: not a map: {' '.join(str(error).split())}") from None
    unknown = said.keys() - {"source", "drafted", "classes", "words"} if isinstance(said, dict) else {"?"}
    maps = [said.get(key) or {} for key in ("classes", "words")] if isinstance(said, dict) else [None]
    if unknown or not all(isinstance(one, dict) and all(isinstance(v, str) for v in one.values()) for one in maps):
        raise QueryError(f"{path}: a map has `source`, `drafted`, `classes: {{label: Class}}`, `words: {{name: word}}`")
    return Map(source or said.get("source", ""), drafted or said.get("drafted", ""), *maps)


def _name(stem: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in stem).strip(".-") or "drafts"


# What is said here for what is said there


def _classes(claims: Iterable[Claim], by: Map, vocabulary: Vocabulary) -> dict[str, str]:
    """The class for each label; QueryError with every label that has none, as lines for the map."""
    every = classes(vocabulary)
    alike = {name.casefold(): name for name in every}
    labels = {claim.kind for claim in claims if claim.kind}
    found = {label: by.classes.get(label, alike.get(label.casefold(), "")) for label in sorted(labels)}
    wrong = [label for label, name in found.items() if label not in by.classes and not name]
    wrong += [label for label, name in found.items() if name and name not in every]
    if wrong:
        lines = "\n".join(f"  {json.dumps(label, ensure_ascii=False)}: {_hint(label, every)}" for label in wrong)
        raise QueryError(
            f"these labels have no class; write them into the map, with nothing behind those to leave out:\n"
            f"classes:\n{lines}\nthere are {', '.join(every)}"
        )
    return found


def _hint(label: str, every: Mapping[str, str]) -> str:
    return nearest(label, every).removeprefix("; did you mean ").strip("'?") or "# which class?"


def _words(claims: Iterable[Claim], by: Map, vocabulary: Vocabulary) -> dict[str, str]:
    """The word for each attribute; those that no word is for are not in it."""
    terms = vocabulary.context.terms
    if unknown := sorted({word for word in by.words.values() if word and word not in terms}):
        raise QueryError(f"the map names words that the context does not have: {', '.join(unknown)}")
    attributes = {name for claim in claims for name, _ in claim.said}
    found = {name: by.words.get(name, name if name in terms and not name[:1].isupper() else "") for name in attributes}
    return {name: word for name, word in found.items() if word}


class _Making:
    """Drafts being made of claims, with the ids that things have already and those that are given on the way."""

    def __init__(self, known: Known, by: Map) -> None:
        self.vocabulary, self.sources, self.ids, self.names, *_ = known
        self.by, self.source = by, known.sources[by.source]
        self.known = 0
        terms = self.vocabulary.context.terms
        self.name = next((name for name, term in terms.items() if term.iri in NAMES), "")
        self.name = "name" if "name" in terms else self.name

    def draft(self, claim: Claim) -> tuple[dict[str, Plain], list[str]] | None:
        """The record of a claim with its remarks; None for what is known already; ValueError where its words do not
        stand in the source.
        """
        kind = self.by.classes.get(claim.kind, "")
        if claim.kind and not kind:  # which the map leaves out
            return None
        spans = [self._place(words) for words in claim.words]
        text = self.source.text
        quotes = [quote_of(text, *span) for span in spans]
        exact = text[slice(*spans[0])] if spans else ""
        record: dict[str, Plain] = {"quote": quotes[0] if len(quotes) == 1 else quotes}
        ident = claim.id or self.names.get(folded(exact), "")
        new = ident not in self.ids
        record["id"] = ident = ident or new_id(exact, self.ids)
        said, remarks = self._said(claim)
        if new and kind:
            record["type"] = kind
            if self.name and self.name not in said:
                record[self.name] = exact
            self.ids[ident] = kind
            self.names.setdefault(folded(exact), ident)
        record |= said
        if not record.keys() - {"quote", "id"} and not remarks:
            self.known += 1
            return None
        record |= {key: value for key, value in (("basis", claim.basis), ("note", claim.note)) if value}
        if self.by.drafted:
            record["drafted"] = self.by.drafted
        return record, remarks

    def _said(self, claim: Claim) -> tuple[dict[str, Plain], list[str]]:
        found: dict[str, list[Plain]] = {}
        remarks = []
        for name, value in claim.said:
            word = self.by.words.get(name, "")
            if not word:
                remarks.append(f"{name}: {value} (no word is for it)")
                continue
            term = self.vocabulary.context.terms[word]
            link = self.names.get(folded(value), "") if term.type == "@id" else ""
            date = None
            if term.type.endswith("EDTF") and not value[:4].isdigit():
                date = date_in(self.vocabulary, value, self.source)
            found.setdefault(word, []).append(link or (date[1] if date else value))
        return {word: values[0] if len(values) == 1 else values for word, values in found.items()}, remarks

    def _place(self, words: Words) -> tuple[int, int]:
        """Where words stand in the source, as it has them; ValueError where they do not, or not at one place."""
        text, exact = self.source.text, words.exact
        if not exact.strip():
            raise ValueError("no words")
        if words.start is not None and text.startswith(exact, words.start):
            return words.start, words.start + len(exact)
        found = [(at, at + len(exact)) for at in occurrences(text, exact)]
        if not found:
            found = [(one.start, one.end) for one in find_near(text, exact, 50) if one.score == 100]
        if not found:
            there = [ident for ident, source in self.sources.items() if exact in source.text]
            raise ValueError(f"stands in the source {', '.join(there)}" if there else "stands nowhere in the source")
        best = [span for span in found if self._fits(span, words)]
        if len(best) != 1:
            raise ValueError(f"stands {len(best or found)} times in the source, and nothing says which is meant")
        return best[0]

    def _fits(self, span: tuple[int, int], words: Words) -> bool:
        before, after = self.source.text[max(0, span[0] - 200) : span[0]], self.source.text[span[1] : span[1] + 200]
        prefix, suffix = fold(words.prefix)[0].strip(), fold(words.suffix)[0].strip()
        return fold(before)[0].strip().endswith(prefix[-60:]) and fold(after)[0].strip().startswith(suffix[:60])


def _judged(
    project: Project, vocabulary: Vocabulary, source: str, drafts: Sequence[tuple[dict[str, Plain], list[str]]]
) -> list[tuple[dict[str, Plain], list[str]]]:
    """The drafts with what is wrong with their values as remarks; those whose words do not say all of it are inferred,
    with an empty note that a curator fills.
    """
    trial = project.data / "facts" / "zz-drafts-on-trial.yaml"
    trial_name = trial.relative_to(project.root).as_posix()
    text = written(source, drafts)
    faults = brought(project, {trial: text.encode()})
    by = checks(vocabulary, project.base)
    starts = [number for number, line in enumerate(text.split("\n"), 1) if line.startswith("- ")]
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        if fault.file == trial_name:
            wrong.setdefault(sum(start <= fault.line for start in starts) - 1, []).append(fault.message)
    values = _value_faults(text, by)
    judged = []
    for number, (record, remarks) in enumerate(drafts):
        own = values.get(number, [])
        if number in wrong and not own and record.get("basis", "stated") == "stated":
            record = _in_order({**record, "basis": "inferred", "note": record.get("note", "")})
        judged.append((record, [*remarks, *own, *(one for one in wrong.get(number, ()) if one not in own)]))
    return judged


def _in_order(record: dict[str, Plain]) -> dict[str, Plain]:
    last = ("basis", "note", "drafted")
    return {key: record[key] for key in (*(k for k in record if k not in last), *(k for k in last if k in record))}


def _value_faults(text: str, by: Checks) -> dict[int, list[str]]:
    """What is wrong with words and values of the records of a file of drafts, whatever they quote, by their numbers."""
    found: dict[int, list[str]] = {}
    with TemporaryDirectory(prefix="kg-drafts-") as folder:
        path = Path(folder) / "drafts.yaml"
        path.write_text(text, encoding="utf-8")
        records = [one for one in read_file(path, path.name) if isinstance(one, Record)]
    for number, record in enumerate(records):
        if faults := check(record, by).faults:
            found[number] = [fault.message for fault in faults]
    return found
