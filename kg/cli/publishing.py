"""Publishing: the verbs by which a release goes out: served, as files, into stores, in formats for other tools."""

import importlib
import io
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import click

from kg.cli.group import (
    DELIMITER,
    ENDPOINT,
    SPREADSHEET,
    cli,
    drop_output,
    endpoint_of,
    many,
    needs,
    project_of,
    root_of,
    until_stopped,
)
from kg.errors import printable
from kg.rdf.formats import EVIDENCE, EXPORTS
from kg.stores import bulk
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


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--url", default="", help="The address at which the site is published; the project's base if not given.")
@click.option("--base-path", default="", metavar="PATH", help="The path of that address, as in /icc/.")
@click.option("--serve", is_flag=True, help="Show it at http://127.0.0.1:8000 afterwards, until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="Of --serve; 0 takes one that is free.")
@ENDPOINT
@click.pass_obj
def site(start: Path, folder: Path, url: str, base_path: str, serve: bool, port: int, endpoint: str | None) -> None:
    """Write the current release as a site of files into FOLDER, for any host; queries run in the browser."""
    from kg.project import find_root
    from kg.release.reader import current
    from kg.terminal.notes import Meter

    until_stopped()
    with needs("kg site", "serve"):
        from kg.site.hosts import Place
        from kg.site.writer import write_site
    build = find_root(start) / "build"
    meter = Meter()
    place = Place.of(url or current(build).manifest["base"], base_path)
    meter.begin("writing pages")
    try:
        written = write_site(build, folder, place, meter.at, endpoint_of(start, endpoint))
    finally:
        meter.end()
    note(
        f"  site     {folder}: {many(written.pages, 'page')} in {many(written.files, 'file')}, {written.changed:,} new"
    )
    if serve:
        from kg.site.preview import serve_folder

        serve_folder(folder, place.path, port, lambda address: note(f"  look     {address} (Ctrl-C ends)"))


@cli.command()
@ENDPOINT
@click.option("--update", metavar="URL", help="The address that takes updates, where --endpoint does not.")
@click.option("--default-graph", metavar="IRI", help="The named graph that is to hold what others keep in none.")
@click.option(
    "--print", "store", type=click.Choice(list(bulk.STORES)), help="Print the commands that load it in bulk instead."
)
@click.pass_obj
def load(start: Path, endpoint: str | None, update: str | None, default_graph: str | None, store: str | None) -> None:
    """Put the current release into the store of an endpoint: in batches, gone on with where it was cut off.

    Its readers see the release before until all is there. KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or
    KG_ENDPOINT_HEADER, let in.
    """
    from kg.rdf.terms import is_iri
    from kg.release.reader import current
    from kg.terminal.notes import Meter

    release = current(project_of(start).build)
    if store:
        click.echo(bulk.commands(store, release.dataset.resolve(), release.manifest["base"]), nl=False)
        return
    until_stopped()
    asked = endpoint_of(start, endpoint)
    if asked is None:
        raise click.UsageError("give --endpoint URL, or set endpoint in the project; --print STORE needs none")
    if default_graph and not is_iri(default_graph):
        raise click.UsageError(f"--default-graph {default_graph}: not an IRI, as in https://example.org/graph/default")
    asked = asked._replace(update=update or asked.update, default_graph=default_graph or asked.default_graph)
    from kg.stores.upload import upload

    meter = Meter()
    meter.begin("loading")
    try:
        done = upload(release, asked, meter.at)
    finally:
        meter.end()
    sent = f"in {done.batches:,} batches, {done.before:,} sent before" if done.batches else "there already"
    note(f"  loaded   {release.path.name}, {many(done.quads, 'quad')}: {sent}")
    note(f"  checked  the number of statements in each graph, and {many(done.sampled, 'thing')} read back")
    for term, written in done.rewritten:
        note(f"  note     the store writes {printable(term)} as {printable(written)}")


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
@ENDPOINT
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
    endpoint: str | None,
) -> None:
    """Write the graph of the current release in a format for other tools."""
    from kg.project import find_root
    from kg.release.export import Options, export, format_of, read_frame
    from kg.release.reader import current
    from kg.release.writer import write_file

    asked = endpoint_of(start, endpoint)
    release = current(find_root(start) / "build")
    kind = kind or ("csv" if excel else format_of(output, evidence or ""))
    if excel and kind != "csv":
        raise click.UsageError("--excel is for csv")
    shape = read_frame(frame) if frame else None
    options = Options(kind, evidence or "", not no_reference, shape, inline_context)

    def exported(out: Any) -> str:
        if asked is None:
            return export(release, options, out)
        from kg.stores.fetch import fetched

        with TemporaryDirectory(prefix="kg-export-") as folder:
            return export(fetched(release, asked, Path(folder)), options, out)

    def write(out: Any) -> None:
        if not excel:
            if said := exported(out):
                note(said)
            return
        from kg.query.spreadsheet import for_spreadsheets

        with TemporaryFile() as plain:
            exported(plain)
            plain.seek(0)
            for_spreadsheets(io.TextIOWrapper(plain, encoding="utf-8", newline=""), out, delimiter)

    if output is None or str(output) == "-":
        try:
            write(sys.stdout.buffer)
            sys.stdout.flush()
        except BrokenPipeError:  # nobody reads on
            drop_output()
            sys.exit(141)
    else:
        size = write_file(output, write)
        note(f"{output}: {size:,} bytes of {options.format}")
