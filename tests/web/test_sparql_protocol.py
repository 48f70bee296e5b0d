"""Requests of the SPARQL Protocol, read strictly (SPARQL 1.1 Protocol, 2.1)."""

import pytest

from kg.web.response import ProblemError
from kg.web.sparql_protocol import FORM, QUERY, UPDATE, fields, one, only, question


def test_a_query_comes_by_either_road() -> None:
    for asked in (
        question("GET", b"query=ASK%7B%7D", "", b""),
        question("POST", b"", QUERY, b"ASK{}"),
        question("POST", b"", f"{QUERY}; charset=UTF-8", b"ASK{}"),
        question("POST", b"", f'{QUERY}; q=1; charset="utf-8"; x=y', b"ASK{}"),
        question("POST", b"", FORM, b"query=ASK%7B%7D"),
    ):
        assert asked.text == "ASK{}"
    asked = question("GET", b"query=ASK&default-graph-uri=http://x/a&default-graph-uri=http://x/b&format=csv", "", b"")
    assert asked.graphs.default == ("http://x/a", "http://x/b")
    assert asked.formats == ("csv",)
    asked = question("GET", b"query=ASK&format=x&output=json&results=xml", "", b"")
    assert asked.formats == ("x", "json", "xml")
    assert question("GET", b"", "", b"").text == ""


@pytest.mark.parametrize(
    ("method", "query", "media", "body", "status"),
    [
        ("GET", b"query=", "", b"", 400),
        ("GET", b"query=A&query=B", "", b"", 400),
        ("POST", b"query=A", QUERY, b"B", 400),
        ("GET", b"query=%ff", "", b"", 400),
        ("GET", b"query=A%00", "", b"", 400),
        ("GET", b"query=A&default-graph-uri=x", "", b"", 400),
        ("GET", b"update=A", "", b"", 403),
        ("POST", b"", UPDATE, b"CLEAR ALL", 403),
        ("POST", b"", "text/plain", b"A", 415),
        ("POST", b"", f"{QUERY}; charset=latin-1", b"A", 415),
        ("POST", b"", QUERY, b"\xff", 400),
        ("GET", b"&".join([b"a=1"] * 1001), "", b"", 400),
    ],
)
def test_what_is_not_allowed_has_its_status(method: str, query: bytes, media: str, body: bytes, status: int) -> None:
    with pytest.raises(ProblemError) as caught:
        question(method, query, media, body)
    assert caught.value.status == status


def test_fields_are_given_once_and_known() -> None:
    found = fields(b"a=1&b=&a=2")
    assert one(found, "b", "x") == ""
    assert one(found, "c", "x") == "x"
    with pytest.raises(ProblemError, match="a is given 2 times"):
        one(found, "a")
    only(found, ("a", "b"))
    with pytest.raises(ProblemError, match=r"unknown parameter 'b'.*this takes a"):
        only(found, ("a",))
