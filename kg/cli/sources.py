"""Sources: the verbs of those who look after the documents that facts quote."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.group import as_a_filter, cli, many, project_of
from kg.errors import FactError, KgError, QueryError, nearest, printable
from kg.terminal.notes import note

if TYPE_CHECKING:
    from kg.curate.reviewing import Review
    from kg.project import Project


@cli.group()
def source() -> None:
    """The documents that facts quote: add one, list them, check their originals, show a text."""


def _told(command: Callable[..., None]) -> Callable[..., None]:
    """The options by which one says what a document is."""
    for option in (
        click.option("--select", default="", metavar="CSS", help="The part of a page that is its text, as in main."),
        click.option("--language", default="", help="That it is written in; the document's own, or en."),
        click.option("--retrieved", default="", help="When it was found there; today where not given."),
        click.option("--url", default="", help="Where it was found."),
        click.option("--rights", default="", help="Whose it is, and what may be done with it."),
        click.option("--publisher", default="", help="Who published it."),
        click.option("--title", default="", help="Its title; the document's own where not given."),
        click.option("--id", "ident", default="", help="The source's id; made of the file's name where not given."),
    ):
        command = option(command)
    return command


@contextmanager
def _document(file: Path) -> Iterator[Path]:
    """A document by its path; one from stdin, which "-" is, as a file for as long as it is read."""
    if str(file) != "-":
        yield file
        return
    from tempfile import TemporaryDirectory

    from kg.curate.documents import kind_of

    data = sys.stdin.buffer.read()
    with TemporaryDirectory(prefix="kg-source-") as folder:
        path = Path(folder) / f"document{kind_of(data)}"
        path.write_bytes(data)
        yield path


@source.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@_told
@click.pass_obj
def source_add(start: Path, /, file: Path, ident: str, **said: str) -> None:
    """Add FILE (.txt .md .html .docx .epub .pdf, - for stdin) as a source: its text, itself, how the text was made."""
    from kg.curate.documents import Told, add_source

    with _document(file) as path:
        added = add_source(project_of(start), path, Told(id=ident, **said))
    lines = added.text.count("\n")
    note(f"{added.id}: data/sources/{added.file}, {len(added.text):,} characters in {many(lines, 'line')}")
    click.echo(f"{added.id}: {printable(added.title)}")


@source.command("update")
@click.argument("source_id", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path))
@_told
@click.pass_obj
def source_update(start: Path, /, source_id: str, file: Path, ident: str, **said: str) -> None:
    """Take in FILE as a new version of the source ID: facts whose words stand there rest on it, the others wait."""
    from kg.curate.documents import Told
    from kg.curate.updating import update_source

    with _document(file) as path:
        found = update_source(project_of(start), source_id, path, Told(id=ident, **said))
    told = ", ".join(f"{found.passages.get(kind, 0):,} {kind}" for kind in ("same", "moved", "changed", "vanished"))
    note(f"passages: {told}")
    for table in found.tables:
        note(f"{table} is left as it is; facts in tables are moved by hand")
    click.echo(f"{found.source}: of {many(found.moved + len(found.left), 'record')} {found.moved:,} rest on it now")
    if found.left:
        note(f"{len(found.left):,} still rest on {source_id}; kg source review shows them, kg edit too in a browser")


@source.command("review")
@click.pass_obj
def source_review(start: Path) -> None:
    """Look at the facts that rest on an earlier version of a source, one by one: keep, take other words, or drop."""
    from kg.curate.reviewing import reviews, told

    project = project_of(start)
    waiting = list(reviews(project))
    for number, one in enumerate(waiting, 1):
        click.echo()
        click.echo(printable(f"{number} of {len(waiting)}: {one.kept.path.name}, {one.old.id} → {one.new.id}"))
        for line in told(one):
            click.echo(printable(line))
        if sys.stdin.isatty() and not _decided(project, one):
            break
    note(f"{many(len(waiting), 'record')} to look at" if waiting else "nothing rests on an earlier version")


def _decided(project: "Project", one: "Review") -> bool:
    """Ask what becomes of a record, and do it; false where one wants to end."""
    from kg.curate.reviewing import choices, drop, spans_of, take

    while True:
        most = choices(one)
        takes = f"1{f'-{most}' if most > 1 else ''} take that, " if most else ""
        answer = click.prompt(f"{takes}k keep on the old version, d drop, q quit", default="k")
        try:
            if answer == "d":
                drop(project, one)
            elif answer.isdigit() and 1 <= int(answer) <= most:
                take(project, one, spans_of(one, int(answer)))
            elif answer not in ("k", "q"):
                continue
            return bool(answer != "q")
        except FactError as error:
            for fault in error.faults:
                note(printable(f"it does not build with these words: {fault.message}"))
            note(f"change the record in {one.kept.path.name} and run this again, or use kg edit")
        except KgError as error:
            note(str(error))


@source.command("remove")
@click.argument("ident", metavar="ID")
@click.pass_obj
def source_remove(start: Path, ident: str) -> None:
    """Take the source ID away, with its files; refused while facts rest on it."""
    from kg.curate.documents import remove_source

    project = project_of(start)
    for path in remove_source(project, ident):
        click.echo(f"deleted {path.relative_to(project.root).as_posix()}")


@source.command("list")
@click.pass_obj
def source_list(start: Path) -> None:
    """List the sources, with how much of each is read."""
    from kg.build.coverage import read_coverage

    found = read_coverage(project_of(start)).sources
    if not found:
        note("there are no sources; kg source add FILE adds one")
    for one, covered in found:
        click.echo(printable(f"{one.id}: {one.title} ({len(one.text):,} characters, {covered.shown} % read)"))


@source.command("check")
@click.pass_obj
def source_check(start: Path) -> None:
    """Make the texts again from their originals, and say which would be others now; nothing is changed."""
    from kg.curate.documents import check_sources

    found = list(check_sources(project_of(start)))
    for one in found:
        click.echo(printable(f"{one.id}: {one.message}"))
    if found:
        sys.exit(1)
    note("every original gives the text that is quoted")


@source.command("show")
@click.argument("ident", metavar="ID")
@click.option("--page", type=click.IntRange(1), help="A page of it alone, by its number from 1.")
@click.pass_obj
def source_show(start: Path, ident: str, page: int | None) -> None:
    """Print the text of a source."""
    from kg.facts.sources import read_sources

    project = project_of(start)
    sources, _ = read_sources(project.data, project.root)
    if ident not in sources:
        raise QueryError(f"no source is called {ident!r}{nearest(ident, sources)}; there are {', '.join(sources)}")
    as_a_filter()
    text, begins = sources[ident].text, [one.offset for one in sources[ident].pages]
    if page and page > len(begins):
        raise QueryError(f"{ident} has {many(len(begins), 'page')}; give one of these")
    click.echo(text[begins[page - 1] : (*begins, len(text))[page]] if page else text, nl=False)
