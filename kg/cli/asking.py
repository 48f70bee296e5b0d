"""Asking: the verbs that tell what a release says."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.group import DELIMITER, ENDPOINT, SPREADSHEET, as_a_filter, cli, endpoint_of, many, pairs_of, root_of
from kg.errors import QueryError, printable
from kg.rdf.formats import BY_SUFFIX, GRAPHS, SHEETS
from kg.terminal.answers import Wish, answer, questions
from kg.terminal.notes import note
from kg.terminal.reasons import because_lines, reasons, term

if TYPE_CHECKING:
    from kg.query.canned import CannedQuery

QUERY_FORMATS = ("table", *SHEETS, *GRAPHS)
CITATIONS = ("text", "bibtex", "ris", "csl", "cff")


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
@ENDPOINT
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
    endpoint: str | None,
) -> None:
    """List the canned queries, run the one called NAME, or run any SPARQL query."""
    from kg.project import find_root, read_project
    from kg.query import canned
    from kg.release.reader import current
    from kg.stores.opening import open_store

    if sum((name is not None, sparql is not None, file is not None)) > 1:
        raise click.UsageError("give one of NAME, --sparql and --file")
    root = find_root(start)
    if name is None and sparql is None and file is None:
        questions(canned.list_queries(root / "queries"), read_project(root).base)
        return
    release = current(root / "build")
    store = open_store(release, endpoint_of(start, endpoint))
    prefixes = release.manifest["prefixes"]
    if name is not None:
        found = canned.find_query(root / "queries", name)
        text = canned.bind(found, pairs_of(values), store, release.manifest["base"], prefixes)
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
    as_a_filter()
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


@cli.command()
@click.argument("subject")
@click.argument("predicate", required=False)
@click.argument("value", metavar="[OBJECT]", required=False)
@ENDPOINT
@click.pass_obj
def why(start: Path, subject: str, predicate: str | None, value: str | None, endpoint: str | None) -> None:
    """Show each statement of SUBJECT, of its PREDICATE, with this OBJECT, and the words it rests on."""
    from kg.project import find_root
    from kg.query.why import find_reasons, words_of_context
    from kg.release.reader import current
    from kg.stores.opening import open_store

    release = current(find_root(start) / "build")
    store = open_store(release, endpoint_of(start, endpoint))
    as_a_filter()
    found = find_reasons(release, store, subject, predicate, value)
    reasons(found, store, words_of_context(release), release.manifest["prefixes"])


@cli.command()
@click.pass_obj
def disagreements(start: Path) -> None:
    """List where sources give a thing different dates or numbers, each with its words; nothing is chosen."""
    from kg.query.disagreements import disagreements
    from kg.query.opened import Opened

    opened = Opened(root_of(start) / "build")
    as_a_filter()
    found = 0
    for one in disagreements(opened.dataset, opened.base):
        found += 1
        said = one.reasons[0].statement
        name, word = (term(node, opened.store, opened.prefixes) for node in (said.subject, said.predicate))
        click.echo(f"{name}, {word}:")
        for reason in one.reasons:
            click.echo(f"  {term(reason.statement.object, opened.store, opened.prefixes)}")
            for line in because_lines(reason):
                click.echo(f"    {line}")
    note(f"{many(found, 'disagreement')} between sources" if found else "no sources disagree")


@cli.command()
@click.argument("thing", nargs=-1, required=True)
@click.option("-n", "--rows", "most", type=click.IntRange(1), help="How many rows of a section; all where not given.")
@ENDPOINT
@click.pass_obj
def about(start: Path, thing: tuple[str, ...], most: int | None, endpoint: str | None) -> None:
    """Tell what is said of THING and what others say of it, by question, with the words."""
    from kg.pages.plain import plain_thing
    from kg.query.labels import find_entity
    from kg.query.opened import Opened

    opened = Opened(root_of(start) / "build", endpoint=endpoint_of(start, endpoint))
    try:
        iri = find_entity(" ".join(thing), opened.store, opened.base, opened.prefixes).value
    except ValueError as error:
        raise QueryError(str(error)) from None
    as_a_filter()
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

    opened = Opened(root_of(start) / "build")
    asked = " ".join(words)
    found = find(opened, Sought(asked, most))
    if found.some:
        note(f"nothing has all of “{asked}”; what has some:")
    if found.respelled:
        note(f"nothing has “{asked}”; what has “{found.respelled}”:")
    as_a_filter()
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


@cli.command()
@click.argument("fact", required=False)
@click.option("-t", "--format", "style", type=click.Choice(CITATIONS), default="text", show_default=True)
@click.pass_obj
def cite(start: Path, fact: str | None, style: str) -> None:
    """Cite the words that FACT rests on, the source first, then this graph; without FACT, the current release.

    `kg why` tells the facts of a thing.
    """
    from kg.query import edition
    from kg.query.citation import STYLES, citations
    from kg.rdf import iris
    from kg.release.nquads import Dataset
    from kg.release.reader import current

    release = current(root_of(start) / "build")
    as_a_filter()
    if fact is None:
        click.echo(edition.STYLES[style](edition.edition(release)))
        return
    if style not in STYLES:
        raise click.UsageError(f"-t {style} is for a release; a fact is cited as {', '.join(STYLES)}")
    base = release.manifest["base"]
    iri = fact.strip("<>") if "/" in fact else iris.fact(base, fact.removeprefix("fact:"))
    found = citations(Dataset(release.dataset), release.manifest, release.path.name, iri)
    if not found:
        raise QueryError(
            f"{fact}: no fact with words of a source; give its IRI or its 16 hex digits, as `kg why THING` shows them"
        )
    for one in found:
        click.echo(STYLES[style](one))
