"""Serving: the verbs that answer others."""

import importlib
import os
from pathlib import Path
from typing import Any

import click

from kg.cli.group import ENDPOINT, cli, endpoint_of, needs, root_of
from kg.terminal.notes import note


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
@click.option("--reload", is_flag=True, help="Load open pages again when there is a new release, as of kg watch.")
@click.option("--mcp", is_flag=True, help="Answer agents at /mcp too (Model Context Protocol).")
@ENDPOINT
@click.pass_obj
def serve(
    start: Path,
    /,
    workers: int | None,
    timeout: float,
    max_rows: int,
    max_bytes: int,
    max_memory: int | None,
    endpoint: str | None,
    **options: Any,
) -> None:
    """Serve the current release: pages, linked data, SPARQL, canned queries; a new build is followed at once."""
    with needs("serving", "mcp" if options["mcp"] else "serve"):
        from kg.query.pool import Settings, memory_of_a_worker
        from kg.web.serve import serve
        from kg.web.settings import Options

        if options["mcp"]:
            importlib.import_module("kg.agents.server")  # now, not when it serves
    from kg.project import find_root
    from kg.query.results import Limits

    workers = workers or (os.cpu_count() or 1) + 1  # one more than one client gets at a time
    memory = max_memory << 20 if max_memory else memory_of_a_worker(workers)
    settings = Settings(workers, timeout, Limits(max_rows, max_bytes), memory, endpoint=endpoint_of(start, endpoint))
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
@ENDPOINT
@click.pass_obj
def mcp(start: Path, promoted: tuple[str, ...], sparql: bool, timeout: float, endpoint: str | None) -> None:
    """Answer agents over the Model Context Protocol, on stdin and stdout; `kg serve --mcp` does so over HTTP."""
    with needs("answering agents", "mcp"):
        from kg.agents.server import run_stdio
        from kg.query.pool import Settings, memory_of_a_worker
    from kg.query.results import Limits

    limits = Limits(10_000, 10_000_000)
    settings = Settings(2, timeout, limits, memory_of_a_worker(2), endpoint=endpoint_of(start, endpoint))
    run_stdio(root_of(start) / "build", settings, promoted, sparql)
