import re
import threading
import unicodedata
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ProjectError, QueryError
from kg.query.canned import CannedQuery, Parameter, bind, find_query, list_queries, read_query, to_term
from kg.query.labels import find_entity
from kg.query.sparql import run
from kg.rdf import iris
from kg.rdf.terms import SKOS, XSD
from kg.release.reader import Release
from kg.stores.embedded import open_store
from tests.conftest import run as kg

BASE = "https://example.org/"
PREFIXES = {"id": f"{BASE}id/", "xsd": XSD, "schema": "https://schema.org/"}


@pytest.fixture(scope="module")
def store() -> px.Store:
    store = px.Store()
    for slug, name in (("ada", "Ada"), ("ada-2", "ADA"), ("bob", "Bob"), ("o-neil", 'O"Neil }')):
        literal = px.Literal(name, language="en")
        store.add(px.Quad(px.NamedNode(f"{BASE}id/{slug}"), px.NamedNode(SKOS + "prefLabel"), literal))
    return store


def parameter(kind: str, language: str = "") -> Parameter:
    return Parameter("x", None, kind if kind == "iri" else XSD + kind, language, "")


def canned(body: str) -> CannedQuery:
    """A query that answers with its parameter, and with a row more if its structure was changed."""
    text = f"PREFIX id: <{BASE}id/>\nPREFIX xsd: <{XSD}>\nSELECT ?x WHERE {{\n  VALUES ?x {{ {body} }}  #: help\n}}\n"
    return CannedQuery("q", "", "", (), (), text)


def answer(query: CannedQuery, one: Parameter, value: str, store: px.Store) -> list[object]:
    query = query._replace(parameters=(one,))
    text = bind(query, {"x": value}, store, BASE, PREFIXES)
    assert text.count("\n") == query.text.count("\n")
    return [row["x"] for row in run(store, text, {})]


HOSTILE = [
    'a"b',
    "a'b",
    "} UNION { ?s ?p ?o }",
    "# a comment",
    "a\nb",
    "a\r\nb",
    "<http://x/>",
    ">",
    "\\",
    "\\u0022",
    '\\"',
    "\1",
    '""" } #',
    "x" * 100_000,
    "\u2028",
    "é𝄞",
    "$x ?x",
    "UNDEF",
    "} #: help\n VALUES ?y { 1 } #: x",
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_changes_the_structure_of_a_query(value: str, store: px.Store) -> None:
    assert answer(canned('"a"'), parameter("string"), value, store) == [px.Literal(value)]
    assert answer(canned('"a"@en'), parameter("string", "en"), value, store) == [px.Literal(value, language="en")]
    for kind in ("date", "integer", "decimal", "double", "boolean", "gYear", "nonNegativeInteger"):
        with pytest.raises(QueryError, match="x: "):
            answer(canned("1"), parameter(kind), value, store)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff"), max_size=60))
def test_any_text_is_bound_as_itself(value: str) -> None:
    assert answer(canned('"a"'), parameter("string"), value, px.Store()) == [px.Literal(value)]


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_for_an_iri_is_an_iri_or_a_named_fault(value: str) -> None:
    empty = px.Store()
    try:
        (found,) = answer(canned("id:a"), parameter("iri"), value, empty)
    except QueryError as error:
        assert str(error).startswith("x: ")
    else:
        assert isinstance(found, px.NamedNode)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "1999-02-17"),
        ("integer", "-007"),
        ("decimal", "1.50"),
        ("double", "1e3"),
        ("boolean", "true"),
        ("gYear", "1999"),
    ],
)
def test_values_become_terms_of_the_type_as_written(kind: str, value: str, store: px.Store) -> None:
    found = to_term(parameter(kind), value, store, BASE, PREFIXES)
    assert (found.value, found.datatype.value) == (value, XSD + kind)  # type: ignore[union-attr]


