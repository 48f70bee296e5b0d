"""Spark: the same expressions executed by Apache Spark, for tables that one machine is too small for.

Where a cluster is set up, that is it: `SPARK_REMOTE`, or `spark.master` in spark-defaults.conf or in
`PYSPARK_SUBMIT_ARGS`. Without one, Spark runs in this process. Files are read from wherever it can read them.
"""

import gzip
import os
import re
import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import reduce
from pathlib import Path
from typing import IO, Any, ClassVar
from urllib.parse import urlsplit

import ibis
from py4j.protocol import Py4JError, Py4JNetworkError
from pyspark import java_gateway
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

from kg.errors import StoreError
from kg.tables.engine import UnreadableTableError
from kg.tables.files import Dialect
from kg.tables.output import terms
from kg.tables.survey import Expression, column


class _Java(subprocess.Popen[bytes]):
    """A Java that PySpark starts, which is known before it answers; PySpark itself forgets one that never does."""

    started: ClassVar[list["_Java"]] = []

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.started.append(self)


setattr(java_gateway, "Popen", _Java)  # noqa: B010  (PySpark has no other way to be told)

PARTITIONS = 4  # into which what is sorted is divided, on one machine
PORT, SECONDS = 15_002, 10  # of Spark Connect where its address names none; to wait for an answer
BEGINNING = 1_000  # lines of a table that is elsewhere, which hold its header and its first row


