"""Tables: the verbs of those who have tables, by themselves or with the CSVW metadata that describe them."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, unquote, urljoin

import click

from kg.cli.group import ENGINE, cli, many, needs, size_of, until_stopped
from kg.errors import printable
from kg.terminal.notes import Meter, note

if TYPE_CHECKING:
    from kg.tables.csvw import Locate, Tables
    from kg.tables.engine import Engine
    from kg.tables.spark_engine import Spark

MEMORY = click.option("--memory", default="600MB", show_default=True, help="That the engine takes, at most.")


class Place(click.Path):
    """A path, or the address of a file on a file system that Spark reads, which stays a text."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, or the address as it stands."""
        return str(value).rstrip("/") if "://" in str(value) else super().convert(value, param, ctx)


@cli.group()
def tables() -> None:
    """Tables by the million: convert them, check them, by CSVW metadata or by the project's context."""


def _described(command: Callable[..., None]) -> Callable[..., None]:
    """The table or the metadata that a verb is about."""
    for option in (
        click.option(
            "--base", default="", metavar="IRI", help="The address of FILE's folder; file:///... where not given."
        ),
        click.option(
            "--metadata",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Instead of those beside FILE.",
        ),
        click.argument("file", type=Place(exists=True, dir_okay=False, path_type=Path)),
    ):
        command = option(command)
    return command


def _opened(file: Path | str, metadata: Path | None, base: str, used: "Engine") -> "Tables":
    """The tables of a file, or of one that is elsewhere."""
    from kg.rdf.terms import is_iri
    from kg.tables.csvw import Tables

    if base and not (is_iri(base) and base.endswith(("/", "#"))):
        raise click.UsageError(f'--base {base}: not an absolute IRI that ends in "/", as in https://example.org/')
    if isinstance(file, str):
        return _opened_elsewhere(file, metadata, base, cast("Spark", used))
    folder = file.resolve().parent
    address = base or f"{folder.as_uri()}/"
    beside = urljoin(address, _from(folder, metadata.resolve())) if metadata else ""
    return Tables(address + _escaped(file.name), _locating(address, folder), beside)


def _opened_elsewhere(file: str, metadata: Path | None, base: str, used: "Spark") -> "Tables":
    from kg.tables.csvw import Tables

    folder, _, name = file.rpartition("/")
    beside = f"{base}{_escaped(metadata.name)}" if metadata else ""

    def locate(url: str) -> Path | None:
        if url == beside:
            return metadata
        up, below = _relative(url, base)
        at = folder.split("/")
        return used.beginning("/".join([*at[: len(at) - up], below])) if below else None

    return Tables(base + _escaped(name), locate, beside)


def _bytes_of(size: str) -> int:
    """How many bytes a size is, as in 500MB; 0 for none."""
    found = re.fullmatch(r"(\d+)\s*([KMG]?)B?", size, re.IGNORECASE)
    if size and not found:
        raise click.UsageError(f"--split {size}: not a size; write it as in 500MB")
    return int(found[1]) * 1000 ** ["", "K", "M", "G"].index(found[2].upper()) if found else 0


def _check_places(engine: str, base: str, file: Path | str, output: Path | str | None = None) -> None:
    """UsageError for an address that an engine does not read, that has a password, or that has no base."""
    for place in (file, output):
        if isinstance(place, str) and re.search(r"://[^/]*:[^/]*@", place):
            raise click.UsageError("an address has a password in it, which shows in logs; give it to Spark's settings")
        if isinstance(place, str) and engine != "spark":
            raise click.UsageError(f"{place}: an address, which takes --engine spark; DuckDB reads and writes paths")
    if isinstance(file, str) and not base:
        raise click.UsageError(f"{file}: give the address that its folder has in what is written, by --base IRI")


@contextmanager
def _engine(name: str, memory: str, meter: Meter) -> "Iterator[tuple[Path, Engine]]":
    """An engine by its name, and a folder for what is written on the way; the meter is told how it goes."""
    size_of(memory, "--memory")
    until_stopped()
    with TemporaryDirectory(prefix="kg-tables-") as scratch:
        used: Engine
        if name == "spark":
            with needs("--engine spark", "spark"):
                from kg.tables.spark_engine import Spark
            used = Spark(Path(scratch) / "engine", memory)
        else:
            with needs("kg tables", "tables"):
                from kg.tables.duckdb_engine import DuckDB
            used = DuckDB(Path(scratch) / "engine", memory, told=meter.at if meter.shown else None)
        try:
            yield Path(scratch), used
        finally:
            meter.end()
            used.close()


def _from(folder: Path, path: Path) -> str:
    """A path as an address relative to a folder."""
    import os

    return _escaped(Path(os.path.relpath(path, folder)).as_posix())


def _escaped(path: str) -> str:
    """A path as an IRI has it: letters of any script stay.

    >>> _escaped("a/100 % of é.csv")
    'a/100%20%25%20of%20é.csv'
    """
    return "".join(one if one > "\x7f" else quote(one, safe="/") for one in path)


