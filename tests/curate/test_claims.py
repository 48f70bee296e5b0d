"""What a file claims is read as it is said: what is of another kind is told with its place, and nothing is made up."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.curate.claims import Claim, Words, read_claims
from kg.errors import QueryError
from kg.facts.csv_file import CELL


def read(content: Any, suffix: str = ".json") -> list[Claim]:
    """The claims of a file that holds a text, or a document as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"claims{suffix}"
        path.write_bytes(text.encode("utf-8"))
        return list(read_claims(path))


def extraction(**other: Any) -> dict[str, Any]:
    one = {"extraction_class": "Event", "extraction_text": "a lamp", "char_interval": {"start_pos": 0}}
    return {"extractions": [one | other]}


def fact(**other: Any) -> dict[str, Any]:
    return {"facts": [{"quote": "a lamp", "id": "lamp", "type": "Event", "says": [], "basis": "stated"} | other]}


def annotation(**other: Any) -> dict[str, Any]:
    return {"rows": [{"tags": ["Event"], "target": {"selector": quoting("a lamp")}} | other]}


def quoting(exact: object, **other: object) -> dict[str, object]:
    return {"type": "TextQuoteSelector", "exact": exact, **other}


def test_what_a_file_holds_decides_how_it_is_read_and_its_name_only_for_tables() -> None:
    (one,) = read(extraction(), ".csv")
    assert (one.kind, one.words) == ("Event", (Words("a lamp", 0),))
    assert read({**extraction(), "facts": [{}]}) == [one], "LangExtract comes first"
    assert read("text\na lamp\n", ".CSV") == [Claim((Words("a lamp"),), "")]
    for text in ("text\na lamp\n", json.dumps(extraction()) + "\n" + json.dumps(fact()), "", "[" * 100_000):
        with pytest.raises(QueryError, match=r"claims\.json: expected LangExtract .*, table; a table has the columns"):
            read(text)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (extraction(char_interval={"start_pos": "3"}), 'extraction 1: start_pos is "3", expected the number of a'),
        (extraction(char_interval={"start_pos": True}), "extraction 1: start_pos is true, expected the number of a"),
        (extraction(char_interval=[1]), "extraction 1: char_interval is [1], expected an object"),
        (extraction(extraction_class=["a"]), 'extraction 1: extraction_class is ["a"], expected a text'),
        (extraction(attributes=["a"]), 'extraction 1: attributes is ["a"], expected an object'),
        (
            f"{json.dumps(extraction())}\n{json.dumps({'extractions': [{}]})}",
            "extraction 2: extraction_text is missing",
        ),
        (f"{json.dumps(fact())}\n{json.dumps({'facts': [{}]})}", "fact 2: quote is missing"),
        ({"extractions": None}, "extractions is not a list of objects"),
        ({"extractions": [3]}, "extractions is not a list of objects"),
        (extraction(attributes={"mood": "\ud83d"}), "claim 1 has half of a character"),
        (fact(note="\udc80"), "claim 1 has half of a character"),
        (fact(quote=["a", ["b"]]), 'fact 1: quote is ["b"], expected a text'),
        (fact(type=5), "fact 1: type is 5, expected a text"),
        (fact(says={"word": "name"}), "fact 1: says is not a list of objects"),
        (fact(says=[{"word": "name"}]), "fact 1: value is missing"),
        (annotation(tags=[{}]), "annotation 1: tags is {}, expected a text"),
        (annotation(target={"selector": quoting("a", prefix=3)}), "annotation 1: prefix is 3, expected a text"),
        ({"rows": [annotation()["rows"][0], 3]}, "annotation 2: it is 3, expected an object"),
        ({"rows": {"target": "x"}}, 'its annotations are {"target": "x"}, expected a list'),
        ({"items": [{"body": "x"}]}, "annotation 1: target is missing"),
    ],
)
def test_what_is_of_another_kind_is_told_with_its_place(document: Any, told: str) -> None:
    with pytest.raises(QueryError) as error:
        read(document)
    assert told in str(error.value)
    assert "as it should be" in str(error.value)


def test_null_says_nothing_and_what_is_no_text_is_said_as_json() -> None:
    attributes = {"a": None, "b": True, "c": [1, [None, "two"]], "d": {"é": None}, "e": ""}
    (one,) = read(extraction(attributes=attributes, char_interval=None))
    assert one.said == (("b", "true"), ("c", "1"), ("c", "two"), ("d", '{"é": null}'), ("e", ""))
    assert one.words[0].start is None
    says = [{"word": "name", "value": None}, {"word": "date", "value": 1852}]
    (one,) = read(fact(says=says, note=None, type=None))
    assert (one.said, one.note, one.kind) == ((("date", "1852"),), "", "")
    quotes: tuple[Any, ...] = (None, [], "")
    for quote in quotes:
        assert read(fact(quote=quote))[0].words == (Words(""),), "which no source has, so that it is left out in words"


def test_a_place_before_the_text_is_none() -> None:
    for start, taken in ((-1, None), (-(10**30), None), (0, 0), (7, 7), (10**30, 10**30), (None, None)):
        assert read(extraction(char_interval={"start_pos": start}))[0].words[0].start == taken


def test_an_id_and_a_basis_are_taken_only_where_facts_can_have_them() -> None:
    for ident, taken in (("lamp-1", "lamp-1"), (12, "12"), ("two words", ""), ("-a", ""), (None, ""), ("None", "None")):
        assert read(fact(id=ident))[0].id == taken
    for basis, taken in (("stated", ""), ("inferred", "inferred"), ("layout", "layout"), ("Inferred", ""), (["x"], "")):
        assert read(fact(basis=basis))[0].basis == taken
    (bare,) = read({"facts": [{"quote": ["a", "b"]}]})
    assert bare == Claim((Words("a"), Words("b")), "")


