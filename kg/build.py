"""Build: the stages in their order, from the project's files to a validated release.

    take in each file → settle what all files say → assemble → write, and validate beside it → publish

`prepare` does the first three and raises one FactError with the faults of all of them; `build` goes on to the release.
Between the stages quads flow as sorted lines in files, and no stage holds the dataset; validation alone does.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pyoxigraph as px

from kg import cache
from kg.errors import FactError, Fault, KgError, ProjectError, StoreError
from kg.facts.attestation import KINDS, words_of
from kg.facts.checks import checks
from kg.facts.coverage import Coverage, covered, misnamed, uncovered
from kg.facts.csv_file import metadata_of
from kg.facts.intake import SAID, Folders, Rules, Taken, locations, quoted, settle, take
from kg.facts.naming import Unjudged, called, read_unjudged, settled
from kg.facts.provenance import origins
from kg.facts.records import fact_files
from kg.facts.sources import Source, read_sources
from kg.project import RENAMED, Project, check_bases, read_renamed
from kg.query.canned import CannedQuery, ask_each, list_queries
from kg.query.differences import CHANGES, STANDING, as_data, compare, first, later
from kg.query.service import executables, service_description
from kg.rdf import infer as inference
from kg.rdf import iris
from kg.rdf.context import prefixes
from kg.rdf.infer import infer
from kg.rdf.ontology import Vocabulary, read_vocabulary
from kg.rdf.serialize import lines_of
from kg.rdf.sorted_lines import CALLED, FOLLOWS, NAMED, STATED, Sorter, Tagged, link, merged, quads
from kg.rdf.terms import PROV, WELL_KNOWN, Quad, Triple, text_of
from kg.release.contents import Terms, canonical, write_descriptions, write_downloads
from kg.release.dcat import About
from kg.release.history import before, name_of, write_locations
from kg.release.nquads import Assembled, Dataset, assemble, verify
from kg.release.reader import Release, open_release, read_json
from kg.release.rows import write_rows
from kg.release.void import statistics
from kg.release.writer import publish, staging
from kg.shacl.beside import Job, Validation, validating
from kg.shacl.model import read_model
from kg.shacl.outline import outlines
from kg.shacl.report import Place, Report, faulty, in_files, placed
from kg.shacl.report_formats import summary
from kg.shacl.shapes import Shapes
from kg.shacl.validation import Options
from kg.stores.embedded import open_folder
from kg.stores.loader import Loader, add, loading

Progress = Callable[[str], None]
Written = Callable[[Path], object]


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


class Built(NamedTuple):
    """A build's outcome: the release, None where the data violate a shape, and the report, None where not validated."""

    release: Release | None
    report: Report | None
    prefixes: Mapping[str, str]


def prepare(
    project: Project, folder: Path, kept: Path, progress: Progress = lambda stage: None, written: Written = str
) -> Prepared:
    """The project's dataset, made in a folder; FactError with every fault of every file.

    `kept` is the folder in which what the files give is kept from one build to the next. `written` is told of each file
    of tagged lines that is part of the dataset, as soon as it is there.
    """
    base = project.base
    progress("reading")
    check_bases(project)
    vocabulary = read_vocabulary(project.ontology, base, project.published)
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
    tables = take_tables(project, rules, sources, Folders(folder, kept), progress, written)
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


class Tables(NamedTuple):
    """What all tables of a project gave: their names, runs of tagged lines, counts, faults, the keys by which they are
    kept, and what is to be known of each, by its id as a source, to look up its rows.
    """

    names: tuple[str, ...] = ()
    runs: tuple[Path, ...] = ()
    counts: Mapping[str, int] = {}
    faults: tuple[Fault, ...] = ()
    keys: tuple[str, ...] = ()
    about: Mapping[str, Mapping[str, Any]] = {}


