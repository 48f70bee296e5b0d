"""Schema: tables, their columns and keys, as CSVW metadata describe them, with every default in its place."""

from typing import Any, NamedTuple

from kg.tables.datatypes import Datatype
from kg.tables.files import Dialect


class Inherited(NamedTuple):
    """What columns have of their own or from their schema, table or group."""

    aboutUrl: str | None = None  # noqa: N815  (the names of the standard)
    propertyUrl: str | None = None  # noqa: N815  (likewise)
    valueUrl: str | None = None  # noqa: N815  (likewise)
    datatype: Datatype = Datatype()
    default: str = ""
    lang: str = "und"
    null: tuple[str, ...] = ("",)
    ordered: bool = False
    required: bool = False
    separator: str = ""


class Column(NamedTuple):
    """A column: its name, what it is called in each language, and what its cells come to."""

    name: str
    titles: tuple[tuple[str, str], ...]  # text and language
    inherited: Inherited
    virtual: bool = False
    suppressed: bool = False
    named: bool = False  # by the metadata, not by a title


class ForeignKey(NamedTuple):
    """Columns whose cells together stand in columns of another table."""

    columns: tuple[str, ...]
    url: str  # of the other table, "" where its schema is given
    schema: str  # the address of the other table's schema, "" where its own is given
    reference: tuple[str, ...]


class Schema(NamedTuple):
    """The columns of a table, and which of them tell rows apart, lead to other tables, or are titles of rows."""

    columns: tuple[Column, ...] = ()
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    row_titles: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()  # its own, and that of its document
    inherited: Inherited = Inherited()
    broken: bool = False  # columns that are not what they must be: no header names them either


class Table(NamedTuple):
    """A table: where it is, how it is written, its schema, and what else is said of it (in JSON, by full IRI)."""

    url: str
    dialect: Dialect | None = None
    schema: Schema | None = None
    id: str = ""
    notes: tuple[Any, ...] = ()
    said: tuple[tuple[str, Any], ...] = ()
    suppressed: bool = False
    inherited: Inherited = Inherited()


class Group(NamedTuple):
    """Tables that are described together; `language` and `base` are the document's."""

    tables: tuple[Table, ...]
    id: str = ""
    notes: tuple[Any, ...] = ()
    said: tuple[tuple[str, Any], ...] = ()
    language: str = "und"
    base: str = ""
    warnings: tuple[str, ...] = ()  # of what is passed over
    errors: tuple[str, ...] = ()  # of what a validator refuses
