"""The command line: what each verb takes and prints. The work is done in the module of the same name.

Results go to stdout, notes to stderr. What a verb needs is imported when it runs, so that `kg --help` and
`kg query` start at once.
"""

import importlib
import io
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import FactError, KgError, QueryError, nearest, printable
from kg.rdf.formats import BY_SUFFIX, EVIDENCE, EXPORTS, GRAPHS, SHEETS
from kg.terminal import Wish, answer, books, judged, note, progress, questions, reasons, term

if TYPE_CHECKING:
    from kg.project import Project
    from kg.query.canned import CannedQuery
    from kg.shacl.report import Report

REPORT_FORMATS = ("text", "json", "sarif", "github", "turtle")
LEVELS = ("violation", "warning", "info", "never")
QUERY_FORMATS = ("table", *SHEETS, *GRAPHS)
CITATIONS = ("text", "bibtex", "ris", "csl")


SPREADSHEET = click.option(
    "--excel", is_flag=True, help="CSV for spreadsheets: a byte order mark, and no cell is a formula."
)
DELIMITER = click.option(
    "--delimiter", type=click.Choice([",", ";", "\t"]), default=",", help="Between cells, with --excel."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "--project", "start", type=click.Path(path_type=Path), default=".", help="The project's folder.")
@click.version_option(package_name="kg-publisher", prog_name="kg")
@click.pass_context
def cli(context: click.Context, start: Path) -> None:
    """Facts that quote their sources, published as linked data that can be trusted."""
    context.obj = start


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Start a new project in FOLDER, from a template that builds and answers at once."""
    from kg.project import init

    for path in init(folder):
        note(f"  {path}")
    note(f"Now: cd {folder} && kg build && kg query")


@cli.command()
@click.option("--no-validate", is_flag=True, help="Do not check the shapes; the release says so.")
@click.pass_obj
def build(start: Path, no_validate: bool) -> None:
    """Make a release: read the facts, prove the quotes, convert, validate, write."""
    from kg import cache

    project = _project(start)
    made_from = cache.fingerprint(project.root, project.inputs, not no_validate)
    if release := cache.standing(project.build, made_from):
        books(release.manifest, release.path, "nothing has changed since it was built")
        return
    from kg.build import build
    from kg.shacl.report_formats import text

    built = build(project, progress(), validate=not no_validate)
    report = text(built.report, built.prefixes) if built.report else ""
    if built.release is None:
        click.echo(report, nl=False)
        note("not published: fix the violations; the release before it still stands")
        sys.exit(1)
    if built.report and (built.report.findings or built.report.unchecked):
        note(report.rstrip())
    books(built.release.manifest, built.release.path)


@cli.command()
@click.argument("data", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(path_type=Path),
    help="SHACL shapes; may repeat; the project's own where not given.",
)
@click.option("-t", "--format", "kind", type=click.Choice(REPORT_FORMATS), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="violation",
    show_default=True,
    help="The least severity that ends with exit code 1.",
)
@click.option("--data-format", type=click.Choice(GRAPHS), help="The format of DATA, where its ending does not tell.")
@click.option("--context", "contexts", multiple=True, metavar="URL=FILE", help="A local copy of a JSON-LD context.")
@click.pass_obj
def validate(
    start: Path,
    data: tuple[Path, ...],
    shapes: tuple[Path, ...],
    kind: str,
    fail_on: str,
    data_format: str | None,
    contexts: tuple[str, ...],
) -> None:
    """Check this project, or RDF files DATA (- is stdin), against SHACL shapes.

    Ends with 0 where nothing is found, 1 where findings are as bad as --fail-on, 2 where shapes or data cannot be used.
    """
    from kg.errors import ProjectError, QueryError
    from kg.shacl.report_formats import REPORTS

    try:
        report, prefixes = _report(start, data, shapes, data_format, _pairs(contexts))
    except ProjectError as error:
        raise QueryError(str(error)) from None
    click.echo(REPORTS[kind](report, prefixes), nl=False)
    if report.fails(fail_on):
        sys.exit(1)
    if report.findings and kind == "text":
        note(f"no finding is as bad as --fail-on {fail_on}")


def _report(
    start: Path, data: tuple[Path, ...], shapes: tuple[Path, ...], data_format: str | None, contexts: Mapping[str, str]
) -> tuple["Report", Mapping[str, str]]:
    from functools import partial

    from kg.rdf.context import prefixes
    from kg.rdf.files import read
    from kg.rdf.ontology import read_vocabulary
    from kg.rdf.terms import WELL_KNOWN
    from kg.shacl.shapes import read_shapes

    copies = {url: Path(file) for url, file in contexts.items()}
    given = read_shapes(shapes, partial(read, contexts=copies)) if shapes else None
    if not data:
        from kg.build import check_project

        return check_project(_project(start), given, progress())
    from kg.shacl.shapes import Shapes, check_files

    files = [read(path, syntax=data_format, contexts=copies) for path in data]
    if given:
        return check_files(files, given), {**WELL_KNOWN, **given.prefixes}
    project = _project(start)
    vocabulary = read_vocabulary(project.ontology, project.base)
    return check_files(files, Shapes(vocabulary.shapes)), prefixes(vocabulary.context, project.base)


@cli.command()
@click.argument("source", required=False)
@click.option("--readable", is_flag=True, help="Show how much the facts can be read in their words, and what cannot.")
@click.pass_obj
def coverage(start: Path, source: str | None, readable: bool) -> None:
    """Show how much of each source is quoted, skipped and unread; of SOURCE, each passage that is unread."""
    from kg.build import read_coverage, read_readable

    project = _project(start)
    if readable:
        judged(*read_readable(project))
        return
    found = read_coverage(project)
    told = [pair for pair in found.sources if source in (None, pair[0].id)]
    if not told and found.sources:
        known = [one.id for one, _ in found.sources]
        raise QueryError(f"no source is called {source!r}{nearest(str(source), known)}; there are {', '.join(known)}")
    for one, covered in told:
        click.echo(
            f"{one.id}: {covered.shown} % read ({covered.quoted:,} of {covered.characters:,} characters quoted, "
            f"{covered.skipped:,} skipped, {covered.characters - covered.quoted - covered.skipped:,} unread)"
        )
        for line, column, text in covered.unread if source else covered.unread[:3]:
            row = one.text.split("\n")[line - 1]
            before, after = row[: column - 1][-40:], row[column - 1 + len(text) :][:40]
            click.echo(printable(f"data/sources/{one.file}:{line}:{column}: …{before}[{text}]{after}…"))
        if not source and len(covered.unread) > 3:
            click.echo(f"  and {len(covered.unread) - 3:,} more passages; kg coverage {one.id} shows them")
    if found.faults:
        raise FactError(found.faults)
    if any(covered.percent < (project.coverage if one.coverage is None else one.coverage) for one, covered in told):
        sys.exit(1)


@cli.command()
@click.argument("name", required=False)
@click.option("-p", "--param", "values", multiple=True, metavar="KEY=VALUE", help="A parameter's value; may repeat.")
@click.option("--sparql", help="A SPARQL query.")
@click.option(
    "-f",
    "--file",
    "file",
    type=click.File("r", encoding="utf-8"),
    help="A file with a SPARQL query; - is stdin.",
)
@click.option("-t", "--format", "kind", type=click.Choice(QUERY_FORMATS), help="table on a terminal, csv in a pipe.")
@click.option("--show", is_flag=True, help="Print the SPARQL, with the values in place, and do not run it.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="A file for the answer; its ending tells the format."
)
@click.option("--words", is_flag=True, help="Show the words that each row rests on, their source, basis and fact.")
@click.option("--csv-crlf", is_flag=True, help="CSV as RFC 4180 and SPARQL have it: IRIs whole, lines end in CRLF.")
@SPREADSHEET
@DELIMITER
@click.pass_obj
def query(
    start: Path,
    name: str | None,
    values: tuple[str, ...],
    sparql: str | None,
    file: Any,
    kind: str | None,
    show: bool,
    output: Path | None,
    words: bool,
    csv_crlf: bool,
    excel: bool,
    delimiter: str,
) -> None:
    """List the canned queries, run the one called NAME, or run any SPARQL query."""
    from kg.project import find_root, read_project
    from kg.query import canned
    from kg.release.reader import current
    from kg.stores.embedded import open_store

    if sum((name is not None, sparql is not None, file is not None)) > 1:
        raise click.UsageError("give one of NAME, --sparql and --file")
    root = find_root(start)
    if name is None and sparql is None and file is None:
        questions(canned.list_queries(root / "queries"), read_project(root).base)
        return
    release = current(root / "build")
    store = open_store(release)
    prefixes = release.manifest["prefixes"]
    if name is not None:
        found = canned.find_query(root / "queries", name)
        text = canned.bind(found, _pairs(values), store, release.manifest["base"], prefixes)
    else:
        text = sparql if sparql is not None else _read(file)
        if values:
            raise click.UsageError("-p is for canned queries; write the values into the SPARQL")
    if show:
        click.echo(text, nl=not text.endswith("\n"))
        return
    kind = kind or (BY_SUFFIX.get(output.suffix) if output else "csv" if excel else None)
    if output and kind != BY_SUFFIX.get(output.suffix, kind):
        raise click.UsageError(f"{output}: its ending is not that of {kind}; leave -t out, or give another name")
    if output and kind not in QUERY_FORMATS:
        raise click.UsageError(f"{output}: its ending tells no format of an answer; add -t")
    if name is not None and found.parameters:
        note(_parameters(found, text, store, prefixes))
    _as_a_filter()
    answer(
        text, release, store, Wish(kind, output, delimiter if excel else "", words, csv_crlf, found if name else None)
    )


def _parameters(query: "CannedQuery", text: str, store: Any, prefixes: dict[str, str]) -> str:
    """The values that a canned query is asked with, in a line."""
    from kg.query.canned import values_in

    said = (
        f"{name} = {term(value, store, prefixes) if value is not None else 'any'}"
        for name, value in values_in(query, text).items()
    )
    return ", ".join(said)


def _read(file: Any) -> str:
    try:
        return str(file.read())
    except UnicodeDecodeError as error:
        raise click.UsageError(
            f"{file.name}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8"
        ) from None


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for value in values:
        key, equals, rest = value.partition("=")
        if not equals or not key or key in pairs:
            raise click.UsageError(f"-p {value}: write KEY=VALUE, each key once")
        pairs[key] = rest
    return pairs


def _as_a_filter() -> None:
    """End at once on Ctrl-C, since the engine cannot be asked to stop a query, and when nobody reads on."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


