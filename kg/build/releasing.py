"""Releasing: the stages in their order, from the project's files to a validated release.

    take in each file → settle what all files say → assemble → write, and validate beside it → publish

`preparing` does the first three and raises one FactError with the faults of all; `build` goes on to the release.
Between the stages quads flow as sorted lines in files, and no stage holds the dataset; validation alone does.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as px

from kg import cache
from kg.build.checking import begin, key_of, learn, placed_in
from kg.build.preparing import Prepared, Progress, places, prepare
from kg.errors import KgError, StoreError
from kg.facts.records import fact_files
from kg.project import RENAMED, Project, read_renamed
from kg.query.canned import CannedQuery, check_each, list_queries
from kg.query.differences import CHANGES, STANDING, as_data, compare, first, later
from kg.query.service import executables, service_description
from kg.rdf import iris
from kg.rdf.context import prefixes
from kg.rdf.serialize import lines_of
from kg.rdf.sorted_lines import link, quads
from kg.rdf.terms import Quad, Triple
from kg.release.contents import Terms, canonical, write_descriptions, write_downloads
from kg.release.dcat import About
from kg.release.history import GONE, before, gone, name_of, write_locations
from kg.release.nquads import verify
from kg.release.reader import Release, open_release, read_json
from kg.release.rows import write_rows
from kg.release.void import DESCRIBING, statistics
from kg.release.writer import flush, publish, staging
from kg.shacl.beside import validating
from kg.shacl.model import read_model
from kg.shacl.outline import outlines
from kg.shacl.report import Report
from kg.shacl.report_formats import summary
from kg.stores.loader import Loader, loading


class Built(NamedTuple):
    """A build's outcome: the release, None where the data violate a shape, and the report, None where not validated."""

    release: Release | None
    report: Report | None
    prefixes: Mapping[str, str]


def build(
    project: Project, progress: Progress = lambda stage: None, *, validate: bool = True, full: bool = False
) -> Built:
    """A new release of the project, made current, unless its data violate a shape.

    Unless validation is `full`, only those nodes are checked whose results can differ from the release before.

    Raises FactError with all faults, ProjectError, or StoreError; the release before stays current then, as it
    does where the report does not conform.
    """
    with ExitStack() as stack:
        aside = stack.enter_context(staging(project.build))
        validation = stack.enter_context(validating()) if validate else None
        made_from = cache.fingerprint(project.root, project.inputs, validate)
        loader = stack.enter_context(loading(aside / "store"))
        learned = partial(learn, validation, aside, None) if validation else id
        written = partial(loader.put, lines=quads)
        prepared = prepare(project, aside, project.build / "cache", progress, written, learned)
        loader.put(aside / "inferred.nq")
        words = prefixes(prepared.vocabulary.context, project.base)
        queries = list_queries(project.queries)
        check_each(queries, words, project.base)
        shapes = canonical(prepared.vocabulary.shapes)
        name = _name(project, prepared, queries, shapes)
        key = key_of(prepared.vocabulary.shapes) if validation else ""
        if validation:
            begin(validation, project, prepared, before=None if full else cache.validated(project.build, key))
        progress("writing")
        left_out = _write(project, prepared, queries, shapes, loader, aside / name)
        progress("validating")
        flush(aside / name)
        report = placed_in(validation.report(), project, prepared) if validation else None
        if report and report.fails():
            return Built(None, report, words)
        said = {**_write_report(report, aside / name), "left_out": left_out, "sha256": prepared.assembled.sha256}
        _write_manifest(project, {**manifest(project, prepared), **said}, aside / name)
        release = publish(project.build, aside / name, name)
    in_columns = report and any(timed.engine == "columnar" for timed in report.times)
    cache.remember(project.build, release, made_from, key if in_columns else "")
    return Built(release, report, words)


def _name(project: Project, prepared: Prepared, queries: Iterable[CannedQuery], shapes: Sequence[Triple]) -> str:
    """The name of a release: a hash of all that it publishes."""
    from importlib.metadata import version  # loaded while validation runs

    said = (*_about(project), version("kg-publisher"))
    return name_of(
        prepared.assembled.sha256,
        json.dumps(said).encode(),
        (project.ontology / "context.jsonld").read_bytes(),
        b"".join(sorted(lines_of(shapes, px.RdfFormat.N_TRIPLES))),
        *(f"{query.name}\n{query.text}".encode() for query in queries),
        *(f"{source.id}\n{source.pages}\n{source.text}".encode() for source in prepared.sources.values()),
    )


def _about(project: Project) -> About:
    """What a project says of its dataset."""
    return About(**{name: getattr(project, name) for name in About._fields if hasattr(project, name)})


