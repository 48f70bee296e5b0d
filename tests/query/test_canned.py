from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ProjectError, QueryError
from kg.query.canned import bind, find_query, list_queries, read_query, to_term, values_of
from kg.query.sparql import run
from kg.rdf.terms import XSD
from tests.conftest import run as kg
from tests.query.conftest import BASE, PREFIXES, answer, canned, parameter

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


@pytest.mark.long
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


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("1999", "1999-01-01", "1999-12-31"),
        ("1999-02", "1999-02-01", "1999-02-28"),
        ("-0044", "-0044-01-01", "-0044-12-31"),
        ("2001-09-11", "2001-09-11", "2001-09-11"),
    ],
)
def test_a_year_or_a_month_is_its_first_or_last_day(value: str, first: str, last: str, store: px.Store) -> None:
    for help_, expected in (("earliest day", first), ("latest day", last), ("on which day", first)):
        found = to_term(parameter("date")._replace(help=help_), value, store, "http://x/", {})
        assert found.value == expected


@pytest.mark.parametrize("value", ["1999-13", "19999", "in 1999", "1999-02-30"])
def test_what_is_no_day_is_refused(value: str, store: px.Store) -> None:
    with pytest.raises(ValueError, match=r"1999|is not a"):
        to_term(parameter("date"), value, store, "http://x/", {})


def test_the_values_of_a_parameter_are_those_that_give_an_answer(tmp_path: Path) -> None:
    """Other things asked for are open; texts, numbers and days stay as they are."""
    path = tmp_path / "q.rq"
    path.write_text(
        """PREFIX x: <http://x/>
SELECT ?who (COUNT(?of) AS ?n) WHERE {
  VALUES ?who { x:a }  #: who
  VALUES ?of { x:c }  #: of what
  VALUES ?since { 2 }  #: from when
  ?who x:of ?of ; x:year ?year . FILTER(?year >= ?since)
} GROUP BY ?who ORDER BY ?n
""",
        encoding="utf-8",
    )
    data = "<a> <of> <b> ; <year> 1 . <c> <of> <c> ; <year> 3 . <d> <of> <e> ; <year> 2 ."
    store = px.Store()
    store.load(data.encode(), format=px.RdfFormat.TURTLE, base_iri="http://x/")
    asked = read_query(path)

    def found(name: str) -> list[str]:
        text = values_of(asked, name)
        assert text
        return sorted(row[name].value for row in run(store, text, {}))

    assert found("who") == ["http://x/c", "http://x/d"]
    assert found("of") == ["http://x/c", "http://x/e"]
    assert values_of(asked._replace(text="ASK { VALUES ?a { <http://x/a> }  #: a\n }"), "a") is None


@pytest.mark.parametrize("name", ["growth.words", "a b", "ünder score", "-", "a.csv"])
def test_a_name_that_is_no_address_is_refused(tmp_path: Path, name: str) -> None:
    """Behind a dot stands a format: `growth.words.csv` is the answer of `growth` with its words."""
    (tmp_path / f"{name}.rq").write_text("ASK {}", encoding="utf-8")
    with pytest.raises(ProjectError, match="the name of a query is its address; use letters, digits, - _ and ~"):
        list_queries(tmp_path)


def test_a_name_of_letters_digits_and_signs_is_an_address(tmp_path: Path) -> None:
    for name in ("growth", "a-b_c~1", "größe"):
        (tmp_path / f"{name}.rq").write_text("ASK {}", encoding="utf-8")
    assert len(list_queries(tmp_path)) == 3