@cli.command()
@click.argument("subject")
@click.argument("predicate", required=False)
@click.argument("value", metavar="[OBJECT]", required=False)
@click.pass_obj
def why(start: Path, subject: str, predicate: str | None, value: str | None) -> None:
    """Show each statement of SUBJECT, of its PREDICATE, with this OBJECT, and the words it rests on."""
    from kg.project import find_root
    from kg.query.why import find_reasons, words_of_context
    from kg.release.reader import current
    from kg.stores.embedded import open_store

    release = current(find_root(start) / "build")
    store = open_store(release)
    _as_a_filter()
    found = find_reasons(release, store, subject, predicate, value)
    reasons(found, store, words_of_context(release), release.manifest["prefixes"])


@cli.command()
@click.argument("thing", nargs=-1, required=True)
@click.option("-n", "--rows", "most", type=click.IntRange(1), help="How many rows of a section; all where not given.")
@click.pass_obj
def about(start: Path, thing: tuple[str, ...], most: int | None) -> None:
    """Tell what is said of THING and what others say of it, by question, with the words."""
    from kg.pages.plain import plain_thing
    from kg.query.labels import find_entity
    from kg.query.opened import Opened

    opened = Opened(_root(start) / "build")
    try:
        iri = find_entity(" ".join(thing), opened.store, opened.base, opened.prefixes).value
    except ValueError as error:
        raise QueryError(str(error)) from None
    _as_a_filter()
    for line in plain_thing(opened, iri, most or 0):
        click.echo(printable(line))