def take_tables(
    project: Project,
    rules: Rules,
    sources: Mapping[str, Source],
    folders: Folders,
    progress: Progress = lambda stage: None,
    written: Written = str,
) -> Tables:
    """What the tables of a project give; cells that are wrong are listed in `build/rejects` too."""
    from kg.tables.files import ident_of, read_for, table_files

    paths, faults = table_files(project.data, project.root)
    rejects = project.build / "rejects"
    shutil.rmtree(rejects, ignore_errors=True)
    if not paths:
        return Tables(faults=tuple(faults))
    try:
        from kg.tables import intake
    except ModuleNotFoundError as error:
        message = f"{paths[0]}: reading tables needs {error.name}; install it with: pip install 'kg-publisher[tables]'"
        raise ProjectError(message) from None
    terms = rules.checks.vocabulary.context.terms
    names_by = frozenset(terms[key].iri for key in rules.words.names)
    by = intake.Rules(rules.checks.vocabulary, project.base, rules.follows, project.root, names_by)
    runs: list[Path] = []
    counts, keys, about = Counter[str](), [], {}
    for path in paths:
        name = path.relative_to(project.root).as_posix()
        if ident_of(path) in sources:
            faults.append(Fault(name, 1, 1, f"a source is called {ident_of(path)} too; rename the table"))
        try:
            progress(f"reading {name}")
            read = intake.read(path, name, by, folders.made)
        except FactError as error:
            faults += error.faults
            continue
        key = cache.key([*_shared(project.base, rules), name, *map(cache.file_hash, (*read_for(path), *read))])
        given = intake.take(path, name, by, folders.made / key, folders.kept / key, *read)
        for run in given.runs:
            written(run)
        if given.rejects:
            rejects.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(given.rejects, rejects / f"{ident_of(path)}.csv")
        runs += given.runs
        counts.update(given.counts)
        about[ident_of(path)] = {"file": name, "key": key, **given.about}
        faults += given.faults
        keys.append(key)
    names = tuple(path.relative_to(project.root).as_posix() for path in paths)
    return Tables(names, tuple(runs), counts, tuple(faults), tuple(keys), about)


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


def build(project: Project, progress: Progress = lambda stage: None, *, validate: bool = True) -> Built:
    """A new release of the project, made current, unless its data violate a shape.

    Raises FactError with all faults, ProjectError, or StoreError; the release before stays current then, as it
    does where the report does not conform.
    """
    with ExitStack() as stack:
        aside = stack.enter_context(staging(project.build))
        validation = stack.enter_context(validating()) if validate else None
        made_from = cache.fingerprint(project.root, project.inputs, validate)
        loader = stack.enter_context(loading(aside / "store"))
        prepared = prepare(project, aside, project.build / "cache", progress, lambda run: loader.put(run, quads))
        loader.put(aside / "inferred.nq")
        words = prefixes(prepared.vocabulary.context, project.base)
        queries = list_queries(project.queries)
        name = _name(project, prepared, queries)
        if validation:
            _begin(validation, project, prepared)
        progress("writing")
        left_out = _write(project, prepared, queries, loader, aside / name)
        progress("validating")
        report = _placed(validation.report(), project, prepared) if validation else None
        if report and report.fails():
            return Built(None, report, words)
        said = {**_write_report(report, aside / name), "left_out": left_out, "sha256": prepared.assembled.sha256}
        _write_manifest(project, {**manifest(project, prepared), **said}, aside / name)
        release = publish(project.build, aside / name, name)
    cache.remember(project.build, release, made_from)
    return Built(release, report, words)


def _name(project: Project, prepared: Prepared, queries: Iterable[CannedQuery]) -> str:
    """The name of a release: a hash of all that it publishes."""
    from importlib.metadata import version  # loaded while validation runs

    said = (*_about(project), version("kg-publisher"))
    shapes = sorted(lines_of(canonical(prepared.vocabulary.shapes), px.RdfFormat.N_TRIPLES))
    return name_of(
        prepared.assembled.sha256,
        json.dumps(said).encode(),
        (project.ontology / "context.jsonld").read_bytes(),
        b"".join(shapes),
        *(f"{query.name}\n{query.text}".encode() for query in queries),
        *(f"{source.id}\n{source.pages}\n{source.text}".encode() for source in prepared.sources.values()),
    )


def _about(project: Project) -> About:
    """What a project says of its dataset."""
    return About(**{name: getattr(project, name) for name in About._fields if hasattr(project, name)})


