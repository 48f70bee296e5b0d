"""The process: how it starts, ends, and goes on while a build replaces what it serves."""

import re
import signal
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.conftest import ROOT, Server, copy_project, run, serving
from tests.web.conftest import CROSS, SELECT, children, raw


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    except OSError:
        return False


@pytest.mark.long
def test_a_killed_server_leaves_no_worker_and_starts_again(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--timeout", "2") as found:
        httpx.get(f"{found.url}sparql", params={"query": SELECT})
        workers = children(found.process.pid)
        threading.Thread(
            target=lambda: raw(found.url, b"GET /sparql?query=" + quote(CROSS).encode() + b" HTTP/1.0\r\n\r\n")
        ).start()
        time.sleep(0.3)
        found.process.kill()
        found.process.wait()
        end = time.monotonic() + 5
        while time.monotonic() < end and any(alive(pid) for pid in workers):
            time.sleep(0.1)
        assert not any(alive(pid) for pid in workers)
    with serving(campaign, tmp_path / "log2") as found:
        assert httpx.get(f"{found.url}sparql", params={"query": SELECT}).status_code == 200


@pytest.mark.long
def test_sigterm_lets_the_asked_be_answered(campaign: Path, tmp_path: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(STR(?c)) > 3) }"
    with serving(campaign, tmp_path / "log", "--timeout", "20") as found:
        with ThreadPoolExecutor(1) as threads:
            asked = threads.submit(httpx.get, f"{found.url}sparql", params={"query": slow}, timeout=60)
            time.sleep(0.4)
            assert not asked.done()
            found.process.terminate()
            assert asked.result().status_code == 200
        assert found.process.wait(timeout=20) in (0, -signal.SIGTERM)
        assert not any("Traceback" in line for line in found.lines())


@pytest.mark.long
def test_a_build_while_serving_fails_no_request(tmp_path: Path) -> None:
    copy_project(ROOT, tmp_path)
    assert run("build", cwd=tmp_path).returncode == 0
    with serving(tmp_path, tmp_path / "log") as found:
        stop = threading.Event()
        statuses: list[int] = []
        releases = set()

        def load(path: str) -> None:
            with httpx.Client() as client:
                while not stop.is_set():
                    statuses.append(client.get(found.url + path).status_code)

        paths = (
            "id/kofi-annan.ttl",
            "query/treaty-actions.csv",
            f"sparql?query={quote(SELECT)}",
            "search?q=kofi&format=json",
        )
        threads = [threading.Thread(target=load, args=(path,)) for path in paths]
        for thread in threads:
            thread.start()
        facts = tmp_path / "data" / "facts"
        first = sorted(facts.glob("*.yaml"))[0]
        for number in range(2):
            releases.add(httpx.get(f"{found.url}health").json()["release"])
            text = first.read_text(encoding="utf-8")
            first.write_text(re.sub(r"(\n  note: [^\n]*)\.\n", rf"\1 ({number}).\n", text, count=1), encoding="utf-8")
            assert run("build", cwd=tmp_path).returncode == 0
            time.sleep(0.5)
        releases.add(httpx.get(f"{found.url}health").json()["release"])
        stop.set()
        for thread in threads:
            thread.join()
        assert len(releases) == 3
        assert set(statuses) == {200}
        assert len(statuses) > 200


def test_links_work_below_a_path_behind_a_proxy(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--root-path", "/graph", "--proxy-headers") as found:
        where = urlsplit(found.url)
        direct = f"http://{where.netloc}/"  # what the proxy asks, with /graph taken off
        headers = {"Host": "data.example.org", "X-Forwarded-Proto": "https"}
        assert httpx.get(f"{direct}id/kofi-annan", headers=headers).headers["location"] == "kofi-annan.html"
        manifest = httpx.get(f"{direct}reconcile", headers=headers).json()
        assert manifest["view"]["url"] == "https://data.example.org/graph/id/{{id}}"
        described = httpx.get(f"{direct}sparql", headers={**headers, "Accept": "text/turtle"}).text
        assert "<https://data.example.org/graph/sparql> a sd:Service" in described


def test_a_port_that_is_taken_is_named(campaign: Path, server: Server) -> None:
    port = str(urlsplit(server.url).port)
    done = run("serve", "--port", port, cwd=campaign)
    assert done.returncode == 3
    assert b"choose another --host or --port" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_project_that_is_not_built_is_named(project: Path) -> None:
    done = run("serve", "--port", "0", cwd=project)
    assert done.returncode == 3
    assert b"nothing has been built yet" in done.stderr


def test_sigterm_leaves_nothing_behind(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log") as found:
        pid = found.process.pid
        assert list(Path(tempfile.gettempdir()).glob(f"kg-serve-{pid}-*"))
        found.process.terminate()
        assert found.process.wait(timeout=20) == 0
    assert not list(Path(tempfile.gettempdir()).glob(f"kg-serve-{pid}-*"))


def test_with_open_pages_that_listen_a_server_ends_at_once(project: Path, tmp_path: Path) -> None:
    assert run("build", cwd=project).returncode == 0
    with serving(project, tmp_path / "log", "--reload") as found:
        with (
            httpx.stream("GET", f"{found.url}events", timeout=10) as first,
            httpx.stream("GET", f"{found.url}events", timeout=10) as second,
        ):
            assert first.headers["content-type"] == "text/event-stream"
            lines = [next(stream.iter_lines()) for stream in (first, second)]
            assert lines == [f"data: {(project / 'build' / 'current').read_text().strip()}"] * 2
            begun = time.monotonic()
            found.process.send_signal(signal.SIGTERM)
            assert found.process.wait(10) == 0
            assert time.monotonic() - begun < 5
        assert "EventSource" not in (tmp_path / "log").read_text(encoding="utf-8")
