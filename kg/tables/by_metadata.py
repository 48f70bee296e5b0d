"""By metadata: the mapping of a table that CSVW describes (Generating RDF from Tabular Data on the Web, W3C 2015)."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as TypingMapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

import pyoxigraph as px

from kg.errors import nearest
from kg.rdf.datatypes import DATATYPES, unwritable
from kg.rdf.terms import TYPE, XSD, is_iri
from kg.tables import templates
from kg.tables.annotations import Writer
from kg.tables.cells import TEXT, Judged, Reading, quoted
from kg.tables.datatypes import parser_of
from kg.tables.formats import Parser
from kg.tables.mapping import ROW, SOURCE_ROW, Mapping, Slot, Statement, Token
from kg.tables.schema import Column, Group, Inherited, Table
from kg.tables.templates import Variable, iri_text
from kg.tables.words import CSVW, PREFIXES, TYPES, name_of

_KEPT = frozenset(TYPES[name] for name in ("string", "json", "xml", "html", "any"))  # whose white space stays
_TYPE: Token = (f"<{TYPE.value}>",)


class Names(NamedTuple):
    """How the nodes of a conversion are named that have no address of their own: by blank nodes, or below the table's.

    `number` is that of the table, `id` its own IRI where it has one; `prefixes` are those of the names in metadata.
    """

    url: str
    number: int
    blank: bool = True
    id: str = ""
    prefixes: TypingMapping[str, str] = PREFIXES

    @property
    def table(self) -> str:
        """The table itself."""
        if self.id:
            return f"<{self.id}>"
        return f"_:t{self.number}" if self.blank else f"<{iri_text(self.url)}>"

    def row(self, number: int, source: int) -> Token:
        """A row, by the slots of its numbers."""
        return (f"_:t{self.number}r", number) if self.blank else (f"<{iri_text(self.url)}#row=", source, ">")

    def subject(self, number: int, source: int) -> Token:
        """What a row is about that has no aboutUrl."""
        return (f"_:t{self.number}s", number) if self.blank else (f"<{iri_text(self.url)}#row=", source, ">")

    def item(self, column: int, number: int) -> Token:
        """The nodes of the list of a cell, up to their numbers."""
        return (f"_:t{self.number}c{column}r", number, "i")


class _Mapper:
    """The slots and statements of a table, as they are being made."""

    def __init__(self, columns: Sequence[Column], names: Names, *, lenient: bool) -> None:
        self.columns, self.names, self.lenient = columns, names, lenient
        self.slots: list[Slot] = []
        self.known: dict[Any, int] = {}
        self.problems: dict[str, None] = {}
        self.places = {column.name: number for number, column in enumerate(columns) if not column.virtual}

    def slot(self, key: Any, make: Any) -> int:
        """The number of a slot, made once."""
        if key not in self.known:
            self.known[key] = len(self.slots)
            self.slots.append(make())
        return self.known[key]

    def row(self, column: int = ROW) -> int:
        """The slot of the number of a row."""
        return self.slot(column, lambda: Slot(column, Reading((("[0-9]+", "", ""),), Judged)))

    def cell(self, number: int) -> int:
        """The slot of a cell as the object of a statement."""
        return self.slot(("cell", number), lambda: cell_slot(self.columns[number].inherited, number, self.lenient))

    def variable(
        self,
        variable: Variable,
        resolve: Any = None,
        around: tuple[str, str] | None = None,
        *,
        in_id: bool = False,
        about: bool = False,
    ) -> int | None:
        """The slot of a variable, None for one that has no column; of one that is a part of an id, or of what a row is
        about; with what stands around it where that matters.
        """
        if variable.name in templates.NUMBERS:
            return self.row(ROW if variable.name == "_row" else SOURCE_ROW)
        place = self.places.get(variable.name)
        if place is None:
            return None

        def make() -> Slot:
            inherited = self.columns[place].inherited
            slot = cell_slot(inherited, place)
            pattern = "" if inherited.separator or resolve else _plain_in(variable, inherited, around)
            parse = parser_of(inherited.datatype, strict=not self.lenient)
            judge = partial(_expand, variable, parse, inherited.separator, in_id and not self.lenient)
            if resolve or around:
                judge = partial(_fit, judge, variable.before, resolve, around or ("", ""))
            plain = ((pattern, variable.before, ""),) if pattern else ()
            otherwise = (iri_text(resolve("")) if resolve else "") if self.lenient else None
            return slot._replace(
                reading=Reading(plain, judge), separator="", required=about and not self.lenient, otherwise=otherwise
            )

        return self.slot((variable, place, resolve is None, around, in_id, about), make)

    def token(self, template: str, column: int, *, about: bool = False) -> Token:
        """A template as a token, of a column whose own name and number stand for `_name` and `_column`; where `about`,
        the rows are about what it names.
        """
        own = self.columns[column]
        known = {"_name": own.name, "_column": str(column + 1), "_sourceColumn": str(column + 1)}
        parts = templates.folded(_with_name(templates.parse(template), own.name), known)
        made, resolve = templates.resolved(parts, self.names.url, self.names.prefixes)
        token: list[str | int] = ["<"]
        ids = self.names.prefixes.get("id", "")
        in_id = bool(ids) and isinstance(made[0], str) and made[0].startswith(ids)
        for number, part in enumerate(made):
            if isinstance(part, str):
                token.append(iri_text(part))
                continue
            around = templates.around(made, number)
            if (found := self.variable(part, resolve, around, in_id=in_id, about=about)) is not None:
                token.append(found)
            else:
                hint = nearest(part.name, self.places) or f"; there are {', '.join(self.places)}"
                self.problems[f"{template!r} names {part.name!r}, which no column is called{hint}"] = None
                token.append(iri_text(resolve("")) if resolve else "")
        return (*token, ">")


def _with_name(parts: list[str | Variable], name: str) -> list[str | Variable]:
    """The parts with `_name` put in: it is escaped already where it is made of a title."""
    return [
        part.before + iri_text(name) if isinstance(part, Variable) and part.name == "_name" else part for part in parts
    ]


def _plain_in(variable: Variable, inherited: Inherited, around: tuple[str, str] | None) -> str:
    """A pattern of cells that are their own canonical form and stand in a URI as they are."""
    datatype = inherited.datatype
    if datatype.format is not None or datatype.limits:
        return ""
    if datatype.base == XSD + "string":
        return templates.plain(variable, around[0] if around else None)
    known = DATATYPES[datatype.base].plain if datatype.base in DATATYPES else ""
    return known if known in ("[0-9]{1,18}", DATATYPES[XSD + "date"].plain, DATATYPES[XSD + "gYear"].plain) else ""


def _expand(variable: Variable, parse: Parser, separator: str, in_id: bool, text: str) -> Judged:
    """What a text comes to in a URI; as a part of an id, letters of any script stay, and what no id has is wrong."""
    problem = ""
    parts = []
    for part in text.split(separator) if separator else [text]:
        try:
            value = parse(part)
        except ValueError as error:
            problem, value = problem or str(error), part
        if in_id and re.fullmatch(r"[\w.~-]+", value):
            parts.append(value)
            continue
        problem = problem or (
            f"{value[:60]!r} cannot be part of an id; use letters, digits and hyphens" if in_id else ""
        )
        parts.append(templates.expanded(variable, value))
    return Judged(variable.before + ",".join(parts), problem)


def _fit(
    judge: Callable[[str], Judged],
    before: str,
    resolve: Callable[[str], str] | None,
    around: tuple[str, str],
    text: str,
) -> Judged:
    """What a text comes to where not every text makes an IRI: one that does not is escaped as a whole, and wrong."""
    made, problem = judge(text)
    for part in (made, before + quote(text, safe="")):
        try:
            written = iri_text(resolve(part)) if resolve else part
        except ValueError:  # of a host that is none
            written = ""
        if is_iri(written.join(around)):
            return Judged(written, problem)
        problem = problem or f"{text[:60]!r} makes no IRI"
    return Judged("", problem)


def cell_slot(inherited: Inherited, number: int, lenient: bool = True) -> Slot:
    """The slot of a column's cells, read as literals."""
    base = inherited.datatype.base
    spaces = "" if base in _KEPT else "[\t\n\r]" if base == XSD + "normalizedString" else "[\t\n\r ]+"
    return Slot(
        number,
        _literal(inherited, lenient),
        inherited.null,
        inherited.default,
        inherited.separator,
        inherited.required,
        strip=base not in _KEPT,
        spaces=spaces,
    )


