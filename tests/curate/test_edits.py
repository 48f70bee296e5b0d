"""What the editor asks for is planned on the files as they stand, in the folders of facts and drafts alone."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.curate.changes import ConflictError
from kg.curate.edits import Planned, lines_changed, plan
from kg.curate.known import digest
from kg.errors import KgError, QueryError
from kg.facts.yaml_text import read_plain
from kg.project import read_project

FILE = "data/facts/notice.yaml"
HORN = {"quote": "A fog horn is added.", "id": "fog-horn", "otherName": "the horn"}


def asked(project: Path, **said: Any) -> Planned:
    return plan(read_project(project), said)


def put(project: Path, name: str, text: str | bytes) -> str:
    path = project / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def after(planned: Planned) -> Any:
    return read_plain((planned.changed[planned.file] or b"").decode())


def test_only_yaml_files_of_facts_and_drafts_are_read_and_written(project: Path, tmp_path: Path) -> None:
    put(project, "data/reference/more.yaml", "facts:\n- {id: a}\n")
    put(project, "data/facts/a.txt", "facts:\n- {id: a}\n")
    (tmp_path / "out.yaml").write_text("facts:\n- {id: a}\n", encoding="utf-8")
    (project / "data" / "facts" / "link.yaml").symlink_to(tmp_path / "out.yaml")
    (project / "data" / "facts" / "round.yaml").symlink_to("round.yaml")
    for file in (
        "data/reference/more.yaml",
        "data/facts/a.txt",
        "data/facts/../sources.yaml",
        "data/factsheet.yaml",
        str(tmp_path / "out.yaml"),
        "data/facts/link.yaml",
        "data/facts/a\0.yaml",
        "data/facts/\ud800.yaml",
        None,
    ):
        for do in ("change", "delete", "drop", "move"):
            with pytest.raises(
                QueryError, match=r"the editor reads and writes \.yaml files in data/facts and data/drafts"
            ):
                asked(project, do=do, file=file, key=digest({"id": "a"}), source="notice", record=HORN)
    for file in (
        "data/facts/round.yaml",
        "data/facts/none.yaml",
        "data/facts/\udc80.yaml",
        f"data/facts/{'a' * 300}.yaml",
    ):
        with pytest.raises(QueryError, match="reload the page|the editor reads and writes") as error:
            asked(project, do="delete", file=file, key="")
        assert str(error.value).encode()
    put(project, "data/other.yaml", "source: notice\nfacts: []\n")
    (project / "data" / "facts" / "zz.yaml").symlink_to("../other.yaml")
    with pytest.raises(QueryError, match=r"^zz\.yaml: the editor reads and writes"):
        asked(project, do="skip", source="notice", record={"reason": "An aside."})


def test_a_file_that_is_none_of_facts_is_told(project: Path) -> None:
    for text, told in (
        ("facts: [\n", "not YAML in UTF-8: while parsing"),
        (b"facts: \xe9\n", "not YAML in UTF-8: 'utf-8' codec"),
        ("- id: a\n", "expected `source:` and `facts:`"),
    ):
        file = put(project, "data/facts/wrong.yaml", text)
        for do in ("delete", "add"):
            with pytest.raises(QueryError) as error:
                asked(project, do=do, file=file, key="", source="notice", record=HORN)
            assert f"{file}: {told}" in str(error.value)
            assert str(error.value).endswith("fix the file first")
    put(project, "data/facts/wrong.yaml", "facts: {a: b}\n")
    with pytest.raises(ConflictError, match="this record has been changed or deleted in data/facts/wrong.yaml"):
        asked(project, do="delete", file="data/facts/wrong.yaml", key=digest("a"))


def test_of_two_records_that_say_the_same_one_goes(project: Path) -> None:
    same = "{otherName: the horn, quote: A fog horn is added., id: fog-horn}"
    file = put(project, "data/facts/two.yaml", f"source: notice\nfacts:\n- {same}\n- {{id: a}}\n- {same}  # again\n")
    planned = asked(project, do="delete", file=file, key=digest(HORN))
    assert after(planned)["facts"] == [{"id": "a"}, HORN]
    assert list(lines_changed(planned)) == [(" ", "facts:"), ("-", f"- {same}"), (" ", "- {id: a}")]
    assert planned.line == 3
    with pytest.raises(ConflictError, match="since the page was loaded"):
        asked(project, do="delete", kind="skip", file=file, key=digest(HORN))


def test_a_skip_of_several_quotes_is_one_skip_each_and_a_skip_of_none_is_not_passed_over(project: Path) -> None:
    skip = {"reason": "An aside.", "quote": ["the bay.", {"exact": "the", "prefix": "of "}]}
    planned = asked(project, do="skip", source="notice", record=skip)
    assert after(planned)["skip"][1:] == [{**skip, "quote": one} for one in skip["quote"]]
    planned = asked(project, do="skip", source="notice", record={"quote": [], "reason": "An aside."})
    assert after(planned)["skip"][-1] == {"quote": [], "reason": "An aside."}, "which the build says"
    with pytest.raises(QueryError, match="a skip has a quote"):
        asked(project, do="skip", source="notice", record={**skip, "note": "x"})
    with pytest.raises(QueryError, match=r"no source is called \['notice'\]; there are notice"):
        asked(project, do="skip", source=["notice"], record=skip)


def test_a_record_that_moves_stands_once_on_the_words_that_are_given(project: Path) -> None:
    text = f"Soon. Nearly 40 ships a year.{' The bay.' * 60}"
    put(project, "data/sources/later.txt", text)
    sources = (project / "data" / "sources.yaml").read_text(encoding="utf-8")
    entry = f"- id: later\n  file: later.txt\n  sha256: {sha256(text.encode()).hexdigest()}\n  title: Later\n"
    put(project, "data/sources.yaml", sources + entry)
    at = text.index("Nearly")
    range_ = {"to": "Ada Merrow", "from": "The lighthouse was", "reason": "A range."}
    file = put(project, "data/facts/a.yaml", f"source: notice\nfacts: []\nskip:\n- {range_}\n".replace("'", ""))
    move = {"do": "move", "kind": "skip", "file": file, "record": range_, "key": digest(range_)}
    planned = asked(project, **move, source="later", spans=[[at, at + 9], [at + 10, at + 15]])
    assert planned.file.name == "later.yaml"
    assert after(planned) == {
        "source": "later",
        "facts": [],
        "skip": [{"to": "ships", "from": "Nearly 40", "reason": "A range."}],
    }, "the first passage is where the range begins, whatever the order of its keys"
    assert read_plain((planned.changed[project / file] or b"").decode())["skip"] == []
    with pytest.raises(QueryError, match="“bay” stands more than once with the same words around it"):
        asked(project, **move, source="later", spans=[[at, at + 9], [len(text) - 220, len(text) - 217]])
    record = {"quote": "the bay.", "id": "bay", "type": "Place", "name": "the bay"}
    planned = asked(project, do="move", file=FILE, record=record, key=digest(record), source="notice")
    assert after(planned)["facts"].count(record) == 1, "also within one file"


@pytest.mark.parametrize(
    ("spans", "told"),
    [
        ([[0, 3], [4, 14]], "one [start, end] a quote of the record: 1"),
        ("ab", "one [start, end] a quote of the record: 1"),
        ([[0, 3, 5]], "spans has [0, 3, 5], expected [start, end], offsets in characters"),
        ([[0.0, 3.0]], "spans has [0.0, 3.0], expected [start, end]"),
        (["03"], "spans has '03', expected [start, end]"),
        ([[-3, -1]], "the text of notice is another than the page shows"),
        ([[3, 3]], "the text of notice is another than the page shows"),
        ([[0, 10**30]], "the text of notice is another than the page shows"),
    ],
)
def test_passages_that_no_quote_of_a_record_can_be_are_told(project: Path, spans: Any, told: str) -> None:
    record = {"quote": "the bay.", "id": "bay", "type": "Place", "name": "the bay"}
    with pytest.raises(QueryError) as error:
        asked(project, do="move", file=FILE, record=record, key=digest(record), source="notice", spans=spans)
    assert told in str(error.value)


def test_a_draft_that_is_accepted_leaves_the_drafts_and_no_fact_goes_as_a_draft(project: Path) -> None:
    file = put(project, "data/drafts/a.yaml", "source: notice\nfacts:\n- {id: a}\n- {id: b}\n")
    planned = asked(project, do="add", source="notice", record=HORN, draft={"file": file, "key": digest({"id": "a"})})
    assert after(planned)["facts"][-1] == HORN
    assert read_plain((planned.changed[project / file] or b"").decode())["facts"] == [{"id": "b"}]
    assert planned.read.keys() == planned.changed.keys()
    fact = digest(read_plain((project / FILE).read_text(encoding="utf-8"))["facts"][0])
    for do, draft in (("drop", {}), ("add", {"draft": {"file": FILE, "key": fact}})):
        with pytest.raises(QueryError, match="drafts are in data/drafts"):
            asked(project, do=do, source="notice", record=HORN, file=FILE, key=fact, **draft)
    with pytest.raises(QueryError, match=r"draft is \['a'\], expected the file and the key of one"):
        asked(project, do="add", source="notice", record=HORN, draft=["a"])


def nested(deep: int) -> Any:
    return "a" if deep == 0 else [nested(deep - 1)]


def test_a_record_is_words_with_what_yaml_can_hold(project: Path) -> None:
    assert after(asked(project, do="add", source="notice", record={"id": nested(7)}))["facts"][-1] == {"id": nested(7)}
    for record in ({"id": nested(8)}, {"id": "\ud800"}, {"\udc80": "a"}, {"id": None}, {"id": {"a": 1}}, {}, None):
        with pytest.raises(QueryError, match="a record is words with texts"):
            asked(project, do="add", source="notice", record=record)


ODD: list[Any] = [None, [], {}, 0, -1, True, "", "a", "\ud800", ["notice"], {"a": []}, "notice", FILE, "add", HORN]


@given(
    st.sampled_from(["add", "change", "delete", "skip", "drop", "move", *ODD]),
    st.dictionaries(
        st.sampled_from(["file", "key", "source", "record", "draft", "kind", "spans"]), st.sampled_from(ODD)
    ),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_is_planned_or_told_in_words(project: Path, do: Any, said: dict[str, Any]) -> None:
    try:
        assert asked(project, do=do, **said).changed
    except KgError as error:
        assert str(error).encode()
