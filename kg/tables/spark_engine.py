"""Spark: the same expressions executed by Apache Spark, for tables that one machine is too small for."""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, ClassVar

import ibis
from py4j.protocol import Py4JError, Py4JNetworkError
from pyspark import java_gateway
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

from kg.errors import StoreError
from kg.tables.engine import UnreadableTableError
from kg.tables.files import Dialect
from kg.tables.survey import Expression, column


class _Java(subprocess.Popen[bytes]):
    """A Java that PySpark starts, which is known before it answers; PySpark itself forgets one that never does."""

    started: ClassVar[list["_Java"]] = []

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.started.append(self)


setattr(java_gateway, "Popen", _Java)  # noqa: B010  (PySpark has no other way to be told)

PARTITIONS = 4  # into which what is sorted is divided, on one machine


class Spark:
    """Spark, in this process where no cluster is set up (`SPARK_REMOTE`, or a master in spark-defaults.conf)."""

    line_feeds, by_rows = True, False

    def __init__(self, scratch: Path, memory: str = "1g", partitions: int = PARTITIONS) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._scratch, self._partitions = scratch, partitions
        self.parts = 0  # files that the last whole was written in
        settings = {
            "spark.driver.memory": memory.lower().replace("gb", "g").replace("mb", "m"),
            "spark.local.dir": str(scratch),
            "spark.sql.shuffle.partitions": str(partitions),
            "spark.sql.adaptive.coalescePartitions.enabled": "false",  # sorted in as many parts as there are
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.warehouse.dir": str(scratch / "warehouse"),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "OFF",
        }
        builder = SparkSession.builder.appName("kg")
        for name, value in settings.items():
            builder = builder.config(name, value)
        if not _has_master():
            builder = builder.master("local[*]")
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

    def close(self) -> None:
        """Let go of Spark, where it is still there."""
        with suppress(PySparkException, Py4JError, OSError):
            self._session.stop()

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
            frame = read.schema(", ".join(f"`{name}` STRING" for name in names)).csv(str(path))
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

    def lines(self, lines: Sequence[str]) -> Expression:
        """A table of lines."""
        with _asked():
            frame = self._session.createDataFrame([(line,) for line in lines], "line STRING")
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

        Spark writes a file for each part of the sorted whole; here they are put together in their order.
        """
        parts = Path(tempfile.mkdtemp(dir=self._scratch)) / "parts"
        with _asked():
            ordered = self._session.sql(self.ibis.compile(lines.distinct().order_by("line")))
            ordered.write.text(str(parts))
        written = sorted(parts.glob("part-*"))
        self.parts = len(written)
        for part in written:
            with part.open("rb") as file:
                shutil.copyfileobj(file, out)


@contextmanager
def _asked() -> Iterator[None]:
    """The errors of Spark as ours: it could not read something, or it is gone."""
    try:
        yield
    except (Py4JNetworkError, OSError) as error:
        raise StoreError(f"Spark has ended ({_first(error)}); try again, with more --memory if it ran out") from None
    except (PySparkException, Py4JError) as error:
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


def _has_master() -> bool:
    return any(name in os.environ for name in ("SPARK_REMOTE", "MASTER", "SPARK_MASTER")) or bool(
        os.environ.get("SPARK_CONF_DIR")
    )


def _first(error: Exception) -> str:
    """What Java says first of an error."""
    cause = getattr(error, "java_exception", None)
    return str(cause.getMessage() if cause else error).partition("\n")[0]
