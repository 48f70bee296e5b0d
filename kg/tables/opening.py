"""Opening: a table of a project with its mapping, by its CSVW metadata or by the context; or what is wrong with it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin

from kg.errors import Fault, nearest
from kg.rdf import infer as inference
from kg.rdf import iris
from kg.rdf.ontology import Vocabulary
from kg.rdf.terms import TYPE, is_iri
from kg.tables.by_metadata import Names, by_metadata, schema_of
from kg.tables.convert import Table
from kg.tables.files import GROUP, KINDS, Dialect, head, header_faults, ident_of, metadata_of, suffix_of
from kg.tables.mapping import Mapping as TableMapping
from kg.tables.mapping import Statement, by_context
from kg.tables.metadata import read_metadata
from kg.tables.schema import Group
from kg.tables.schema import Table as Described
from kg.tables.words import PREFIXES


class Rules(NamedTuple):
    """What tables are taken in by: the vocabulary, the base, what follows from statements, the project's folder, the
    properties that name things, the engine and the memory that it takes.
    """

    vocabulary: Vocabulary
    base: str
    follows: inference.Rules
    root: Path
    names: frozenset[str] = frozenset()
    engine: str = "duckdb"
    memory: str = "600MB"


class Opened(NamedTuple):
    """A table with its mapping, what metadata say of it and of those beside it, what messages call these, and whether
    rows are evidence.
    """

    table: Table
    mapping: TableMapping
    names: Names
    described: Described
    group: Group
    said: str
    rows: bool


def open_table(given: Path, path: Path, name: str, rules: Rules) -> "Opened | list[Fault]":
    """A table with its mapping, by its metadata or by the context; or what keeps it from having one.

    `given` is the file among the tables, `path` the table as CSV.
    """
    url = iris.source(rules.base, ident_of(given))
    context = rules.vocabulary.context.prefixes
    own = {**PREFIXES, **context, "id": iris.entity(rules.base, ""), "kg": iris.ontology(rules.base)}
    names = Names(url, 1, blank=False, prefixes=own)
    beside = metadata_of(given)
    said = f"{name.rpartition('/')[0]}/{beside.name}" if beside else ""
    group = _described(given, beside, url, said) if beside else Group(())
    if isinstance(group, list):
        return group
    described = next((one for one in group.tables if file_name(one) == given.name), Described(url))
    dialect = described.dialect or Dialect(delimiter=KINDS[suffix_of(path)])
    read = head(path, name, dialect)
    width = max(map(len, [*read.headers, *([read.first] if read.first else [])]), default=0)
    if not width:
        return [Fault(name, 1, 1, "the table is empty; its first line names the columns")]
    if described.schema:
        columns, problems = schema_of(described, read.headers, width, described.inherited.lang)
        if problems:
            return [Fault(said, 1, 1, problem) for problem in problems]
        made = by_metadata(described, columns, names, lenient=False)
        told = [*made.problems, *_unknown(made, rules, url)]
        mapping: TableMapping | list[Fault] = [Fault(said, 1, 1, one) for one in told] or made
    else:
        header = read.headers[0] if read.headers else []
        mapping = header_faults(header, name, dialect) or by_context(header, rules.vocabulary, rules.base, name)
    if isinstance(mapping, list):
        return mapping
    rows = dict(described.said).get(EVIDENCE) == "row"
    return Opened(Table(path, name, dialect), mapping, names, described, group, said, rows)


def _described(given: Path, beside: Path, url: str, name: str) -> "Group | list[Fault]":
    """What metadata say of a table and of those described with it; or what is wrong with them."""
    own = beside.name != GROUP
    group = read_metadata(beside.read_bytes(), url if own else urljoin(url, beside.name), name)
    told = [problem.removeprefix(f"{name}: ") for problem in (*group.errors, *group.warnings)]
    if own and len(group.tables) != 1:
        told.append(f"{len(group.tables)} tables; describe one here, by `url`, and several together in {GROUP}")
    elif own:
        group = group._replace(tables=(group.tables[0]._replace(url=urljoin(url, quote(given.name))),))
    for named, times in Counter(map(file_name, group.tables)).items():
        if not _is_beside(given, named):
            told.append(f"there is no table {named or repr(named)} beside, which they describe")
        if times > 1:
            told.append(f"{named} is described twice; keep one description of it")
    return [Fault(name, 1, 1, message) for message in told] or group


def _is_beside(given: Path, name: str) -> bool:
    """Whether there is a file of a name beside another."""
    try:
        return given.with_name(name).is_file()
    except (ValueError, OSError):  # of a name that no file can have
        return False


def file_name(table: Described) -> str:
    """The name of the file that a table's address ends in."""
    return unquote(table.url.rpartition("/")[2])


def _unknown(mapping: TableMapping, rules: Rules, url: str) -> Iterator[str]:
    """What is wrong with the words of a mapping: columns without a property, and words that the vocabulary lacks."""
    context = rules.vocabulary.context
    for iri in dict.fromkeys(map(predicate, mapping.statements)):
        scheme = iri.partition(":")[0]
        if iri.startswith(f"{url}#"):
            column = iri.removeprefix(f"{url}#")
            yield f"the column {column} has no propertyUrl; say what it means, or that it says nothing: suppressOutput"
        elif scheme not in ("http", "https", "urn") or not is_iri(iri.rstrip("*")):
            known = (*context.prefixes, "id", "kg", *PREFIXES)
            yield f"{iri!r} begins with no prefix of the context or of CSVW{nearest(scheme, known)}"
        else:
            yield from _undeclared(iri, rules)
    for kind in dict.fromkeys(constant(one.object) for one in mapping.statements if predicate(one) == TYPE.value):
        yield from _undeclared(kind, rules)


def _undeclared(iri: str, rules: Rules) -> Iterator[str]:
    """That a word of the project's own is not in its vocabulary."""
    own, declared = iris.ontology(rules.base), rules.vocabulary.declared
    if iri.startswith(own) and not iri.endswith("*") and iri not in declared:
        words = [one.removeprefix(own) for one in declared if one.startswith(own)]
        word = iri.removeprefix(own)
        yield f"kg:{word} is not in the vocabulary{nearest(word, words) or '; add it by kg term'}"


EVIDENCE = "kg:evidence"  # in metadata: whether the rows of a table are evidence, or it as a whole


def predicate(statement: Statement) -> str:
    """The property of a statement."""
    return constant(statement.predicate)


def constant(parts: Sequence[str | int]) -> str:
    """An IRI of a mapping; one that depends on the row up to what does, and a star."""
    constants = list(takewhile(lambda part: isinstance(part, str), parts))
    iri = "".join(map(str, constants)).strip("<>")
    return iri if len(constants) == len(parts) else f"{iri}*"
