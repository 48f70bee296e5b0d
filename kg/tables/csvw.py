"""CSVW: tables with the metadata that describe them, found, checked and converted as the W3C standards say.

Model for Tabular Data and Metadata on the Web, 5 (where metadata are found); Metadata Vocabulary for Tabular Data;
Generating RDF from Tabular Data on the Web. Addresses lead to files by a function that is given, so nothing is fetched.
"""

import shutil
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from kg.errors import FactError, Fault, QueryError
from kg.rdf.sorted_lines import merged
from kg.tables.by_metadata import Names, about_tables, by_metadata, schema_of
from kg.tables.convert import Conversion, Lines, Table
from kg.tables.engine import Engine
from kg.tables.files import head
from kg.tables.mapping import Mapping
from kg.tables.metadata import STANDARD, read_metadata
from kg.tables.schema import ForeignKey, Group, Inherited
from kg.tables.schema import Table as Described
from kg.tables.survey import Expression, column, text_of

Locate = Callable[[str], Path | None]
SITE = ("{url}-metadata.json", "csv-metadata.json")  # where metadata of a file are looked for


Begin = Callable[[str, int], None]  # what hears what is begun, and with how many rows, 0 where that is not known


def _silently(what: str, rows: int) -> None:
    pass


class Problem(NamedTuple):
    """What is wrong with a table or its metadata: an error, or what is passed over; how many are told by it."""

    message: str
    error: bool = True
    cells: int = 1


class Opened(NamedTuple):
    """A table with its metadata and the mapping of the two."""

    described: Described
    names: Names
    table: Table
    mapping: Mapping


