"""Mapping: what the columns of a table say, whichever engine reads them.

A statement is three tokens of N-Triples, each made of constants and of slots. A slot is a column with the reading of
its cells. A table whose headers are terms of the project's context is mapped by that context; any other by its CSVW
metadata (`kg.tables.by_metadata`). Nothing here knows an engine.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.errors import Fault, nearest
from kg.rdf.context import Context
from kg.rdf.ontology import Vocabulary
from kg.rdf.terms import TYPE
from kg.tables.cells import Reading, of_term

ABOUT_A_RECORD = ("source", "quote", "quote.prefix", "quote.suffix", "basis", "note", "evidence", "drafted")


ROW, SOURCE_ROW = -1, -2  # in place of a column: the number of the row among rows of data, and in the file, from 1


class Slot(NamedTuple):
    """The cells of a column, by its place from 0, or ROW or SOURCE_ROW, and how they are read.

    With `separator` a cell holds several texts. A text that is one of `nulls` says nothing; an empty one is `default`
    first. `required` slots may not be null. Of one that says nothing no statement is made, unless it has `otherwise`,
    which stands there then. What matches `spaces` becomes a space, then `strip` takes these off the ends.
    """

    column: int
    reading: Reading
    nulls: tuple[str, ...] = ("",)
    default: str = ""
    separator: str = ""
    required: bool = False
    otherwise: str | None = None
    strip: bool = False
    spaces: str = ""


Part = str | int  # of a token: a constant, or the number of a slot
Token = tuple[Part, ...]


class Statement(NamedTuple):
    """A statement for each row in which all its slots have a value; for each value of a slot with a separator.

    `needs` are further slots that must have one. With `ordered`, the token of a list's nodes up to the number of each,
    the values of a row are one rdf:List.
    """

    subject: Token
    predicate: Token
    object: Token
    needs: tuple[int, ...] = ()
    ordered: Token = ()

    @property
    def slots(self) -> tuple[int, ...]:
        """The slots that it needs, each once."""
        tokens = (self.subject, self.predicate, self.object, self.needs, self.ordered)
        return tuple(dict.fromkeys(slot for token in tokens for slot in slots_in(token)))


def slots_in(token: Token) -> list[int]:
    """The slots of a token."""
    return [part for part in token if isinstance(part, int)]


class Mapping(NamedTuple):
    """The columns of a table by name, the slots, and what is said of each row.

    Where it is `lenient`, a text that is wrong becomes what its reading says all the same, and no row is rejected.
    """

    columns: tuple[str, ...]
    slots: tuple[Slot, ...]
    statements: tuple[Statement, ...]
    lenient: bool = False
    problems: tuple[str, ...] = ()  # of templates that name no column

    def name(self, slot: int) -> str:
        """The name of the column of a slot."""
        return self.columns[self.slots[slot].column]

    @property
    def about(self) -> Token | None:
        """What each row is about; None where rows tell of several things, or all of one, or cells hold several."""
        first, *others = {one.subject for one in self.statements} or {()}
        several = any(self.slots[slot].separator for one in self.statements for slot in one.slots)
        return None if others or several or not slots_in(first) else first

    @property
    def counts_rows(self) -> bool:
        """Whether any slot is the number of a row."""
        return any(slot.column < 0 for slot in self.slots)


def by_context(columns: Sequence[str], vocabulary: Vocabulary, base: str, file: str) -> Mapping | list[Fault]:
    """The mapping of a table whose headers are terms of the context; or what keeps it from having one.

    Columns of one name are values of one term. The column `id` names what a row is about.
    """
    faults = list(_faults(columns, vocabulary.context, file))
    if faults:
        return faults
    terms = [vocabulary.context.terms[name] for name in columns]
    slots = tuple(
        Slot(number, of_term(term, vocabulary, base), required=term.iri == "@id") for number, term in enumerate(terms)
    )
    (about,) = (number for number, term in enumerate(terms) if term.iri == "@id")
    statements = tuple(
        Statement((about,), (f"<{TYPE.value if term.iri == '@type' else term.iri}>",), (number,))
        for number, term in enumerate(terms)
        if number != about
    )
    return Mapping(tuple(columns), slots, statements)


def _faults(columns: Sequence[str], context: Context, file: str) -> Iterator[Fault]:
    """What of a header no table can say in the words of the context."""
    for number, name in enumerate(columns, 1):
        term = context.terms.get(name)
        if name in ABOUT_A_RECORD:
            yield Fault(file, 1, number, f"{name} is a word of records; a table with quotes belongs in data/facts/")
        elif not name:
            yield Fault(file, 1, number, "a column has no name; give it a term of the context, or take it out")
        elif term is None:
            hint = nearest(name, context.terms) or ""
            way = f"describe the table in {file.rpartition('/')[2]}-metadata.json"
            yield Fault(file, 1, number, f"the header {name[:80]} is not a term of the context{hint}; or {way}")
        elif term.container == "@language":
            yield Fault(
                file,
                1,
                number,
                f"{name} takes texts by language, which a cell cannot hold; add a term with @language for each, "
                "or describe the table in CSVW metadata with `lang`",
            )
    if not columns:
        yield Fault(file, 1, 1, "the table has no header; its first line names the columns")
    elif columns.count("id") != 1:
        found = "two columns are called id" if "id" in columns else "no column is called id"
        yield Fault(file, 1, 1, f"{found}; one names what each row is about")
    if len(columns) == 1:
        yield Fault(file, 1, 1, "the table has one column; a row says something by a second, as in type or name")