class Spark:
    """Spark, with a folder for what it writes on the way."""

    line_feeds, by_rows = True, False

    def __init__(self, scratch: Path, memory: str = "1g", partitions: int = PARTITIONS) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._scratch = scratch
        self._elsewhere: dict[Path, str] = {}
        self.parts = 0  # files that the last whole was written in
        master = _master()
        self._here = not master or master.startswith("local")  # what it writes to the disk is on this machine's
        settings = {
            "spark.sql.adaptive.coalescePartitions.enabled": "false",  # sorted in as many parts as there are
            "spark.sql.session.timeZone": "UTC",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "OFF",
        }
        if self._here:
            settings |= {
                "spark.driver.memory": memory.lower().replace("gb", "g").replace("mb", "m"),
                "spark.local.dir": str(scratch),
                "spark.sql.shuffle.partitions": str(partitions),
                "spark.sql.warehouse.dir": str(scratch / "warehouse"),
                "spark.ui.enabled": "false",
            }
        builder = SparkSession.builder.appName("kg")
        for name, value in settings.items():
            builder = builder.config(name, value)
        if not master:
            builder = builder.master("local[*]")
        self._remote = master.startswith("sc://")
        if self._remote:
            _check_reached(master)
        try:
            with _silent():
                self._session = builder.getOrCreate()
        except (PySparkException, Py4JError, OSError) as error:
            raise StoreError(f"Spark does not start ({_first(error)}); it needs Java 17 or later") from None
        except BaseException:  # ended while Java was making its folders, which it must not go on to do
            _end_java()
            raise
        with _silent():
            self.ibis = ibis.pyspark.connect(self._session)
        self._partitions = int(self._session.conf.get("spark.sql.shuffle.partitions") or PARTITIONS)

    def close(self) -> None:
        """Let go of Spark, where it is still there."""
        with suppress(PySparkException, Py4JError, OSError):
            if self._remote:  # which would try for ten minutes
                self._session.client.set_retry_policies([])
            self._session.stop()

    @property
    def elsewhere(self) -> Mapping[Path, str]:
        """The addresses of files that are not on this machine, by paths that have their beginning."""
        return self._elsewhere

    def csv(self, path: Path, dialect: Dialect, width: int, *, numbered: bool = False) -> Expression:
        """A CSV file in the form of RFC 4180; with `numbered`, it has no header, and the number of each row first.

        A cell may hold line ends, so one task reads a file, and the rows are dealt out to all others then.
        """
        names = (["number"] if numbered else []) + [column(number) for number in range(width)]
        read = self._session.read.options(
            header=not numbered,
            sep="," if numbered else dialect.delimiter,
            quote='"',
            escape='"',
            multiLine=True,
            enforceSchema=True,
            mode="FAILFAST",
            encoding="UTF-8",
            emptyValue="",
            ignoreLeadingWhiteSpace=False,
            ignoreTrailingWhiteSpace=False,
            maxCharsPerColumn=-1,
        )
        with _asked():
            frame = read.schema(", ".join(f"`{name}` STRING" for name in names)).csv(
                self._elsewhere.get(path, f"file://{path.absolute()}")
            )
        if path in self._elsewhere:
            _check_decoded(frame, names)
        number = sql.monotonically_increasing_id() + 1  # of a file that one task reads, in its order
        return self._view(frame.withColumn("kg_row", number).repartition(self._partitions))

    def row_number(self, table: Expression) -> Expression:
        """The number of each row of a table that was read from a file, from 1."""
        return table["kg_row"]

    def lookup(self, rows: Sequence[tuple[str, str]]) -> Expression:
        """A table of text and token."""
        with _asked():
            frame = self._session.createDataFrame(list(rows), "text STRING, token STRING")
        return self._view(frame)

    def _view(self, frame: Any) -> Expression:
        name = ibis.util.gen_name("kg")
        with _asked():
            frame.createOrReplaceTempView(name)
            return self.ibis.table(name)

    def rows(self, expression: Expression) -> Iterator[tuple[Any, ...]]:
        """The rows of an expression."""
        with _asked():
            for row in self._session.sql(self.ibis.compile(expression)).toLocalIterator():
                yield tuple(row)

    def write(self, lines: Expression, out: IO[bytes], *, in_order: bool = False) -> None:
        """Write the lines of an expression, sorted by bytes and each once.

        Spark writes a file for each part of the sorted whole; here they are put together in their order. What runs on
        other machines sends them instead.
        """
        ordered = lines.distinct().order_by("line")
        if not self._here:
            out.writelines(f"{line}\n".encode() for (line,) in self.rows(ordered))
            return
        parts = Path(tempfile.mkdtemp(dir=self._scratch)) / "parts"
        with _asked():
            self._session.sql(self.ibis.compile(ordered)).write.text(f"file://{parts}")
        written = sorted(parts.glob("part-*"))
        self.parts = len(written)
        for part in written:
            with part.open("rb") as file:
                shutil.copyfileobj(file, out)

    # Files that are elsewhere

    def is_there(self, address: str) -> bool:
        """Whether there is a file or a folder at an address."""
        with _asked(f"read {address}"):
            try:
                with _silent():
                    self._session.read.format("binaryFile").load(address).schema  # noqa: B018  (asks for it)
            except PySparkException as error:
                if error.getCondition() != "PATH_NOT_FOUND":
                    raise
                return False
        return True

    def beginning(self, address: str) -> Path | None:
        """A local copy of a file that Spark reads: all of it if it is JSON, otherwise its first lines; None if there is
        no such file.
        """
        if not self.is_there(address):
            return None
        here = Path(tempfile.mkdtemp(dir=self._scratch)) / address.rpartition("/")[2]
        with _asked(f"read {address}"):
            files = self._session.read.format("binaryFile").load(address)
            if [Path(path).name for (path,) in files.select("path").collect()] != [here.name]:
                raise StoreError(f"{address}: not one file with something in it; name the file of each table")
            if here.suffix == ".json":
                ((content,),) = files.select("content").collect()
                here.write_bytes(content)
                return here
            lines = self._session.read.text(address, lineSep="\n").limit(BEGINNING).collect()
        text = "".join(f"{line}\n" for (line,) in lines).encode()
        here.write_bytes(gzip.compress(text) if here.suffix == ".gz" else text)
        self._elsewhere[here] = address
        return here

    def write_elsewhere(self, said: Sequence[str], every: Sequence[Expression], address: str) -> None:
        """Write lines, and those of expressions, each once, into a folder on a file system that Spark writes: files in
        the order of their names, packed where the address ends in .gz, tables of terms where it ends in .parquet, and
        `_SUCCESS` when all are there. StoreError where something is at the address.
        """
        with _asked(f"write {address}"):
            frame = self._session.createDataFrame([(line,) for line in said], "line STRING")
            whole = reduce(lambda one, other: one.union(other), [self._view(frame), *every])
            ordered = whole.distinct().order_by("line")
            if address.endswith(".parquet"):
                self._session.sql(self.ibis.compile(terms(ordered))).write.parquet(address)
                return
            packed = "gzip" if address.endswith(".gz") else "none"
            self._session.sql(self.ibis.compile(ordered)).write.text(address, compression=packed)