@pytest.mark.parametrize("value", ["1999-02-30", "1999-2-3", "17 February", "", "1999-02-17 Z"])
def test_a_day_that_does_not_exist_is_refused(value: str, store: px.Store) -> None:
    with pytest.raises(ValueError, match="is not a day, as in 1999-02-17|has day 30; that month has 28 days"):
        to_term(parameter("date"), value, store, BASE, PREFIXES)


@pytest.mark.parametrize("value", ["bob", "Bob", "BOB", "id:bob", f"{BASE}id/bob", f"<{BASE}id/bob>"])
def test_a_thing_is_meant_by_slug_name_or_iri(value: str, store: px.Store) -> None:
    assert to_term(parameter("iri"), value, store, BASE, PREFIXES) == px.NamedNode(f"{BASE}id/bob")


def test_a_name_with_quotes_is_found(store: px.Store) -> None:
    assert to_term(parameter("iri"), 'o"neil }', store, BASE, PREFIXES) == px.NamedNode(f"{BASE}id/o-neil")
    assert to_term(parameter("iri"), "https://other.org/x", store, BASE, PREFIXES) == px.NamedNode(
        "https://other.org/x"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("ADA", "is the name of 2 things: ada, ada-2; give one of these"),
        ("boob", "nothing in the graph is called 'boob'; near are bob"),
        ("id:nobody", "nothing in the graph is called"),
        ("zzzz", "give a slug, a name or an IRI"),
    ],
)
def test_a_thing_that_is_not_meant_clearly_is_a_fault_with_what_is_near(
    value: str, words: str, store: px.Store
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        to_term(parameter("iri"), value, store, BASE, PREFIXES)


def test_all_wrong_parameters_are_named_at_once(store: px.Store) -> None:
    query = canned("1")._replace(parameters=(parameter("integer"),))
    with pytest.raises(QueryError) as caught:
        bind(query, {"x": "one", "y": "2"}, store, BASE, PREFIXES)
    assert str(caught.value).splitlines() == [
        "x: 'one' is not a whole number, as in 450",
        "q has no parameter 'y'; it takes x",
    ]


QUERY = """#+ summary: A question
#+ description: >
#+   Some more
#+   words.
#+ tags: [a, b]
PREFIX id: <https://example.org/id/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT * WHERE {
  VALUES ?thing { id:ada }  #: the thing
  VALUES ?since { "1999-02-17"^^xsd:date }   #: earliest day
  values ?n { 5 } #: how many
  VALUES ?word { "x"@en }  #: a word
  VALUES ?until { UNDEF }  #: latest day (xsd:date)
  VALUES ?other { UNDEF }  #: another thing
  VALUES ?fixed { 1 }
}
"""


def test_a_canned_query_says_what_it_takes(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text(QUERY, encoding="utf-8")
    (query,) = list_queries(tmp_path)
    assert (query.name, query.summary, query.description, query.tags) == (
        "q",
        "A question",
        "Some more words.",
        ("a", "b"),
    )
    assert [(p.name, p.kind.removeprefix(XSD), p.help, p.language) for p in query.parameters] == [
        ("thing", "iri", "the thing", ""),
        ("since", "date", "earliest day", ""),
        ("n", "integer", "how many", ""),
        ("word", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "a word", "en"),
        ("until", "date", "latest day", ""),
        ("other", "iri", "another thing", ""),
    ]
    assert [p.default is None for p in query.parameters] == [False, False, False, False, True, True]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{ id:ada }", "{ nope:ada }", "cannot be used as a default"),
        ("{ id:ada }", "{ id:ada id:bob }", "cannot be used as a default"),
        ("#+ summary: A question", "#+ A question", "is not a valid decorator"),
        ("VALUES ?thing { id:ada }", "FILTER(?thing = id:ada)", r":\d+: `#:` marks a parameter; write VALUES"),
        ("VALUES ?thing { id:ada }", "VALUES (?thing ?b) { (id:ada 1) }", r"`#:` marks a parameter"),
        ("VALUES ?thing { id:ada }", "VALUES (?thing) { (id:ada) (id:bob) }", "cannot be used as a default"),
    ],
)
def test_a_canned_query_that_cannot_be_read_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.rq").write_text(QUERY.replace(old, new), encoding="utf-8")
    with pytest.raises(ProjectError, match=words) as caught:
        list_queries(tmp_path)
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"\xff")
    with pytest.raises(ProjectError, match="q.rq"):
        read_query(tmp_path / "q.rq")


