"""An endpoint that fails in any way is an error that names it, ends with exit code 3, and gives no secret away."""

import base64
import gzip
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from kg.errors import QueryError, StoreError
from kg.stores.base import Endpoint
from kg.stores.connection import Connection, checked
from kg.stores.remote import ROWS, Remote
from tests.conftest import run, serving
from tests.stores.conftest import Silent

SECRET = "s3cret-w0rd"
GOOD = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "yes"}}]}})
TEXT = "SELECT ?x WHERE { ?x ?y ?z }"

Answer = Callable[["Handler"], None]


class Handler(Silent):
    """Answers as its server's function does, and keeps what was asked."""

    def do_POST(self) -> None:  # noqa: N802  (the name that http.server calls)
        self.body = self.sent()
        self.server.asked.append(dict(self.headers))
        self.server.answer(self)


class Faulty(ThreadingHTTPServer):
    """An endpoint that answers as it is told."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/sparql"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what is tried here."""


@pytest.fixture
def faulty(listening: Any) -> Callable[[Answer], Faulty]:
    """A function that starts an endpoint."""
    return lambda answer: listening(Faulty(answer))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses, and three tries."""
    monkeypatch.setattr("kg.stores.connection.TRIES", 3)
    monkeypatch.setattr("kg.stores.connection.PAUSE", 0.01)


def first(server: Faulty) -> str:
    (row,) = Remote(Endpoint(server.url), "http://x/").query(TEXT)
    return str(row[0].value)


def test_an_answer_is_taken_whole(faulty: Any) -> None:
    assert first(faulty(lambda to: to.reply(200, GOOD.encode(), f"{ROWS}; charset=utf-8"))) == "yes"
    packed = gzip.compress(GOOD.encode())
    assert first(faulty(lambda to: to.reply(200, packed, Content_Encoding="gzip"))) == "yes"


def cut_off(to: Handler) -> None:
    to.send_response(200)
    to.send_header("Content-Type", ROWS)
    to.send_header("Content-Length", "1000")
    to.end_headers()
    to.wfile.write(GOOD.encode()[:30])
    to.close_connection = True


def no_length(to: Handler) -> None:
    """An answer that ends with its connection, half way: nothing but its content tells."""
    to.send_response(200)
    to.send_header("Content-Type", ROWS)
    to.send_header("Connection", "close")
    to.end_headers()
    to.wfile.write(GOOD.encode()[:30])
    to.close_connection = True


def hung_up(to: Handler) -> None:
    to.connection.shutdown(socket.SHUT_RDWR)
    to.close_connection = True


def rows(*bindings: str) -> bytes:
    return f'{{"head": {{"vars": ["x"]}}, "results": {{"bindings": [{",".join(bindings)}]}}}}'.encode()


FAULTS: list[tuple[str, Answer, str, int]] = [
    ("500", lambda to: to.reply(500, b"disk full", "text/plain"), "500 Internal Server Error: disk full", 1),
    ("page", lambda to: to.reply(500, b"<html><h1>Oops</h1>", "text/html"), "500 Internal Server Error$", 1),
    ("400", lambda to: to.reply(400, b"no such\nfunction", "text/plain"), "400 Bad Request: no such function", 1),
    ("404", lambda to: to.reply(404), "404 Not Found", 1),
    (
        "login",
        lambda to: to.reply(200, b"<html>Log in</html>", "text/html"),
        "the answer is text/html, expected appl",
        1,
    ),
    ("no type", lambda to: to.reply(200, GOOD.encode(), ""), "the answer is of no type, expected application", 1),
    (
        "xml",
        lambda to: to.reply(200, b"<sparql/>", "application/sparql-results+xml"),
        "the answer is .*xml, expected",
        1,
    ),
    ("not json", lambda to: to.reply(200, b"{"), "the answer is not whole, or not in its format", 1),
    ("other json", lambda to: to.reply(200, b"[1]"), "the answer is not whole, or not in its format", 1),
    ("empty", lambda to: to.reply(200), "the answer is not whole, or not in its format", 1),
    (
        "bad row",
        lambda to: to.reply(200, rows('{"x": {"type": "uri", "value": "no iri"}}')),
        "not whole, or not in its",
        1,
    ),
    ("cut row", lambda to: to.reply(200, rows('{"x": {"type": "literal"')[:-3]), "not whole, or not in its format", 1),
    ("boolean", lambda to: to.reply(200, b'{"head": {}, "boolean": true}'), "it answers yes or no where rows were", 1),
    ("secret", lambda to: to.reply(500, b"Bearer s3cret-w0rd?", "text/plain"), "500 Internal Server Error: Bearer", 1),
    ("half", no_length, "the answer is not whole, or not in its format", 1),
    ("gzip", lambda to: to.reply(200, b"no", Content_Encoding="gzip"), "the answer cannot be unpacked", 1),
    ("cut off", cut_off, "the answer was cut off .*, after 3 tries", 3),
    ("hung up", hung_up, "the answer was cut off .*, after 3 tries|no connection .*, after 3 tries", 3),
    ("429", lambda to: to.reply(429, b"slow down", "text/plain"), "429 Too Many Requests: slow down, after 3 tries", 3),
    ("502", lambda to: to.reply(502, b"<html>", "text/html"), "502 Bad Gateway, after 3 tries", 3),
    ("503", lambda to: to.reply(503), "503 Service Unavailable, after 3 tries", 3),
    ("later", lambda to: to.reply(503, Retry_After="3600"), "503 Service Unavailable, after 1 try$", 1),
    ("401", lambda to: to.reply(401), "401 Unauthorized; set KG_ENDPOINT_USER and", 1),
    ("403", lambda to: to.reply(403), "403 Forbidden; set KG_ENDPOINT_USER and", 1),
    (
        "moved",
        lambda to: to.reply(302, Location="http://y/new?k=1"),
        "it redirects to http://y/new; give that address",
        1,
    ),
]


@pytest.mark.long
@pytest.mark.parametrize(("answer", "message", "times"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS])
def test_what_goes_wrong_is_told_with_the_endpoint(faulty: Any, answer: Answer, message: str, times: int) -> None:
    server = faulty(answer)
    with pytest.raises(StoreError, match=f"(?s)^{server.url}: .*({message})"):
        first(server)
    assert len(server.asked) == times


def test_a_try_may_be_enough(faulty: Any) -> None:
    def second(to: Handler) -> None:
        to.reply(503) if len(to.server.asked) < 2 else to.reply(200, GOOD.encode())

    assert first(faulty(second)) == "yes"


@pytest.mark.long
@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_a_slow_endpoint_is_left(faulty: Any, monkeypatch: pytest.MonkeyPatch, pause: float) -> None:
    """One that says nothing, and one that says a little now and then, which never waits long."""
    monkeypatch.setenv("KG_ENDPOINT_TIMEOUT", "0.5")

    def slow(to: Handler) -> None:
        if not pause:
            time.sleep(3)
            return
        to.send_response(200)
        to.send_header("Content-Type", ROWS)
        to.send_header("Content-Length", "100000")
        to.end_headers()
        for _ in range(60):
            to.wfile.write(b" ")
            time.sleep(pause)

    begun = time.monotonic()
    with pytest.raises(StoreError, match="no whole answer within 0.5 s; ask for less, or set KG_ENDPOINT_TIMEOUT"):
        first(faulty(slow))
    assert time.monotonic() - begun < 2.5


def test_an_endless_answer_is_left(faulty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.stores.connection.MOST", 1000)
    with pytest.raises(StoreError, match="it answers with more than 1,000 bytes; add a LIMIT"):
        first(faulty(lambda to: to.reply(200, b" " * 5000 + GOOD.encode())))


def test_nobody_at_the_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/sparql"
        with pytest.raises(StoreError, match=rf"^{url}: no connection \(.*refused\), after 3 tries"):
            Connection(url).ask({"query": [TEXT]}, ROWS)


@pytest.mark.parametrize("url", ["", "x", "ftp://x/", "http://", "http://x:99999999/", "http://x/\n"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(QueryError, match="not the address of an endpoint"):
        checked(url)


def test_a_password_in_the_address_is_refused_and_not_shown(campaign: Path) -> None:
    for odd in (
        f"http://user:12?{SECRET}@h/",
        f"http://user:12/{SECRET}@h/q",
        f"ftp://u:{SECRET}@x/",
        f"x?key={SECRET}",
    ):
        with pytest.raises(QueryError) as error:
            checked(odd)
        assert SECRET not in str(error.value)
    with pytest.raises(QueryError, match=r"^http://x/sparql: a password in an address shows in logs") as error:
        checked(f"http://user:{SECRET}@x/sparql?key={SECRET}")
    assert SECRET not in str(error.value)
    done = run("query", "growth", "--endpoint", f"http://u:{SECRET}@127.0.0.1:9/", cwd=campaign)
    assert (done.returncode, SECRET.encode() in done.stdout + done.stderr) == (2, False)


def challenge(scheme: str) -> Answer:
    def answer(to: Handler) -> None:
        if "Authorization" not in to.headers:
            to.reply(401, WWW_Authenticate=f'{scheme} realm="x", nonce="n", qop="auth", algorithm=MD5')
        else:
            to.reply(200, GOOD.encode())

    return answer


def test_who_asks_is_told_as_the_server_wants_it(faulty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not before: the password is not sent in clear where a digest is asked for."""
    monkeypatch.setenv("KG_ENDPOINT_USER", "ada")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", SECRET)
    basic = faulty(challenge("Basic"))
    remote = Remote(Endpoint(basic.url), "http://x/")
    for _ in range(2):
        list(remote.query(TEXT))
    given = [headers.get("Authorization") for headers in basic.asked]
    known = "Basic " + base64.b64encode(f"ada:{SECRET}".encode()).decode()
    assert given == [None, known, known]
    digest = faulty(challenge("Digest"))
    assert first(digest) == "yes"
    given = [headers.get("Authorization") for headers in digest.asked]
    assert given[0] is None
    assert str(given[-1]).startswith('Digest username="ada", realm="x"')
    assert not any(SECRET in str(one) for one in given)


