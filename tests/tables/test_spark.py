"""Spark as people run it: from the command line, on files that are elsewhere, and when what it runs on goes away."""

import gzip
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import inside, needs

pytestmark = [
    pytest.mark.long,
    needs("Java and PySpark", bool(shutil.which("java")) and importlib.util.find_spec("pyspark") is not None),
]
ROWS = 400_000


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table that takes Spark some seconds."""
    path = tmp_path_factory.mktemp("spark") / "a.csv"
    path.write_text("a,b\n" + "".join(f"{n},x{n * 7919 % ROWS}\n" for n in range(ROWS)), encoding="utf-8")
    return path


def command(table: Path, engine: str, out: Path) -> list[str]:
    base = ("--base", "https://example.org/")
    return [sys.executable, "-m", "kg", "tables", "convert", str(table), *base, "--engine", engine, "-o", str(out)]


def below(process: int) -> Iterator[int]:
    """The processes that the threads of a process have started, and those that these have."""
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:  # of a thread that has ended
            continue
        for child in map(int, found):
            yield child
            yield from below(child)


def java_of(process: int) -> int | None:
    for child in below(process):
        try:
            if Path(f"/proc/{child}/exe").readlink().name == "java":
                return child
        except OSError:
            continue
    return None


def running(scratch: Path) -> list[int]:
    """The processes that name a folder, half a minute later if not at once."""
    for _ in range(300):
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if str(scratch).encode() in path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:
                continue
        if not found:
            break
        time.sleep(0.1)
    return found


def killed_while_it_starts(table: Path, folder: Path, pause: float) -> list[Path]:
    """What is left of the scratch of a command that was ended as soon as Java had made a folder in it, or so."""
    scratch = folder / f"scratch-{pause}"
    scratch.mkdir()
    process = subprocess.Popen(
        command(table, "spark", folder / "out.nt"),
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    while process.poll() is None and not list(scratch.glob("kg-tables-*/engine/*")):
        time.sleep(0.002)
    time.sleep(pause)
    process.terminate()
    process.wait(timeout=60)
    time.sleep(2)  # what Java would still make
    return list(scratch.glob("kg-tables-*"))


def test_what_is_ended_while_spark_starts_leaves_nothing(table: Path, tmp_path: Path) -> None:
    left = [killed_while_it_starts(table, tmp_path, pause) for pause in (0.0, 0.05, 0.2, 0.5)]
    assert left == [[], [], [], []]


@needs("/proc", Path("/proc/self").exists())
@pytest.mark.parametrize("after", [0.0, 3.0, 5.0, 7.0])
@pytest.mark.parametrize("killed", ["java", "kg"])
def test_what_is_killed_leaves_what_was_there(table: Path, tmp_path: Path, after: float, killed: str) -> None:
    out, scratch = tmp_path / "out.nt", tmp_path / "scratch"
    out.write_bytes(b"before\n")
    scratch.mkdir()
    process = subprocess.Popen(
        command(table, "spark", out), stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(scratch)}
    )
    while process.poll() is None and java_of(process.pid) is None:
        time.sleep(0.02)
    time.sleep(after)
    if killed == "java" and (java := java_of(process.pid)):  # what starts Java is another one first
        os.kill(java, signal.SIGKILL)
    else:
        process.terminate()
    _, said = process.communicate(timeout=120)
    told = said.decode()
    if process.returncode:
        assert out.read_bytes() == b"before\n"
        assert "Traceback" not in told, told
        if killed == "java":
            assert "Spark" in told, told
            assert process.returncode == 3, told
    else:
        assert out.read_bytes() != b"before\n", "it was done before"
    assert sorted(tmp_path.iterdir()) == [out, scratch]
    assert list(scratch.glob("kg-tables-*")) == []
    assert running(scratch) == []


def test_a_project_is_built_unchanged(tmp_path: Path) -> None:
    """Tables of headers that are terms, and of metadata with rows as evidence, in a release of the same bytes."""
    releases = []
    for engine in ("duckdb", "spark"):
        project = tmp_path / engine / "coast"
        project.parent.mkdir()
        assert inside("init", "coast", "--base", "https://example.org/", cwd=project.parent).returncode == 0
        tables = project / "data/tables"
        tables.mkdir()
        reefs = "".join(f"reef-{n},Place,Reef {n},skerry-point\n" for n in range(50))
        (tables / "reefs.csv").write_text(f"id,type,name,near\n{reefs}", encoding="utf-8")
        (tables / "bays.csv").write_text('no;name\n1;Bay "one"\n2;Bay two\n', encoding="utf-8")
        columns = [
            {"titles": "no", "suppressOutput": True, "datatype": "integer"},
            {"titles": "name", "propertyUrl": "skos:prefLabel", "lang": "en"},
            {"virtual": True, "name": "kind", "propertyUrl": "rdf:type", "valueUrl": "schema:Place"},
        ]
        said = {
            "@context": "http://www.w3.org/ns/csvw",
            "url": "bays.csv",
            "kg:evidence": "row",
            "dialect": {"delimiter": ";", "quoteChar": None},
            "tableSchema": {"aboutUrl": "id:bay-{no}", "columns": columns},
        }
        (tables / "bays.csv-metadata.json").write_text(json.dumps(said), encoding="utf-8")
        command = [sys.executable, "-m", "kg", "build", "--engine", engine]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        assert "52 rows of 2 tables" in done.stdout + done.stderr
        (release,) = (project / "build/releases").glob("*/dataset.nq")
        releases.append((release.parent.name, release.read_bytes()))
    assert releases[0] == releases[1]
    assert b"Bay two" in releases[0][1]


# A file system of Hadoop that Python knows nothing of: addresses that lead to a folder here.
THERE = "viewfs://default/tables"
LINK = "spark.hadoop.fs.viewfs.mounttable.default.link./tables file://{}\n"
BASE = ("--base", "https://example.org/")
DESCRIBED = {
    "@context": "http://www.w3.org/ns/csvw",
    "tables": [
        {
            "url": "a.csv",
            "tableSchema": {"aboutUrl": "https://e.org/{a}", "columns": [{"titles": "a"}, {"titles": "b"}]},
        },
        {"url": "b.csv.gz", "tableSchema": {"aboutUrl": "https://e.org/{c}"}},
    ],
}
COMMANDS = """
import json, sys
from pathlib import Path
from tests.conftest import inside
for line in sys.stdin:
    done = inside("tables", *json.loads(line), cwd=Path.cwd())
    print(json.dumps([done.returncode, done.stdout.decode(), done.stderr.decode()]), flush=True)
