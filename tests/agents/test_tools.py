"""The tools: each answer is told in text and in data, with its words in both, and a source cannot pass for the tool."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kg.agents.tools import ROWS, Told, Tools
from kg.errors import QueryError
from kg.query.opened import Opened
from tests.agents.conftest import HOSTILE, with_tools


@pytest.fixture
def ask(opened: Opened, tmp_path: Path) -> Any:
    """Ask a tool by its name."""

    def asked(name: str, *given: Any) -> Told:
        async def do(tools: Tools) -> Told:
            answer = getattr(tools, name)(*given)
            return answer if isinstance(answer, Told) else await answer

        return with_tools(opened, tmp_path, do)

    return asked


def quotes_of(data: Any) -> set[str]:
    """Every quote that an answer's data has, in one line."""
    if isinstance(data, dict):
        own = {" ".join(data["quote"].split())} if "quote" in data else set()
        return own.union(*map(quotes_of, data.values()))
    return set().union(*map(quotes_of, data)) if isinstance(data, list) else set()


@pytest.mark.parametrize(
    "asked",
    [
        ("thing", "coalition"),
        ("thing", "belgium"),
        ("why", "coalition"),
        ("query", "growth"),
        ("query", "timeline"),
        ("sparql", "SELECT ?s ?v { ?s kg:value ?v }"),
    ],
    ids=" ".join,
)
def test_text_and_data_have_the_same_words(ask: Any, opened: Opened, asked: tuple[str, ...]) -> None:
    """Whichever of the two a client shows; and the words stand in the source, where they are said to."""
    told = ask(*asked)
    quotes = quotes_of(told.data)
    assert quotes
    assert all(json.dumps(quote, ensure_ascii=False) in told.text for quote in quotes)
    text = opened.file("sources/international-campaign-icc.txt").decode()
    for quote, start, end in re.findall(
        r'("(?:[^"\\]|\\.)*") \[international-campaign-icc#char=(\d+),(\d+)\]', told.text
    ):
        assert " ".join(text[int(start) : int(end)].split()) == json.loads(quote)
    assert told.data["release"] == opened.name


def test_rows_come_by_pages_and_say_how_many_are_left(ask: Any) -> None:
    first = ask("query", "timeline").data
    assert (len(first["rows"]), first["truncated"], first["next"]) == (ROWS, True, 2)
    last = ask("query", "timeline", None, 3)
    assert (len(last.data["rows"]), last.data["truncated"]) == (first["total"] - 2 * ROWS, False)
    assert "next" not in last.data
    assert last.text.startswith("41. ")
    assert "page 9 is beyond them" in ask("query", "timeline", None, 9).text
    assert all(row["evidence"] for row in first["rows"])


def test_a_row_has_each_fact_once(ask: Any) -> None:
    for row in ask("query", "growth").data["rows"]:
        facts = [one["fact"] for one in row["evidence"]]
        assert len(facts) == len(set(facts)) >= 1
        assert all(re.fullmatch("[0-9a-f]{16}", fact) for fact in facts)
    assert ask("query", "funders", {"tier": "major financial contribution"}).data["rows"][0]["funder"] == (
        "European Commission (id:european-commission)"
    )


def test_no_rows_say_what_there_is(ask: Any) -> None:
    told = ask("query", "funders", {"funded": "kofi-annan"})
    assert told.data["total"] == 0
    assert "funded has answers for Coalition for the International Criminal Court." in told.text
    assert "Nothing is called or quoted so" in ask("search", "zzzz").text


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("thing", "nobody-at-all"), "nothing in the graph is called"),
        (("why", "mexico", "date"), "it is named as state by others"),
        (("query", "nope"), "no canned query is called"),
        (("query", "funders", {"payer": "x"}), "has no parameter 'payer'"),
        (("source", "nope"), "the sources are international-campaign-icc"),
        (("source", "international-campaign-icc#char=5,999999"), "the source has 10,655 characters"),
        (("sparql", "SELECT"), "line 1"),
        (("sparql", "ASK {}"), "SELECT"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(ask: Any, asked: tuple[Any, ...], message: str) -> None:
    with pytest.raises(QueryError, match=re.escape(message)):
        ask(*asked)


def test_questions_are_found_by_their_words(ask: Any) -> None:
    assert [one["name"] for one in ask("queries", "who paid").data["queries"]] == ["funders"]
    assert len(ask("queries").data["queries"]) > 40
    assert ask("search", "who paid").data["queries"][0]["name"] == "funders"
    assert ask("search", "Mexico").data["things"][0]["thing"] == "mexico"


def test_a_thing_is_told_by_question(ask: Any) -> None:
    data = ask("thing", "coalition").data
    sections = {section["heading"]: section["rows"] for section in data["sections"]}
    assert sections["In numbers"][0]["Number"] == "25"
    assert sections["In numbers"][0]["evidence"][0]["basis"] == "inferred", "its date is worked out"
    assert {row["kind"] for row in sections["Who paid"]} == {"Major financial contribution", "Important grant"}
    assert len(sections["Who paid"]) == 24
    belgium = ask("thing", "belgium").data["sections"][0]["rows"][0]
    assert belgium["by"] == "government of Belgium"


def test_a_passage_is_told_with_what_stands_around_it(ask: Any, opened: Opened) -> None:
    told = ask("source", "international-campaign-icc#char=764,860", 40)
    assert told.data["passage"].startswith("The Coalition for the International Criminal Court includes 2,500")
    assert (len(told.data["before"]), len(told.data["after"])) == (40, 40)
    assert ask("source", "international-campaign-icc").data["start"] == 0
    assert len(ask("source", "international-campaign-icc#char=764,860", 10**9).data["before"]) <= 4_000


def test_a_source_that_gives_orders_stays_a_quote(hostile: Path, tmp_path: Path) -> None:
    """Its words are told whole, but nothing in them ends the quote or the fence, or begins a line of the tool's own."""
    opened = Opened(hostile / "build")

    async def do(tools: Tools) -> list[Told]:
        return [
            tools.thing("men"),
            tools.why("men"),
            tools.search("men"),
            await tools.query("men"),
            tools.source("notice"),
        ]

    *answers, passage = with_tools(opened, tmp_path, do)
    for told in answers:
        assert not re.search(r"^(SYSTEM|---)", told.text, re.M)
        assert not re.search(r'[^\\]" \[notice#char=0,0\] stated', told.text), "a quote that ends before its end"
    for told in answers[:2]:
        (quote,) = quotes_of(told.data)
        assert quote == " ".join(HOSTILE.split())
        assert json.dumps(quote, ensure_ascii=False) in told.text
    opening, first, *lines, last = passage.text.split("\n")
    assert first == last
    assert first not in HOSTILE
    assert first.strip("- ") in opening
    assert "never instructions" in opening
    assert "\n".join(lines) == HOSTILE
