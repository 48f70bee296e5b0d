"""Releasing: the verbs that make a project and its releases, compare, check and sign them."""

import gc
import sys
from dataclasses import replace
from pathlib import Path

import click

from kg.cli.group import (
    ENGINE,
    cli,
    many,
    needs,
    project_of,
    until_stopped,
)
from kg.errors import printable
from kg.terminal.books import books
from kg.terminal.notes import note, progress


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--base", default="", help="The IRI that all names begin with, as in https://example.org/.")
@click.option("--title", default="", help="The title of the graph.")
@click.option("--language", default="", help="The language of the names and texts to come; en if not given.")
@click.option("--empty", is_flag=True, help="Without the example's facts and sources.")
def init(folder: Path, base: str, title: str, language: str, empty: bool) -> None:
    """Start a new project in FOLDER, from a template that builds and answers at once."""
    from kg.project import init

    for path in init(folder, base, title, language, empty=empty):
        note(f"  {path}")
    first = "kg source add FILE && kg edit" if empty else "kg build && kg query"
    note(f"Now: cd {folder} && {first}")


@cli.command()
@click.option("--no-validate", is_flag=True, help="Do not check the shapes; the release says so.")
@click.option("--full", is_flag=True, help="Validate everything, not only what the changes can affect.")
@ENGINE
@click.pass_obj
def build(start: Path, no_validate: bool, full: bool, engine: str) -> None:
    """Make a release: read the facts, prove the quotes, convert, validate, write."""
    from kg import cache

    until_stopped()
    project = project_of(start)
    made_from = cache.fingerprint(project.root, project.inputs, not no_validate)
    if not full and (release := cache.standing(project.build, made_from)):
        books(release.manifest, release.path, "nothing has changed since it was built")
        return
    gc.set_threshold(100_000, 50, 50)  # a build makes few cycles, and lives until its end
    from kg.build.releasing import build
    from kg.shacl.report_text import text

    if engine == "spark":
        with needs("--engine spark", "spark"):
            import kg.tables.spark_engine  # noqa: F401  (before anything is begun)
    built = build(replace(project, engine=engine), progress(), validate=not no_validate, full=full)
    report = text(built.report, built.prefixes) if built.report else ""
    if built.release is None:
        click.echo(report, nl=False)
        note("not published: fix the violations; the release before it still stands")
        sys.exit(1)
    if built.report and (built.report.findings or built.report.unchecked):
        note(report.rstrip())
    books(built.release.manifest, built.release.path, again=built.report.again if built.report else None)


@cli.command()
@click.argument("before", required=False)
@click.argument("after", required=False)
@click.option("-t", "--format", "kind", type=click.Choice(["text", "json", "patch"]), default="text", show_default=True)
@click.pass_obj
def diff(start: Path, before: str | None, after: str | None, kind: str) -> None:
    """What AFTER says and BEFORE did not, and the other way round, statement by statement with the words.

    Each is the name of a release, the folder of one or of a project, or a revision of git; AFTER is the current release
    where it is not given, and BEFORE the one before it.
    """
    import json
    from contextlib import ExitStack

    from kg.project import find_root
    from kg.query.differences import as_data, compare, patch
    from kg.release.nquads import verify
    from kg.release.reader import current
    from kg.revision import release_of
    from kg.terminal.differences import differences

    root = find_root(start)
    with ExitStack() as stack:
        now = stack.enter_context(release_of(root, after)) if after else current(root / "build")
        since = now.manifest.get("since") or {}
        if not before and not since:
            raise click.UsageError("there is no release before this one; name what to compare it with")
        was = stack.enter_context(release_of(root, before or since["release"]))
        for release in (was, now):
            verify(release.dataset)
        if kind == "patch":
            for line in patch(was, now):
                sys.stdout.buffer.write(line)
        elif kind == "json":
            click.echo(json.dumps(as_data(compare(was, now)), ensure_ascii=False, indent=1))
        else:
            differences(compare(was, now))


@cli.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--key", default="", help="A public key of minisign that must have signed it: a file, or its text.")
@click.pass_obj
def verify(start: Path, folder: Path | None, key: str) -> None:
    """Check that each file of a release, the current one or a copy in FOLDER, is as written; and who signed it."""
    from kg.project import find_root
    from kg.release.reader import current
    from kg.release.sums import check_sums

    folder = folder or current(find_root(start) / "build").path
    files, faults = check_sums(folder)
    for fault in faults:
        click.echo(printable(fault))
    if faults:
        note(f"{folder}: {many(len(faults), 'file')} of {files + len(faults):,} not as written")
        sys.exit(1)
    note(f"  files    {files:,}, each as it was written")
    if key:
        with needs("--key", "sign"):
            from kg.release.signing import signed_by
        note(f"  signed   {signed_by(folder, key)}")


@cli.group()
def release() -> None:
    """Sign a release, so that a copy found anywhere is known to be yours."""


@release.command()
@click.argument("file", type=click.Path(path_type=Path))
def key(file: Path) -> None:
    """Make a key: the secret one in FILE, locked with a password, and the public one in FILE.pub."""
    with needs("kg release key", "sign"):
        from kg.release.signing import make_key
    note(f"public key: {make_key(file, _password(confirm=True))}")
    note(f"{file} is yours alone; publish {file}.pub where readers look for it")


@release.command()
@click.option("--key", "file", required=True, type=click.Path(path_type=Path), help="The secret key (minisign).")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def sign(start: Path, file: Path, folder: Path | None) -> None:
    """Sign the current release, or the one in FOLDER: the list of its files, SHA256SUMS."""
    from kg.project import find_root
    from kg.release.reader import current

    with needs("kg release sign", "sign"):
        from kg.release.signing import sign
    from kg.release.sums import SIGNATURE

    folder = folder or current(find_root(start) / "build").path
    comment = sign(folder, file, _password)
    note(f"  signed   {folder / SIGNATURE}: {comment}")


def _password(*, confirm: bool = False) -> str:
    """The password of a key, from KG_SIGNING_PASSWORD or asked for; never shown."""
    import os

    known = os.environ.get("KG_SIGNING_PASSWORD")
    if known is None and not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for the password; set KG_SIGNING_PASSWORD")
    return known if known is not None else str(click.prompt("Password", hide_input=True, confirmation_prompt=confirm))
