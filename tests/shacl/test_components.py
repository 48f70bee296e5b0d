"""Constraint components where pySHACL's own differ from SHACL: each is seen in both directions."""

import duckdb
import pytest

from kg.errors import ProjectError
from kg.shacl.patterns import expression, in_re2
from tests.shacl.test_pyshacl_engine import checked

SHAPE = "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:property [ sh:path x:p ; {} ] ."


def values(data: str, constraint: str) -> list[str]:
    """The values that violate a constraint of x:p."""
    report = checked(f"x:a x:p {data} .", SHAPE.format(constraint))
    return [finding.value.partition("^^")[0].strip('"') for finding in report.findings]


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("date", ["-0044-03-15", "12024-01-01", "2024-02-29", "2024-01-01Z"], ["2024-02-30", "2024-W18"]),
        ("dateTime", ["1999-02-17T24:00:00"], ["2024-01-01", "2024-01-01 10:00:00", "2024-01-01T10:00"]),
        ("time", ["12:30:00", "24:00:00"], ["12:00"]),
        ("gYear", ["1999", "-0044"], ["99", "1999-01"]),
        ("gMonthDay", ["--02-29"], ["--02-30"]),
        ("integer", ["007"], ["1_000", " 5", "٣", "1.0"]),
        ("decimal", [".5"], ["1e5", "NaN"]),
        ("double", ["INF", "1e3"], ["infinity"]),
        ("boolean", ["true", "0"], ["True", "yes"]),
        ("duration", ["P1Y"], ["P"]),
        ("hexBinary", ["0a"], ["0"]),
        ("byte", ["-128"], ["300"]),
    ],
)
def test_a_literal_has_a_form_of_its_datatype(datatype: str, good: list[str], bad: list[str]) -> None:
    data = " , ".join(f'"{value}"^^xsd:{datatype}' for value in (*good, *bad))
    assert sorted(values(data, f"sh:datatype xsd:{datatype}")) == sorted(bad)


def test_a_datatype_is_that_of_the_literal() -> None:
    data = '"a" , "a"@en , 1 , x:b , "x"^^x:mine'
    rdf = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>"
    assert len(values(data, "sh:datatype xsd:string")) == 4
    assert '"a"@en' not in {f'"{value}"' for value in values(data, f"sh:datatype {rdf}")}
    assert len(values(data, "sh:datatype x:mine")) == 4


@pytest.mark.parametrize(
    ("constraint", "bad"),
    [
        ("sh:minInclusive 5", ["1999-02-17", "4", "5@en", "NaN", "five", "http://x/b"]),
        ("sh:minExclusive 5", ["1999-02-17", "4", "5", "5.0", "5@en", "NaN", "five", "http://x/b"]),
        ("sh:maxInclusive 5", ["1999-02-17", "5@en", "6", "NaN", "five", "http://x/b"]),
        ("sh:maxExclusive 5", ["1999-02-17", "5", "5.0", "5@en", "6", "NaN", "five", "http://x/b"]),
    ],
)
def test_a_bound_is_passed_only_by_what_can_be_compared(constraint: str, bad: list[str]) -> None:
    data = '4 , 5 , 5.0 , 6 , "1999-02-17"^^xsd:date , "5"@en , "NaN"^^xsd:double , "five" , x:b'
    assert sorted(value.replace('"@', "@") for value in values(data, constraint)) == sorted(bad)


def test_times_with_and_without_a_zone_cannot_be_compared() -> None:
    data = '"2002-10-10T12:00:00"^^xsd:dateTime , "2002-10-09T12:00:00"^^xsd:dateTime'
    assert values(data, 'sh:maxInclusive "2002-10-10T12:00:00-05:00"^^xsd:dateTime') == ["2002-10-10T12:00:00"]


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ("x:p 1 ; x:q 2", 0),
        ("x:p 2 ; x:q 2", 1),
        ('x:p "a"@en ; x:q "b"@en', 1),
        ('x:p 5 ; x:q "1999-02-17"^^xsd:date', 1),
        ("x:p x:b ; x:q x:c", 1),
        ("x:p _:b ; x:q 2", 1),
        ('x:p "-0044-03-15"^^xsd:date ; x:q "0001-01-01"^^xsd:date', 0),
    ],
)
def test_pairs_that_cannot_be_compared_are_not_less(data: str, wrong: int) -> None:
    assert len(checked(f"x:a {data} .", SHAPE.format("sh:lessThan x:q")).findings) == wrong


def test_less_or_equal_takes_what_is_equal_in_another_form() -> None:
    assert not checked('x:a x:p 2 ; x:q "2.0"^^xsd:decimal .', SHAPE.format("sh:lessThanOrEquals x:q")).findings
    assert checked("x:a x:p 3 ; x:q 2 .", SHAPE.format("sh:lessThanOrEquals x:q")).findings