class Tables:
    """The tables of a metadata document, or a table with the metadata found for it.

    `problems` are those of metadata and headers; FactError where these cannot be used at all.
    """

    def __init__(
        self, url: str, locate: Locate, metadata: str = "", link: str = "", site: Sequence[str] = SITE
    ) -> None:
        self.locate = locate
        self.problems: list[Problem] = []
        self.group = self._group(url, metadata, link, site)
        self.problems += [Problem(warning, error=False) for warning in self.group.warnings]
        self.problems += [Problem(error) for error in self.group.errors]

    def _group(self, url: str, metadata: str, link: str, site: Sequence[str]) -> Group:
        if metadata or url.endswith(".json"):
            group = self._read(metadata or url)
            if group is None:
                raise QueryError(f"{metadata or url}: no such file; give the metadata of a table")
            return group
        places = [link] if link else []
        places += [pattern.replace("{url}", url.partition("#")[0]) for pattern in site]
        for place in places:
            group = self._read(urljoin(url, place))
            if group and any(table.url == url for table in group.tables):
                return group
            if group:
                self.problems.append(Problem(f"{place}: does not describe {url}; it is passed over", error=False))
        return Group((Described(url, inherited=Inherited()),), base=url)

    def _read(self, url: str) -> Group | None:
        path = self.locate(url)
        if path is None or not path.is_file():
            return None
        return read_metadata(path.read_bytes(), url, path.name, self._fetch)

    def _fetch(self, url: str) -> bytes | None:
        path = self.locate(url)
        return path.read_bytes() if path and path.is_file() else None

    def open(self, *, minimal: bool, blank: bool = True) -> list[Opened]:
        """The tables with their mappings; FactError for a table that is missing or does not match its metadata."""
        opened = []
        for number, described in enumerate(self.group.tables, 1):
            path = self.locate(described.url)
            if path is None or not path.is_file():
                raise FactError([Fault(described.url, 1, 1, "no such file; the metadata describe a table there")])
            dialect = described.dialect or STANDARD
            read = head(path, path.name, dialect)
            rows = [*read.headers, *([read.first] if read.first else [])]
            width = max(map(len, rows), default=0)
            if not width:
                raise FactError([Fault(path.name, 1, 1, "the table is empty; its first line names the columns")])
            columns, problems = schema_of(described, read.headers, width, described.inherited.lang)
            self.problems += [Problem(f"{path.name}: {problem}") for problem in problems]
            names = Names(described.url, number, blank, described.id)
            mapping = by_metadata(described, columns, names, minimal=minimal)
            self.problems += [Problem(f"{path.name}: {problem}", error=False) for problem in mapping.problems]
            opened.append(Opened(described, names, Table(path, path.name, dialect), mapping))
        self._check_keys(opened)
        return opened

    def _check_keys(self, opened: Sequence[Opened]) -> None:
        """Raise FactError for a foreign key that leads to no column."""
        faults = []
        for one in opened:
            for key in one.described.schema.foreign_keys if one.described.schema else ():
                found = self._referenced(opened, key)
                of = f"the foreign key of {', '.join(key.columns)} leads to"
                if found is None:
                    message = f"{of} {key.url or key.schema}, which these metadata do not describe"
                    faults.append(Fault(one.table.name, 1, 1, message))
                elif wrong := [name for name in key.reference if name not in found.mapping.columns]:
                    message = f"{of} {wrong[0]!r}, which {found.table.name} does not have"
                    faults.append(Fault(one.table.name, 1, 1, message))
        if faults:
            raise FactError(faults)

    @staticmethod
    def _referenced(opened: Sequence[Opened], key: ForeignKey) -> Opened | None:
        described = referenced([one.described for one in opened], key)
        return next((one for one in opened if one.described is described), None)

    def look(
        self, engine: Engine, folder: Path, *, minimal: bool, blank: bool = True, begin: Begin = _silently
    ) -> "Looked":
        """All tables looked at, and what is to be written of them; the problems are noted.

        `begin` hears what is begun, and with how many rows.
        """
        opened = self.open(minimal=minimal, blank=blank)
        shown = [one for one in opened if not one.described.suppressed]
        said = [] if minimal else about_tables(self.group, [(one.described, one.names) for one in shown])
        conversions: list[Conversion] = []
        for number, one in enumerate(opened):
            begin(f"reading {one.table.name}", 0)
            conversion = Conversion(one.table, one.mapping, engine, folder / str(number))
            self._check_cells(conversion, one)
            if one in shown and one.mapping.statements:
                conversions.append(conversion)
        return Looked(sorted({*said}), conversions, folder)

    def _check_cells(self, conversion: Conversion, one: Opened) -> None:
        rejects = conversion.rejects()
        for reject in islice(rejects, MOST):
            at = f"{one.table.name}: row {reject.row}, column {reject.column}"
            self.problems.append(Problem(f"{at}: {reject.reason}"))
        if more := sum(1 for _ in rejects):
            self.problems.append(Problem(f"{one.table.name}: {more:,} more cells are wrong", cells=more))

    def validate(self, engine: Engine, folder: Path, begin: Begin = _silently) -> list[Problem]:
        """What is wrong with cells and keys, and with what the metadata say."""
        opened = self.open(minimal=True)
        conversions = []
        for number, one in enumerate(opened):
            begin(f"checking {one.table.name}", 0)
            conversions.append(Conversion(one.table, one.mapping, engine, folder / str(number)))
        for one, conversion in zip(opened, conversions, strict=True):
            self._check_cells(conversion, one)
            schema = one.described.schema
            if schema and schema.primary_key:
                for row in engine.rows(repeated(conversion, schema.primary_key)):
                    self.problems.append(
                        Problem(f"{one.table.name}: more than one row has the key {', '.join(map(str, row))}")
                    )
            for key in schema.foreign_keys if schema else ():
                other = self._referenced(opened, key)
                if other:
                    to = conversions[opened.index(other)]
                    for row in engine.rows(missing(conversion, to, key)):
                        values = ", ".join(map(str, row))
                        self.problems.append(Problem(f"{one.table.name}: {values} is not in {other.table.name}"))
                    for row in engine.rows(repeated(to, key.reference)):
                        values = ", ".join(map(str, row))
                        self.problems.append(
                            Problem(f"{other.table.name}: {values}, a key of {one.table.name}, stands twice")
                        )
        return self.problems


