"""What the tests share: the campaign's release, small projects to spoil, and the command line as users run it."""

import asyncio
import gc
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urljoin

import httpx
import hypothesis
import pyoxigraph as px
import pytest

from kg.build.preparing import prepare
from kg.build.releasing import build
from kg.cli import main
from kg.project import TEMPLATE, read_project
from kg.rdf import iris
from kg.rdf.context import read_context
from kg.rdf.terms import text_of
from kg.release.contents import Terms, write_descriptions, write_downloads
from kg.release.dcat import About
from kg.release.reader import Release
from kg.release.void import statistics
from kg.release.writer import publish, staging
from kg.stores.embedded import open_folder
from kg.stores.loader import load

# How long an example takes is for the benchmarks to say, on a machine that nobody else uses.
hypothesis.settings.register_profile("every", deadline=None)
hypothesis.settings.register_profile("kg", deadline=None, max_examples=25)

pytest_plugins = ["tests.browser"]
ROOT = Path(__file__).parent.parent
DEFAULT = px.DefaultGraph()
Result = TypeVar("Result")
SUITES = Path(os.environ.get("KG_SUITES", ROOT.parent / "shared"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Have an option for the tests that take long."""
    parser.addoption("--long", action="store_true", help="run the tests that take long too, with more examples of each")


def pytest_configure(config: pytest.Config) -> None:
    """Draw as many examples as there is time for."""
    hypothesis.settings.load_profile("every" if _every(config) else "kg")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the tests that take long, unless every test is wanted."""
    for item in [] if _every(config) else items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="it takes long: make test-all runs it"))


def _every(config: pytest.Config) -> bool:
    return bool(config.getoption("long") or os.environ.get("KG_REQUIRE_ALL"))


def needs(what: str, there: bool) -> pytest.MarkDecorator:
    """The mark of tests that need what a fresh machine may lack: they skip with the reason, or fail where it is required
    (KG_REQUIRE_ALL).
    """
    if there:
        return pytest.mark.skipif(False, reason="")
    if os.environ.get("KG_REQUIRE_ALL"):
        return pytest.mark.required(what)
    return pytest.mark.skipif(True, reason=f"{what} is not there")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test whose need is required here and not met."""
    for mark in item.iter_markers("required"):
        pytest.fail(f"{mark.args[0]} is required here (KG_REQUIRE_ALL) and is not there")


def run(*arguments: str | Path, cwd: Path, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own, as a user runs it."""
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, input=given, capture_output=True, timeout=120, check=False)


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository's project, built."""
    folder = tmp_path_factory.mktemp("campaign")
    copy_project(ROOT, folder)
    assert build(read_project(folder)).release
    return folder


@pytest.fixture(scope="session")
def release(campaign: Path) -> Release:
    """The campaign's release."""
    from kg.release.reader import current

    return current(campaign / "build")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's project, built; not to be changed."""
    folder = tmp_path_factory.mktemp("template") / "project"
    shutil.copytree(TEMPLATE, folder)
    assert build(read_project(folder)).release
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh copy of the template's project, to be spoiled."""
    folder = tmp_path / "project"
    shutil.copytree(TEMPLATE, folder)
    return folder


Spoil = Callable[[str, str, str], Path]


@pytest.fixture
def spoil(project: Path) -> Spoil:
    """A function that replaces words in a file of a fresh project, and returns the project."""

    def replace(file: str, old: str, new: str) -> Path:
        path = project / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return project

    return replace


def copy_project(origin: Path, target: Path, parts: Sequence[str] = ("data", "ontology", "queries")) -> None:
    """Copy a project's own files, without releases or virtual environments."""
    for part in parts:
        shutil.copytree(origin / part, target / part)
    for settings in ("kg.toml", "pyproject.toml"):
        if (origin / settings).exists():
            shutil.copy(origin / settings, target / settings)


class Server(NamedTuple):
    """A server that runs: its address, with "/" at the end, its process, and the file of its log."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[str]:
        """What it has said so far."""
        return self.log.read_text(encoding="utf-8").splitlines()


def serving(folder: Path, log: Path, *options: str) -> AbstractContextManager[Server]:
    """A real server of a project's release, on a free port of this machine."""
    return serving_with(sys.executable, folder, log, *options)