def _literal(inherited: Inherited, lenient: bool = True) -> Reading:
    """How the text of a cell becomes a literal."""
    datatype = inherited.datatype
    text = '"' if inherited.lang == "und" else f'"@{str(px.Literal("", language=inherited.lang))[3:]}'
    is_text = datatype.iri == XSD + "string"
    after = text if is_text else f'"^^<{datatype.iri}>'
    known = DATATYPES.get(datatype.base)
    if datatype.base == XSD + "boolean":
        known = known._replace(plain="true|false") if known else None
    plain = known.plain if known and datatype.format is None and not datatype.limits else ""
    judge = partial(_judge, parser_of(datatype, strict=not lenient), after, text, lenient)
    return Reading(((plain, '"', after),) if plain else (), judge, escaped=plain == TEXT)


def _judge(parse: Parser, after: str, otherwise: str, lenient: bool, text: str) -> Judged:
    """What a text comes to; unless it is `lenient`, what some format cannot hold is wrong, as it is in records."""
    if not lenient and (wrong := unwritable(text)):
        return Judged("", wrong)
    try:
        return Judged(quoted(parse(text)) + after)
    except ValueError as error:
        return Judged(quoted(text) + otherwise, str(error))


def by_metadata(
    table: Table, columns: Sequence[Column], names: Names, *, minimal: bool = True, lenient: bool = True
) -> Mapping:
    """The mapping of a table by its columns, which metadata describe; with `minimal`, without the rows themselves."""
    mapper = _Mapper(columns, names, lenient=lenient)
    statements: list[Statement] = []
    subjects: dict[Token, None] = {}
    for number, column in enumerate(columns):
        if column.suppressed:
            continue
        inherited = column.inherited
        if inherited.aboutUrl is not None:
            subject = mapper.token(inherited.aboutUrl, number, about=True)
        else:
            subject = names.subject(mapper.row(), -1 if names.blank else mapper.row(SOURCE_ROW))
        subjects[subject] = None
        predicate = mapper.token("#{_name}" if inherited.propertyUrl is None else inherited.propertyUrl, number)
        statements += _of_column(mapper, column, number, subject, predicate)
    if not minimal:
        statements += _of_rows(mapper, table, subjects)
    for number, column in enumerate(columns):  # checked, whether anything is said of them or not
        if not column.virtual:
            mapper.cell(number)
    return Mapping(
        tuple(column.name for column in columns if not column.virtual),
        tuple(mapper.slots),
        tuple(statements),
        lenient,
        tuple(mapper.problems),
    )


