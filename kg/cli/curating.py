"""Curating: the verbs of those who write facts."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from kg.cli.group import cli, many, project_of, root_of, until_stopped
from kg.cli.group import needs as requires
from kg.errors import FactError, QueryError, nearest, printable
from kg.terminal.books import judged
from kg.terminal.notes import note


@cli.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--source", default="", help="The source of the words; the only one where not given.")
@click.option("--id", "ident", default="", help="The thing that the fact is about; made of the words where not given.")
@click.option("--type", "kind", default="", help="The class of a new thing.")
@click.option("-p", "--param", "values", multiple=True, metavar="WORD=VALUE", help="What the words say; may repeat.")
@click.option("--basis", type=click.Choice(["stated", "layout", "inferred"]), help="stated where not given.")
@click.option("--note", default="", help="Why, where it is inferred.")
@click.option("--file", default="", help="The file of the fact; the last one of the source where not given.")
@click.option("--pick", "picks", type=click.IntRange(1), multiple=True, help="Which of the passages found is meant.")
@click.option("--dry-run", is_flag=True, help="Show the record and what would be wrong; write nothing.")
@click.pass_obj
def add(
    start: Path,
    /,
    words: tuple[str, ...],
    values: tuple[str, ...],
    picks: tuple[int, ...],
    dry_run: bool,
    **said: str | None,
) -> None:
    """Add a fact that quotes WORDS, found as they are remembered, to its file; several are several passages.

    It is refused where the facts would not be in order with it; what the shapes of its class want beyond it is said.
    """
    from kg.curate.adding import Wanted, add, check, propose
    from kg.facts.yaml_edit import append

    project = project_of(start)
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
        picks,
    )
    proposed = propose(project, wanted)
    place = proposed.path.relative_to(project.root).as_posix()
    line = 0
    faults = check(project, proposed) if dry_run else []
    if not dry_run:
        try:
            line = add(project, proposed)
        except FactError as error:
            faults = list(error.faults)
    click.echo(printable(f"{place}{f':{line}' if line else ''}"))
    click.echo(append("", "facts", proposed.record).removeprefix("facts:\n"), nl=False)
    for fault in faults:  # whose place in the file is one that it does not have
        note(printable(f"not written: {fault.message}" if not dry_run else fault.message))
    if faults:
        sys.exit(1)
    if proposed.needs:
        kind = proposed.record["type"]
        note(f"each {kind} needs {', '.join(proposed.needs)} too; say it with -p, or in another fact about it")


@cli.command()
@click.argument("words")
@click.pass_obj
def cites(start: Path, words: str) -> None:
    """List the facts whose quotes hold WORDS, or a part of them, with the files and lines where they stand."""
    from kg.curate.adding import citing

    found = citing(project_of(start), words)
    for record, quote in found:
        said = ", ".join(f"{key}: {value}" for key, value in record.content.items())
        click.echo(printable(f"{record.file}:{record.line}:{record.column}: {said}"))
        click.echo(printable(f"    “{' '.join(quote.split())}”"))
    if not found:
        note(f"no fact quotes “{words}”")
        sys.exit(1)


@cli.command()
@click.argument("source", required=False)
@click.option("--readable", is_flag=True, help="Show how much the facts can be read in their words, and what cannot.")
@click.pass_obj
def coverage(start: Path, source: str | None, readable: bool) -> None:
    """Show how much of each source is quoted, skipped and unread; of SOURCE, each passage that is unread."""
    from kg.build.coverage import read_coverage, read_readable

    project = project_of(start)
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


@cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--map", "map_", type=click.Path(path_type=Path), help="A YAML file: source, drafted, classes, words.")
@click.option("--source", default="", help="The source that the words are of; the only one where not given.")
@click.option("--by", "drafted", default="", help="The tool that made it, with its version.")
@click.option("--evidence", default="", help="Of RDF: where it is from; the file, its hash and the day if not given.")
@click.pass_obj
def import_(start: Path, /, file: Path, map_: Path | None, source: str, drafted: str, evidence: str) -> None:
    """Import FILE: what LangExtract, a language model (`kg schema --llm`), annotators or a table say of a source's
    words, as drafts; or RDF, as reference data with its evidence.
    """
    from kg.curate.graphs import import_graph, is_graph
    from kg.curate.importing import import_drafts, read_map

    project = project_of(start)
    if not file.is_file():
        raise QueryError(f"{file}: no such file")
    if is_graph(file):
        taken = import_graph(project, file, evidence)
        for why, number in taken.left_out.items():
            note(f"left out, {many(number, 'statement')}: {why}")
        click.echo(f"{taken.path.relative_to(project.root).as_posix()}: {many(taken.records, 'record')}")
        return
    found = import_drafts(project, file, read_map(map_, source, drafted))
    for words, why in found.refused:
        note(f"left out: “{words}” {why}")
    if found.known:
        note(f"{many(found.known, 'mention')} of what is known say nothing new")
    place = found.path.relative_to(project.root).as_posix()
    click.echo(f"{place}: {many(found.drafts, 'draft')}; kg drafts shows them" if found.drafts else "no drafts")


@cli.group(invoke_without_command=True)
@click.pass_context
def drafts(context: click.Context) -> None:
    """List the drafts, each with its number, the words it quotes and what it says; accept them, or drop them."""
    from kg.curate.drafts import read_drafts
    from kg.facts.yaml_edit import append

    if context.invoked_subcommand:
        return
    found = read_drafts(project_of(context.obj))
    for draft in found:
        click.echo(printable(f"{draft.name}  ({draft.source})"))
        click.echo(append("", "facts", draft.record).removeprefix("facts:\n"), nl=False)
        for remark in draft.remarks:
            click.echo(printable(f"  # {remark}"))
    note(f"{many(len(found), 'draft')}{'; kg drafts accept FILE:NUMBER accepts one' if found else ''}")


@drafts.command("accept")
@click.argument("names", nargs=-1, metavar="[FILE | FILE:NUMBER]...")
@click.option("--file", default="", help="The file of facts; the last one of the source where not given.")
@click.option("--all", "every", is_flag=True, help="All drafts of all files.")
@click.pass_obj
def drafts_accept(start: Path, /, names: tuple[str, ...], file: str, every: bool) -> None:
    """Put drafts into the facts, as many as build; the others stay, and what is wrong with each is said."""
    from kg.curate.drafts import accept, chosen, needs

    if bool(names) == every:
        raise click.UsageError("give the drafts to accept, or --all")
    project = project_of(start)
    found = accept(project, chosen(project, names), file)
    for draft, fault in found.refused:
        note(printable(f"{draft.name} is not accepted: {fault.message}"))
    for draft, words in needs(project, found.accepted):
        note(printable(f"{draft.record.get('id')}: each {draft.record['type']} needs {', '.join(words)} too"))
    click.echo(f"{many(len(found.accepted), 'draft')} accepted, {len(found.refused):,} not")
    if found.refused:
        sys.exit(1)


@drafts.command("drop")
@click.argument("names", nargs=-1, required=True, metavar="[FILE | FILE:NUMBER]...")
@click.pass_obj
def drafts_drop(start: Path, names: tuple[str, ...]) -> None:
    """Delete drafts."""
    from kg.curate.drafts import chosen, drop

    project = project_of(start)
    found = chosen(project, names)
    drop(project, found)
    click.echo(f"{many(len(found), 'draft')} dropped")


@cli.command()
@click.argument("old")
@click.argument("new")
@click.pass_obj
def rename(start: Path, old: str, new: str) -> None:
    """Call the thing OLD NEW, in facts, tables, queries and vocabulary; its old address leads to the new one."""
    from kg.curate.renaming import rename

    project = project_of(start)
    for path, count in rename(project, old, new).items():
        click.echo(f"{path.relative_to(project.root).as_posix()}: {many(count, 'place')}")


@cli.command()
@click.argument("one")
@click.argument("other")
@click.pass_obj
def merge(start: Path, /, one: str, other: str) -> None:
    """Have what is said of the thing ONE said of OTHER, as of one thing; the old address leads there."""
    from kg.curate.renaming import merge

    project = project_of(start)
    for path, count in merge(project, one, other).items():
        click.echo(f"{path.relative_to(project.root).as_posix()}: {many(count, 'place')}")


@cli.command()
@click.argument("name")
@click.option("--label", prompt="Label, as pages show it", help="As pages show it.")
@click.option("--definition", prompt="Definition, in one sentence", help="What it means, in one sentence.")
@click.option("--example", prompt="Example", help="An example.")
@click.option("--below", default="", metavar="CLASS", help="Of a class: the class that it is a kind of.")
@click.option("--of", default="", metavar="CLASS", help="Of a property: the class whose things have it.")
@click.option("--takes", default="text", show_default=True, help="Of a property: text, thing, date, ..., or a class.")
@click.option("--needed", is_flag=True, help="Of a property: each thing of the class needs it.")
@click.option("--several", is_flag=True, help="Of a property: a thing may have several.")
@click.pass_obj
def term(start: Path, /, **said: Any) -> None:
    """Add the class or property NAME (a class begins with a capital letter) to context, vocabulary and shapes."""
    from kg.curate.terms import Term, add_term

    project = project_of(start)
    for path in add_term(project, Term(**said)):
        click.echo(path.relative_to(project.root).as_posix())


@cli.command("new-table")
@click.argument("kind", metavar="CLASS")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.pass_obj
def new_table(start: Path, kind: str, words: tuple[str, ...]) -> None:
    """Print the first line of a table of facts about things of CLASS, with WORDs as further columns."""
    from kg.curate.terms import table_of

    click.echo(table_of(project_of(start), kind, words))


@cli.command()
@click.argument("base")
@click.pass_obj
def rebase(start: Path, base: str) -> None:
    """Have all names begin with BASE, in settings, ontology, queries and facts."""
    from kg.curate.renaming import rebase

    project = project_of(start)
    for path, count in rebase(project, base).items():
        click.echo(f"{path.relative_to(project.root).as_posix()}: {many(count, 'place')}")


@cli.command()
@click.option("--check", is_flag=True, help="Say which files would change, and change none.")
@click.pass_obj
def fmt(start: Path, check: bool) -> None:
    """Put the files of facts into one style: the order of keys, and spaces; comments and values stay."""
    from kg.curate.formatting import format_files

    project = project_of(start)
    found, unread = format_files(project, check=check)
    for path in found:
        click.echo(path.relative_to(project.root).as_posix())
    for path in unread:
        note(f"{path.relative_to(project.root).as_posix()} cannot be read, and stays as it is; kg build says why")
    if unread or (check and found):
        sys.exit(1)


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of this machine; any free one if not given.")
@click.option("--open/--no-open", "opens", default=True, help="Open the page in a browser.")
@click.pass_obj
def edit(start: Path, port: int, opens: bool) -> None:
    """Edit the facts in a browser, on this machine alone: select words of a source, and say what they say."""
    with requires("editing in a browser", "serve"):
        from kg.editor.app import edit

    def ready(address: str) -> None:
        note(f"{address}\nfor this browser, once  (Ctrl-C ends it)")
        if opens:
            import webbrowser

            webbrowser.open(address)

    edit(root_of(start), port, ready)


@cli.command()
@click.pass_obj
def watch(start: Path) -> None:
    """Look at the project's files, and say after each change what is wrong with them, or make the release."""
    from kg.curate.watching import watch
    from kg.shacl.report_text import text

    until_stopped()
    root = root_of(start)
    note(f"watching {root}  (Ctrl-C ends it)")
    for one in watch(root):
        clock = time.strftime("%H:%M:%S")
        if one.built is None:
            for fault in one.faults:
                click.echo(printable(str(fault)))
            click.echo(
                printable(one.problem)
                if one.problem
                else f"{clock}  {many(len(one.faults), 'fault')}, {one.seconds:.1f} s"
            )
        elif one.built.release is None:
            report = text(one.built.report, one.built.prefixes) if one.built.report else ""
            click.echo(f"{report.rstrip()}\n{clock}  not published, {one.seconds:.1f} s")
        else:
            click.echo(f"{clock}  release {one.built.release.path.name}, {one.seconds:.1f} s")


@cli.command()
@click.option("--llm", is_flag=True, help="The small schema for structured output of language models, on stdout.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help=".kg/facts.schema.json where not given; - is stdout."
)
@click.pass_obj
def schema(start: Path, llm: bool, output: Path | None) -> None:
    """Write the JSON Schema of this project's facts, by which an editor completes and explains them."""
    import json

    from kg.curate.schema import facts_schema, model_schema, write_schema
    from kg.release.writer import write_file

    project = project_of(start)
    if not llm and output is None:
        path = write_schema(project)
        note(f"{path}: {path.stat().st_size:,} bytes")
        note("a file of facts names it in its first line: # yaml-language-server: $schema=../../.kg/facts.schema.json")
        return
    made = json.dumps(model_schema(project) if llm else facts_schema(project), ensure_ascii=False, indent=1) + "\n"
    if output is None or str(output) == "-":
        click.echo(made, nl=False)
    else:
        note(f"{output}: {write_file(output, lambda file: file.write(made.encode())):,} bytes")