@pytest.mark.parametrize("name", ["nothing", "../secret", "tim eline", "TIMELINE.rq"])
def test_a_query_that_is_not_there_names_the_nearest(name: str, campaign: Path) -> None:
    with pytest.raises(QueryError, match="no canned query is called"):
        find_query(campaign / "queries", name)
    with pytest.raises(QueryError, match="did you mean timeline"):
        find_query(campaign / "queries", "timelin")


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


@pytest.mark.parametrize("value", HOSTILE[:-1], ids=range(len(HOSTILE) - 1))
def test_hostile_values_on_the_command_line_change_nothing(campaign: Path, value: str) -> None:
    if "\0" in value or len(value) > 50_000:
        return
    done = kg("query", "quoting", "-p", f"text={value}", cwd=campaign)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == b"thing,property,value,words"


PLAIN = "#+ summary: x\n{}\nSELECT ?s {{ VALUES {}  #: a type\n ?s a ?t }}\n"


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("PREFIX skos: <http://x/skos#> PREFIX sc: <http://x/>", "?t { sc:Place }"),
        ("prefix s.c: <http://x/>", "?t { s.c:Place }"),
        ("BASE <http://x/>", "?t { <Place> }"),
        ("PREFIX sc: # a note PREFIX sc: <http://y/>\n <http://x/>", "?t { sc:Place }"),
        ("PREFIX : <http://x/>", "$t { :Place }"),
        ("PREFIX sc: <http://x/>", "(?t) { (sc:Place) }"),
        ("PREFIX sc: <http://x/>", "( $t ) {( sc:Place ) }"),
    ],
)
def test_a_parameter_of_any_shape_is_read_and_bound(tmp_path: Path, head: str, values: str) -> None:
    store = px.Store()
    for name in ("Place", "Event"):
        kind, thing = px.NamedNode(f"http://x/{name}"), px.NamedNode(f"http://x/a-{name}")
        store.add(px.Quad(thing, px.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), kind))
    path = tmp_path / "p.rq"
    path.write_text(PLAIN.format(head, values), encoding="utf-8")
    query = read_query(path)
    assert [(p.name, p.default, p.help) for p in query.parameters] == [("t", px.NamedNode("http://x/Place"), "a type")]
    for values_, expected in (({}, "http://x/a-Place"), ({"t": "http://x/Event"}, "http://x/a-Event")):
        text = bind(query, values_, store, "http://base/", {})
        assert [row["s"].value for row in run(store, text, {})] == [expected]


def test_a_name_is_found_in_any_unicode_form(store: px.Store) -> None:
    named = px.Store()
    named.add(
        px.Quad(px.NamedNode("http://x/a"), px.NamedNode(SKOS + "prefLabel"), px.Literal("Caf\u00e9 \u1e9b\u0323"))
    )
    for form in ("NFC", "NFD"):
        value = unicodedata.normalize(form, "caf\u00e9 \u1e9b\u0323")
        assert answer(canned("id:a"), parameter("iri"), value, named) == [px.NamedNode("http://x/a")]


def test_a_source_is_named_by_its_id(release: Release) -> None:
    source = iris.source(release.manifest["base"], "international-campaign-icc")
    found = find_entity("international-campaign-icc", open_store(release), release.manifest["base"], {})
    assert found == px.NamedNode(source)


@pytest.mark.parametrize(
    ("value", "hint"), [("1999", "1999-01-01"), ("1999-02", "1999-02-01"), ("-0044", "-0044-01-01")]
)
def test_a_part_of_a_date_for_a_day_says_what_to_write(value: str, hint: str, store: px.Store) -> None:
    with pytest.raises(QueryError, match=f"is not a day, .*; write the first or the last day of it, as in {hint}"):
        answer(canned("1"), parameter("date"), value, store)