class Looked(NamedTuple):
    """Tables that have been looked at: the lines about them, in order, and what converts each."""

    said: Sequence[str]
    conversions: Sequence[Conversion]
    folder: Path

    def write(self, to: Path, begin: Begin = _silently) -> None:
        """Write all tables into one file of sorted N-Triples, each once."""
        every = [(f"writing {one.table.name}", one, one.lines()) for one in self.conversions]
        if self.said or not _apart([lines for _, _, lines in every]):
            files = [self.folder / "group.nt"]
            files[0].write_text("".join(f"{line}\n" for line in self.said), encoding="utf-8")
            for what, conversion, lines in every:
                begin(what, conversion.rows)
                files.append(self.folder / f"{len(files)}.nt")
                with files[-1].open("wb") as out:
                    conversion.write_lines(lines, out)
            joined(files, to)
            return
        with to.open("wb") as out:
            for what, conversion, lines in sorted(every, key=lambda one: one[2].span or ()):
                begin(what, conversion.rows)
                conversion.write_lines(lines, out)


def referenced(tables: Sequence[Described], key: ForeignKey) -> Described | None:
    """The table that a foreign key leads to; None where it is not among those that are described together."""
    for one in tables:
        own = one.schema.addresses if one.schema else ()
        if (key.url and one.url == key.url) or (key.schema and key.schema in own):
            return one
    return None


def _apart(every: Sequence[Lines]) -> bool:
    """Whether all lines are in order, and the subjects of some come before those of others."""
    spans = sorted(one.span for one in every if one.span)
    return len(spans) == len(every) and all(one[1] < other[0] for one, other in pairwise(spans))


def joined(files: Sequence[Path], to: Path) -> None:
    """Put files of sorted lines together into one, one behind the other where their lines stand so."""
    ends = sorted((*_ends(path), path) for path in files if path.stat().st_size)
    if len(ends) == 1:
        ends[0][2].replace(to)
        return
    with to.open("wb") as out:
        if all(one[1] < other[0] for one, other in pairwise(ends)):
            for _, _, path in ends:
                with path.open("rb") as file:
                    shutil.copyfileobj(file, out, 1 << 20)
        else:
            out.writelines(merged(path for _, _, path in ends))


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first and the last line of a file that has any."""
    with path.open("rb") as file:
        first = file.readline()
        size, back = path.stat().st_size, 1 << 12
        while True:
            file.seek(max(0, size - back))
            lines = file.read().splitlines(keepends=True)
            if len(lines) > 1 or back >= size:
                return first, lines[-1]
            back *= 4


def _keys(conversion: Conversion, names: Sequence[str]) -> list[Expression]:
    """The cells of columns, as they are read."""
    columns = conversion.mapping.columns
    slots = {slot.column: slot for slot in conversion.mapping.slots if slot.otherwise is None}
    table = conversion.expression
    return [text_of(table[column(columns.index(name))], slots[columns.index(name)]) for name in names]


def repeated(conversion: Conversion, names: Sequence[str]) -> Expression:
    """A table of the keys that more than one row has, by the names of their columns, at most MOST."""
    keys = {f"k{n}": key for n, key in enumerate(_keys(conversion, names))}
    table = conversion.expression.select(**keys)
    counted = table.group_by(list(keys)).agg(rows=table.count())
    return counted.filter(counted.rows > 1).select(*keys).limit(MOST)


def missing(conversion: Conversion, to: Conversion, key: ForeignKey) -> Expression:
    """The values of a foreign key that the other table does not have."""
    own = {f"k{n}": one for n, one in enumerate(_keys(conversion, key.columns))}
    other = {f"k{n}": one for n, one in enumerate(_keys(to, key.reference))}
    table = conversion.expression.select(**own)
    complete = reduce(lambda one, two: one & two, (table[name].notnull() for name in own))
    return table.filter(complete).distinct().anti_join(to.expression.select(**other), list(own)).limit(MOST)


MOST = 100  # wrong cells and keys of a table that are told
