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

from kg.errors import FactError, StoreError
from kg.facts.checks import check
from kg.facts.convert import Converted, convert, mint
from kg.facts.coverage import Coverage, locate, uncovered
from kg.facts.provenance import provenance
from kg.facts.quotes import Passage
from kg.facts.records import fact_files, read_facts
from kg.facts.sources import Source, read_sources
from kg.project import Project
from kg.query.canned import list_queries
from kg.rdf import iris
from kg.rdf.context import prefixes
from kg.rdf.infer import infer
from kg.rdf.ontology import Vocabulary, read_vocabulary
from kg.rdf.serialize import nquads
from kg.rdf.terms import DEFAULT_GRAPH, Quad, Triple
from kg.release.contents import contents
from kg.release.reader import Release, current
from kg.release.void import About
from kg.release.writer import publish
from kg.shacl.pyshacl_engine import validate
from kg.shacl.report import Place, Report, placed
from kg.shacl.report_formats import summary

Progress = Callable[[str], None]


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
        faults.extend(uncovered(located.coverage, sources, project.coverage))
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
        graph = px.NamedNode(iris.graph(base, name))
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
