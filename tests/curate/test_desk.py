"""What a curator sees at the desk is what stands in the files, and what is done there is done as a person would write it."""

from pathlib import Path
from typing import Any

import pytest

from kg.curate.changes import ConflictError
from kg.curate.desk import Desk
from kg.curate.drafts import drafts_in
from kg.errors import FactError, QueryError
from kg.facts.yaml_text import read_plain
from tests.conftest import inside

HORN = {
    "quote": "A fog horn is added",
    "id": "horn",
    "type": "Event",
    "name": "horn",
    "date": "1901",
    "basis": "inferred",
    "note": "In 1901.",
}


@pytest.fixture
def desk(project: Path) -> Desk:
    return Desk(project)


def notice(desk: Desk) -> str:
    return (desk.root / "data" / "facts" / "notice.yaml").read_text(encoding="utf-8")


def fact(desk: Desk, ident: str, word: str = "type") -> dict[str, Any]:
    return next(
        one for one in desk.source("notice")["facts"] if one["record"].get("id") == ident and word in one["record"]
    )


def span(desk: Desk, words: str) -> list[int]:
    start = desk.source("notice")["text"].index(words)
    return [start, start + len(words)]


def test_a_source_is_shown_with_all_that_rests_on_it(desk: Desk) -> None:
    found = desk.source("notice")
    text = found["text"]
    first = found["facts"][0]
    assert first["record"]["id"] == "lighthouse"
    assert notice(desk).split("\n")[first["line"] - 1] == "- quote: The Lighthouse of Skerry Point"
    assert [text[slice(*one)] for one in first["spans"]] == ["The Lighthouse of Skerry Point"]
    assert (found["read"], found["unread"], found["drafts"]) == ("100.0", [], [])
    assert [text[slice(*one)] for skip in found["skips"] for one in skip["spans"]] == [
        "Visitors are asked to close the gate."
    ]
    desk.apply({"do": "delete", "kind": "skip", "file": "data/facts/notice.yaml", "key": found["skips"][0]["key"]})
    assert [text[slice(*one)] for one in desk.source("notice")["unread"]] == ["Visitors are asked to close the gate."]
    with pytest.raises(QueryError, match="no source is called 'x'; there are notice"):
        desk.source("x")


def test_words_that_are_selected_suggest_a_fact(desk: Desk) -> None:
    found = desk.propose("notice", [span(desk, "amp was first lit on 3 Marc")], ["amp was first lit on 3 Marc"])
    assert found["quote"] == "lamp was first lit on 3 March", "whole words"
    assert found["words"] == ["lamp was first lit on 3 March"]
    assert desk.propose("notice", [span(desk, "built in 1851")], ["built in 1851"])["date"] == ("date", "1851")
    assert desk.propose("notice", [span(desk, "Ada Merrow")], ["Ada Merrow"])["id"] == "ada-merrow"
    assert ["Ada Merrow", "ada-merrow"] in desk.propose("notice", [span(desk, "by Ada Merrow")], ["by Ada Merrow"])[
        "names"
    ]
    many = desk.propose("notice", [span(desk, "the")], ["the"])
    assert len(many["occurrences"]) > 1
    assert many["quote"]["exact"] == "the"
    two = desk.propose(
        "notice", [span(desk, "1890"), span(desk, "A fog horn is added")], ["1890", "A fog horn is added"]
    )
    assert two["quote"] == ["1890", "A fog horn is added"]


def test_a_page_that_counts_otherwise_is_refused(desk: Desk) -> None:
    for spans, words in (([[0, 3]], ["the"]), ([[0, 99999]], ["x"]), ([[3, 3]], [""]), ([[-3, 2]], ["x"])):
        with pytest.raises(ConflictError, match="the text of notice is another than the page shows"):
            desk.propose("notice", spans, words)
    for spans, words in (([], []), ([[0, 3]], [])):
        with pytest.raises((QueryError, ValueError)):
            desk.propose("notice", spans, words)


def test_a_fact_is_added_changed_and_deleted_and_each_is_taken_back(desk: Desk) -> None:
    begun = notice(desk)
    shown = desk.preview({"do": "add", "source": "notice", "record": HORN})
    assert shown["faults"] == []
    assert ("+", "- quote: A fog horn is added") in shown["lines"]
    assert notice(desk) == begun, "a preview writes nothing"
    done = desk.apply({"do": "add", "source": "notice", "record": HORN})
    assert notice(desk).split("\n")[done["line"] - 1] == "- quote: A fog horn is added"
    added = notice(desk)
    horn = fact(desk, "horn")
    desk.apply(
        {
            "do": "change",
            "file": horn["file"],
            "key": horn["key"],
            "record": {**HORN, "date": "1902", "note": "In 1902."},
        }
    )
    old, new = added.split("\n"), notice(desk).split("\n")
    assert [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]] == [
        ("  date: 1901", "  date: 1902"),
        ("  note: In 1901.", "  note: In 1902."),
    ]
    horn = fact(desk, "horn")
    desk.apply({"do": "delete", "file": horn["file"], "key": horn["key"]})
    assert notice(desk) == begun
    assert [desk.undo()["undone"] for _ in range(3)] == ["delete", "change", "add"]
    assert notice(desk) == begun
    with pytest.raises(QueryError, match="nothing to undo"):
        desk.undo()


