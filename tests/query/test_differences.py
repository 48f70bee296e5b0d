"""What differs between two releases: each edit of a fact is told as what its readers would see, and nothing else is."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from kg.pages import catalogue
from kg.query.differences import STANDING, Change, Differences, compare, patch
from kg.query.opened import Opened
from kg.release.reader import Release, current
from tests.conftest import inside

FACTS = "data/facts/notice.yaml"


@pytest.fixture
def own(template: Path, tmp_path: Path) -> Path:
    """A project of one's own, built once, and kept by git."""
    folder = tmp_path / "project"
    subprocess.run(["cp", "-r", str(template), str(folder)], check=True)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b.org", "commit", "-qm", "1"],
    ):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    assert inside("build", cwd=folder).returncode == 0
    return folder


def edited(project: Path, *pairs: tuple[str, str], file: str = FACTS) -> Release:
    """The release after an edit of a file."""
    path = project / file
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    done = inside("build", cwd=project)
    assert done.returncode == 0, done.stderr.decode()
    return current(project / "build")


def between(project: Path, *pairs: tuple[str, str]) -> Differences:
    before = current(project / "build")
    return compare(before, edited(project, *pairs))


def told(found: Differences) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.told.subject.text, one.told.property.text, one.told.value.text) for one in found.changes]


def test_a_release_does_not_differ_from_itself(own: Path) -> None:
    found = compare(current(own / "build"), current(own / "build"))
    assert found.changes == ()
    assert (found.added, found.removed, found.sources) == (0, 0, {})


def test_another_value_is_a_change_with_both_and_nothing_else_of_the_record_is(own: Path) -> None:
    found = between(
        own, ("description: engineer of the Northern Lights Board", "description: engineer of the Northern")
    )
    assert told(found) == [("changed", "Ada Merrow", "description", "engineer of the Northern")]
    (change,) = found.changes
    assert change.before
    assert change.now
    assert change.before.value.text == "engineer of the Northern Lights Board"
    assert change.now.words == change.before.words == ("Ada Merrow, engineer of the Northern Lights Board.",)
    assert change.now.fact != change.before.fact
    assert change.now.source == "notice"


def test_a_value_more_and_one_less(own: Path) -> None:
    found = between(own, ("  description: engineer of the Northern Lights Board\n", "  otherName: Merrow\n"))
    assert told(found) == [
        ("removed", "Ada Merrow", "description", "engineer of the Northern Lights Board"),
        ("added", "Ada Merrow", "otherName", "Merrow"),
    ]
    assert found.changes[0].now is None
    assert found.changes[1].before is None


def test_another_note_or_other_words_are_other_evidence(own: Path) -> None:
    note = between(own, ("note: The notice speaks of one lighthouse.", "note: There is one lighthouse."))
    assert told(note) == [("evidence", "Lighthouse of Skerry Point", "otherName", "the lighthouse")]
    assert [one.note for one in (note.changes[0].now, note.changes[0].before) if one] == [
        "There is one lighthouse.",
        "The notice speaks of one lighthouse.",
    ]
    words = between(own, ("[The Lighthouse of Skerry Point, The lighthouse was built]", "[The lighthouse was built]"))
    assert told(words) == [("evidence", "Lighthouse of Skerry Point", "otherName", "the lighthouse")]
    assert words.changes[0].now
    assert words.changes[0].now.words == ("The lighthouse was built",)


def test_a_second_quote_for_a_statement_is_evidence_more(own: Path) -> None:
    more = "- quote: the Northern Lights Board.\n  id: northern-lights-board\n  type: Organization\n"
    again = (
        "- quote: engineer of the Northern Lights Board.\n  id: northern-lights-board\n  name: Northern Lights Board\n"
    )
    found = between(own, (more, again + more))
    assert told(found) == [("evidence", "Northern Lights Board", "name", "Northern Lights Board")]
    assert found.changes[0].before is None
    back = between(own, (again, ""))
    assert told(back) == [("evidence", "Northern Lights Board", "name", "Northern Lights Board")]
    assert back.changes[0].now is None


def test_the_other_way_round_is_the_other_way_round(own: Path) -> None:
    before = current(own / "build")
    after = edited(
        own,
        ("description: engineer of the Northern Lights Board", "otherName: Merrow"),
        ("one lighthouse", "a lighthouse"),
    )
    there, back = compare(before, after), compare(after, before)
    other = {"added": "removed", "removed": "added"}
    turned = {Change(other.get(one.kind, one.kind), one.before, one.now) for one in back.changes}
    assert turned == set(there.changes)
    assert (there.added, there.removed) == (back.removed, back.added)


