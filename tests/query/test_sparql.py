"""Any query, asked of a release: what it may reach, and what is said of one that cannot be asked."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyoxigraph as px
import pytest

from kg.errors import QueryError
from kg.query.sparql import run


class Listener(BaseHTTPRequestHandler):
    """A server that notes every request."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(500)
        self.end_headers()

    do_POST = do_GET  # noqa: N815  (the name that http.server looks for)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Noting", (Listener,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


REACHING_OUT = [
    "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ service <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ \\u0053ERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ \\U00000053ERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?g {{ <{url}> }} SERVICE ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE#c\n<{url}> {{ ?s ?p ?o }} }}",
    "PREFIX a: <http://a/> SELECT * {{ ?s a:b\\#SERVICE ?o . SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ FILTER EXISTS {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }} }} }}",
    "SELECT * {{ ?s ?p '''\\''' SERVICE ''' . OPTIONAL {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ # x\rSERVICE <{url}> {{ ?s ?p ?x }}\n}}",
    'SELECT * {{ BIND("\\u005C" AS ?y) SERVICE <{url}> {{ ?s ?p ?x }} # " AS ?z)\n}}',
    "SELECT * {{ SER\\u0056ICE <{url}> {{ ?s ?p ?o }} }}",
    "PREFIX service: <http://a/> SELECT * {{ ?service service:service 'service' . SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * FROM <{url}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "DESCRIBE <{url}>",
    "LOAD <{url}>",
    "INSERT DATA {{ <{url}> <{url}> 1 }}",
]


@pytest.mark.parametrize("query", REACHING_OUT)
def test_no_query_reaches_the_network(query: str, listener: tuple[str, list[str]], store: px.Store) -> None:
    url, asked = listener
    try:
        found = run(store, query.format(url=url), {})
        assert not list(found)
    except QueryError as error:
        assert str(error)
    assert asked == []


def test_the_listener_would_notice(listener: tuple[str, list[str]]) -> None:
    """What the test above relies on: without kg in between, the engine does ask the server."""
    url, asked = listener
    with pytest.raises(OSError, match="500"):
        list(px.Store().query(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"))  # type: ignore[arg-type]
    assert asked
    asked.clear()


@pytest.mark.parametrize(
    "form", ["SELECT * FROM <{}> {{ ?s ?p ?o }}", "SELECT * FROM NAMED <{}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"]
)
def test_no_query_reads_a_file(form: str, store: px.Store, tmp_path: Path) -> None:
    secret = tmp_path / "secret.nt"
    secret.write_text("<http://x/a> <http://x/p> 'secret' .\n", encoding="utf-8")
    assert list(run(store, form.format(secret.as_uri()), {})) == []


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE" }',
        'SELECT ?service { ?service ?p "a service", """a SERVICE""" } # service',
        "PREFIX service: <http://service/> SELECT * { ?s service:service ?o }",
        "SELECT * { ?s ?p '\\u0073ervice' }",
    ],
)
def test_the_word_service_may_stand_in_texts_names_and_comments(query: str, store: px.Store) -> None:
    assert list(run(store, query, {})) == []


def test_a_query_that_nests_too_deep_is_refused(store: px.Store) -> None:
    for query in (
        "ASK { FILTER(" + "!" * 9000 + "true) }",
        "ASK { FILTER(" + "1+" * 9000 + "1) }",
        "ASK { {} " + "UNION {} " * 9000 + "}",
    ):
        with pytest.raises(QueryError, match="at most"):
            run(store, query, {})
    with pytest.raises(QueryError, match="brackets nest 3001 deep"):
        run(store, "SELECT * {" + "{" * 3000 + "}" * 3001, {})
    text = "(" * 3000
    assert list(run(store, f'SELECT * {{ ?s ?p "{text}" }}', {})) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { ?s ?p", "line 1, column 17: expected"),
        ("SELECT *\n{ ?s a b:C }", "no PREFIX declares b"),
        ("INSERT DATA { <http://x/a> <http://x/b> 1 }", "INSERT is an update"),
        ("PREFIX a: <http://a/>\n# x\nDELETE WHERE { ?s ?p ?o }", "DELETE is an update"),
        ("", "not SPARQL"),
        ("SELECT (1 + AS ?x) {}", "not SPARQL"),
    ],
)
def test_what_is_not_sparql_says_where(query: str, words: str, store: px.Store) -> None:
    with pytest.raises(QueryError, match=re.escape(words)):
        run(store, query, {})
