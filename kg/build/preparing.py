"""Preparing: everything up to the dataset: files taken in, settled among each other, assembled."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kg import cache
from kg.build.tables import take_tables
from kg.errors import FactError, Fault
from kg.facts.attestation import KINDS, words_of
from kg.facts.checks import checks
from kg.facts.coverage import Coverage, covered, misnamed, uncovered
from kg.facts.csv_file import metadata_of
from kg.facts.intake import SAID, Folders, Rules, Taken, locations, settle, take
from kg.facts.naming import called, settled
from kg.facts.provenance import origins
from kg.facts.records import fact_files
from kg.facts.sources import Source, read_sources
from kg.project import Project, check_bases
from kg.rdf import infer as inference
from kg.rdf import iris
from kg.rdf.infer import infer
from kg.rdf.ontology import Vocabulary, read_vocabulary
from kg.rdf.serialize import lines_of
from kg.rdf.sorted_lines import CALLED, FOLLOWS, NAMED, STATED, Sorter, Tagged, merged
from kg.release.nquads import Assembled, assemble

Progress = Callable[[str], None]


class Prepared(NamedTuple):
    """Everything but the verdict: the dataset in a folder, what it was made of, the totals of the books, and how many
    statements are readable in their words.

    The folder holds `dataset.nq`, `default.nt` (its default graph), `places`, where each fact stands, and `unjudged`.
    `tables` says of each table what its rows are looked up by.
    """

    folder: Path
    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    coverage: Mapping[str, Coverage]
    assembled: Assembled
    totals: Mapping[str, int]
    readable: Mapping[str, int]
    tables: Mapping[str, Mapping[str, Any]]


def prepare(
    project: Project,
    folder: Path,
    kept: Path,
    progress: Progress = lambda stage: None,
    written: Callable[[Path], object] = str,
    learn: Callable[[Vocabulary], object] = id,
) -> Prepared:
    """The project's dataset, made in a folder; FactError with every fault of every file.

    `kept` is the folder in which what the files give is kept from one build to the next. `written` is told of each file
    of tagged lines that is part of the dataset, as soon as it is there, and `learn` of the vocabulary.
    """
    base = project.base
    progress("reading")
    check_bases(project)
    vocabulary = read_vocabulary(project.ontology, base, project.published)
    learn(vocabulary)
    sources, source_faults = read_sources(project.data, project.root)
    source_faults += misnamed(sources, (project.data / "sources.yaml").relative_to(project.root).as_posix())
    files, strange = fact_files(project.data, project.root)
    rules = _rules(vocabulary, base, sources, whole=not source_faults)
    names = {path.relative_to(project.root).as_posix(): path for path in files}
    shared = _shared(base, rules)
    keys = {name: cache.key([*shared, name, *map(cache.file_hash, _read_for(path))]) for name, path in names.items()}
    taken = {
        name: take(path, name, rules, Folders(folder / keys[name], kept / keys[name]), written)
        for name, path in names.items()
    }
    tables = take_tables(project, rules, Folders(folder, kept), shared, progress, written)
    progress("sorting")
    curators = project.curators if _has_reference(taken.values()) else ""
    beside = Sorter(folder / "beside", written=written)
    beside.add(list(_beside(vocabulary, rules, curators)))
    runs = [run for one in taken.values() for run in one.runs] + [*tables.runs, *beside.close()]
    lines = Tagged(merged(runs))
    faults = [*source_faults, *strange, *(fault for one in taken.values() for fault in one.faults), *tables.faults]
    quoting = any(one.counts.get("facts") for one in taken.values())
    nameless = rules.words.unnamed
    known = called(Tagged(merged(runs)).of(CALLED), nameless, sources.values()) if quoting else {}
    named = settled(lines.of(CALLED), nameless, known, folder / "unjudged")
    faults += named.faults
    every = [*names, *tables.names]
    faults += settle(lines, runs, every, base, not tables.faults and all(one.whole for one in taken.values()))
    faults += _write_places(folder / "places", locations(lines, list(names)))
    coverage = covered(sources, (one.spans for one in taken.values()))
    if not faults:
        faults.extend(uncovered(coverage, sources, project.coverage))
    if faults:
        raise FactError(faults)
    assembled = assemble(lines, base, folder)
    cache.sweep(kept, (kept / key for key in (*keys.values(), *tables.keys)))
    counts = sum((Counter(one.counts) for one in taken.values()), Counter(tables.counts))
    totals = {name: counts[name] for name in COUNTED}
    readable = {kind: counts[SAID + kind] + named.counts[kind] for kind in KINDS}
    return Prepared(folder, vocabulary, sources, coverage, assembled, totals, readable, tables.about)


COUNTED = ("facts", "reference", "tables", "rows", "values", "statements", "nulls", "skips")


def _read_for(path: Path) -> list[Path]:
    """The files that are read for one: itself, and what says how it is written."""
    return [path, *([beside] if (beside := metadata_of(path)).is_file() else [])]


def _rules(vocabulary: Vocabulary, base: str, sources: Mapping[str, Source], whole: bool) -> Rules:
    """What files are taken in by."""
    read_by = words_of(vocabulary, base)
    return Rules(checks(vocabulary, base), read_by, inference.rules(vocabulary, base), sources, whole)


def _shared(base: str, rules: Rules) -> list[str]:
    """What each file's result depends on beside the file: the tool, the vocabulary and the sources."""
    vocabulary = rules.checks.vocabulary
    words = [json.dumps(vocabulary.context.document, sort_keys=True), *map(str, vocabulary.statements)]
    sources = [f"{one.id} {one.sha256} {one.language} {one.pages}" for one in rules.sources.values()]
    return [cache.tool(), base, *words, *sources, str(rules.whole)]


def _has_reference(taken: Iterable[Taken]) -> bool:
    return any(one.counts.get("reference") for one in taken)


def _beside(vocabulary: Vocabulary, rules: Rules, curators: str) -> Iterator[bytes]:
    """The tagged lines that no file of facts gives: the vocabulary, and the origins of the facts."""
    graph = iris.graph(rules.checks.base, "ontology")
    stated = lines_of(vocabulary.statements)
    yield from (STATED + line for line in stated)
    yield from (FOLLOWS + line for line in infer(stated, rules.follows))
    yield from (NAMED + line[: -len(b" .\n")] + f" <{graph}> .\n".encode() for line in stated)
    yield from (NAMED + line for line in origins(rules.sources.values(), rules.checks.base, curators))


def _write_places(path: Path, found: Iterable[tuple[str, list[Any]] | Fault]) -> list[Fault]:
    """Write where each fact stands, a line a fact by their IRIs; the facts that stand twice are faults."""
    faults = []
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for one in found:
            if isinstance(one, Fault):
                faults.append(one)
            else:
                file.write(f"{one[0]}\t{json.dumps(one[1], ensure_ascii=False)}\n")
    return faults


def places(prepared: Prepared) -> Iterator[tuple[str, list[Any]]]:
    """Each fact with its file, line, column and quoted words, in order of the facts' IRIs."""
    with (prepared.folder / "places").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            fact, _, place = line.partition("\t")
            yield fact, json.loads(place)
