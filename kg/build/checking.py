"""Checking: what is to be published against the shapes, each finding at its place in the files."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as px

from kg import cache
from kg.build.preparing import Prepared, Progress, places, prepare
from kg.errors import FactError
from kg.project import Project
from kg.rdf import iris
from kg.rdf.context import prefixes
from kg.rdf.ontology import Vocabulary, read_vocabulary
from kg.rdf.serialize import lines_of
from kg.rdf.terms import DEFAULT_GRAPH, PROV, WELL_KNOWN, Quad, text_of
from kg.release.nquads import Dataset
from kg.release.reader import Release, current, read_json
from kg.shacl.beside import Job, Validation, validating
from kg.shacl.report import Place, Report, faulty, in_files, placed
from kg.shacl.shapes import Shapes
from kg.shacl.validation import Options, check_files
from kg.stores.base import Endpoint


def check_project(
    project: Project,
    shapes: Shapes | None,
    progress: Progress = lambda stage: None,
    options: Options | None = None,
    *,
    full: bool = False,
) -> tuple[Report, Mapping[str, str]]:
    """The report of a project against shapes, its own where none are given, and the prefixes to show it with.

    Faults of the facts are a report too. Unless it is `full`, only those nodes are checked that can differ from the
    current release.
    """
    with TemporaryDirectory(prefix="kg-validate-") as folder, validating() as validation:
        try:
            learned = partial(learn, validation, Path(folder), shapes)
            prepared = prepare(project, Path(folder), Path(folder) / "cache", progress, learn=learned)
        except FactError as error:
            return faulty(error.faults), WELL_KNOWN
        words = prefixes(prepared.vocabulary.context, project.base)
        progress("validating")
        key = key_of(shapes.quads if shapes else prepared.vocabulary.shapes, *(options or ())[:1])
        begin(validation, project, prepared, options, None if full else cache.validated(project.build, key))
        report = placed_in(validation.report(), project, prepared)
        return report._replace(warnings=(*(shapes.warnings if shapes else ()), *report.warnings)), words


def check_endpoint(
    project: Project, shapes: Shapes | None, endpoint: Endpoint, options: Options
) -> tuple[Report, Mapping[str, str]]:
    """The report of what an endpoint holds of the current release: its default graph and its provenance."""
    from kg.stores.fetch import fetched

    vocabulary = read_vocabulary(project.ontology, project.base)
    with TemporaryDirectory(prefix="kg-validate-") as folder:
        release = fetched(current(project.build), endpoint, Path(folder))
        checked = Path(folder) / "checked.nt"
        wanted = DEFAULT_GRAPH, px.NamedNode(iris.graph(project.base, "provenance"))
        quads = px.parse(path=release.dataset, format=px.RdfFormat.N_QUADS)
        px.serialize((quad.triple for quad in quads if quad.graph_name in wanted), checked, px.RdfFormat.N_TRIPLES)
        report = check_files([checked], shapes or Shapes(vocabulary.shapes), options._replace(places=False))
    findings = tuple(found._replace(places=()) for found in report.findings)
    placed = in_files(report._replace(findings=findings), lambda focus: (endpoint.url.partition("?")[0], 0))
    return placed, prefixes(vocabulary.context, project.base)


def learn(validation: Validation, folder: Path, shapes: Shapes | None, vocabulary: Vocabulary) -> None:
    """Have the shapes read, the vocabulary's where none are given."""
    validation.learn(shapes.quads if shapes else vocabulary.shapes, folder / "shapes.nt")


def key_of(shapes: Iterable[Quad], engine: str = "auto") -> str:
    """A hash of what decides which findings data give: the shapes, the engine, and kg itself."""
    return cache.key([cache.tool(), engine, *map(repr, lines_of(shapes))])


def begin(
    validation: Validation,
    project: Project,
    prepared: Prepared,
    options: Options | None = None,
    before: Release | None = None,
) -> None:
    """Have the default graph and the provenance graph validated against the shapes that have been learned.

    Of a release `before` that has been validated in the same way, only what differs is validated, and what it failed.
    """
    folder, graph = prepared.folder, iris.graph(project.base, "provenance")
    job = Job(folder / "default.nt", folder / "dataset.nq", graph, *(options or ())[:2])
    findings = read_json(before.path / "report.json")["findings"] if before else []
    if before and len(findings) < MOST_FAILING:
        job = job._replace(before=before.dataset, failing=sorted({finding["focus"] for finding in findings}))
    validation.begin(job)


MOST_FAILING = 10_000  # findings, from which a report may not list all


def placed_in(report: Report, project: Project, prepared: Prepared) -> Report:
    """The report with the place of each finding's facts."""
    if not report.findings:
        return report

    def about(iri: str) -> list[Quad]:
        return [quad for quad in dataset.about(iri) if iris.is_fact(project.base, text_of(quad.graph_name))]

    def found(facts: set[str]) -> dict[str, Place]:
        return {
            fact: Place(fact, file, line, column, " … ".join(quotes))
            for fact, (file, line, column, quotes) in places(prepared)
            if fact in facts
        }

    def elsewhere(focus: str) -> tuple[str, int]:
        """The table and the row that a thing without facts comes from; or the shapes."""
        for quad in dataset.about(focus):
            origin = text_of(quad.object)
            table = prepared.tables.get(iris.source_id(project.base, origin))
            if quad.predicate.value == PROV + "wasDerivedFrom" and table:
                return str(table["file"]), iris.row_number(origin) or 0
        return "ontology/shapes.ttl", 0

    with closing(Dataset(prepared.folder / "dataset.nq")) as dataset:
        return in_files(placed(report, about, found), elsewhere)