def test_nothing_that_an_annotation_says_is_lost() -> None:
    bodies = [
        {"value": "Place", "purpose": "tagging"},
        {"source": "https://example.org/lamp", "purpose": "tagging"},
        {"value": "seen", "purpose": "commenting"},
        "https://example.org/comment",
    ]
    (one,) = read(annotation(body=bodies, text="bright", bodyValue="white"))
    assert one.kind == "Event", "the first tag"
    assert one.said == (
        ("tag", "Place"),
        ("tag", "https://example.org/lamp"),
        ("comment", "bright"),
        ("comment", "white"),
        ("comment", "seen"),
        ("comment", "https://example.org/comment"),
    )
    twice = [{"selector": [{"type": "RangeSelector"}, quoting("a", suffix=None)]}, {"selector": quoting("b")}, "x"]
    assert read(
        annotation(target=twice, tags=None, body=[{"purpose": "tagging"}, {"purpose": "tagging", "id": "Event"}])
    )[0] == Claim((Words("a"), Words("b")), "Event")
    assert read(annotation(tags="Event"))[0].kind == "Event", "one text is one tag"
    for target in (None, "x", {"source": "x"}, {"selector": ["x", {"type": "TextPositionSelector", "start": 1}]}):
        assert read(annotation(target=target)) == [Claim((Words(""),), "")], "left out, and said to be"


def test_the_annotations_of_a_file_are_those_of_its_rows_its_first_page_or_itself() -> None:
    one = annotation()["rows"][0]
    other = annotation(tags=["Place"])["rows"][0]
    assert read({"rows": [], "total": 0}) == []
    assert read({"items": []}) == []
    assert [claim.kind for claim in read({"first": {"items": [one]}, "items": [other]})] == ["Event"]
    assert [claim.kind for claim in read({"first": "https://example.org/page", "items": [other]})] == ["Place"]
    assert [claim.kind for claim in read({"first": {"items": [one]}})] == ["Event"]
    assert [claim.kind for claim in read([one, other])] == ["Event", "Place"]
    assert [claim.kind for claim in read(f"{json.dumps(one)}\n\n{json.dumps(other)}\n")] == ["Event", "Place"]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("text,start\nA fog horn, is added,5\n", "line 2 has more cells than the first; put a text with ',' in quotes"),
        ("text,date,date\na,1,2\n", "it has more than one column date"),
        ("text,start\na,0\nb,-5\n", "line 3: start is '-5', expected the number of a character, from 0"),
        ("text,start\na,²\n", "line 2: start is '²'"),
        (f"text,start\na,{'9' * 5000}\n", f"start is '{'9' * 40}',"),
        (f"text\n{'a' * (CELL + 1)}\n", "field larger than field limit"),
        ("words,start\na,0\n", "it has no column text; the columns are"),
        ("", "it has no column text; the columns are"),
    ],
)
def test_a_table_that_does_not_say_which_words_is_told_with_its_line(table: str, told: str) -> None:
    with pytest.raises(QueryError) as error:
        read(table, ".csv")
    assert told in str(error.value)


def test_a_table_is_parted_by_what_stands_most_often_in_its_first_line() -> None:
    assert read('\ufefftext;start;mood;id\r\n"a, b\r\nc; ";7;;\r\n\r\nd\r\n', ".csv") == [
        Claim((Words("a, b\r\nc; ", 7),), ""),
        Claim((Words("d"),), ""),
    ]
    row = Claim((Words("a;b", 3),), "Event", (("mood", " glad"),), "lamp")
    assert read("text\tstart\tlabel\tid\tmood\na;b\t 3\t Event\tlamp \t glad\t\t\n", ".tsv") == [row]
    assert read("text,end\ra,1\rb,2\r", ".csv") == [Claim((Words("a"),), ""), Claim((Words("b"),), "")]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@example("a\u2028b\u2029c\x85d")
def test_a_document_a_line_may_hold_any_text(words: str) -> None:
    line = json.dumps(extraction(extraction_text=words), ensure_ascii=False)
    assert [claim.words[0].exact for claim in read(f"{line}\n{line}\r\n  \n", ".jsonl")] == [words, words]


LEAVES: list[Any] = [
    None,
    True,
    0,
    -1,
    10**30,
    0.5,
    "",
    "a",
    "\udc80",
    [],
    {},
    [None],
    [["a"]],
    {"": "a"},
    {"value": 1},
]
ANY = st.sampled_from(LEAVES) | st.lists(st.sampled_from(LEAVES), max_size=2)
KEYS = {
    extraction: ("extraction_class", "extraction_text", "char_interval", "attributes"),
    fact: ("quote", "id", "type", "says", "basis", "note"),
    annotation: ("target", "tags", "body", "text", "bodyValue"),
}


@given(st.data())
def test_whatever_a_file_holds_its_claims_are_texts_or_it_is_said_not_to_be_as_it_should(data: st.DataObject) -> None:
    made = data.draw(st.sampled_from(list(KEYS)))
    document = made(**{data.draw(st.sampled_from(KEYS[made])): data.draw(ANY)})
    try:
        claims = read(document)
    except QueryError as error:
        assert "as it should be: " in str(error)
        return
    for claim in claims:
        texts = [
            claim.kind,
            claim.id,
            claim.basis,
            claim.note,
            claim.source,
            *(text for pair in claim.said for text in pair),
        ]
        texts += [text for words in claim.words for text in (words.exact, words.prefix, words.suffix)]
        assert all(isinstance(text, str) and text.encode() is not None for text in texts)
        assert all(words.start is None or words.start >= 0 for words in claim.words)
        assert claim.words