def _write(
    project: Project,
    prepared: Prepared,
    queries: Sequence[CannedQuery],
    shapes: Sequence[Triple],
    loader: Loader,
    folder: Path,
) -> Mapping[str, str]:
    """Write the files of a release into a folder, while the database is being loaded and the data are being checked.

    What comes back is why a download was left out, by its format.
    """
    for name in ("queries", "sources"):
        (folder / name).mkdir(parents=True)
    for file in ("dataset.nq", "default.nt"):
        link(prepared.folder / file, folder / file)
    for query in queries:
        (folder / "queries" / f"{query.name}.rq").write_bytes(query.text.encode())
    for source in prepared.sources.values():
        (folder / "sources" / f"{source.id}.txt").write_bytes(source.text.encode())
        if source.pages:
            rows = "".join(f"{page.offset},{page.label}\n" for page in source.pages)
            (folder / "sources" / f"{source.id}.pages.csv").write_bytes(f"start,label\n{rows}".encode())
    for ident, table in prepared.tables.items():
        written = project.build / "cache" / table["key"] / "table.csv"
        path = written if written.is_file() else project.root / table["file"]
        write_rows(path, table["quote"], folder, ident)
    (folder / "context.jsonld").write_bytes((project.ontology / "context.jsonld").read_bytes())
    write_locations(folder / "locations.json", places(prepared))
    terms = Terms(prefixes(prepared.vocabulary.context, project.base), prepared.vocabulary.context)
    counted = loader.finish(lambda store: statistics(store, project.base))
    earlier = before(project.build, folder.name)
    left_out = write_downloads(folder, terms, project.base, prepared.folder)
    about = _about(project)._replace(version=folder.name, before=earlier.path.name if earlier else "")
    described = write_descriptions(folder, about, counted.result(), shapes, terms)
    outlined = outlines(read_model(prepared.vocabulary.shapes), terms.prefixes)
    (folder / "shapes.json").write_bytes(_json([one._asdict() for one in outlined]))
    loader.close(folder / "store", _descriptions(project.base, queries, described))
    return left_out


def _descriptions(base: str, queries: Iterable[CannedQuery], described: Iterable[Triple]) -> Iterator[Quad]:
    """The graphs that describe a release to programs that ask its endpoint: they are in the database alone."""
    said = (described, service_description(iris.sparql(base), base), executables(queries, base))
    for name, triples in zip(DESCRIBING, said, strict=True):
        graph = px.NamedNode(iris.graph(base, name))
        yield from (Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)


def _write_report(report: Report | None, folder: Path) -> dict[str, Any]:
    """Write what validation found; what the manifest says of it."""
    (folder / "report.json").write_bytes(_json(summary(report)))
    (folder / "report.ttl").write_bytes(report.turtle.encode() if report else b"")
    checked = report and {
        "focus_nodes": sum(report.checked.values()),
        "shapes": len(report.checked),
        "findings": len(report.findings),
    }
    return {"checked": checked}


def _write_manifest(project: Project, said: dict[str, Any], folder: Path) -> None:
    """Write the manifest, what the release says that the one before did not, and since when each statement stands.

    One that has been made before differs from what it did then. A damaged release is no reason not to make the next.
    """
    again, since = project.build / "releases" / folder.name, None
    if (again / STANDING).is_file():
        with suppress(StoreError):
            since = open_release(again).manifest.get("since")
        for path in filter(Path.is_file, (again / CHANGES, again / STANDING, again / GONE)):
            link(path, folder / path.name)
    elif earlier := before(project.build, folder.name):
        with suppress(KgError):
            verify(earlier.dataset)
            if lost := gone(earlier, Release(folder, said)):
                (folder / GONE).write_bytes(_json(lost))
            found = compare(earlier, Release(folder, said), MOST_TOLD)
            since = {"release": found.before, "added": found.added, "removed": found.removed}
            if found.whole:
                path = earlier.path / STANDING
                standing = later(read_json(path) if path.is_file() else first(earlier), found)
                (folder / CHANGES).write_bytes(_json(as_data(found)))
                (folder / STANDING).write_bytes(_json(standing))
    else:
        (folder / STANDING).write_bytes(_json(first(Release(folder, said))))
    (folder / "manifest.json").write_bytes(_json({**said, "since": since}))


MOST_TOLD = 500_000  # quads that differ, beyond which it is not told which


def manifest(project: Project, prepared: Prepared) -> dict[str, Any]:
    """What a reader of the release needs to know of how it was made."""
    from importlib.metadata import version  # loaded while validation runs

    coverage = {
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
        "curators": project.curators,
        "name": project.name,
        "report": project.report,
        "issued": project.issued,
        "modified": project.modified,
        "prefixes": prefixes(prepared.vocabulary.context, project.base),
        "counts": {**prepared.totals, "triples": prepared.assembled.triples, "quads": prepared.assembled.quads},
        "coverage": coverage,
        "tables": {ident: {k: v for k, v in about.items() if k != "key"} for ident, about in prepared.tables.items()},
        "readable": prepared.readable,
        "renamed": read_renamed(project),
        "inputs": {path.relative_to(project.root).as_posix(): cache.file_hash(path) for path in inputs(project)},
        "versions": {
            name: version(package)
            for name, package in (
                ("kg", "kg-publisher"),
                ("pyoxigraph", "pyoxigraph"),
                ("pyshacl", "pyshacl"),
                ("rdflib", "rdflib"),
            )
        },
    }


def inputs(project: Project) -> list[Path]:
    """The files that a build reads."""
    settings = [project.root / name for name in ("kg.toml", "pyproject.toml")]
    sources = [*settings, project.data / "sources.yaml", project.data / RENAMED, *(project.data / "sources").glob("*")]
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