@cli.command()
@click.argument("words", nargs=-1, required=True)
@click.option("-n", "--hits", "most", type=click.IntRange(1, 100), default=10, show_default=True, help="How many.")
@click.pass_obj
def search(start: Path, words: tuple[str, ...], most: int) -> None:
    """Find things whose names or quotes have the WORDS, the best first, and the questions that have them."""
    from kg.query.finding import Sought, find
    from kg.query.opened import Opened
    from kg.rdf import iris

    opened = Opened(_root(start) / "build")
    asked = " ".join(words)
    found = find(opened, Sought(asked, most))
    if found.some:
        note(f"nothing has all of “{asked}”; what has some:")
    if found.respelled:
        note(f"nothing has “{asked}”; what has “{found.respelled}”:")
    _as_a_filter()
    for hit in found.hits:
        click.echo(printable(f"{hit.label} ({iris.slug(opened.base, hit.iri)})"))
        if hit.snippet:
            click.echo(printable(f"    {hit.snippet}"))
    for query in found.queries:
        click.echo(f"kg query {query.name}: {query.summary}")
    if found.total > len(found.hits):
        note(f"{found.total - len(found.hits)} more things; -n says how many are told")
    if not (found.hits or found.queries):
        note(f"nothing is called or quoted so: {asked}; try fewer words, or `kg query` for the questions")
        sys.exit(1)


