"""Build: the stages in their order, from the project's files to a validated release.

    read → locate → check → convert → infer → validate → write

`prepare` does the first five and raises one FactError with the faults of all of them; `build` goes on to the
release.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as px

from kg import names
from kg.contents import contents
from kg.context import prefixes
from kg.convert import Converted, convert, mint
from kg.describe import About
from kg.errors import FactError, Fault, StoreError
from kg.evidence import provenance
from kg.facts import Facts, fact_files, read_facts
from kg.infer import infer
from kg.project import Project
from kg.publish import publish
from kg.queries import list_queries
from kg.rdf import DEFAULT_GRAPH, Quad, Triple, nquads
from kg.reports import summary
from kg.source import Coverage, Passage, Source, coverage, find, read_sources
from kg.store import Release, current
from kg.validate import Place, Report, placed, validate
from kg.values import check
from kg.vocabulary import Vocabulary, read_vocabulary

Progress = Callable[[str], None]


class Located(NamedTuple):
    """Where the quotes of records and skips stand: passages by place in `records`, and by source."""

    passages: tuple[tuple[Passage, ...], ...]
    coverage: Mapping[str, Coverage]
    faults: tuple[Fault, ...]


class Prepared(NamedTuple):
    """Everything but the verdict: the dataset's parts and the totals of the books."""

    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    converted: Converted
    passages: Mapping[str, tuple[Passage, ...]]
    coverage: Mapping[str, Coverage]
    default: frozenset[Triple]
    inferred: frozenset[Triple]
    evidence: tuple[Quad, ...]
    totals: Mapping[str, int]


class Built(NamedTuple):
    """A build's outcome: the release, None where the data violate a shape, and what led to it."""

    release: Release | None
    report: Report
    prepared: Prepared


def prepare(project: Project, progress: Progress = lambda stage: None) -> Prepared:
    """The project's statements and evidence; FactError with every fault of every file."""
    base = project.base
    progress("reading")
    vocabulary = read_vocabulary(project.ontology, base)
    sources, source_faults = read_sources(project.data, project.root)
    facts = read_facts(project.data, project.root)
    progress("locating quotes")
    located = locate(facts, sources, not source_faults)
    progress("checking")
    english = frozenset(source.id for source in sources.values() if source.language.split("-")[0] == "en")
    checked = check(facts.records, vocabulary, base, facts.whole, english)
    minted, twins = mint(facts.records, vocabulary.context, base)
    faults = [*source_faults, *facts.faults, *located.faults, *checked.faults, *twins]
    if not faults:
        faults.extend(_uncovered(located.coverage, sources, project.coverage))
    if faults:
        raise FactError(faults)
    progress("converting")
    converted = convert(minted, vocabulary.context)
    passages = {fact.iri: found for fact, found in zip(converted.facts, located.passages, strict=True)}
    stated = {quad.triple for quad in (*converted.statements, *vocabulary.statements)}
    inferred = infer(stated, vocabulary, base)
    evidence = tuple(provenance(converted.facts, passages, sources, base, project.curators))
    totals = {
        "facts": sum(bool(record.source) for record in facts.records),
        "reference": sum(not record.source for record in facts.records),
        "values": converted.values,
        "statements": len(converted.statements),
        "nulls": checked.nulls,
        "skips": len(facts.skips),
    }
    return Prepared(
        vocabulary,
        sources,
        converted,
        passages,
        located.coverage,
        frozenset(stated | inferred),
        frozenset(inferred),
        evidence,
        totals,
    )


def locate(facts: Facts, sources: Mapping[str, Source], whole: bool) -> Located:
    """The passages of every quote, and the coverage of every source; a quote that is not there is a fault.

    `whole` is false where some source could not be read, so that quotes of an unknown one are not missed.
    """
    passages: list[tuple[Passage, ...]] = []
    quoted: dict[str, list[tuple[int, int]]] = {ident: [] for ident in sources}
    skipped: dict[str, list[tuple[int, int]]] = {ident: [] for ident in sources}
    faults: list[Fault] = []

    def one(file: str, ident: str, quote: Any, spans: dict[str, list[tuple[int, int]]]) -> Iterator[Passage]:
        at = file, quote.exact.line, quote.exact.column
        if ident not in sources:
            if whole:
                faults.append(Fault(*at, f"no source is called {ident!r}; list it in data/sources.yaml"))
            return
        try:
            passage = find(sources[ident], quote)
        except ValueError as error:
            faults.append(Fault(*at, str(error)))
        else:
            spans[ident].append((passage.start, passage.end))
            yield passage

    for record in facts.records:
        passages.append(tuple(p for quote in record.quotes for p in one(record.file, record.source, quote, quoted)))
    for skip in facts.skips:
        list(one(skip.file, skip.source, skip.quote, skipped))
    covered = {ident: coverage(source.text, quoted[ident], skipped[ident]) for ident, source in sources.items()}
    return Located(tuple(passages), covered, tuple(faults))