@pytest.mark.parametrize(
    ("pattern", "flags", "good", "bad"),
    [
        ("^abc$", "", ["abc"], ["abc\n", "xabc"]),
        ("^abc$", "m", ["abc\n", "x\nabc"], ["abcd"]),
        ("^ABC$", "i", ["abc"], ["abcd"]),
        ("a.c", "", ["abc"], ["a\nc"]),
        ("a.c", "s", ["a\nc"], ["ac"]),
        (r"^\p{Lu}\p{L}*$", "", ["Éa"], ["éa", "A1"]),
        ("^[a-z-[aeiou]]+$", "", ["xyz"], ["xaz"]),
        (r"^\i\c*$", "", ["é-1"], ["1a"]),
        ("a b # c", "x", ["ab#c"], ["a b # c"]),
        ("a.c", "q", ["xa.cx"], ["abc"]),
        (r"^\d{2}$", "", ["12"], ["1"]),
        ("^[0-9a-f]{4}$", "", ["12af"], ["12ag", "12af\n"]),
        ("^(a|b)+?$", "", ["abab"], ["abc"]),
        (r"^\S+@\S+$", "", ["a@b", "a\u00a0@b"], ["a @b"]),
        (r"^\w+$", "", ["a+1", "€"], ["a.b", "a b"]),
        (r"^[^\w]\D$", "", [".x"], ["xx", ".1"]),
    ],
)
def test_patterns_are_those_of_xpath(pattern: str, flags: str, good: list[str], bad: list[str]) -> None:
    found = expression(pattern, flags)
    assert all(found.search(text) for text in good)
    assert not any(found.search(text) for text in bad)
    if portable := in_re2(found):
        for text in (*good, *bad):
            matched = duckdb.execute("SELECT regexp_matches(?, ?)", [text, portable]).fetchall()[0][0]
            assert matched == (text in good), "RE2 takes it for the same"


@pytest.mark.parametrize(("pattern", "flags"), [("[", ""), (r"\bword\b", ""), ("(?=a)", ""), ("a**", ""), ("a", "z")])
def test_what_is_no_pattern_of_xpath_names_its_shape(pattern: str, flags: str) -> None:
    written = pattern.replace("\\", "\\\\")
    with pytest.raises(ProjectError, match=r"shapes: <http://x/S> on <http://x/p>: .*(XPath|flags)"):
        values('"a"', f'sh:pattern "{written}" ; sh:flags "{flags}"')


def test_patterns_are_not_for_blank_nodes() -> None:
    assert len(values('[] , "ab" , x:b', 'sh:pattern "b"')) == 1


def test_only_true_asks_for_unique_languages() -> None:
    data = '"a"@en , "b"@en'
    assert len(checked(f"x:a x:p {data} .", SHAPE.format("sh:uniqueLang true")).findings) == 1
    for off in ('"1"^^xsd:boolean', "false"):
        assert not checked(f"x:a x:p {data} .", SHAPE.format(f"sh:uniqueLang {off}")).findings


def test_ignored_properties_alone_close_nothing() -> None:
    shape = "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:ignoredProperties ( x:q ) {} ."
    assert not checked("x:a x:p 1 .", shape.format("")).findings
    assert len(checked("x:a x:p 1 ; x:q 1 .", shape.format("; sh:closed true")).findings) == 1


@pytest.mark.parametrize(
    ("constraint", "data", "details"),
    [
        ("sh:or ( [ sh:datatype xsd:integer ] [ sh:minLength 3 ] )", '"ab"', ["sh:datatype", "sh:minLength"]),
        ("sh:and ( [ sh:nodeKind sh:Literal ] [ sh:minLength 3 ] )", '"ab"', ["sh:minLength"]),
        ("sh:xone ( [ sh:datatype xsd:integer ] [ sh:minLength 3 ] )", '"ab"', ["sh:datatype", "sh:minLength"]),
        ("sh:xone ( [ sh:datatype xsd:integer ] [ sh:minLength 1 ] )", "12", []),
        ("sh:node [ sh:minLength 3 ]", '"ab"', ["sh:minLength"]),
    ],
)
def test_a_result_says_what_lies_beneath(constraint: str, data: str, details: list[str]) -> None:
    (finding,) = checked(f"x:a x:p {data} .", SHAPE.format(constraint)).findings
    assert sorted(detail.constraint for detail in finding.details) == details


def test_lists_of_shapes_that_are_met_find_nothing() -> None:
    for constraint in ("sh:or ( [ sh:datatype xsd:integer ] [ sh:minLength 3 ] )", "sh:xone ( [ sh:minLength 9 ] [] )"):
        assert not values("12", constraint)


def test_shapes_nest_as_deep_as_they_are_written() -> None:
    chain = "".join(f"x:S{n} a sh:NodeShape ; sh:property [ sh:path x:p ; sh:node x:S{n + 1} ] ." for n in range(1, 60))
    shapes = f"x:S0 a sh:NodeShape ; sh:targetNode x:n0 ; sh:property [ sh:path x:p ; sh:node x:S1 ] . {chain}"
    data = "".join(f"x:n{n} x:p x:n{n + 1} ." for n in range(61))
    last = "x:S60 a sh:NodeShape ; sh:property [ sh:path x:name ; sh:minCount 1 ] ."
    finding = checked(data, shapes + last).findings[0]
    while finding.details:
        (finding,) = finding.details
    assert (finding.focus, finding.constraint) == ("http://x/n60", "sh:minCount")
    assert not checked(f'{data} x:n60 x:name "a" .', shapes + last).findings