@cli.group()
def source() -> None:
    """The documents that facts quote: add one, list them, check their originals, show a text."""


@source.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", "ident", default="", help="The source's id; made of the file's name where not given.")
@click.option("--title", default="", help="Its title; the document's own where not given.")
@click.option("--publisher", default="", help="Who published it.")
@click.option("--rights", default="", help="Whose it is, and what may be done with it.")
@click.option("--url", default="", help="Where it was found.")
@click.option("--retrieved", default="", help="When it was found there; today where not given.")
@click.option(
    "--language", default="", help="The language it is written in; the document's own, or en, where not given."
)
@click.option(
    "--select", default="", metavar="CSS", help="The part of a page that is its text, as in main or #content."
)
@click.pass_obj
def source_add(start: Path, /, file: Path, ident: str, **said: str) -> None:
    """Add FILE (.txt .md .html .docx .epub .pdf) as a source: its text, the file itself, and how the text was made."""
    from kg.curate.documents import Told, add_source

    added = add_source(_project(start), file, Told(id=ident, **said))
    lines = added.text.count("\n")
    note(f"{added.id}: data/sources/{added.file}, {len(added.text):,} characters in {_many(lines, 'line')}")
    click.echo(f"{added.id}: {printable(added.title)}")


@source.command("list")
@click.pass_obj
def source_list(start: Path) -> None:
    """List the sources, with how much of each is read."""
    from kg.build import read_coverage

    for one, covered in read_coverage(_project(start)).sources:
        click.echo(printable(f"{one.id}: {one.title} ({len(one.text):,} characters, {covered.shown} % read)"))


@source.command("check")
@click.pass_obj
def source_check(start: Path) -> None:
    """Make the texts again from their originals, and say which would be others now; nothing is changed."""
    from kg.curate.documents import check_sources

    found = list(check_sources(_project(start)))
    for one in found:
        click.echo(printable(f"{one.id}: {one.message}"))
    if found:
        sys.exit(1)
    note("every original gives the text that is quoted")


@source.command("show")
@click.argument("ident", metavar="ID")
@click.pass_obj
def source_show(start: Path, ident: str) -> None:
    """Print the text of a source."""
    from kg.facts.sources import read_sources

    project = _project(start)
    sources, _ = read_sources(project.data, project.root)
    if ident not in sources:
        raise QueryError(f"no source is called {ident!r}{nearest(ident, sources)}; there are {', '.join(sources)}")
    _as_a_filter()
    click.echo(sources[ident].text, nl=False)