def _locating(address: str, folder: Path) -> "Locate":
    """The files that addresses lead to: those below the folder, or beside it."""

    def locate(url: str) -> Path | None:
        up, below = _relative(url, address)
        at = folder.joinpath(*[".."] * up).resolve()
        return at / below if below else None

    return locate


def _relative(url: str, address: str) -> tuple[int, str]:
    """How many folders above an address a file is, at most three, and its path there; "" where it is further away.

    >>> _relative("https://e.org/a/x%20y.csv", "https://e.org/a/b/")
    (1, 'x y.csv')
    """
    for up in range(4):
        if url.startswith(address):
            return up, unquote(url.removeprefix(address))
        address = urljoin(address, "..")
    return 0, ""


@tables.command()
@_described
@click.option("-o", "--output", type=Place(dir_okay=False, path_type=Path), help="Where to; stdout where not given.")
@click.option("--split", default="", metavar="SIZE", help="Into parts of about a size, as in 500MB.")
@click.option("--standard", is_flag=True, help="With the tables and their rows, as CSVW's standard mode has them.")
@click.option("--strict", is_flag=True, help="Write nothing where a cell is wrong.")
@ENGINE
@MEMORY
def convert(
    file: Path | str,
    output: Path | str | None,
    *,
    standard: bool,
    strict: bool,
    engine: str,
    memory: str,
    base: str,
    metadata: Path | None,
    split: str,
) -> None:
    """Convert FILE, a table or the CSVW metadata of tables, to sorted N-Triples.

    A cell that is not what its column is described as becomes plain text, as the standard says, and is told. An output
    that ends in .gz is packed, one that ends in .parquet is a table of terms. With --engine spark, FILE and the output
    may be addresses, as in hdfs://host/folder/table.csv; such an output is a folder of files.
    """
    size = _bytes_of(split)
    _check_places(engine, base, file, output)
    if isinstance(output, str) and size:
        raise click.UsageError(f"{output}: Spark decides how many files it writes; leave out --split")
    meter = Meter()
    with _engine(engine, memory, meter) as (scratch, used):
        if isinstance(output, str) and cast("Spark", used).is_there(output):
            message = "something is there already, perhaps of a run that did not end (without _SUCCESS)"
            raise click.UsageError(f"{output}: {message}; delete it, or name another folder")
        found = _opened(file, metadata, base, used)
        looked = found.look(used, scratch, minimal=not standard, begin=meter.begin)
        if _tell(found) and strict:
            note("nothing is written: fix the cells, or leave out --strict")
            sys.exit(1)
        if isinstance(output, str):
            cast("Spark", used).write_elsewhere(
                looked.said, [one.compiled.lines() for one in looked.conversions], output
            )
            return
        made = scratch / "sorted.nt"
        looked.write(made, meter.begin)
        if output:
            from kg.tables.output import written

            written(made, output, size)
        else:
            with made.open("rb") as lines:
                shutil.copyfileobj(lines, sys.stdout.buffer)


@tables.command()
@_described
@ENGINE
@MEMORY
def check(file: Path | str, engine: str, memory: str, base: str, metadata: Path | None) -> None:
    """Check FILE, a table or the CSVW metadata of tables: cells, keys, and the metadata themselves."""
    _check_places(engine, base, file)
    meter = Meter()
    with _engine(engine, memory, meter) as (scratch, used):
        found = _opened(file, metadata, base, used)
        found.validate(used, scratch, meter.begin)
        if wrong := _tell(found):
            note(many(wrong, "error"))
            sys.exit(1)
        note("in order")


@tables.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Into FILE-metadata.json, where there is none yet.")
@MEMORY
def describe(file: Path, memory: str, *, write: bool) -> None:
    """Draft the CSVW metadata of FILE from its cells: types, nulls, separators and keys, each with what it rests on."""
    with _engine("duckdb", memory, Meter()) as (scratch, used):
        from kg.tables.describe import as_text, describe

        text = as_text(describe(file, used, scratch))
    to = file.with_name(f"{file.name}-metadata.json")
    if not write:
        click.echo(text, nl=False)
    elif to.exists():
        raise click.UsageError(f"{to} is there already; delete it first, or leave out --write")
    else:
        to.write_text(text, encoding="utf-8")
        click.echo(to)


MOST = 50  # problems that are told


def _tell(found: "Tables") -> int:
    """Tell what is wrong, and what is passed over; how many errors."""
    errors = [problem for problem in found.problems if problem.error]
    shown = [*errors, *(problem for problem in found.problems if not problem.error)][:MOST]
    for problem in shown:
        note(printable(f"{'' if problem.error else 'passed over: '}{problem.message}"))
    if len(found.problems) > len(shown):
        note(f"and {len(found.problems) - len(shown):,} more")
    return sum(problem.cells for problem in errors)