@contextmanager
def serving_with(python: str, folder: Path, log: Path, *options: str) -> Iterator[Server]:
    """The same, started by a Python of one's own."""
    command = [python, "-m", "kg", "-C", str(folder), "serve", "--port", "0", *options]
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, cwd=log.parent)
    try:
        for _ in range(400):
            found = re.search(r"http://\S+", log.read_text(encoding="utf-8"))
            if found and reachable(found[0]):
                break
            assert process.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        else:
            pytest.fail(f"no server after 20 s: {log.read_text(encoding='utf-8')[:500]}")
        yield Server(found[0], process, log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def reachable(url: str) -> bool:
    """Whether a server answers at an address."""
    try:
        return httpx.get(urljoin(url, "/health")).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def server(campaign: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the campaign, with short limits."""
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(campaign, log, "--timeout", "3", "--max-rows", "5000") as found:
        yield found


def published(build: Path, name: str, files: Mapping[str, bytes]) -> Release:
    """A release of files, `dataset.nq` among them, with its database."""
    with staging(build) as aside:
        folder = aside / name
        for file, content in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        load(folder / "dataset.nq", folder / "store")
        return publish(build, folder, name)


def release_of(data: bytes, build: Path, base: str = "https://example.org/") -> Release:
    """A release of N-Quads alone, as a build would have made it."""
    lines = sorted(line + b"\n" for line in set(data.splitlines()) if line)
    parsed = {str(quad.triple) for quad in px.parse(data, format=px.RdfFormat.N_QUADS) if quad.graph_name == DEFAULT}
    default = [line for line in lines if line.removesuffix(b" .\n").decode() in parsed]
    terms = Terms({}, read_context(TEMPLATE / "ontology" / "context.jsonld", base))
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    manifest = {"title": "A graph", "base": base, "prefixes": {}, "counts": {}, "license": "", "versions": {"kg": "0"}}
    manifest["sha256"] = digest
    with staging(build) as aside:
        folder = aside / digest[:12]
        folder.mkdir()
        (folder / "dataset.nq").write_bytes(b"".join(lines))
        (folder / "default.nt").write_bytes(b"".join(default))
        shutil.copy(TEMPLATE / "ontology" / "context.jsonld", folder)
        write_downloads(folder, terms, base, aside)
        load(folder / "dataset.nq", folder / "store")
        about = About(base, "A graph", "", "The curators", "", version="1")
        write_descriptions(folder, about, statistics(open_folder(folder / "store"), base), (), terms)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (folder / "locations.json").write_text("{}", encoding="utf-8")
        (folder / "report.json").write_text('{"conforms": true, "checked": {}, "findings": []}', encoding="utf-8")
        (folder / "report.ttl").touch()
        return publish(build, folder, folder.name)


def inlined(data: bytes | str, context: Path = ROOT / "ontology" / "context.jsonld") -> str:
    """JSON-LD with the context that it links to written into it, as a reader has it that can fetch the link."""
    document = json.loads(data)
    link, base = document["@context"]
    assert link.endswith("/context.jsonld")
    document["@context"] = [json.loads(context.read_text(encoding="utf-8"))["@context"], base]
    return json.dumps(document)


def called(*arguments: str, cwd: Path) -> tuple[int, str]:
    """What `kg` ends with and says, called in this process: a quarter of the time of one of its own."""
    done = inside(*arguments, cwd=cwd)
    return done.returncode, (done.stdout + done.stderr).decode()


def inside(*arguments: str | Path, cwd: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The same as `run`, in this process."""
    code, streams = 0, {name: io.TextIOWrapper(io.BytesIO(), "utf-8") for name in ("stdout", "stderr")}
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGTERM)}
    before, argv, stdin = Path.cwd(), sys.argv, sys.stdin
    try:
        os.chdir(cwd)
        sys.argv = ["kg", *map(str, arguments)]
        sys.stdin = io.TextIOWrapper(io.BytesIO(given), "utf-8")
        with redirect_stdout(streams["stdout"]), redirect_stderr(streams["stderr"]):
            main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        os.chdir(before)
        sys.argv, sys.stdin = argv, stdin
        for number, handler in kept.items():
            signal.signal(number, handler)
    if code:
        gc.collect()  # the answers of the engine that an error holds may not be dropped by another thread
    said = []
    for stream in streams.values():
        stream.flush()
        said.append(stream.buffer.getvalue())
    return subprocess.CompletedProcess(arguments, code, *said)


def in_a_loop(main: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives, run in a thread of its own: the browser's tests leave an event loop running in theirs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, main).result()


def statements(project: Path, folder: Path) -> set[px.Quad]:
    """What the facts of a project state, each statement in the graph of its fact."""
    settings = read_project(project)
    prepared = prepare(settings, folder, folder / "cache")
    quads = px.parse((prepared.folder / "dataset.nq").read_bytes(), format=px.RdfFormat.N_QUADS)
    return {quad for quad in quads if iris.is_fact(settings.base, text_of(quad.graph_name))}
