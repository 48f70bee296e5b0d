"""Sorting more than is held at a time, and walking sorted lines."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.rdf.sorted_lines import (
    FOLLOWS,
    NAMED,
    STATED,
    Sorter,
    Tagged,
    link,
    merged,
    once,
    quads,
    side_by_side,
)

LINES = st.lists(st.text("abé <>", max_size=3).map(lambda text: f"{text}\n".encode()), max_size=30)


@given(LINES, st.integers(1, 40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_number_of_runs_gives_each_line_once_and_sorted(tmp_path: Path, lines: list[bytes], size: int) -> None:
    told: list[Path] = []
    sorter = Sorter(tmp_path, size, told.append)
    sorter.add(lines[: len(lines) // 2])
    for line in lines[len(lines) // 2 :]:
        sorter.put(line)
    runs = sorter.close()
    assert list(merged(runs)) == sorted(set(lines))
    assert told == runs
    for run in runs:
        held = run.read_bytes().splitlines(keepends=True)
        assert held == sorted(set(held))


def test_a_run_is_written_when_as_much_is_held(tmp_path: Path) -> None:
    sorter = Sorter(tmp_path, 4)
    for line in (b"b\n", b"a\n", b"d\n", b"c\n", b"e\n"):
        sorter.put(line)
    assert [run.read_bytes() for run in sorter.close()] == [b"a\nb\n", b"c\nd\n", b"e\n"]


@given(LINES, LINES)
def test_two_files_are_walked_side_by_side(new: list[bytes], old: list[bytes]) -> None:
    new, old = sorted(set(new)), sorted(set(old))
    pairs = list(side_by_side(iter(new), iter(old)))
    assert [one for one, _ in pairs if one is not None] == new
    assert [other for _, other in pairs if other is not None] == old
    assert all(one == other for one, other in pairs if one is not None and other is not None)
    assert len(pairs) == len({*new, *old})
    assert sum(other is None for _, other in pairs) == len({*new} - {*old})
    assert sum(one is None for one, _ in pairs) == len({*old} - {*new})


def test_kinds_are_told_apart_and_none_is_lost() -> None:
    lines = [b"1a\n", b"1b\n", b"5c\n", b"7d\n"]
    tagged = Tagged(iter(lines))
    assert [list(tagged.of(tag)) for tag in (b"1", b"2", STATED, FOLLOWS, NAMED)] == [
        [b"a\n", b"b\n"],
        [],
        [b"c\n"],
        [],
        [b"d\n"],
    ]
    assert list(quads(lines)) == [b"c\n", b"d\n"]
    assert list(once([])) == []


def test_a_second_name_is_a_copy_where_there_can_be_but_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"one")
    link(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").samefile(tmp_path / "b")

    def refused(self: Path, target: Path) -> None:
        raise OSError

    monkeypatch.setattr(Path, "hardlink_to", refused)
    link(tmp_path / "a", tmp_path / "c")
    assert not (tmp_path / "a").samefile(tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == b"one"