def _of_column(mapper: _Mapper, column: Column, number: int, subject: Token, predicate: Token) -> Iterator[Statement]:
    inherited = column.inherited
    if inherited.valueUrl is not None:
        value = mapper.token(inherited.valueUrl, number)
        needs = () if column.virtual else (_whole(mapper, number),)
        yield Statement(subject, predicate, value, needs)
    elif column.virtual:
        if inherited.default:
            yield Statement(subject, predicate, (_literal(inherited).judge(inherited.default).token,))
    else:
        slot = mapper.cell(number)
        ordered = mapper.names.item(number, mapper.row()) if inherited.separator and inherited.ordered else ()
        yield Statement(subject, predicate, (slot,), (), ordered)


def _whole(mapper: _Mapper, number: int) -> int:
    """The slot of a cell as a whole, which tells whether it says anything."""
    if not mapper.columns[number].inherited.separator:
        return mapper.cell(number)
    reading = Reading((("(?s).*", "", ""),), Judged)
    return mapper.slot(
        ("whole", number),
        lambda: cell_slot(mapper.columns[number].inherited, number)._replace(reading=reading, separator=""),
    )


def _of_rows(mapper: _Mapper, table: Table, subjects: Iterable[Token]) -> Iterator[Statement]:
    """What standard mode says of each row (4.6.8)."""
    names, number, source = mapper.names, mapper.row(), mapper.row(SOURCE_ROW)
    row = names.row(number, source)
    yield Statement((names.table,), (f"<{CSVW}row>",), row)
    yield Statement(row, _TYPE, (f"<{CSVW}Row>",))
    yield Statement(row, (f"<{CSVW}rownum>",), ('"', number, f'"^^<{XSD}integer>'))
    yield Statement(row, (f"<{CSVW}url>",), (f"<{iri_text(names.url)}#row=", source, ">"))
    for name in table.schema.row_titles if table.schema else ():
        yield Statement(row, (f"<{CSVW}title>",), (mapper.cell(mapper.places[name]),))
    for subject in subjects:
        yield Statement(row, (f"<{CSVW}describes>",), subject)