def _uncovered(covered: Mapping[str, Coverage], sources: Mapping[str, Source], threshold: float) -> Iterator[Fault]:
    """A fault for each unread passage of each source that is read to less than the threshold."""
    for ident, found in covered.items():
        if found.percent >= threshold:
            continue
        for line, column, text in found.unread:
            words = text if len(text) <= 80 else f"{text[:77]}..."
            message = f"no fact quotes “{words}”; add a fact, or a skip with its reason"
            yield Fault(f"data/sources/{sources[ident].file}", line, column, message)


def build(project: Project, progress: Progress = lambda stage: None) -> Built:
    """A new release of the project, made current, unless its data violate a shape.

    Raises FactError with all faults, ProjectError, or StoreError; the release before stays current then, as it
    does where the report does not conform.
    """
    prepared = prepare(project, progress)
    progress("validating")
    report = validated(project, prepared)
    if not report.conforms:
        return Built(None, report, prepared)
    progress("writing")
    canned = list_queries(project.queries)
    data = b"".join(line + b"\n" for line in nquads(dataset(prepared, project.base)))
    name = hashlib.sha256(data).hexdigest()[:12]
    said = {**manifest(project, prepared, data.count(b"\n")), "since": since(project.build, name, data)}
    about = About(project.base, project.title, project.description, project.license, project.curators, name)
    files = {
        "locations.json": _json(locations(prepared)),
        "report.json": _json(summary(report)),
        "report.ttl": report.graph.serialize(format="longturtle", encoding="utf-8"),
        "manifest.json": _json(said),
        "context.jsonld": (project.ontology / "context.jsonld").read_bytes(),
        **contents(data, about, prepared.vocabulary, said["prefixes"]),
        **{f"queries/{query.name}.rq": query.text.encode() for query in canned},
        **{f"sources/{source.id}.txt": source.text.encode() for source in prepared.sources.values()},
    }
    release = publish(project.build, name, files)
    return Built(release, report, prepared)


def since(build: Path, name: str, data: bytes) -> dict[str, Any] | None:
    """The release before and how many quads were added and removed since, None where this is the first."""
    try:
        before = current(build)
        if before.path.name == name:
            known: dict[str, Any] | None = before.manifest.get("since")
            return known
        old, new = set(before.dataset.read_bytes().splitlines()), set(data.splitlines())
    except (StoreError, OSError):  # a damaged release is no reason not to make the next
        return None
    return {"release": before.path.name, "added": len(new - old), "removed": len(old - new)}


def validated(project: Project, prepared: Prepared) -> Report:
    """The report of the prepared statements and evidence against the project's shapes and kg's own."""
    data = (*prepared.default, *(quad.triple for quad in prepared.evidence))
    report = validate(data, prepared.vocabulary.shapes)
    places = {
        iri: Place(iri, record.file, record.line, record.column, " … ".join(q.exact for q in record.quotes))
        for iri, record, _ in prepared.converted.facts
    }
    return placed(report, prepared.converted.statements, places)


def dataset(prepared: Prepared, base: str) -> Iterator[Quad]:
    """Every quad of the release: the default graph, the facts' graphs, and the graphs beside them."""
    named: tuple[tuple[str, Iterable[Triple]], ...] = (
        ("inferred", prepared.inferred),
        ("ontology", (quad.triple for quad in prepared.vocabulary.statements)),
    )
    for triple in prepared.default:
        yield Quad(triple.subject, triple.predicate, triple.object, DEFAULT_GRAPH)
    yield from prepared.converted.statements
    yield from prepared.evidence
    for name, triples in named:
        graph = px.NamedNode(names.graph(base, name))
        for triple in triples:
            yield Quad(triple.subject, triple.predicate, triple.object, graph)


def locations(prepared: Prepared) -> dict[str, list[Any]]:
    """Each fact's file, line and column."""
    return {fact.iri: [fact.record.file, fact.record.line, fact.record.column] for fact in prepared.converted.facts}


def manifest(project: Project, prepared: Prepared, quads: int) -> dict[str, Any]:
    """What a reader of the release needs to know of how it was made."""
    covered = {
        ident: {
            "characters": found.characters,
            "quoted": found.quoted,
            "skipped": found.skipped,
            "unread": [unread._asdict() for unread in found.unread],
        }
        for ident, found in prepared.coverage.items()
    }
    return {
        "title": project.title,
        "description": project.description,
        "base": project.base,
        "license": project.license,
        "prefixes": prefixes(prepared.vocabulary.context, project.base),
        "counts": {**prepared.totals, "triples": len(prepared.default), "quads": quads},
        "coverage": covered,
        "inputs": {
            path.relative_to(project.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in inputs(project)
        },
        "versions": {name: version(name) for name in ("kg", "pyoxigraph", "pyshacl", "rdflib")},
    }


def inputs(project: Project) -> list[Path]:
    """The files that a build reads."""
    settings = [project.root / name for name in ("kg.toml", "pyproject.toml")]
    sources = [*settings, project.data / "sources.yaml", *(project.data / "sources").glob("*")]
    return sorted(
        path
        for path in (
            *sources,
            *fact_files(project.data, project.root)[0],
            *project.ontology.glob("*"),
            *project.queries.glob("*.rq"),
        )
        if path.is_file()
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
