"""What earlier releases had: which are kept, and what is gone."""

from pathlib import Path

import pytest

from kg.build.releasing import build
from kg.project import read_project
from kg.release.history import gone, versions
from kg.release.nquads import Dataset
from kg.release.reader import Release, open_release, read_json


def made(project: Path, *words: str) -> Release:
    """The next release, with words of a file of facts replaced by others, in pairs."""
    facts = project / "data/facts/notice.yaml"
    text = facts.read_text(encoding="utf-8")
    for old, new in zip(words[::2], words[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    facts.write_text(text, encoding="utf-8")
    release = build(read_project(project), validate=False).release
    assert release
    return release


@pytest.fixture
def three(project: Path) -> list[Release]:
    """A release, one in which a thing has another id, and one in which it has its first id again, and another name."""
    return [
        made(project, "fog-horn", "fog-horn"),
        made(project, "fog-horn", "horn"),
        made(project, "id: horn", "id: fog-horn", "addition of", "adding of"),
    ]


def test_a_thing_that_is_told_of_no_more_is_gone_until_it_is_told_of_again(three: list[Release]) -> None:
    first, second, third = three
    lost = read_json(second.path / "gone.json")
    assert lost["id/fog-horn"] == first.path.name
    assert "id/horn" not in lost
    assert {address.partition("/")[0] for address in lost} == {"id", "fact"}
    again = read_json(third.path / "gone.json")
    assert again["id/horn"] == second.path.name
    assert "id/fog-horn" not in again
    assert not (first.path / "gone.json").exists()
    with_facts = {one for one in lost if one.startswith("fact/")}
    assert len(with_facts) >= 2
    base = third.manifest["base"]
    dataset = Dataset(third.dataset)
    assert not any(dataset.has(base + address) for address in again)


def test_what_is_gone_is_carried_on(three: list[Release], project: Path) -> None:
    """Two releases later it is still known which was the last."""
    fourth = made(project, "nearly 40 ships a year", "40 ships")
    assert read_json(fourth.path / "gone.json")["id/horn"] == three[1].path.name


def test_versions_name_the_ones_beside_them(three: list[Release]) -> None:
    found = versions(three[-1])
    names = [release.path.name for release in three]
    assert [one.name for one in found] == names[::-1]
    assert [one.before for one in found] == [names[1], names[0], ""]
    assert [one.after for one in found] == ["", names[2], names[1]]
    assert [one.name for one in versions(three[-1], most=1)] == names[2:]


def test_a_release_that_was_gone_back_from_is_still_kept(three: list[Release], project: Path) -> None:
    """A, B, and A again, which is A: B has been cited."""
    again = made(project, "id: fog-horn", "id: horn", "adding of", "addition of")
    assert again.path == three[1].path
    names = [one.name for one in versions(again)]
    assert names[:2] == [three[1].path.name, three[0].path.name]
    assert set(names) == {release.path.name for release in three}


def test_another_base_has_lost_nothing(three: list[Release]) -> None:
    other = three[0]._replace(manifest={**three[0].manifest, "base": "https://other.example/"})
    assert gone(other, three[1]) == {}
    assert gone(open_release(three[0].path), three[1])