@pytest.mark.parametrize("challenge_", ['algorithm=FOO, qop="auth"', 'qop="auth-int"', "garbage"])
def test_an_odd_challenge_is_told_with_the_endpoint(
    faulty: Any, challenge_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_ENDPOINT_USER", "ada")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", SECRET)
    server = faulty(lambda to: to.reply(401, WWW_Authenticate=f'Digest realm="x", nonce="n", {challenge_}'))
    with pytest.raises(StoreError, match=f"^{server.url}: ") as error:
        first(server)
    assert SECRET not in str(error.value)


def test_a_host_that_is_no_name_is_told() -> None:
    with pytest.raises(StoreError, match=r"^http://ex\.\.y/: it cannot be asked so"):
        Connection("http://ex..y/").ask({"query": [TEXT]}, ROWS)


def test_a_header_lets_in(faulty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_HEADER", f"X-Key: {SECRET}")
    server = faulty(lambda to: to.reply(200, GOOD.encode()))
    assert first(server) == "yes"
    assert server.asked[0]["X-Key"] == SECRET


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("KG_ENDPOINT_HEADER", SECRET, "KG_ENDPOINT_HEADER: not a header; write it as in Authorization: Bearer KEY"),
        ("KG_ENDPOINT_HEADER", f"X: {SECRET}\nY: 1", "KG_ENDPOINT_HEADER: not a header"),
        ("KG_ENDPOINT_USER", "ada", "set both KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or neither"),
        ("KG_ENDPOINT_PASSWORD", SECRET, "set both KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or neither"),
        ("KG_ENDPOINT_TIMEOUT", "soon", "KG_ENDPOINT_TIMEOUT is 'soon', expected a number of seconds"),
    ],
)
def test_a_wrong_environment_is_told_and_not_shown(
    name: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(QueryError, match=message) as error:
        Connection("http://x/")
    assert SECRET not in str(error.value)


@pytest.mark.long
@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Authorization: Bearer s3cret-w0rd", "Bearer …"),
        ("X-Key:s3cret-w0rd", "bad key …"),
        ("Cookie: session=s3cret-w0rd; theme=dark", "bad key …"),
        ("X-Key: a", "a bad key"),
    ],
)
def test_a_secret_of_a_header_is_not_repeated(
    header: str, said: str, faulty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_ENDPOINT_HEADER", header)
    answer = b"a bad key s3cret-w0rd, Bearer s3cret-w0rd, session=s3cret-w0rd"
    with pytest.raises(StoreError) as raised:
        first(faulty(lambda to: to.reply(400, answer, "text/plain")))
    assert said in str(raised.value)
    assert ("s3cret" in str(raised.value)) == (header == "X-Key: a")


@pytest.mark.long
@pytest.mark.parametrize("fault", ["secret", "cut row", "503", "401"])
def test_no_secret_is_in_an_output_a_log_or_a_release(
    faulty: Any, fault: str, campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command ends with 3 and names the endpoint; the address is shown without its key."""
    for name, value in {"USER": "ada", "PASSWORD": SECRET, "HEADER": f"X-Key: {SECRET}", "TIMEOUT": "5"}.items():
        monkeypatch.setenv(f"KG_ENDPOINT_{name}", value)
    answer = next(one[1] for one in FAULTS if one[0] == fault)
    server = faulty(lambda to: answer(to))
    asked = f"{server.url}?key={SECRET}"
    out = tmp_path / "out.ttl"
    out.write_text("before", encoding="utf-8")
    for command in (("query", "growth"), ("load",), ("export", "-o", str(out)), ("validate",)):
        done = run(*command, "--endpoint", asked, cwd=campaign)
        said = (done.stdout + done.stderr).decode()
        assert done.returncode == 3, said
        assert server.url in said
        assert "Traceback" not in said
        assert SECRET not in said
    assert out.read_text(encoding="utf-8") == "before"
    assert not [path for path in tmp_path.iterdir() if path != out]


@pytest.mark.long
def test_no_secret_is_among_the_arguments_of_a_process(
    campaign: Path, loaded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor in the log, nor in an answer, where the endpoint's address has a key."""
    monkeypatch.setenv("KG_ENDPOINT", f"{loaded}?key={SECRET}")
    monkeypatch.setenv("KG_ENDPOINT_HEADER", f"X-Key: {SECRET}")
    with serving(campaign, tmp_path / "log", "--log-queries") as found:
        shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert "kg.query.worker" in shown
        assert SECRET not in shown
        answer = httpx.get(f"{found.url}sparql", params={"query": TEXT}, headers={"Accept": "text/csv"}, timeout=30)
        assert SECRET not in answer.text + "".join(found.lines())


@pytest.mark.long
def test_a_slow_endpoint_keeps_nobody_else_waiting(campaign: Path, loaded: str, faulty: Any, tmp_path: Path) -> None:
    """An address of which only the endpoint knows whether it is one."""
    slow = threading.Event()

    def answer(to: Handler) -> None:
        if slow.is_set():
            time.sleep(6)
        done = httpx.post(
            loaded, content=to.body, headers={name: to.headers[name] for name in ("Content-Type", "Accept")}
        )
        to.reply(200, done.content, done.headers["content-type"])

    with serving(campaign, tmp_path / "log", "--endpoint", faulty(answer).url) as found:
        slow.set()
        asking = threading.Thread(target=lambda: httpx.get(f"{found.url}id/nobody.html", timeout=60))
        asking.start()
        time.sleep(0.5)
        begun = time.monotonic()
        assert httpx.get(f"{found.url}health", timeout=30).status_code == 200
        assert time.monotonic() - begun < 3
        slow.clear()
        asking.join()


@pytest.mark.long
def test_health_tells_of_an_endpoint_that_is_gone_and_back(
    campaign: Path, loaded: str, faulty: Any, tmp_path: Path
) -> None:
    gone = threading.Event()

    def answer(to: Handler) -> None:
        if gone.is_set():
            to.reply(500, b"gone", "text/plain")
            return
        done = httpx.post(
            loaded, content=to.body, headers={name: to.headers[name] for name in ("Content-Type", "Accept")}
        )
        to.reply(200, done.content, done.headers["content-type"])

    def comes(url: str, status: int) -> dict[str, Any]:
        end = time.monotonic() + 60
        while (found := httpx.get(f"{url}health", timeout=30)).status_code != status:
            assert time.monotonic() < end, found.text
            time.sleep(0.2)
        said: dict[str, Any] = found.json()
        return said

    endpoint = faulty(answer).url
    with serving(campaign, tmp_path / "log", "--endpoint", endpoint) as found:
        assert comes(found.url, 200)["status"] == "ok"
        gone.set()
        said = comes(found.url, 503)
        assert said["status"] == "the endpoint does not answer"
        assert endpoint not in json.dumps(said)
        gone.clear()
        assert comes(found.url, 200)["status"] == "ok"


@pytest.mark.long
def test_an_endpoint_of_another_release_is_not_asked(
    campaign: Path, template: Path, tmp_path: Path, loaded: str
) -> None:
    """Nor one of another graph, or an empty one; a server keeps the release that the endpoint has."""
    for command in (
        ("query", "timeline"),
        ("about", "lighthouse"),
        ("export",),
        ("validate",),
        ("site", str(tmp_path / "s")),
    ):
        done = run(*command, "--endpoint", loaded, cwd=template)
        assert done.returncode == 3, done.stderr.decode()
        assert "it holds nothing of this graph" in done.stderr.decode() or "it holds release" in done.stderr.decode()
        assert "run `kg load`" in done.stderr.decode()