"""


def settings(folder: Path, there: Path, more: str = "") -> dict[str, str]:
    """The environment in which addresses lead to a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "spark-defaults.conf").write_text(LINK.format(there) + more, encoding="utf-8")
    return {**os.environ, "SPARK_CONF_DIR": str(folder)}


def filled(folder: Path) -> Path:
    """A folder with two tables and their metadata."""
    folder.mkdir()
    (folder / "a.csv").write_text('a,b\n1,x\n2,"y ""q"" z"\n2,é\n3,\n' + "4,z\n" * 20, encoding="utf-8")
    (folder / "b.csv.gz").write_bytes(gzip.compress(b"c,d\n1,w\n5,v\n"))
    (folder / "tables.json").write_text(json.dumps(DESCRIBED), encoding="utf-8")
    return folder


LARGE = 60_000  # rows
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Command]]:
    """The folder that addresses lead to, and a process with one Java, which runs one command after the other."""
    there = filled(tmp_path_factory.mktemp("elsewhere") / "there")
    process = subprocess.Popen(
        [sys.executable, "-c", COMMANDS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=settings(there.parent / "settings", there),
        text=True,
    )

    def command(verb: str, name: str, *more: str) -> tuple[int, str, str]:
        assert process.stdin
        assert process.stdout
        address = name if "://" in name else f"{THERE}/{name}"
        process.stdin.write(json.dumps([verb, address, *BASE, "--engine", "spark", *more]) + "\n")
        process.stdin.flush()
        code, out, said = json.loads(process.stdout.readline())
        return code, out, said

    yield there, command
    process.communicate(timeout=60)


def here(path: Path, *more: str | Path) -> bytes:
    """What DuckDB says of a table."""
    return inside("tables", "convert", path, *BASE, *more, cwd=path.parent).stdout


def parts_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*"))


def whole(folder: Path) -> bytes:
    return b"".join(part.read_bytes() for part in parts_of(folder))


def test_tables_that_are_elsewhere_say_the_same(elsewhere: tuple[Path, Command]) -> None:
    there, command = elsewhere
    expected = here(there / "tables.json")
    assert expected.count(b"\n") == 12
    assert command("convert", "tables.json", "-o", f"{THERE}/out.nt") == (0, "", "")
    parts = parts_of(there / "out.nt")
    assert len(parts) > 1
    assert whole(there / "out.nt") == expected
    assert (there / "out.nt/_SUCCESS").is_file()
    code, _, said = command("convert", "tables.json", "-o", f"{THERE}/out.nt")
    assert (code, "something is there already" in said) == (2, True), said
    assert parts_of(there / "out.nt") == parts
    assert command("convert", "tables.json")[1].encode() == expected


def test_what_spark_writes_can_be_packed_or_a_table_of_terms(elsewhere: tuple[Path, Command], tmp_path: Path) -> None:
    there, command = elsewhere
    here(there / "tables.json", "-o", tmp_path / "here.parquet")
    assert command("convert", "tables.json", "-o", f"{THERE}/out.parquet/") == (0, "", "")
    read = "SELECT s, p, o, kind, datatype, language, g FROM read_parquet('{}') ORDER BY ALL"
    found = duckdb.execute(read.format(there / "out.parquet/part-*")).fetchall()
    assert found == duckdb.execute(read.format(tmp_path / "here.parquet")).fetchall()
    assert len(found) == 12
    assert command("convert", "a.csv", "-o", f"{THERE}/out.nt.gz") == (0, "", "")
    packed = b"".join(gzip.decompress(part.read_bytes()) for part in parts_of(there / "out.nt.gz"))
    assert packed == here(there / "a.csv")
    (there / "long.csv").write_text("a,b\n1,{}\n2,{}\n".format("x" * 200_000, "y" * 100_000), encoding="utf-8")
    assert command("convert", "long.csv", "-o", f"{THERE}/long.parquet") == (0, "", "")
    (long,) = duckdb.execute(f"SELECT max(length(o)) FROM read_parquet('{there}/long.parquet/part-*')").fetchall()
    assert long == (200_002,)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("crlf.csv", b"a,b\r\n1,x\r\n", "crlf.csv:1:1: it is not written as RFC 4180 has it with line feeds"),
        ("ragged.csv", b"a,b\n1,x\n2,y,z\n", "ragged.csv:1:1: the engine cannot read it: "),
        ("none.csv", None, "none.csv:1:1: no such file"),
        ("empty.csv", b"", f"{THERE}/empty.csv: not one file with something in it"),
        ("latin.csv", b"a,b\n1,caf\xe9\n", "latin.csv:1:1: the engine cannot read it: bytes that are not UTF-8"),
        ("packed.csv.gz", b"a,b\n1,2\n", f"Spark cannot read {THERE}/packed.csv.gz: "),
        (".", None, "not one file with something in it"),
        ("*.csv", None, "not one file with something in it"),
    ],
)
def test_what_is_wrong_elsewhere_is_said(
    elsewhere: tuple[Path, Command], name: str, text: bytes | None, words: str
) -> None:
    there, command = elsewhere
    if text is not None:
        (there / name).write_bytes(text)
    code, _, said = command("convert", name, "-o", f"{THERE}/wrong.nt")
    assert (code, words in said) == (3 if "Spark" in words or "not one" in words else 1, True), said
    assert not (there / "wrong.nt").exists()


