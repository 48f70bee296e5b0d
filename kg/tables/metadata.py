"""Metadata: what a CSVW document says of tables, read and checked (Metadata Vocabulary for Tabular Data, W3C 2015).

What the standard has processors pass over with a warning is a warning, with the default in its place; what it has them
refuse is a fault. Both say where in the document they are, as in `tables[0].tableSchema.columns[2].datatype`.

It is long because the vocabulary is: one method for each property, and all of them share the place and the faults.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

from kg.errors import FactError, Fault, nearest
from kg.rdf.datatypes import problem
from kg.rdf.terms import XSD, has_half, is_iri
from kg.tables.annotations import HALF, problems
from kg.tables.datatypes import BINARY, ORDERED, TEXTS, Datatype, compared, parser_of
from kg.tables.dialect import read_dialect
from kg.tables.files import Dialect
from kg.tables.schema import Column, ForeignKey, Group, Inherited, Schema, Table
from kg.tables.templates import leads
from kg.tables.words import CONTEXT, INHERITED, OWN, TYPES, is_common, is_language, join, local, name_of

_NAME = re.compile(r"(?:[A-Za-z0-9]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])*")


DEEPEST = 50  # objects and lists within each other
STANDARD = Dialect()  # what a file is taken for that has no dialect


def read_metadata(data: bytes, url: str, name: str, fetch: Any = None) -> Group:
    """What a document says; FactError with everything wrong that is not to be passed over.

    `url` is where the document is, `name` what messages call it; `fetch` gives the bytes of a schema or a dialect that
    stands in a document of its own, by its URL.
    """
    return _Reader(url, name, fetch).group(data)


class _RefusedError(Exception):
    """A value that the standard has refused."""


class _Reader:
    def __init__(self, url: str, name: str, fetch: Any) -> None:
        self.url, self.name, self.fetch = url, name, fetch
        self.base, self.language = url, "und"
        self.faults: list[Fault] = []
        self.warnings: list[str] = []
        self.errors: list[str] = []

    def fault(self, at: str, message: str) -> None:
        """Note what keeps the document from being used."""
        self.faults.append(Fault(self.name, 1, 1, f"{at}: {message}" if at else message))

    def wrong(self, at: str, message: str) -> None:
        """Note what a validator refuses and a converter passes over."""
        self.errors.append(f"{self.name}: {at}: {message}")

    def warn(self, at: str, message: str) -> None:
        """Note what is passed over."""
        self.warnings.append(f"{self.name}: {at}: {message}")

    def json(self, data: bytes, url: str = "") -> Any:
        """The document in some bytes, this one or that of a URL; FactError where it is not JSON."""
        name = url.rpartition("/")[2] or self.name

        def of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
            self.warnings += [f"{name}: {key!r} stands twice in one object; the last one counts" for key in twice]
            return dict(pairs)

        try:
            found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=of_pairs)
            self.faults += [Fault(name, 1, 1, f"{at}: {HALF}" if at else HALF) for at in _halves(found)]
        except RecursionError:
            raise FactError(
                [Fault(name, 1, 1, f"objects and lists are more than {DEEPEST} deep in each other; expected fewer")]
            ) from None
        except ValueError as error:
            raise FactError(
                [Fault(name, getattr(error, "lineno", 1), getattr(error, "colno", 1), f"not JSON: {error}")]
            ) from None
        return found

    def group(self, data: bytes) -> Group:
        """The tables of a document."""
        document = self.json(data)
        if not isinstance(document, dict):
            raise FactError([Fault(self.name, 1, 1, "expected an object with `tables` or `url`")])
        self.context(document.get("@context"))
        if "tables" in document:
            found = self.table_group(document)
        elif "url" in document or document.get("@type") == "Table":
            table = self.table(document, "", Inherited(), None, None)
            found = Group((table,) if table else ())
        else:
            self.fault("", "expected `tables`, the tables of a group, or `url`, that of one table")
            found = Group(())
        if self.faults:
            raise FactError(self.faults)
        return found._replace(
            language=self.language, base=self.base, warnings=tuple(self.warnings), errors=tuple(self.errors)
        )

    def context(self, value: Any) -> None:
        """Read `@context`, the base and the language of the document."""
        parts = value if isinstance(value, list) else [value]
        if not parts or parts[0] != CONTEXT or len(parts) > 2 or not all(isinstance(one, dict) for one in parts[1:]):
            self.fault("@context", f'expected "{CONTEXT}", alone or in a list with one object of @base and @language')
            return
        for key, said in (parts[1] if len(parts) > 1 else {}).items():
            if key == "@base":
                self.base = self.iri(said, "@context.@base") if isinstance(said, str) else ""
                if not isinstance(said, str):
                    self.fault("@context.@base", f"{said!r} is not text; give an IRI")
            elif key == "@language":
                if is_language(said):
                    self.language = said
                else:
                    self.warn("@context.@language", f"{said!r} is not a language tag")
            else:
                self.fault("@context", f"{key!r} is not @base or @language")

    def address(self, text: str, at: str) -> str:
        """An address, absolute."""
        try:
            return urljoin(self.base, text)
        except ValueError as error:  # of a host that is none
            self.fault(at, f"{text!r} is not an address: {error}")
            return ""

    def iri(self, text: str, at: str) -> str:
        """An IRI, absolute."""
        found = self.address(text, at)
        if found and not is_iri(found):
            self.fault(at, f"{text!r} is not an IRI; escape spaces and quotes as %20 and the like")
        return found

    # Descriptions

    def kind(self, document: Mapping[str, Any], kind: str, at: str) -> None:
        """Check what an object says that it is, and that its properties are its own."""
        said = document.get("@type", kind)
        if said != kind:
            self.fault(join(at, "@type"), f"{said!r}, expected {kind!r}")
        ident = document.get("@id", "")
        if isinstance(ident, str) and ident.startswith("_:"):
            self.fault(join(at, "@id"), f"{ident!r} is a blank node; give an IRI")
        own = {*OWN[kind], *(INHERITED if kind in ("TableGroup", "Table", "Schema", "Column") else ())}
        for key in document:
            if key not in own and not is_common(key):
                self.warn(join(at, key), f"not a property of a {kind}{nearest(key, own)}; it is passed over")

    def ident(self, document: Mapping[str, Any], at: str) -> str:
        """The `@id` of a description, absolute."""
        ident = document.get("@id", "")
        if not isinstance(ident, str):
            self.warn(join(at, "@id"), f"{ident!r} is not text")
            return self.base
        if ident.startswith("_:"):  # which is told as what is wrong with this kind of object
            return ""
        return self.iri(ident, join(at, "@id")) if ident else ""

    def table_group(self, document: Mapping[str, Any]) -> Group:
        """A group of tables."""
        self.kind(document, "TableGroup", "")
        inherited = self.inherited(document, Inherited(), "")
        dialect = self.dialect(document.get("dialect"), "dialect")
        schema = document.get("tableSchema")
        tables = document["tables"]
        if not isinstance(tables, list) or not any(isinstance(one, dict) for one in tables):
            self.fault("tables", "expected a list of one or more tables")
            tables = []
        self.direction(document, "")
        self.transformations(document.get("transformations", []), "transformations")
        read = []
        for number_, one in enumerate(tables):
            at = f"tables[{number_}]"
            if not isinstance(one, dict):
                self.warn(at, f"{one!r} is not a table")
                continue
            table = self.table(one, at, inherited, dialect, schema)
            if table:
                read.append(table)
        return Group(tuple(read), self.ident(document, ""), *self.annotations(document, ""))

    def table(
        self, document: Mapping[str, Any], at: str, inherited: Inherited, dialect: Dialect | None, schema: Any
    ) -> Table | None:
        """A table, of the group's dialect and schema where it has none."""
        self.kind(document, "Table", at)
        url = document.get("url")
        if not isinstance(url, str):
            self.fault(join(at, "url"), f"{'missing' if url is None else repr(url)}; give the address of the table")
            return None
        inherited = self.inherited(document, inherited, at)
        own = self.dialect(document.get("dialect"), join(at, "dialect"))
        self.direction(document, at)
        self.transformations(document.get("transformations", []), join(at, "transformations"))
        said = document.get("tableSchema", schema)
        return Table(
            self.address(url, join(at, "url")),
            own or dialect,
            self.schema(said, join(at, "tableSchema"), inherited) if said is not None else None,
            self.ident(document, at),
            *self.annotations(document, at),
            self.flag(document, "suppressOutput", at),
            inherited,
        )

    def schema(self, document: Any, at: str, inherited: Inherited) -> Schema | None:
        """A schema, in place or in a document of its own."""
        base = self.base
        if isinstance(document, str):
            url = self.address(document, at)
            data = self.fetch(url) if self.fetch and url else None
            if data is None:
                self.fault(at, f"{document!r} cannot be read; a schema stands in this document or in a file beside it")
                return None
            document, self.base = self.json(data, url), url
        if not isinstance(document, dict):
            self.wrong(at, f"{document!r}, expected an object or the address of one")
            self.base = base
            return Schema(inherited=inherited, broken=True)
        self.kind(document, "Schema", at)
        inherited = self.inherited(document, inherited, at)
        columns = self.columns(document.get("columns", []), join(at, "columns"), inherited)
        names = [column.name for column in columns]
        named = [column.name for column in columns if column.named]
        for name in sorted({name for name in names if name and names.count(name) > 1}):
            self.fault(join(at, "columns"), f"two columns are called {name!r}")
        for before, after in pairwise(columns):
            if before.virtual and not after.virtual:
                self.fault(join(at, "columns"), f"{after.name!r} stands behind a virtual column; those come last")
        found = Schema(
            columns,
            self.references(document.get("primaryKey"), named, join(at, "primaryKey"), refused=False),
            tuple(self.foreign_keys(document.get("foreignKeys", []), named, join(at, "foreignKeys"))),
            self.references(document.get("rowTitles"), named, join(at, "rowTitles"), refused=False),
            (self.ident(document, at), self.base if self.base != base else ""),
            inherited,
            not isinstance(document.get("columns", []), list),
        )
        self.base = base
        return found

    def columns(self, said: Any, at: str, inherited: Inherited) -> tuple[Column, ...]:
        """The columns of a schema."""
        if not isinstance(said, list):
            self.wrong(at, f"{said!r}, expected a list of columns")
            return ()
        found = []
        for number_, one in enumerate(said):
            where = f"{at}[{number_}]"
            if not isinstance(one, dict):
                self.warn(where, f"{one!r} is not a column")
                continue
            self.kind(one, "Column", where)
            titles = tuple(self.titles(one.get("titles"), join(where, "titles")))
            name, named = one.get("name"), True
            if name is not None and (not isinstance(name, str) or not _NAME.fullmatch(name)):
                self.warn(join(where, "name"), f"{name!r} is not a valid name; use letters, digits and _")
                name = None
            if name is None:
                named = False
                own = next((text for text, tag in titles if tag == self.language), "")
                name = name_of(own) if own else f"_col.{number_ + 1}"
            found.append(
                Column(
                    name,
                    titles,
                    self.inherited(one, inherited, where),
                    self.flag(one, "virtual", where),
                    self.flag(one, "suppressOutput", where),
                    named,
                )
            )
        return tuple(found)

    def titles(self, said: Any, at: str) -> Iterator[tuple[str, str]]:
        """The titles of a column, each with its language."""
        by_language = said if isinstance(said, dict) else {self.language: said}
        if said is None:
            return
        if not isinstance(said, str | list | dict):
            self.wrong(at, f"{said!r}, expected text, a list of texts, or these by language")
            return
        for language, texts in by_language.items():
            if isinstance(said, dict) and not is_language(language):
                self.wrong(at, f"{language!r} is not a language tag")
                continue
            for text in texts if isinstance(texts, list) else [texts]:
                if isinstance(text, str):
                    yield text, language
                else:
                    self.warn(at, f"{text!r} is not text")

    def references(self, said: Any, names: Sequence[str], at: str, *, refused: bool) -> tuple[str, ...]:
        """The names of columns that a property gives."""
        if said is None:
            return ()
        found = said if isinstance(said, list) else [said]
        wrong = [one for one in found if one not in names or not isinstance(one, str)]
        if wrong or not found:
            what = f"{wrong[0] if wrong else said!r} is not the name of a column"
            if refused:
                self.fault(at, what + nearest(str(wrong[0]), names) if wrong else what)
            else:
                self.warn(at, what)
            return ()
        return tuple(found)

    def foreign_keys(self, said: Any, names: Sequence[str], at: str) -> Iterator[ForeignKey]:
        """The foreign keys of a schema: columns, the address of a table or of a schema, columns there."""
        if not isinstance(said, list):
            self.warn(at, f"{said!r}, expected a list")
            return
        for number_, one in enumerate(said):
            where = f"{at}[{number_}]"
            if not isinstance(one, dict):
                self.warn(where, f"{one!r} is not an object")
                continue
            to = one.get("reference")
            for key in one:
                if key not in ("columnReference", "reference"):
                    self.fault(join(where, key), "not a property of a foreign key")
            if not isinstance(to, dict):
                self.fault(
                    join(where, "reference"), f"{to!r}, expected an object with `resource` and `columnReference`"
                )
                continue
            for key in to:
                if key not in ("columnReference", "resource", "schemaReference"):
                    self.fault(join(where, f"reference.{key}"), "not a property of a reference")
            columns = self.references(one.get("columnReference"), names, join(where, "columnReference"), refused=True)
            yield ForeignKey(columns, *self.referenced(to, len(columns), join(where, "reference")))

    def referenced(self, to: Mapping[str, Any], width: int, at: str) -> tuple[str, str, tuple[str, ...]]:
        """What a foreign key of some columns leads to: the address of a table or of a schema, and columns there."""
        names = to.get("columnReference")
        found = tuple(names) if isinstance(names, list) else (names,)
        if not all(isinstance(one, str) for one in found):
            self.fault(join(at, "columnReference"), f"{names!r}, expected the name of a column or a list of them")
        elif width and len(found) != width:
            message = f"as many columns as the key has, which are {width}; found {len(found)}"
            self.fault(join(at, "columnReference"), f"expected {message}")
        given = [key for key in ("resource", "schemaReference") if isinstance(to.get(key), str)]
        if len(given) != 1:
            self.fault(at, "expected `resource`, the address of a table, or `schemaReference`, that of its schema")
            return "", "", found
        address = self.address(to[given[0]], join(at, given[0]))
        return (address, "", found) if given[0] == "resource" else ("", address, found)

    # Properties

    def inherited(self, document: Mapping[str, Any], above: Inherited, at: str) -> Inherited:
        """What columns inherit from a description, of what stands above it."""
        found = above
        for key in INHERITED:
            if key in document and key != "textDirection":
                try:
                    value = _INHERITED[key](self, document[key], join(at, key))
                except _RefusedError as refused:
                    self.warn(join(at, key), str(refused))
                    if not key.endswith("Url"):
                        continue
                    value = ""  # the default of these: the address of the table
                found = found._replace(**{key: value})
        if document.get("textDirection", "auto") not in ("ltr", "rtl", "auto", "inherit"):
            self.warn(join(at, "textDirection"), f"{document['textDirection']!r}, expected ltr, rtl, auto or inherit")
        return found

    def _text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _RefusedError(f"{value!r} is not text")
        return value

    def _template(self, value: Any, at: str) -> str:
        template = self._text(value)
        try:
            if not leads(template):
                self.fault(at, f"{template!r} leads to no IRI")
        except ValueError as error:
            self.fault(at, str(error))
        return template

    def _default(self, value: Any, at: str) -> str:
        return self._text(value)

    def _lang(self, value: Any, at: str) -> str:
        if not is_language(value):
            raise _RefusedError(f"{value!r} is not a language tag")
        return str(value)

    def _null(self, value: Any, at: str) -> tuple[str, ...]:
        texts = value if isinstance(value, list) else [value]
        found = tuple(one for one in texts if isinstance(one, str))
        if len(found) != len(texts):
            if not found:
                raise _RefusedError(f"{value!r} is not text")
            self.warn(at, f"{value!r} has what is not text")
        return found

    def _flag(self, value: Any, at: str) -> bool:
        if not isinstance(value, bool):
            raise _RefusedError(f"{value!r} is not true or false")
        return value

    def _separator(self, value: Any, at: str) -> str:
        return "" if value is None else self._text(value)

    def _datatype(self, value: Any, at: str) -> Datatype:
        if isinstance(value, str):
            value = {"base": value}
        if not isinstance(value, dict):
            raise _RefusedError(f"{value!r}, expected the name of a datatype or an object")
        self.kind_of_datatype(value, at)
        name = value.get("base", "string")
        if not isinstance(name, str) or name not in TYPES:
            self.warn(join(at, "base"), f"{name!r} is not a datatype of CSVW{nearest(str(name), TYPES)}")
            name = "string"
        base = TYPES[name]
        limits = tuple(self.limits(value, base, at))
        found = Datatype(self.ident(value, at) or base, base, value.get("format"), limits)
        try:
            parser_of(found._replace(limits=()))
        except ValueError as error:
            self.warn(join(at, "format"), str(error))
            found = found._replace(format=None)
        return found

    def kind_of_datatype(self, value: Mapping[str, Any], at: str) -> None:
        """Check what a datatype is called and has."""
        ident = value.get("@id")
        if isinstance(ident, str) and (ident.startswith("_:") or ident in TYPES.values()):
            self.fault(join(at, "@id"), f"{ident!r} is a blank node or a built-in datatype; give an IRI of your own")
        for key in value:
            if key not in OWN["Datatype"] and not is_common(key):
                self.warn(join(at, key), "not a property of a datatype")
        format_ = value.get("format")
        for key in format_ if isinstance(format_, dict) else ():
            if key not in _FORMAT:
                self.warn(join(at, f"format.{key}"), f"not a property of a format{nearest(key, _FORMAT)}")

    def limits(self, value: Mapping[str, Any], base: str, at: str) -> Iterator[tuple[str, str]]:
        """The limits of length and value of a datatype, checked against each other."""
        found = {
            _EQUAL.get(key, key): said if isinstance(said := value[key], str) else json.dumps(said)
            for key in OWN["Datatype"][4:]
            if key in value
        }
        wrong = {key: told for key, limit in found.items() if (told := _wrong_with(key, limit, base))}
        for key, told in wrong.items():
            self.fault(join(at, key), told)
        for low, high, equal in _CONTRARY:
            if {low, high} <= found.keys() - wrong.keys():
                order = compared(found[low], found[high], base, low)
                if order is None or order > 0 or (order == 0 and not equal):
                    self.fault(join(at, low), f"{found[low]} and {high} {found[high]} leave no value")
        for one, other in (("minInclusive", "minExclusive"), ("maxInclusive", "maxExclusive")):
            if one in found and other in found:
                self.fault(join(at, one), f"give {one} or {other}, not both")
        yield from found.items()

    def flag(self, document: Mapping[str, Any], key: str, at: str) -> bool:
        """A property that is true or false."""
        value = document.get(key, False)
        if not isinstance(value, bool):
            self.warn(join(at, key), f"{value!r} is not true or false")
            return False
        return value

    def direction(self, document: Mapping[str, Any], at: str) -> None:
        """Check the direction of a table."""
        if document.get("tableDirection", "auto") not in ("rtl", "ltr", "auto"):
            self.warn(join(at, "tableDirection"), f"{document['tableDirection']!r}, expected rtl, ltr or auto")

    def transformations(self, said: Any, at: str) -> None:
        """Check the transformations, which are for other processors."""
        if not isinstance(said, list):
            self.warn(at, f"{said!r}, expected a list")
            return
        for number_, one in enumerate(said):
            if isinstance(one, dict):
                self.kind(one, "Template", f"{at}[{number_}]")
            else:
                self.warn(f"{at}[{number_}]", f"{one!r} is not an object")

    def dialect(self, said: Any, at: str) -> Dialect | None:
        """How a file is written, in place or in a document of its own."""
        if said is None:
            return None
        if isinstance(said, str):
            url = self.address(said, at)
            data = self.fetch(url) if self.fetch and url else None
            if data is None:
                self.warn(at, f"{said!r} cannot be read")
                return None
            said = self.json(data, url)
        if not isinstance(said, dict):
            self.warn(at, f"{said!r}, expected an object")
            return None
        self.kind(said, "Dialect", at)
        found, wrong = read_dialect(said)
        for key in wrong:
            self.warn(join(at, key), f"{said[key]!r} is not a valid {key}")
        return found

    def annotations(self, document: Mapping[str, Any], at: str) -> tuple[tuple[Any, ...], tuple[tuple[str, Any], ...]]:
        """The notes and the common properties of a description, checked."""
        notes = document.get("notes", [])
        if not isinstance(notes, list):
            self.warn(join(at, "notes"), f"{notes!r}, expected a list")
            notes = []
        said = [(key, value) for key, value in document.items() if is_common(key)]
        for key, value in [*said, *(("notes", note) for note in notes)]:
            for where, told in problems(value, join(at, key)):
                self.fault(where, told)
        return tuple(notes), tuple(said)