@contextmanager
def _asked(what: str = "") -> Iterator[None]:
    """The errors of Spark as ours: it could not do what is said, or read something, or it is gone."""
    try:
        yield
    except (Py4JNetworkError, OSError) as error:
        raise StoreError(f"Spark has ended ({_first(error)}); try again, with more --memory if it ran out") from None
    except (PySparkException, Py4JError) as error:
        if what:
            raise StoreError(f"Spark cannot {what}: {_first(error)}") from None
        raise UnreadableTableError(_first(error)) from None


@contextmanager
def _silent() -> Iterator[None]:
    """What Java says while it starts is kept from the terminal, and from then on too: it has the same stderr."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    kept = os.dup(2)
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123  (a descriptor is wanted)
        os.dup2(nothing.fileno(), 2)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _end_java() -> None:
    """End the Java that this process has started, or begun to start, at once, and wait until it has ended."""
    for java in _Java.started:
        java.kill()
        java.wait()


def _check_decoded(frame: Any, names: Sequence[str]) -> None:
    """UnreadableTableError where a cell has what Spark puts for bytes that are not UTF-8."""
    odd = reduce(lambda one, other: one | other, (sql.col(name).contains("\ufffd") for name in names))
    with _asked():
        found = frame.filter(odd).limit(1).collect()
    if found:
        row = ", ".join(str(cell) for cell in found[0])
        raise UnreadableTableError(f"bytes that are not UTF-8, or U+FFFD, in the row {row[:80]}; save it as UTF-8")


def _master() -> str:
    """The cluster that is set up, "" where none is."""
    said = re.findall(r"--master[= ](\S+)", os.environ.get("PYSPARK_SUBMIT_ARGS", ""))
    folder = os.environ.get("SPARK_CONF_DIR") or f"{os.environ.get('SPARK_HOME', '')}/conf"
    defaults = Path(folder, "spark-defaults.conf")
    if defaults.is_file():
        said += re.findall(r"^\s*spark\.master[\s=:]+(\S+)", defaults.read_text(encoding="utf-8"), re.MULTILINE)
    return next(filter(None, [os.environ.get("SPARK_REMOTE"), *said]), "")


def _check_reached(remote: str) -> None:
    """StoreError where nothing answers at the address of a cluster, which Spark would ask for ten minutes."""
    try:
        at = urlsplit(remote)
        host, port = at.hostname, at.port or PORT
    except ValueError:
        host, port = "", 0
    if not host:
        raise StoreError("SPARK_REMOTE is not an address of Spark Connect, as in sc://host:15002")
    try:
        socket.create_connection((host, port), timeout=SECONDS).close()
    except OSError as error:
        message = f"Spark does not answer at {host}:{port} ({error}); start it, or unset SPARK_REMOTE"
        raise StoreError(message) from None


def _first(error: Exception) -> str:
    """What Java says first of an error."""
    cause = getattr(error, "java_exception", None)
    return str(cause.getMessage() if cause else error).partition("\n")[0]