def test_a_source_that_comes(own: Path) -> None:
    before = current(own / "build")
    text = b"It burns.\n"
    (own / "data" / "sources" / "letter.txt").write_bytes(text)
    with (own / "data" / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write(
            f"- id: letter\n  file: letter.txt\n  sha256: {hashlib.sha256(text).hexdigest()}\n  title: A letter\n"
        )
    (own / "data" / "facts" / "letter.yaml").write_text(
        "source: letter\nfacts: []\nskip:\n- quote: It burns.\n  reason: Nothing of this graph.\n", encoding="utf-8"
    )
    done = inside("build", cwd=own)
    assert done.returncode == 0, done.stderr.decode()
    assert compare(before, current(own / "build")).sources == {"letter": "added"}
    assert compare(current(own / "build"), before).sources == {"letter": "removed"}


def test_it_is_known_since_when_a_statement_stands(own: Path) -> None:
    first = current(own / "build").path.name
    second = edited(own, ("description: engineer of the Northern Lights Board", "description: engineer")).path.name
    third = edited(own, ("one lighthouse", "a lighthouse"), ("  worksFor: northern-lights-board\n", "")).path.name
    standing = json.loads((current(own / "build").path / STANDING).read_bytes())
    assert [name for name, _ in standing["releases"]] == [first, second, third]
    ada = "https://example.org/id/ada-merrow"
    assert standing["statements"] == {f'{ada} https://schema.org/description "engineer"@en': second}
    fourth = edited(own, ("description: engineer\n", "description: engineer\n  worksFor: northern-lights-board\n"))
    opened = Opened(own / "build")
    assert opened.standing["statements"].keys() - standing["statements"].keys() == {
        f"{ada} https://schema.org/worksFor https://example.org/id/northern-lights-board"
    }
    told = {}
    for fact in opened.dataset.subjects(f"{opened.base}fact/"):
        text = catalogue.page(opened, fact.removeprefix(opened.base)).decode()
        (told[fact],) = re.findall(r"Said so since release (\w+)", text)
    assert set(told.values()) == {first, fourth.path.name}
    assert sum(name == fourth.path.name for name in told.values()) == 1


def test_a_statement_tells_what_it_said_before(own: Path) -> None:
    edited(own, ("description: engineer of the Northern Lights Board", "description: engineer"))
    opened = Opened(own / "build")
    (change,) = opened.changes["changes"]
    text = catalogue.page(opened, change["now"]["fact"].removeprefix(opened.base)).decode()
    assert "before that description was <del>engineer of the Northern Lights Board</del>" in text


def test_a_patch_makes_one_release_the_other(own: Path) -> None:
    before = current(own / "build")
    after = edited(own, ("description: engineer of the Northern Lights Board", "description: engineer of the Northern"))
    lines = set(before.dataset.read_bytes().splitlines(keepends=True))
    begin, *rows, end = patch(before, after)
    assert (begin, end) == (b"TX .\n", b"TC .\n")
    for row in rows:
        mark, line = row[:2], row[2:]
        if mark == b"D ":
            lines.remove(line)
        else:
            assert mark == b"A "
            assert line not in lines
            lines.add(line)
    assert b"".join(sorted(lines)) == after.dataset.read_bytes()


def test_the_command_tells_it_to_people_and_to_programs(own: Path) -> None:
    before = current(own / "build").path.name
    edited(own, ("description: engineer of the Northern Lights Board", "description: engineer of the Northern"))
    said = inside("diff", cwd=own).stdout.decode()
    assert "  statements  1 with another value\n" in said
    assert "~ Ada Merrow · description · engineer of the Northern Lights Board → engineer of the Northern\n" in said
    assert "    now: [Ada Merrow, engineer of the Northern Lights Board.] (stated, notice)\n" in said
    data = json.loads(inside("diff", before, "-t", "json", cwd=own).stdout)
    assert data["numbers"] == {"added": 0, "removed": 0, "changed": 1, "evidence": 0}
    assert data["before"]["release"] == before
    assert inside("diff", "HEAD", cwd=own).stdout.decode() == said, "what git had is built, and is the same release"
    assert inside("diff", "HEAD", before, "-t", "patch", cwd=own).stdout == b"TX .\nTC .\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "there is no release before this one; name what to compare it with"),
        (("nope",), "'nope' is not a release, a project, or a revision of git"),
        (("--", "--output=kg.toml"), "'--output=kg.toml' is not a release"),
    ],
)
def test_what_cannot_be_compared_is_told(own: Path, arguments: tuple[str, ...], said: str) -> None:
    done = inside("diff", *arguments, cwd=own)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert (own / "kg.toml").stat().st_size > 0


def test_a_damaged_release_is_not_compared(own: Path) -> None:
    before = current(own / "build")
    edited(own, ("one lighthouse", "a lighthouse"))
    before.dataset.write_bytes(before.dataset.read_bytes()[:-30])
    for kind in ("text", "patch"):
        done = inside("diff", "-t", kind, cwd=own)
        assert done.returncode == 3
        assert done.stdout == b""
        assert "is not the one that was built" in done.stderr.decode()


def test_a_link_that_leads_out_of_a_revision_is_told(own: Path) -> None:
    (own / "out").symlink_to("/etc")
    for command in (["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b.org", "commit", "-qm", "2"]):
        subprocess.run(["git", "-C", str(own), *command], check=True)
    done = inside("diff", "HEAD", cwd=own)
    assert done.returncode == 2
    assert "a file cannot be unpacked" in done.stderr.decode()