def _halves(document: Any) -> Iterator[str]:
    """Where in a document a text has half of a character; RecursionError where it is too deep."""
    waiting: list[tuple[str, Any, int]] = [("", document, 0)]
    while waiting:
        at, value, depth = waiting.pop()
        if depth > DEEPEST:
            raise RecursionError
        if isinstance(value, list):
            waiting += [(f"{at}[{number_}]", one, depth + 1) for number_, one in enumerate(value)]
        elif isinstance(value, dict):
            waiting += [(join(at, key), one, depth + 1) for key, one in value.items()]
            waiting += [(join(at, key), key, depth + 1) for key in value]
        elif isinstance(value, str) and has_half(value):
            yield at


def _wrong_with(key: str, limit: str, base: str) -> str:
    """What is wrong with a limit of a datatype by itself, or ""."""
    if "ength" in key:
        has_length = base in TEXTS | BINARY | {XSD + "anyURI"}
        return problem(XSD + "nonNegativeInteger", limit) if has_length else f"a {local(base)} has no length"
    return problem(base, limit) if base in ORDERED else f"a {local(base)} is neither less nor more than another"


_FORMAT = ("pattern", "decimalChar", "groupChar")  # of numbers
_EQUAL = {"minimum": "minInclusive", "maximum": "maxInclusive"}
_CONTRARY = (
    ("minLength", "length", True),
    ("length", "maxLength", True),
    ("minLength", "maxLength", True),
    ("minInclusive", "maxInclusive", True),
    ("minInclusive", "maxExclusive", False),
    ("minExclusive", "maxExclusive", False),
    ("minExclusive", "maxInclusive", False),
)

# how a property that columns inherit is read; what each gives is named in Inherited
_INHERITED: dict[str, Callable[[_Reader, Any, str], Any]] = {
    "aboutUrl": _Reader._template,
    "propertyUrl": _Reader._template,
    "valueUrl": _Reader._template,
    "datatype": _Reader._datatype,
    "default": _Reader._default,
    "lang": _Reader._lang,
    "null": _Reader._null,
    "ordered": _Reader._flag,
    "required": _Reader._flag,
    "separator": _Reader._separator,
}