def _write(
    project: Project, prepared: Prepared, queries: Sequence[CannedQuery], loader: Loader, folder: Path
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
    counted = loader.finish(folder / "store", lambda store: statistics(store, project.base))
    earlier = before(project.build, folder.name)
    left_out = write_downloads(folder, terms, project.base, prepared.folder)
    about = _about(project)._replace(version=folder.name, before=earlier.path.name if earlier else "")
    described = write_descriptions(folder, about, counted.result(), prepared.vocabulary.shapes, terms)
    outlined = outlines(read_model(prepared.vocabulary.shapes), terms.prefixes)
    (folder / "shapes.json").write_bytes(_json([one._asdict() for one in outlined]))
    add(folder / "store", _descriptions(project.base, queries, described))
    ask_each(queries, open_folder(folder / "store"), terms.prefixes, project.base)
    return left_out


def _descriptions(base: str, queries: Iterable[CannedQuery], described: Iterable[Triple]) -> Iterator[Quad]:
    """The graphs that describe a release to programs that ask its endpoint: they are in the database alone."""
    for name, triples in (
        ("description", described),
        ("service", service_description(iris.sparql(base), base)),
        ("queries", executables(queries, base)),
    ):
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
        for path in filter(Path.is_file, (again / CHANGES, again / STANDING)):
            link(path, folder / path.name)
    elif earlier := before(project.build, folder.name):
        with suppress(KgError):
            verify(earlier.dataset)
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


def check_project(
    project: Project,
    shapes: Shapes | None,
    progress: Progress = lambda stage: None,
    options: Options | None = None,
) -> tuple[Report, Mapping[str, str]]:
    """The report of a project against shapes, its own where none are given, and the prefixes to show it with.

    Faults of the facts are a report too.
    """
    with TemporaryDirectory(prefix="kg-validate-") as folder, validating() as validation:
        try:
            prepared = prepare(project, Path(folder), Path(folder) / "cache", progress)
        except FactError as error:
            return faulty(error.faults), WELL_KNOWN
        words = prefixes(prepared.vocabulary.context, project.base)
        if shapes is not None:
            prepared = prepared._replace(vocabulary=prepared.vocabulary._replace(shapes=shapes.quads))
        progress("validating")
        _begin(validation, project, prepared, options)
        report = _placed(validation.report(), project, prepared)
        return report._replace(warnings=(*(shapes.warnings if shapes else ()), *report.warnings)), words


class Read(NamedTuple):
    """How much of each source is read, and what is wrong with the sources and the quotes."""

    sources: list[tuple[Source, Coverage]]
    faults: list[Fault]


def read_coverage(project: Project) -> Read:
    """What of each source is quoted, skipped and unread, whatever the facts say."""
    sources, faults = read_sources(project.data, project.root)
    files, strange = fact_files(project.data, project.root)
    whole = not faults
    quotes = [quoted(path, path.relative_to(project.root).as_posix(), sources, whole) for path in files]
    found = covered(sources, (spans for spans, _ in quotes))
    faults = [*faults, *strange, *(fault for _, some in quotes for fault in some)]
    return Read([(sources[ident], coverage) for ident, coverage in found.items()], faults)


class Readable(NamedTuple):
    """How many statements of a project are of each of KINDS, and which could not be judged."""

    counts: Mapping[str, int]
    unjudged: list[Unjudged]


def read_readable(project: Project) -> Readable:
    """How much of a project is readable in its words; FactError with all faults of the facts."""
    with TemporaryDirectory(prefix="kg-readable-") as folder:
        prepared = prepare(project, Path(folder), Path(folder) / "cache")
        return Readable(prepared.readable, read_unjudged(prepared.folder / "unjudged"))


def _begin(validation: Validation, project: Project, prepared: Prepared, options: Options | None = None) -> None:
    """Have the default graph and the provenance graph validated against the shapes."""
    folder, graph = prepared.folder, iris.graph(project.base, "provenance")
    job = Job(folder / "shapes.nt", folder / "default.nt", folder / "dataset.nq", graph, *(options or ())[:2])
    validation.begin(prepared.vocabulary.shapes, job)


def _placed(report: Report, project: Project, prepared: Prepared) -> Report:
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