@cli.command()
@click.argument("words")
@click.option("--source", default="", help="The source of the words; the only one where not given.")
@click.option("--id", "ident", default="", help="The thing that the fact is about; made of the words where not given.")
@click.option("--type", "kind", default="", help="The class of a new thing.")
@click.option("-p", "--param", "values", multiple=True, metavar="WORD=VALUE", help="What the words say; may repeat.")
@click.option("--basis", type=click.Choice(["stated", "layout", "inferred"]), help="stated where not given.")
@click.option("--note", default="", help="Why, where it is inferred.")
@click.option("--file", default="", help="The file of the fact; the last one of the source where not given.")
@click.option("--pick", type=click.IntRange(1), help="Which of the passages found is meant.")
@click.option("--dry-run", is_flag=True, help="Show the record, and write nothing.")
@click.pass_obj
def add(
    start: Path, /, words: str, values: tuple[str, ...], pick: int | None, dry_run: bool, **said: str | None
) -> None:
    """Add a fact that quotes WORDS, found as they are remembered, to its file; refused where it does not build."""
    from kg.curate.adding import Wanted, add, propose
    from kg.facts.yaml_edit import append

    project = _project(start)
    pairs = tuple(value.partition("=")[::2] for value in values)
    if wrong := next((value for value in values if "=" not in value), ""):
        raise click.UsageError(f"-p {wrong}: write WORD=VALUE")
    wanted = Wanted(
        words,
        said["source"] or "",
        said["ident"] or "",
        said["kind"] or "",
        pairs,
        said["basis"] or "",
        said["note"] or "",
        said["file"] or "",
        pick or 0,
    )
    proposed = propose(project, wanted)
    place = proposed.path.relative_to(project.root).as_posix()
    line = 0 if dry_run else add(project, proposed)
    click.echo(printable(f"{place}{f':{line}' if line else ''}"))
    click.echo(append("", "facts", proposed.record).removeprefix("facts:\n"), nl=False)
    if proposed.needs:
        kind = proposed.record["type"]
        note(f"each {kind} needs {', '.join(proposed.needs)} too; say it with -p, or in another fact about it")


@cli.command()
@click.argument("words")
@click.pass_obj
def cites(start: Path, words: str) -> None:
    """List the facts whose quotes hold WORDS, or a part of them, with the files and lines where they stand."""
    from kg.curate.adding import citing

    found = citing(_project(start), words)
    for record, quote in found:
        said = ", ".join(f"{key}: {value}" for key, value in record.content.items())
        click.echo(printable(f"{record.file}:{record.line}:{record.column}: {said}"))
        click.echo(printable(f"    “{' '.join(quote.split())}”"))
    if not found:
        note(f"no fact quotes “{words}”")
        sys.exit(1)


@cli.command()
@click.pass_obj
def watch(start: Path) -> None:
    """Look at the project's files, and say after each change what is wrong with them, or make the release."""
    from kg.curate.watching import watch
    from kg.shacl.report_formats import text

    root = _root(start)
    note(f"watching {root}  (Ctrl-C ends it)")
    for one in watch(root):
        clock = time.strftime("%H:%M:%S")
        if one.built is None:
            for fault in one.faults:
                click.echo(printable(str(fault)))
            click.echo(
                printable(one.problem)
                if one.problem
                else f"{clock}  {_many(len(one.faults), 'fault')}, {one.seconds:.1f} s"
            )
        elif one.built.release is None:
            report = text(one.built.report, one.built.prefixes) if one.built.report else ""
            click.echo(f"{report.rstrip()}\n{clock}  not published, {one.seconds:.1f} s")
        else:
            click.echo(f"{clock}  release {one.built.release.path.name}, {one.seconds:.1f} s")


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


@cli.command()
@click.option("--llm", is_flag=True, help="The small schema for structured output of language models, on stdout.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help=".kg/facts.schema.json where not given; - is stdout."
)
@click.pass_obj
def schema(start: Path, llm: bool, output: Path | None) -> None:
    """Write the JSON Schema of this project's facts, by which an editor completes and explains them."""
    import json

    from kg.curate.schema import facts_schema, model_schema
    from kg.release.writer import write_file

    project = _project(start)
    made = json.dumps(model_schema(project) if llm else facts_schema(project), ensure_ascii=False, indent=1) + "\n"
    path = output or (None if llm else project.root / ".kg" / "facts.schema.json")
    if path is None or str(path) == "-":
        click.echo(made, nl=False)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    note(f"{path}: {write_file(path, lambda file: file.write(made.encode())):,} bytes")
    note(f"a file of facts names it in its first line: # yaml-language-server: $schema={path.name}, with the way to it")