RECURSIVE = """x:S a sh:NodeShape ; sh:targetNode x:n0 ; sh:property [ sh:path x:next ; sh:node x:S ] ;
  sh:property [ sh:path x:name ; sh:minCount 1 ] ."""


@pytest.mark.parametrize("length", [2, 5, 300])
def test_recursion_misses_nothing_and_is_said(length: int) -> None:
    data = "".join(f'x:n{n} x:next x:n{n + 1} ; x:name "a" .' for n in range(length)) + f"x:n{length} x:next x:n0 ."
    report = checked(data, RECURSIVE)
    assert len(report.findings) == 1
    assert not checked(f'{data} x:n{length} x:name "z" .', RECURSIVE).findings
    assert report.warnings == ("<http://x/S> is recursive; what is being checked already is taken to conform",)


def test_data_that_end_are_checked_by_recursive_shapes_without_a_word() -> None:
    assert checked('x:n0 x:name "a" .', RECURSIVE).warnings == ()


SPARQL = "x:S a sh:NodeShape ; sh:targetNode x:a ; sh:sparql [ sh:message \"{{?value}} is {{?minus}}\"@en ; sh:select '''{}''' ] ."


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this ?value ?minus { $this <http://x/p> ?value . BIND(1 AS ?minus) }",
        "SELECT $this ?value ?minus { $this <http://x/p> ?value . BIND(1 AS ?minus) FILTER(?value != ?service) BIND(0 AS ?service) }",
        'SELECT $this ?value ?minus { $this <http://x/p> ?value . BIND(1 AS ?minus) FILTER("values {x} MINUS {" != "") }',
        "SELECT $this ?value ?minus { # MINUS { VALUES\n $this <http://x/p> ?value . BIND(1 AS ?minus) }",
        "SELECT $this ?value ?minus { { SELECT $this ?value { $this <http://x/p> ?value } } BIND(1 AS ?minus) }",
    ],
)
def test_words_in_names_texts_and_comments_are_no_keywords(query: str) -> None:
    report = checked("x:a x:p 7 .", SPARQL.format(query))
    assert [(finding.message, finding.messages) for finding in report.findings] in (
        [("7 is 1", (("en", "7 is 1"),))],
        [],  # a filter over what is bound later is an error, and so false
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT $this { $this ?p ?o MINUS { $this a ?o } }", "holds MINUS"),
        ("SELECT $this { $this ?p ?o } VALUES ?o { 1 }", "holds VALUES"),
        ("SELECT $this { VALUES ?o { 1 } $this ?p ?o }", "holds VALUES"),
        ("SELECT $this { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }", "holds SERVICE"),
        ("SELECT $this { BIND(1 AS ?this) }", "with AS"),
        ("SELECT (1 AS ?this) { ?s ?p ?o }", "with AS"),
        ("SELECT $this { { SELECT ?o { $this ?p ?o } } }", "without \\$this"),
        ("SELECT $this { { SELECT * { $this ?p ?o } } }", "name its variables"),
        ("SELECT $this {\n  $this ex:p ?o }", "line 2, column .*: no sh:declare declares ex; add sh:prefixes"),
        ("SELECT $this {\n  $this ?p }", "line 2, column"),
    ],
)
def test_what_a_query_of_a_shape_may_not_hold_is_named(query: str, said: str) -> None:
    with pytest.raises(ProjectError, match=f"shapes: <http://x/S>: its SPARQL.*{said}"):
        checked("x:a x:p 7 .", SPARQL.format(query))


def test_prefixes_are_those_of_what_an_ontology_imports() -> None:
    shapes = """x:S a sh:NodeShape ; sh:targetNode x:a ;
      sh:sparql [ sh:prefixes x:untyped ; sh:message "seen" ; sh:select "SELECT $this { $this e:p 1 }" ] .
    x:untyped owl:imports x:other . x:other owl:imports x:untyped ;
      sh:declare [ sh:prefix "e" ; sh:namespace "http://x/"^^xsd:anyURI ] ."""
    assert [finding.message for finding in checked("x:a x:p 1 .", shapes).findings] == ["seen"]
    with pytest.raises(ProjectError, match="a sh:declare without sh:prefix"):
        checked("x:a x:p 1 .", shapes.replace('sh:prefix "e" ;', ""))


def test_messages_come_in_all_languages_english_first() -> None:
    messages = 'sh:minCount 1 ; sh:message "fehlt"@de , "missing"@en , "manquant"@fr'
    (finding,) = checked("x:a x:q 1 .", SHAPE.format(messages)).findings
    assert finding.message == "missing"
    assert finding.messages == (("en", "missing"), ("de", "fehlt"), ("fr", "manquant"))
