"""Nobody speaks to the editor but the browser of the person who started it, from the editor's own page."""

import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import run


class Editor(NamedTuple):
    """An editor that runs: its port, the token of its address, and its process."""

    port: int
    token: str
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Its address, as it was printed."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """What it answers; `headers` in place of those of its own page, _ for -; "" leaves one out."""
        said = {"Host": f"127.0.0.1:{self.port}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in said.items():
            if value:
                connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def enter(self) -> "Session":
        """Open the printed address as a browser does."""
        status, headers, _ = self.ask("GET", f"/?token={self.token}")
        assert status == 303
        cookie = headers["set-cookie"].split(";")[0]
        _, _, page = self.ask("GET", "/", Cookie=cookie)
        return Session(self, cookie, re.findall(r'name="kg-token" content="([^"]+)"', page.decode())[0])


class Session(NamedTuple):
    """A browser that is in."""

    editor: Editor
    cookie: str
    token: str

    def get(self, path: str) -> Any:
        """What a call that reads answers."""
        return json.loads(self.editor.ask("GET", path, Cookie=self.cookie)[2])

    def post(self, path: str, said: object, **headers: str) -> tuple[int, Any]:
        """The status and answer of a change."""
        own = {
            "Cookie": self.cookie,
            "Origin": f"http://127.0.0.1:{self.editor.port}",
            "Content_Type": "application/json",
            "X_Kg_Edit": self.token,
        }
        status, _, body = self.editor.ask("POST", path, json.dumps(said).encode(), **{**own, **headers})
        return status, json.loads(body) if body else None


@contextmanager
def editing(project: Path, log: Path) -> Iterator[Editor]:
    """A real editor of a project, on a free port of this machine."""
    with log.open("wb") as out:
        command = [sys.executable, "-m", "kg", "-C", str(project), "edit", "--no-open"]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        for _ in range(400):
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)", log.read_text(encoding="utf-8")):
                break
            assert process.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        else:
            pytest.fail("no editor after 20 s")
        yield Editor(int(found[1]), found[2], process)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def editor(project: Path, tmp_path: Path) -> Iterator[Editor]:
    """An editor of a project of its own."""
    with editing(project, tmp_path / "editor.log") as found:
        yield found


FACT = {
    "do": "add",
    "source": "notice",
    "record": {
        "quote": "A fog horn is added",
        "id": "horn",
        "type": "Event",
        "name": "horn",
        "date": "1901",
        "basis": "inferred",
        "note": "The horn of 1901.",
    },
}


def files(project: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in project.rglob("*") if path.is_file() and "build" not in path.parts}


def test_the_address_works_once_and_its_cookie_is_for_this_browser_alone(editor: Editor) -> None:
    assert editor.ask("GET", "/")[0] == 403, "no token"
    assert editor.ask("GET", "/?token=")[0] == 403
    assert editor.ask("GET", f"/?token={editor.token[:-1]}")[0] == 403
    status, headers, body = editor.ask("GET", f"/?token={editor.token}")
    assert (status, headers["location"], body) == (303, "/", b"")
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=Strict" in headers["set-cookie"]
    assert editor.token not in headers["set-cookie"]
    assert editor.ask("GET", f"/?token={editor.token}")[0] == 403, "a token is used once"
    cookie = headers["set-cookie"].split(";")[0]
    status, headers, page = editor.ask("GET", "/", Cookie=cookie)
    assert status == 200
    assert editor.token.encode() not in page
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers
    assert editor.ask("GET", "/", Cookie=cookie[:-1])[0] == 403
    again = editor.ask("GET", f"/?token={editor.token}", Cookie=cookie)
    assert (again[0], again[1]["location"]) == (303, "/"), "the same browser may open it again"
    assert editor.ask("GET", "/", Cookie="kg-edit=a; ,;;=")[0] == 403


def test_it_listens_on_this_machine_alone(editor: Editor) -> None:
    with pytest.raises(OSError):  # noqa: PT011  (which one depends on the system)
        http.client.HTTPConnection("127.0.0.2", editor.port, timeout=2).request("GET", "/")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "localhost.evil.example:{port}"]
)
def test_a_foreign_host_is_refused(editor: Editor, host: str) -> None:
    session = editor.enter()
    said = host.format(port=editor.port)
    assert editor.ask("GET", "/api/overview", Host=said, Cookie=session.cookie)[0] in (400, 421)
    assert session.post("/api/change", FACT, Host=said, Origin=f"http://{said}")[0] in (400, 421)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1"},
        {"X_Kg_Edit": ""},
        {"X_Kg_Edit": "guess"},
        {"Cookie": ""},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": ""},
    ],
    ids=str,
)
def test_a_change_that_is_not_of_the_own_page_is_refused(
    editor: Editor, project: Path, headers: dict[str, str]
) -> None:
    session = editor.enter()
    before = files(project)
    status, said = session.post("/api/change", FACT, **headers)
    assert (status, list(said)) == (403, ["message"])
    for path in ("/api/propose", "/api/preview", "/api/undo"):
        assert session.post(path, {}, **headers)[0] == 403
    assert files(project) == before
    assert session.post("/api/change", FACT)[0] == 200, "the own page may"


def test_another_page_may_not_even_read(editor: Editor) -> None:
    session = editor.enter()
    for site in ("cross-site", "same-site"):
        assert editor.ask("GET", "/api/overview", Cookie=session.cookie, Sec_Fetch_Site=site)[0] == 403
    assert editor.ask("GET", "/api/overview", Cookie=session.cookie, Sec_Fetch_Site="same-origin")[0] == 200
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
        assert editor.ask(method, "/api/change", b"{}", Cookie=session.cookie)[0] == 403


def test_nothing_is_read_or_written_but_facts_and_drafts(editor: Editor, project: Path, tmp_path: Path) -> None:
    session = editor.enter()
    outside = tmp_path / "outside.yaml"
    outside.write_text("source: notice\nfacts:\n- id: a\n", encoding="utf-8")
    (project / "data" / "facts" / "link.yaml").symlink_to(outside)
    (project / "data" / "facts" / "folder").symlink_to(tmp_path)
    before = files(project)
    paths = [
        "../outside.yaml",
        str(outside),
        "data/facts/../../../outside.yaml",
        "data/facts/link.yaml",
        "data/facts/folder/outside.yaml",
        "data/sources.yaml",
        "kg.toml",
        "data/facts/x.csv",
        "/etc/passwd",
        "data/facts/\u0000.yaml",
        "data/reference/x.yaml",
        "queries/x.yaml",
        "data/facts",
    ]
    for path in paths:
        for asked in (
            {**FACT, "file": path},
            {"do": "change", "file": path, "key": "0" * 16, "record": FACT["record"]},
            {"do": "delete", "file": path, "key": "0" * 16},
            {"do": "drop", "file": path, "key": "0" * 16},
        ):
            status, said = session.post("/api/change", asked)
            assert status in (400, 409), (path, asked["do"], said)
    for path in ("/static/..%2f..%2fkg.toml", "/static/../app.py", "/static/%2e%2e/app.py", "/../../etc/passwd"):
        assert editor.ask("GET", path, Cookie=session.cookie)[0] == 404
    assert files(project) == before
    assert outside.read_text(encoding="utf-8") == "source: notice\nfacts:\n- id: a\n"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"null", b"\xff", b"[" * 100_000, b'{"do": "add"}', b'{"do": "burn"}', b'{"do": ["add"]}'],
)
def test_what_is_not_a_change_is_refused(editor: Editor, body: bytes) -> None:
    session = editor.enter()
    own = {
        "Cookie": session.cookie,
        "Origin": f"http://127.0.0.1:{editor.port}",
        "Content_Type": "application/json",
        "X_Kg_Edit": session.token,
    }
    status, _, said = editor.ask("POST", "/api/change", body, **own)
    assert status == 400, said
    assert "message" in json.loads(said)
    assert editor.ask("POST", "/api/change", b"{" + b" " * (1 << 20), **own)[0] == 403, "too large"


def test_what_is_in_the_way_is_said(project: Path, editor: Editor, tmp_path: Path) -> None:
    taken = run("edit", "--no-open", "--port", str(editor.port), cwd=project)
    assert taken.returncode == 3
    assert b"cannot be listened on" in taken.stderr
    (project / "data" / "sources.yaml").write_text("sources: 3\n", encoding="utf-8")
    broken = run("edit", "--no-open", cwd=project)
    assert broken.returncode == 1
    assert b"expected `sources:`" in broken.stderr