@cli.command()
@click.argument("fact")
@click.option("-t", "--format", "style", type=click.Choice(CITATIONS), default="text", show_default=True)
@click.pass_obj
def cite(start: Path, fact: str, style: str) -> None:
    """Cite the words that FACT rests on: the source first, then this graph. `kg why` tells the facts of a thing."""
    from kg.query.citation import STYLES, citations
    from kg.rdf import iris
    from kg.release.nquads import Dataset
    from kg.release.reader import current

    release = current(_root(start) / "build")
    base = release.manifest["base"]
    iri = fact.strip("<>") if "/" in fact else iris.fact(base, fact.removeprefix("fact:"))
    found = citations(Dataset(release.dataset), release.manifest, release.path.name, iri)
    if not found:
        raise QueryError(
            f"{fact}: no fact with words of a source; give its IRI or its 16 hex digits, as `kg why THING` shows them"
        )
    _as_a_filter()
    for one in found:
        click.echo(STYLES[style](one))


@cli.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The file; its ending tells the format. - is stdout.",
)
@click.option(
    "-t",
    "--format",
    "kind",
    type=click.Choice(EXPORTS),
    help="The format; turtle where nothing tells.",
)
@click.option(
    "--evidence",
    type=click.Choice(list(EVIDENCE)),
    help="Add the evidence (reified, rdf12), or write each fact as a nanopublication or a Web Annotation.",
)
@click.option("--no-reference", is_flag=True, help="Leave out reference data and what follows from them.")
@click.option("--frame", type=click.File("r", encoding="utf-8"), help="A JSON-LD frame.")
@click.option("--inline-context", is_flag=True, help="Write the context into JSON-LD instead of a link to it.")
@SPREADSHEET
@DELIMITER
@click.pass_obj
def export(
    start: Path,
    output: Path | None,
    kind: str | None,
    evidence: str | None,
    no_reference: bool,
    frame: Any,
    inline_context: bool,
    excel: bool,
    delimiter: str,
) -> None:
    """Write the graph of the current release in a format for other tools."""
    from kg.project import find_root
    from kg.release.export import Options, export, format_of, read_frame
    from kg.release.reader import current
    from kg.release.writer import write_file

    release = current(find_root(start) / "build")
    kind = kind or ("csv" if excel else format_of(output, evidence or ""))
    if excel and kind != "csv":
        raise click.UsageError("--excel is for csv")
    shape = read_frame(frame) if frame else None
    options = Options(kind, evidence or "", not no_reference, shape, inline_context)

    def write(out: Any) -> None:
        if not excel:
            if said := export(release, options, out):
                note(said)
            return
        from tempfile import TemporaryFile

        from kg.query.spreadsheet import for_spreadsheets

        with TemporaryFile() as plain:
            export(release, options, plain)
            plain.seek(0)
            for_spreadsheets(io.TextIOWrapper(plain, encoding="utf-8", newline=""), out, delimiter)

    if output is None or str(output) == "-":
        try:
            write(sys.stdout.buffer)
            sys.stdout.flush()
        except BrokenPipeError:  # nobody reads on
            _drop_output()
            sys.exit(141)
    else:
        size = write_file(output, write)
        note(f"{output}: {size:,} bytes of {options.format}")


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that answer queries; one more than cores.")
@click.option(
    "--timeout", type=click.FloatRange(0.05), default=10.0, show_default=True, help="Seconds a query may take."
)
@click.option("--max-rows", type=click.IntRange(1), default=100_000, show_default=True, help="Rows of an answer.")
@click.option("--max-bytes", type=click.IntRange(1), default=50_000_000, show_default=True, help="Bytes of an answer.")
@click.option("--max-memory", type=click.IntRange(256), help="MiB of memory a worker; a share of what there is.")
@click.option("--root-path", default="", help="The path prefix that a proxy strips, as in /graph.")
@click.option("--proxy-headers", is_flag=True, help="Trust X-Forwarded-Proto and -For of a proxy on this machine.")
@click.option("--log-addresses", is_flag=True, help="Write the clients' addresses to the log.")
@click.option("--log-queries", is_flag=True, help="Write what is asked to the log.")
@click.option("--mcp", is_flag=True, help="Answer agents at /mcp too (Model Context Protocol).")
@click.pass_obj
def serve(
    start: Path,
    /,
    workers: int | None,
    timeout: float,
    max_rows: int,
    max_bytes: int,
    max_memory: int | None,
    **options: Any,
) -> None:
    """Serve the current release: pages, linked data, SPARQL, canned queries; a new build is followed at once."""
    with _needs("serving", "mcp" if options["mcp"] else "serve"):
        from kg.query.pool import Settings, memory_of_a_worker
        from kg.web.serve import serve
        from kg.web.settings import Options

        if options["mcp"]:
            importlib.import_module("kg.agents.server")  # now, not when it serves
    from kg.project import find_root
    from kg.query.results import Limits

    workers = workers or (os.cpu_count() or 1) + 1  # one more than one client gets at a time
    memory = max_memory << 20 if max_memory else memory_of_a_worker(workers)
    settings = Settings(workers, timeout, Limits(max_rows, max_bytes), memory)
    serve(find_root(start) / "build", settings, Options(**options), lambda url: note(f"{url}  (Ctrl-C ends it)"))