@pytest.mark.parametrize("null", [True, False])
def test_a_dialect_elsewhere_has_no_comments(elsewhere: tuple[Path, Command], *, null: bool) -> None:
    there, command = elsewhere
    dialect = {"delimiter": ";", **({"commentPrefix": None} if null else {})}
    said = {"@context": "http://www.w3.org/ns/csvw", "url": "d.csv", "dialect": dialect}
    (there / "d.csv").write_text("a;b\n1;x\n", encoding="utf-8")
    (there / "d.csv-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    code, out, told = command("convert", "d.csv")
    assert (code, out.count("\n")) == ((0, 2) if null else (1, 0))
    assert ('give it "commentPrefix": null' in told) is not null


def test_cells_that_are_elsewhere_are_checked(elsewhere: tuple[Path, Command]) -> None:
    there, command = elsewhere
    (there / "checked.csv").write_text("a,b\n1,x\n2,\n", encoding="utf-8")
    columns = [{"titles": "a", "datatype": "integer"}, {"titles": "b", "required": True}]
    said = {"@context": "http://www.w3.org/ns/csvw", "url": "checked.csv", "tableSchema": {"columns": columns}}
    (there / "checked.csv-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    wrong = "row 2, column b: the cell is empty; it is required"
    code, _, told = command("check", "checked.csv")
    assert (code, wrong in told) == (1, True), told
    code, _, told = command("convert", "checked.csv", "--strict", "-o", f"{THERE}/strict.nt")
    assert (code, wrong in told, (there / "strict.nt").exists()) == (1, True, False), told


def test_what_spark_does_not_read_or_write_is_said(elsewhere: tuple[Path, Command]) -> None:
    _, command = elsewhere
    code, _, said = command("convert", "nofs://host/a.csv")
    assert (code, "Spark cannot read nofs://host/a.csv" in said) == (3, True), said
    code, _, said = command("convert", "a.csv", "-o", "file:///proc/x/out.nt")
    assert (code, "Spark cannot write file:///proc/x/out.nt: " in said) == (3, True), said
    code, _, said = command("convert", "ftp://me:secret@host/a.csv")
    assert (code, "an address has a password in it" in said, "secret" in said) == (2, True, False), said


@pytest.mark.parametrize("kept", ["used/2026/kept.txt", "hidden/_archive/kept.csv", "glob[1]/kept.txt", "empty/.kept"])
def test_a_folder_that_is_there_is_left(elsewhere: tuple[Path, Command], kept: str) -> None:
    there, command = elsewhere
    (there / kept).parent.mkdir(parents=True)
    (there / kept).write_text("kept", encoding="utf-8")
    code, _, said = command("convert", "a.csv", "-o", f"{THERE}/{kept.partition('/')[0]}")
    assert (code in (2, 3), (there / kept).read_text(encoding="utf-8")) == (True, "kept"), said
    assert parts_of((there / kept).parent) == []


@pytest.mark.parametrize(
    ("remote", "words"),
    [
        ("sc://127.0.0.1:1/;token=secret", "Spark does not answer at 127.0.0.1:1 ("),
        ("sc://127.0.0.1:1;token=secret", "SPARK_REMOTE is not an address of Spark Connect"),
        ("sc:///;token=secret", "SPARK_REMOTE is not an address of Spark Connect"),
    ],
)
def test_a_cluster_that_does_not_answer_is_said_without_its_token(remote: str, words: str) -> None:
    done = subprocess.run(
        command(Path(__file__), "spark", Path("out.nt")),
        capture_output=True,
        env={**os.environ, "SPARK_REMOTE": remote},
        check=False,
        text=True,
    )
    assert (done.returncode, words in done.stderr) == (3, True), done
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "defaults", "master"),
    [
        ({}, "", ""),
        ({}, "# spark.master spark://not:7077\nspark.ui.enabled false\n", ""),
        ({}, "spark.ui.enabled false\n  spark.master   spark://a:7077\n", "spark://a:7077"),
        ({}, "spark.master=yarn\n", "yarn"),
        ({"PYSPARK_SUBMIT_ARGS": "--master k8s://h pyspark-shell"}, "spark.master yarn\n", "k8s://h"),
        ({"PYSPARK_SUBMIT_ARGS": "--master=yarn pyspark-shell"}, "", "yarn"),
        ({"SPARK_REMOTE": "sc://h", "PYSPARK_SUBMIT_ARGS": "--master yarn"}, "", "sc://h"),
    ],
)
def test_which_cluster_is_set_up(
    environment: dict[str, str], defaults: str, master: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.tables.spark_engine import _master

    for name in ("SPARK_REMOTE", "PYSPARK_SUBMIT_ARGS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    (tmp_path / "spark-defaults.conf").write_text(defaults, encoding="utf-8")
    assert _master() == master


def test_what_is_killed_elsewhere_is_not_whole(elsewhere: tuple[Path, Command]) -> None:
    there, command = elsewhere
    (there / "large.csv").write_text(
        "a,b\n" + "".join(f"{n},x{n * 7919 % LARGE}\n" for n in range(LARGE)), encoding="utf-8"
    )
    arguments = [f"{THERE}/large.csv", *BASE, "--engine", "spark", "-o", f"{THERE}/large.nt"]
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "tables", "convert", *arguments],
        stderr=subprocess.PIPE,
        env=settings(there.parent / "settings", there),
    )
    while process.poll() is None and not (there / "large.nt/_temporary").exists():
        time.sleep(0.01)
    java = java_of(process.pid)
    assert java, "it was done before"
    os.kill(java, signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert (process.returncode, b"Spark has ended" in said) == (3, True), said
    assert parts_of(there / "large.nt") == []
    assert not (there / "large.nt/_SUCCESS").exists()
    code, _, told = command("convert", "large.csv", "-o", f"{THERE}/large.nt")
    assert (code, "perhaps of a run that did not end (without _SUCCESS); delete it" in told) == (2, True), told
    shutil.rmtree(there / "large.nt")
    assert command("convert", "large.csv", "-o", f"{THERE}/large.nt") == (0, "", "")
    assert whole(there / "large.nt") == here(there / "large.csv")


@needs("/proc", Path("/proc/self").exists())
def test_a_cluster_that_loses_an_executor_writes_the_same(tmp_path: Path) -> None:
    there = filled(tmp_path / "there")
    (there / "large.csv").write_text(
        "a,b\n" + "".join(f"{n},x{n * 7919 % LARGE}\n" for n in range(LARGE)), encoding="utf-8"
    )
    cluster = "spark.master local-cluster[2,1,1024]\nspark.executor.memory 900m\n"
    arguments = [f"{THERE}/large.csv", *BASE, "--engine", "spark", "-o", f"{THERE}/large.nt"]
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "tables", "convert", *arguments],
        stderr=subprocess.PIPE,
        env=settings(tmp_path / "settings", there, cluster),
    )
    while process.poll() is None and len(executors_of(process.pid)) < 2:
        time.sleep(0.05)
    time.sleep(8)
    os.kill(executors_of(process.pid)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert whole(there / "large.nt") == here(there / "large.csv")


def executors_of(process: int) -> list[int]:
    """The processes of a cluster that work."""
    found = []
    for child in below(process):
        try:
            if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
        except OSError:
            continue
    return found
