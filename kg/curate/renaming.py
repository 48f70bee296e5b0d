"""Renaming: a thing's id changed wherever it stands, in facts, tables, queries, vocabulary; the old one leads to it."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kg.curate.changes import content, make
from kg.curate.known import introduced, names_of
from kg.errors import QueryError, nearest
from kg.facts.csv_file import Written, read_written
from kg.facts.reading import folded
from kg.facts.records import ABOUT, LAST, fact_files
from kg.facts.yaml_edit import remove, replace_scalars, scalars, set_value
from kg.facts.yaml_text import read_plain
from kg.project import RENAMED, Project, is_base, read_renamed
from kg.rdf import iris
from kg.rdf.context import Context
from kg.rdf.ontology import Vocabulary, read_vocabulary


def rename(project: Project, old: str, new: str) -> dict[Path, int]:
    """Give a thing another id: the files that changed, with how many places in each; all of them, or none.

    QueryError where there is no such thing, the new id is taken or not valid; FactError where the project does not
    build with it.
    """
    known = dict(introduced(project))
    if old not in known:
        raise QueryError(f"nothing in the facts is called {old!r}{nearest(old, known)}")
    if new == old:
        raise QueryError(f"{old!r} is called that already")
    if new in known:
        raise QueryError(f"{new!r} is another thing already; kg merge makes one thing of them, or choose another id")
    if not iris.is_slug(new) or not re.fullmatch(r"\w[\w-]*", new):  # more than that a query would have to escape
        raise QueryError(f"{new!r} is not a valid id; use letters, digits and hyphens")
    context = read_vocabulary(project.ontology, project.base).context
    changed = {path: made for path in _files(project) if (made := _renamed(path, project, context, old, new))}
    kept = project.data / RENAMED
    read = {path: content(path) for path in (*changed, kept)}
    aliases = _with_alias(read_renamed(project), old, new)
    make(project, read, {**{path: text.encode() for path, (text, _) in changed.items()}, kept: aliases})
    return {path: count for path, (_, count) in changed.items()}


def _files(project: Project) -> Iterator[Path]:
    yield from fact_files(project.data, project.root)[0]
    yield from sorted(project.queries.glob("*.rq"))
    yield from sorted(project.ontology.glob("*.ttl"))


def _renamed(path: Path, project: Project, context: Context, old: str, new: str) -> tuple[str, int] | None:
    return _renamed_text(path, path.read_bytes().decode("utf-8"), project, context, old, new)


def _renamed_text(
    path: Path, text: str, project: Project, context: Context, old: str, new: str
) -> tuple[str, int] | None:
    """A file with the new id in the place of the old one, and in how many places; None where it has it nowhere."""
    if path.suffix in (".yaml", ".yml"):
        made, count = _in_yaml(text, project, context, old, new)
    elif path.suffix == ".csv":
        made, count = _in_table(text, project, context, old, new, read_written(path))
    else:
        iri = re.escape(iris.entity(project.base, old))
        made, count = re.subn(rf"(?<![\w:])id:{re.escape(old)}(?![\w.~-]*\w)", f"id:{new}", text)
        made, more = re.subn(rf"<{iri}>", f"<{iris.entity(project.base, new)}>", made)
        count += more
    return (made, count) if count else None


def _in_yaml(text: str, project: Project, context: Context, old: str, new: str) -> tuple[str, int]:
    words, forms = _id_words(context), _forms(project, old, new)
    made, count = text, 0
    for form, value in forms.items():
        wanted = [
            span
            for span in scalars(made)
            if span.value == form and next((step for step in reversed(span.path) if isinstance(step, str)), "") in words
        ]
        if wanted:
            made, count = replace_scalars(made, wanted, value), count + len(wanted)
    return made, count


def _in_table(text: str, project: Project, context: Context, old: str, new: str, told: Written) -> tuple[str, int]:
    """A table with other cells in the rows that name the thing; the other rows stay as they are written."""
    words, forms = _id_words(context), _forms(project, old, new)
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=told.delimiter)
    header = next(reader, [])
    begin, made, count = reader.line_num, lines[: reader.line_num], 0
    for row in reader:
        written = lines[begin : reader.line_num]
        begin = reader.line_num
        cells = [
            _in_cell(cell, told.separators.get(name.lstrip("\ufeff"), ""), forms) if name in words else cell
            for name, cell in zip(header, row, strict=False)
        ]
        changes = sum(one != other for one, other in zip(cells, row, strict=False))
        if changes:
            count += changes
            out = io.StringIO(newline="")
            end = re.search(r"(\r\n|\r|\n)$", written[-1])
            csv.writer(out, lineterminator=end[0] if end else "", delimiter=told.delimiter).writerow(cells)
            written = [out.getvalue()]
        made += written
    return "".join(made), count


def _in_cell(cell: str, separator: str, forms: Mapping[str, str]) -> str:
    """A cell with the new id in the place of the old one, the space around its values as it was."""
    if not separator:
        return forms.get(cell, cell)
    parts = (re.fullmatch(r"(\s*)(.*?)(\s*)", part, re.S) for part in cell.split(separator))
    return separator.join(f"{one[1]}{forms.get(one[2], one[2])}{one[3]}" for one in parts if one)


def _id_words(context: Context) -> set[str]:
    """The words whose values name things."""
    return {name for name, term in context.terms.items() if term.type == "@id" or term.iri == "@id"}


def _forms(project: Project, old: str, new: str) -> dict[str, str]:
    """The ways in which records write an id, with the new one in each."""
    return {
        old: new,
        f"id:{old}": f"id:{new}",
        iris.entity(project.base, old): iris.entity(project.base, new),
    }


def _with_alias(known: dict[str, str], old: str, new: str) -> bytes:
    """The list of old ids and what they are called now, those of this thing's earlier names among them."""
    listed = {earlier: new if later == old else later for earlier, later in known.items() if earlier != new}
    rows = "".join(f"{earlier},{later}\n" for earlier, later in sorted({**listed, old: new}.items()))
    return f"old,new\n{rows}".encode()