@cli.command()
@click.option(
    "--tool", "promoted", multiple=True, metavar="QUERY", help="A canned query as a tool of its own; may repeat."
)
@click.option("--sparql", is_flag=True, help="Free SPARQL queries too, within the limits.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    help="Seconds a query may take.",
)
@click.pass_obj
def mcp(start: Path, promoted: tuple[str, ...], sparql: bool, timeout: float) -> None:
    """Answer agents over the Model Context Protocol, on stdin and stdout; `kg serve --mcp` does so over HTTP."""
    with _needs("answering agents", "mcp"):
        from kg.agents.server import run_stdio
        from kg.query.pool import Settings, memory_of_a_worker
    from kg.query.results import Limits

    limits = Limits(10_000, 10_000_000)
    run_stdio(_root(start) / "build", Settings(2, timeout, limits, memory_of_a_worker(2)), promoted, sparql)


@contextmanager
def _needs(doing: str, extra: str) -> Iterator[None]:
    """What is imported here may not be installed: say which extra has it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name == "resource":
            raise click.UsageError(f"{doing} needs Linux or macOS; everything else works here too") from None
        message = f"{doing} needs {error.name}; install it with: pip install 'kg-publisher[{extra}]'"
        raise click.UsageError(message) from None


def _root(start: Path) -> Path:
    from kg.project import find_root

    return find_root(start)


def _project(start: Path) -> "Project":
    from kg.project import read_project

    return read_project(start)


def _drop_output() -> None:
    """Forget what stdout could not take, so that the interpreter does not try it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_streams() -> None:
    """Write UTF-8 to files and pipes whatever the locale; at a terminal, what it cannot show as "?".

    A stream that the caller closed takes what is written and keeps nothing.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  (for as long as the process)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def main() -> None:
    """Run the command line and end with its exit code; the only place where an error becomes one."""
    _open_streams()
    try:
        cli(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Abort:
        sys.exit(130)
    except KgError as error:
        note(str(error))
        if (faults := len(getattr(error, "faults", ()))) > 1:
            note(f"{faults} faults; nothing was written")
        sys.exit(error.exit_code)
    except OSError as error:
        _drop_output()
        note(
            f"{error.filename or 'the system'}: {error.strerror or error}; make it readable and writable, and try again"
        )
        sys.exit(3)
    except Exception as error:
        if os.environ.get("KG_DEBUG"):
            raise
        note(f"kg failed, and that is its own fault: {type(error).__name__}: {error}")
        note("please report it with the command you ran; KG_DEBUG=1 shows where it happened")
        sys.exit(3)
