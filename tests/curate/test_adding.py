"""A fact is added as a person would have written it, and only where it builds."""

from pathlib import Path

import pytest

from kg.curate.adding import Wanted, add, citing, propose
from kg.errors import FactError, QueryError
from kg.facts.yaml_text import read_plain
from kg.project import read_project
from tests.conftest import run


def notice(project: Path) -> Path:
    return project / "data" / "facts" / "notice.yaml"


def test_a_fact_is_proposed_from_its_words(project: Path) -> None:
    found = propose(read_project(project), Wanted("its lamp was  FIRST lit on 3 march 1852", type="Event"))
    assert found.record == {
        "quote": "its lamp was first lit on 3 March 1852",
        "id": "its-lamp-was-first-lit-on",
        "type": "Event",
        "name": "its lamp was first lit on 3 March 1852",
        "date": "1852-03-03",
    }
    assert found.path == notice(project)


def test_an_added_fact_builds_and_no_other_line_changes(project: Path) -> None:
    before = notice(project).read_text(encoding="utf-8")
    line = add(
        read_project(project),
        propose(
            read_project(project),
            Wanted(
                "a fog horn is ADDED",
                id="fog-horn",
                said=(("otherName", "fog horn"),),
                basis="inferred",
                note="The horn.",
            ),
        ),
    )
    after = notice(project).read_text(encoding="utf-8")
    new = [one for one in after.split("\n") if one not in before.split("\n")]
    assert after.split("\n")[line - 1] == "- quote: A fog horn is added"
    assert [one for one in before.split("\n") if one not in after.split("\n")] == []
    assert len(new) <= 5
    assert run("build", cwd=project).returncode == 0


def test_what_does_not_build_is_not_written(project: Path) -> None:
    before = notice(project).read_bytes()
    proposed = propose(
        read_project(project), Wanted("Visitors are asked", type="Event", said=(("about", "lighthouse"),))
    )
    with pytest.raises(FactError) as error:
        add(read_project(project), proposed)
    assert all(fault.file == "data/facts/notice.yaml" for fault in error.value.faults)
    assert notice(project).read_bytes() == before
    assert [path.name for path in notice(project).parent.iterdir()] == ["notice.yaml"]


def test_a_new_file_is_made_for_a_source_without_one_and_goes_with_what_does_not_build(project: Path) -> None:
    wanted = Wanted(
        "Visitors are asked to close the gate", type="Event", file="data/facts/second.yaml", said=(("agent", "nobody"),)
    )
    proposed = propose(read_project(project), wanted)
    with pytest.raises(FactError):
        add(read_project(project), proposed)
    assert not proposed.path.exists()
    good = propose(
        read_project(project),
        wanted._replace(said=(("date", "1900"),), basis="inferred", note="The notice hung there in 1900."),
    )
    assert add(read_project(project), good) == 1
    assert read_plain(good.path.read_text(encoding="utf-8"))["source"] == "notice"
    assert run("build", cwd=project).returncode == 0


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted("its lamp was first lit"), "give --type for a new thing"),
        (Wanted("its lamp was first lit", type="Evnt"), "no class is called 'Evnt'; did you mean 'Event'"),
        (
            Wanted("its lamp was first lit", type="Event", said=(("abuot", "x"),)),
            "no word is called 'abuot'; did you mean 'about'",
        ),
        (Wanted("zzz qqq"), "nothing in notice is like"),
        (Wanted("the", type="Event"), "stands more than once; choose with --pick"),
        (Wanted("its lamp", source="notise"), "no source is called 'notise'; did you mean 'notice'"),
        (
            Wanted("its lamp was first lit", type="Event", file="../x.yaml"),
            "facts are added to .yaml files in data/facts",
        ),
        (Wanted("its lamp was first lit", type="Event", file="data/facts/x.csv"), "facts are added to .yaml files"),
    ],
)
def test_what_is_missing_or_wrong_is_said_with_what_there_is(project: Path, wanted: Wanted, words: str) -> None:
    with pytest.raises(QueryError) as error:
        propose(read_project(project), wanted)
    assert words in str(error.value)


def test_words_that_stand_twice_are_quoted_so_that_one_place_is_meant(project: Path) -> None:
    first, second = (
        propose(read_project(project), Wanted("the", type="Event", pick=pick, id="x")).record["quote"]
        for pick in (1, 2)
    )
    assert first != second
    assert isinstance(first, dict)


def test_the_facts_that_rest_on_words_are_found(project: Path) -> None:
    found = citing(read_project(project), "FIRST lit")
    assert {str(record.content["id"]) for record, _ in found} == {"first-lighting"}  # type: ignore[index]
    assert citing(read_project(project), "no such words") == []


def test_the_verbs_say_what_they_did(project: Path) -> None:
    done = run("add", "its lamp was first lit on 3 March 1852", "--type", "Event", "--dry-run", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().startswith(
        "data/facts/notice.yaml\n- quote: its lamp was first lit on 3 March 1852\n  id: its"
    )
    cited = run("cites", "first lit", cwd=project)
    assert b"data/facts/notice.yaml:" in cited.stdout
    assert run("cites", "no such words", cwd=project).returncode == 1
    assert b"write WORD=VALUE" in run("add", "x", "-p", "a", cwd=project).stderr


def test_line_ends_stay_as_they_are_and_come_back_as_they_were(project: Path) -> None:
    path = notice(project)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    refused = propose(
        read_project(project), Wanted("Visitors are asked", type="Event", said=(("about", "lighthouse"),))
    )
    with pytest.raises(FactError):
        add(read_project(project), refused)
    assert path.read_bytes() == before
    good = Wanted("A fog horn is added", id="fog-horn", said=(("otherName", "fog horn"),), basis="inferred", note="So.")
    add(read_project(project), propose(read_project(project), good))
    after = path.read_bytes()
    assert b"\n" not in after.replace(b"\r\n", b"")
    assert len(after) > len(before)


def test_a_file_is_given_from_anywhere_and_no_link_leads_out(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = tmp_path / "by-a-link"
    link.symlink_to(project)
    for start in (f"../{project.name}" if project.parent == tmp_path else str(project), str(link)):
        done = run(
            "-C",
            start,
            "add",
            "its lamp was first lit on 3 March 1852",
            "--type",
            "Event",
            "--file",
            "data/facts/zz.yaml",
            "--dry-run",
            cwd=elsewhere,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(b"data/facts/zz.yaml")
    outside = tmp_path / "outside.yaml"
    (project / "data" / "facts" / "out.yaml").symlink_to(outside)
    done = run(
        "add", "its lamp was first lit on 3 March 1852", "--type", "Event", "--file", "data/facts/out.yaml", cwd=project
    )
    assert done.returncode == 2, done.stderr
    assert not outside.exists()