def test_what_does_not_build_is_not_written_and_a_preview_says_so(desk: Desk) -> None:
    begun = notice(desk)
    wrong = {"do": "add", "source": "notice", "record": {**HORN, "note": "Later."}}
    assert ["1901" in fault["message"] for fault in desk.preview(wrong)["faults"]] == [True]
    with pytest.raises(FactError, match="1901"):
        desk.apply(wrong)
    records: list[Any] = [{}, {"quote": 3}, {"quote": None}, [], "x", {"a": {"b": {"c": 1.5}}}]
    for record in records:
        with pytest.raises(QueryError, match="a record is words"):
            desk.apply({"do": "add", "source": "notice", "record": record})
    house = fact(desk, "lighthouse")
    with pytest.raises(FactError):
        desk.apply({"do": "delete", "file": house["file"], "key": house["key"]})
    assert notice(desk) == begun


def test_two_editors_at_once_lose_nothing(desk: Desk) -> None:
    other = Desk(desk.root)
    seen = fact(desk, "construction")
    other.apply({"do": "add", "source": "notice", "record": HORN})
    desk.apply(
        {"do": "change", "file": seen["file"], "key": seen["key"], "record": {**seen["record"], "note": "By hand."}}
    )
    assert "id: horn" in notice(desk), "what the other wrote elsewhere in the file stands"
    with pytest.raises(ConflictError, match="has been changed or deleted"):
        other.apply(
            {"do": "change", "file": seen["file"], "key": seen["key"], "record": {**seen["record"], "note": "Mine."}}
        )
    with pytest.raises(ConflictError, match="has been changed since it was read"):
        other.undo()
    assert "note: By hand." in notice(desk)
    assert desk.undo() == {"undone": "change"}
    assert other.undo() == {"undone": "add"}
    assert desk.stamp() == other.stamp()


def test_drafts_stand_beside_the_text_and_leave_when_they_are_accepted(desk: Desk) -> None:
    path = desk.root / "data" / "drafts" / "machine.yaml"
    path.parent.mkdir()
    path.write_text(
        "source: notice\nfacts:\n"
        "- {quote: A fog horn is added, id: horn, type: Event, name: horn, date: 1901, basis: inferred, note: In 1901., drafted: a model}\n"
        "  # mood: loud (no word is for it)\n- quote: nowhere\n  id: x\n",
        encoding="utf-8",
    )
    first, second = desk.source("notice")["drafts"]
    assert first["remarks"] == ("mood: loud (no word is for it)",)
    assert second["spans"] == ()
    assert "nowhere" in second["problem"]
    assert desk.overview()["sources"][0]["drafts"] == 2
    desk.apply(
        {
            "do": "add",
            "source": "notice",
            "record": first["record"],
            "draft": {"file": first["file"], "key": first["key"]},
        }
    )
    assert fact(desk, "horn")["record"]["drafted"] == "a model"
    assert [one.record["id"] for one in drafts_in(path, path.read_text(encoding="utf-8"))] == ["x"]
    desk.apply({"do": "drop", "file": second["file"], "key": second["key"]})
    assert not path.exists()
    desk.undo()
    desk.undo()
    assert len(desk.source("notice")["drafts"]) == 2
    assert "horn:" not in notice(desk)


def test_words_are_skipped_one_by_one_and_in_ranges(desk: Desk) -> None:
    skip = desk.source("notice")["skips"][0]
    desk.apply({"do": "delete", "kind": "skip", "file": skip["file"], "key": skip["key"]})
    for record in (
        {"quote": ["Visitors are asked", "to close the gate."], "reason": "A request."},
        {"from": "Visitors are", "to": "the gate.", "reason": "A request."},
    ):
        desk.apply({"do": "skip", "source": "notice", "record": record})
        assert desk.source("notice")["unread"] == []
        desk.undo()
    with pytest.raises(QueryError, match="a skip has a quote"):
        desk.apply({"do": "skip", "source": "notice", "record": {**HORN}})
    with pytest.raises(FactError, match="a skip has a reason"):
        desk.apply({"do": "skip", "source": "notice", "record": {"quote": "the gate."}})


def test_a_form_offers_what_the_vocabulary_and_the_facts_have(desk: Desk) -> None:
    form = desk.form()
    event = next(one for one in form["classes"] if one["name"] == "Event")
    assert event["needs"] == ["name", "date"]
    date = next(one for one in form["words"] if one["name"] == "date")
    assert date["definition"]
    assert date["takes"] == "a date"
    assert {"id": "ada-merrow", "type": "Person", "name": "Ada Merrow"} in form["ids"]
    assert form["bases"] == ["stated", "layout", "inferred"]


def test_a_fact_goes_into_the_file_that_quotes_next_to_it(desk: Desk) -> None:
    late = desk.root / "data" / "facts" / "z-late.yaml"
    late.write_text(
        "source: notice\nfacts:\n- {quote: Nearly 40 ships a year take shelter in the bay, id: bay, otherName: the bay}\n",
        encoding="utf-8",
    )
    early = desk.apply(
        {
            "do": "add",
            "source": "notice",
            "record": {
                "quote": "Northern Lights Board",
                "id": "ada-merrow",
                "description": "Northern Lights Board",
                "basis": "inferred",
                "note": "Of Ada Merrow.",
            },
        }
    )
    assert early["file"] == "data/facts/notice.yaml"
    desk.undo()


def test_a_change_at_the_desk_builds(desk: Desk) -> None:
    desk.apply({"do": "add", "source": "notice", "record": HORN})
    assert inside("build", cwd=desk.root).returncode == 0
    assert read_plain(notice(desk))["facts"][-1]["id"] == "horn"
