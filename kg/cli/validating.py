"""Validating: the verbs that check data against shapes, and say what shapes ask for."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.group import ENDPOINT, cli, endpoint_of, many, needs, pairs_of, project_of, size_of
from kg.errors import QueryError
from kg.rdf.formats import GRAPHS
from kg.terminal.notes import note, progress

if TYPE_CHECKING:
    from kg.shacl.report import Report
    from kg.shacl.validation import Options
    from kg.stores.base import Endpoint

REPORT_FORMATS = ("text", "json", "jsonl", "csv", "junit", "sarif", "github", "html", "turtle")
ENGINES = ("auto", "pyshacl", "columnar")
LEVELS = ("violation", "warning", "info", "never")


@cli.command()
@click.argument("data", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(path_type=Path),
    help="SHACL shapes; may repeat; the project's own where not given.",
)
@click.option(
    "--ontology",
    "ontologies",
    multiple=True,
    type=click.Path(path_type=Path),
    help="RDF that says which class of DATA is below which; may repeat.",
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
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="columnar is for large data; it leaves to pySHACL what it does not know.",
)
@click.option("--memory", default="1GB", show_default=True, help="That the columnar engine takes, at most.")
@click.option("--profile", is_flag=True, help="Say how long each shape took, the slowest first.")
@click.option(
    "--max-findings", type=click.IntRange(0), help="How many findings to list, the worst first; all if not given."
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of known findings, which are not told again and do not fail.",
)
@click.option("--update-baseline", is_flag=True, help="Write --baseline; where it is there, take out what is fixed.")
@click.option("--full", is_flag=True, help="Check everything, not only what can differ from the current release.")
@ENDPOINT
@click.pass_obj
def validate(
    start: Path,
    data: tuple[Path, ...],
    shapes: tuple[Path, ...],
    ontologies: tuple[Path, ...],
    kind: str,
    fail_on: str,
    data_format: str | None,
    contexts: tuple[str, ...],
    engine: str,
    memory: str,
    profile: bool,
    max_findings: int | None,
    baseline: Path | None,
    update_baseline: bool,
    full: bool,
    endpoint: str | None,
) -> None:
    """Check this project, or RDF files DATA (- is stdin), against SHACL shapes.

    Ends with 0 where nothing is found, 1 where findings are as bad as --fail-on, 2 where shapes or data cannot be used.
    """
    from kg.errors import ProjectError
    from kg.shacl.report_formats import REPORTS
    from kg.shacl.report_text import checked_again, profiled
    from kg.shacl.validation import Options

    if full and (data or endpoint):
        raise click.UsageError("--full is for a project; DATA and endpoints are always checked in full")
    if ontologies and not data:
        raise click.UsageError("--ontology is for DATA; a project has its own")
    options = Options(engine, size_of(memory, "--memory"), ontologies, progress(), kind != "turtle")
    asked = None if data else endpoint_of(start, endpoint)
    try:
        report, prefixes = _report(start, data, shapes, data_format, pairs_of(contexts), options, asked, full=full)
    except ProjectError as error:
        raise QueryError(str(error)) from None
    report = _without_known(report, baseline, update_baseline)._replace(shown=max_findings)
    click.echo(REPORTS[kind](report, prefixes), nl=False)
    if said := checked_again(report):
        note(said.rstrip())
    if profile:
        note(profiled(report, prefixes).rstrip())
    if report.fails(fail_on):
        sys.exit(1)
    if report.findings and kind == "text":
        note(f"no finding is as bad as --fail-on {fail_on}")


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--infer", is_flag=True, help="Draft shapes in Turtle from the data in FILES, with the counts they rest on."
)
@click.option("--memory", default="1GB", show_default=True, help="That --infer takes, at most.")
@click.pass_obj
def shapes(start: Path, files: tuple[Path, ...], *, infer: bool, memory: str) -> None:
    """Say in words what the shapes in FILES, or this project's own, ask for; or draft shapes for data without any."""
    from kg.rdf.context import prefixes
    from kg.rdf.ontology import read_vocabulary
    from kg.rdf.terms import WELL_KNOWN
    from kg.shacl.model import read_model
    from kg.shacl.outline import outlines
    from kg.shacl.shapes import check, read_shapes
    from kg.terminal.outlines import outline

    if infer:
        if not files:
            raise click.UsageError("--infer needs FILES of RDF")
        with needs("kg shapes --infer", "tables"):
            from kg.shacl.validation import drafted
        click.echo(drafted(files, size_of(memory, "--memory")), nl=False)
        return
    if files:
        given = read_shapes(files)
        quads, known = given.quads, {**WELL_KNOWN, **given.prefixes}
    else:
        project = project_of(start)
        vocabulary = read_vocabulary(project.ontology, project.base)
        quads, known = vocabulary.shapes, dict(prefixes(vocabulary.context, project.base))
    check(quads)
    for one in outlines(read_model(quads), known):
        outline(one)


def _without_known(report: "Report", baseline: Path | None, update: bool) -> "Report":
    """A report without the findings of a baseline, which is written where that is wanted."""
    if baseline is None:
        if update:
            raise click.UsageError("--update-baseline needs --baseline FILE")
        return report
    from kg.release.writer import write_file
    from kg.shacl.baseline import compare, read, updated

    known = None if update and not baseline.exists() else read(baseline)
    if update:
        text = updated(report, known)
        write_file(baseline, lambda file: file.write(text.encode()))
        known = read(baseline)
    compared = compare(report, known or read(baseline))
    if compared.gone:
        note(f"{many(compared.gone, 'finding')} of {baseline} found no more; --update-baseline takes them out")
    return compared.report


def _report(
    start: Path,
    data: tuple[Path, ...],
    shapes: tuple[Path, ...],
    data_format: str | None,
    contexts: Mapping[str, str],
    options: "Options",
    endpoint: "Endpoint | None" = None,
    *,
    full: bool = False,
) -> tuple["Report", Mapping[str, str]]:
    from functools import partial

    from kg.errors import ProjectError
    from kg.rdf.context import prefixes
    from kg.rdf.files import read
    from kg.rdf.ontology import read_vocabulary
    from kg.rdf.terms import WELL_KNOWN
    from kg.shacl.shapes import Shapes, read_shapes
    from kg.shacl.validation import check_files

    copies = {url: Path(file) for url, file in contexts.items()}
    given = read_shapes(shapes, partial(read, contexts=copies)) if shapes else None
    if endpoint:
        from kg.build.checking import check_endpoint

        return check_endpoint(project_of(start), given, endpoint, options)
    if not data:
        from kg.build.checking import check_project

        return check_project(project_of(start), given, progress(), options, full=full)
    if given:
        try:
            return check_files(data, given, options, data_format, copies), {**WELL_KNOWN, **given.prefixes}
        except ProjectError as error:
            raise QueryError(given.placed(str(error))) from None
    project = project_of(start)
    vocabulary = read_vocabulary(project.ontology, project.base)
    report = check_files(data, Shapes(vocabulary.shapes), options, data_format, copies)
    return report, prefixes(vocabulary.context, project.base)