def about_tables(group: Group, tables: Sequence[tuple[Table, Names]]) -> list[str]:
    """What standard mode says of a group and its tables, as lines of N-Triples without their ends."""
    writer = Writer(group.base, group.language)
    node = f"<{group.id}>" if group.id else "_:g"
    writer.say(node, TYPE.value, f"<{CSVW}TableGroup>")
    writer.describe(node, group.said, group.notes)
    for table, names in tables:
        writer.say(node, CSVW + "table", names.table)
        writer.say(names.table, TYPE.value, f"<{CSVW}Table>")
        writer.say(names.table, CSVW + "url", f"<{iri_text(names.url)}>")
        writer.describe(names.table, table.said, table.notes)
    return writer.lines


def schema_of(
    table: Table, header: Sequence[Sequence[str]], width: int, language: str
) -> tuple[list[Column], list[str]]:
    """The columns of a table by its metadata and its header, and what of them do not fit each other.

    Where metadata describe no columns, the header names them (Model for Tabular Data, 8.2.1.1).
    """
    titles = [[row[number] for row in header if number < len(row) and row[number]] for number in range(width)]
    described = [column for column in table.schema.columns if not column.virtual] if table.schema else []
    virtual = [column for column in table.schema.columns if column.virtual] if table.schema else []
    inherited = table.schema.inherited if table.schema else table.inherited
    problems = []
    found = []
    if described and len(described) != width:
        problems.append(f"{len(described)} columns are described, and the table has {width}")
    for number in range(max(width, 0)):
        own = titles[number] if number < len(titles) else []
        if number < len(described):
            column = described[number]
            if own and not _fits(column, own, language):
                names = ", ".join(text for text, _ in column.titles) or column.name
                problems.append(f"column {number + 1} is {own[0]!r}, and described as {names}")
            found.append(column)
        else:
            known = described or (table.schema and table.schema.broken)
            name = name_of(own[0]) if own and not known else f"_col.{number + 1}"
            found.append(Column(name, tuple((text, language) for text in own), inherited))
    return found + virtual, problems


def _fits(column: Column, titles: Sequence[str], language: str) -> bool:
    """Whether a column as described is the one with these titles (Metadata, 5.1.1, compatible schemas)."""
    if not column.titles:
        return not column.named or column.name in (titles[0], name_of(titles[0])) or column.name.startswith("_col.")
    return any(
        text == title and (_root(tag) == _root(language) or "und" in (tag, language))
        for text, tag in column.titles
        for title in titles
    )


def _root(tag: str) -> str:
    return tag.partition("-")[0].lower()


def numbered(mapping: Mapping) -> Mapping:
    """A mapping with a slot more, the last, for the numbers of rows in their file."""
    reading = Reading((("[0-9]+", "", ""),), Judged)
    return mapping._replace(slots=(*mapping.slots, Slot(SOURCE_ROW, reading)))
