"""Group: the command that all verbs belong to, and what they share."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kg.project import Project
    from kg.stores.base import Endpoint

SPREADSHEET = click.option(
    "--excel", is_flag=True, help="CSV for spreadsheets: a byte order mark, and no cell is a formula."
)
DELIMITER = click.option(
    "--delimiter", type=click.Choice([",", ";", "\t"]), default=",", help="Between cells, with --excel."
)


ENDPOINT = click.option(
    "--endpoint",
    envvar="KG_ENDPOINT",
    metavar="URL",
    help="A SPARQL endpoint that holds the release and answers; the project's own if not given. See `kg load`.",
)


ENGINE = click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What executes tables: DuckDB on this machine, or Spark here or on a cluster.",
)


# What the verbs are for, in the order in which one needs them.
PURPOSES = {
    "Begin": "init build watch validate shapes",
    "Sources and facts": "source add edit import drafts coverage cites fmt schema tables",
    "Names and words": "rename merge rebase term new-table",
    "Ask": "query about search why cite disagreements",
    "Publish": "serve site load export mcp diff verify release",
}


class Verbs(click.Group):
    """Verbs, each with the whole first paragraph of what it says of itself; those of `kg` by what they are for."""

    group_class = type

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs into the help."""
        own = sorted(self.commands)
        purposes = {heading: names.split() for heading, names in PURPOSES.items()} if self is cli else {"Commands": own}
        for heading, names in purposes.items():
            with formatter.section(heading):
                formatter.write_dl([(name, _first(self.commands[name])) for name in names])


def _first(command: click.Command) -> str:
    return " ".join((command.help or "").partition("\n\n")[0].split())


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "--project", "start", type=click.Path(path_type=Path), default=".", help="The project's folder.")
@click.version_option(package_name="kg-publisher", prog_name="kg")
@click.pass_context
def cli(context: click.Context, start: Path) -> None:
    """Facts that quote their sources, published as linked data that can be trusted."""
    context.obj = start


@contextmanager
def needs(doing: str, extra: str) -> Iterator[None]:
    """What is imported here may not be installed: say which extra has it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name == "resource":
            raise click.UsageError(f"{doing} needs Linux or macOS; everything else works here too") from None
        message = f"{doing} needs {error.name}; install it with: pip install 'kg-publisher[{extra}]'"
        raise click.UsageError(message) from None


def root_of(start: Path) -> Path:
    """The folder of the project that a folder is in."""
    from kg.project import find_root

    return find_root(start)


def project_of(start: Path) -> "Project":
    """The project that a folder is in, with its settings."""
    from kg.project import read_project

    return read_project(start)


def endpoint_of(start: Path, url: str | None) -> "Endpoint | None":
    """The endpoint to ask, at a URL or as the project's settings say; None where the release's own database answers.

    A URL that is "" stands for that database.
    """
    project = project_of(start)
    if not (url if url is not None else project.endpoint):
        return None
    graph = os.environ.get("KG_ENDPOINT_DEFAULT_GRAPH", "")
    with needs("--endpoint", "stores"):
        import_module("kg.stores.connection")
    from kg.stores.base import Endpoint

    if url in (None, project.endpoint):
        return Endpoint(project.endpoint, graph or project.default_graph, project.update_endpoint)
    return Endpoint(str(url), graph)  # another one, of which the settings say nothing


def as_a_filter() -> None:
    """End at once on Ctrl-C, since the engine cannot be asked to stop a query, and when nobody reads on."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def until_stopped() -> None:
    """End in order on Ctrl-C and on SIGTERM, also where a shell has started this in the background, which has it
    ignore Ctrl-C.
    """
    import signal

    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def size_of(text: str, option: str) -> str:
    """A size of memory as DuckDB takes it; UsageError where it is none."""
    import re

    if not re.fullmatch(r"\d+(\.\d+)?\s*[KMGT]i?B", text, re.IGNORECASE):
        raise click.UsageError(f"{option} {text}: not a size; write it as in 600MB")
    return text


def many(number: int, word: str) -> str:
    """A number of things in words.

    >>> many(1, "fault"), many(2500, "fault")
    ('1 fault', '2,500 faults')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def pairs_of(values: tuple[str, ...]) -> dict[str, str]:
    """Options written KEY=VALUE, as a dict; UsageError where one has no key or no =, or a key is given twice."""
    pairs: dict[str, str] = {}
    for value in values:
        key, equals, rest = value.partition("=")
        if not equals or not key or key in pairs:
            raise click.UsageError(f"-p {value}: write KEY=VALUE, each key once")
        pairs[key] = rest
    return pairs


def drop_output() -> None:
    """Forget what stdout could not take, so that the interpreter does not try it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