def merge(project: Project, one: str, other: str) -> dict[Path, int]:
    """Have what is said of `one` said of `other`, as of one thing; the old id leads to the other.

    The files that changed, with how many places in each. A record that gives `one` its class no longer does; one that
    says no more then goes. QueryError where a thing is not there, FactError where the project does not build with it.
    """
    known = {ident: kind for ident, kind in introduced(project) if kind}
    for ident in (one, other):
        if ident not in known:
            raise QueryError(f"nothing in the facts is called {ident!r}{nearest(ident, known)}")
    if one == other:
        raise QueryError(f"{one!r} is one thing already")
    vocabulary = read_vocabulary(project.ontology, project.base)
    context = vocabulary.context
    if not _akin(known[one], known[other], vocabulary):
        raise QueryError(f"{one} is of the class {known[one]}, {other} of the class {known[other]}: not one thing")
    names = frozenset(folded(name) for name, ident in names_of(project, context) if ident == other)
    changed: dict[Path, tuple[str, int]] = {}
    for path in _files(project):
        before = path.read_bytes().decode("utf-8")
        text = _untyped(before, one, names, context) if path.suffix in (".yaml", ".yml") else before
        made, count = _renamed_text(path, text, project, context, one, other) or (text, 0)
        if made != before:
            changed[path] = made, max(count, 1)
    kept = project.data / RENAMED
    read = {path: content(path) for path in (*changed, kept)}
    aliases = _with_alias(read_renamed(project), one, other)
    make(project, read, {**{path: text.encode() for path, (text, _) in changed.items()}, kept: aliases})
    return {path: count for path, (_, count) in changed.items()}


def rebase(project: Project, base: str) -> dict[Path, int]:
    """Have all that a project mints begin with another base: the files that changed, with how many places in each.

    QueryError for what cannot be a base; FactError where the project does not build with it.
    """
    if not is_base(base):
        raise QueryError(f'{base!r} is not an absolute IRI that ends in "/", as in https://example.org/')
    settings = [project.root / name for name in ("kg.toml", "pyproject.toml")]
    changed: dict[Path, tuple[str, int]] = {}
    for path in (*settings, *_files(project), project.ontology / "context.jsonld"):
        text = path.read_bytes().decode("utf-8") if path.is_file() else ""
        if path in settings:
            made, count = re.subn(
                rf'(?m)^(\s*base\s*=\s*["\']){re.escape(project.base)}(["\'])', rf"\g<1>{base}\2", text
            )
        else:
            made, count = text.replace(project.base, base), text.count(project.base)
        if count and base != project.base:
            changed[path] = made, count
    files = {path: text.encode() for path, (text, _) in changed.items()}
    make(project, {path: content(path) for path in files}, files, replace(project, base=base))
    return {path: count for path, (_, count) in changed.items()}


def _akin(one: str, other: str, vocabulary: Vocabulary) -> bool:
    """Whether a thing of one class can be one of another: the same, or one below the other."""
    first, second = (vocabulary.context.expand(name) for name in (one, other))
    above = vocabulary.superclasses
    return first == second or first in above.get(second, ()) or second in above.get(first, ())


def _untyped(text: str, ident: str, names: frozenset[str], context: Context) -> str:
    """A file of facts in which a thing is not introduced: without its class, and its name is another name, unless the
    thing that it becomes one with is called so.
    """
    said = read_plain(text)
    records = said.get("facts") if isinstance(said, dict) else None
    for number, record in reversed(list(enumerate(records or []))):
        if not isinstance(record, dict) or record.get("id") != ident:
            continue
        place = ["facts", number]
        if record.keys() <= {*ABOUT, "id", "type", "name"} and folded(str(record.get("name", ""))) in {"", *names}:
            text = remove(text, place)  # which says no more than the other thing's records do
            continue
        if "name" in record and folded(str(record["name"])) in names:
            text = remove(text, [*place, "name"])
        elif "name" in record and "otherName" in context.terms and "otherName" not in record:
            text = set_value(text, place, "otherName", record["name"], LAST)
            text = remove(text, [*place, "name"])
        if "type" in record:
            text = remove(text, [*place, "type"])
    return text
