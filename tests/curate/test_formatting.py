"""A file in the style of the house says what it said, keeps its comments, and is not changed a second time."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.curate.formatting import format_files, formatted, order
from kg.facts.yaml_text import read_plain
from kg.project import read_project
from tests.conftest import ROOT, inside
from tests.facts.test_yaml_edit import MANY, RECORDS, files


@pytest.mark.long
@given(files(), st.lists(RECORDS, max_size=2))
@MANY
def test_it_says_the_same_keeps_comments_and_stays_as_it_is(text: str, more: list[dict[str, Any]]) -> None:
    from kg.facts.yaml_edit import append

    for record in more:
        text = append(text, "facts", record)
    once = formatted(text)
    assert read_plain(once) == read_plain(text)
    assert formatted(once) == once
    assert sorted(line.strip() for line in text.splitlines() if line.strip().startswith("#")) == sorted(
        line.strip() for line in once.splitlines() if line.strip().startswith("#")
    )


def test_the_order_is_that_of_the_house() -> None:
    text = """source: notice   # the notice
facts:
# The first.
- note: why   # so
  # of the name
  name: a name
  type: Event
  id: x
  date: 1851
  quote:
  - one
  - "two, three"
  basis: inferred


- {note: b, id: a}
skip:
- reason: none
  quote: a
"""
    assert (
        formatted(text)
        == """source: notice   # the notice
facts:
# The first.
- quote:
  - one
  - "two, three"
  id: x
  type: Event
  # of the name
  name: a name
  date: 1851
  basis: inferred
  note: why   # so

- {note: b, id: a}
skip:
- quote: a
  reason: none
"""
    )
    assert order(["b", "note", "a", "quote"]) == ["quote", "b", "a", "note"]


def test_what_is_part_of_a_value_stays() -> None:
    for text in (
        "facts:\n- id: a\n  note: |+\n    one  \n\n\n    two\n\n\n",
        'facts:\n- id: a\n  note: "one  \n\n\n    two"\n',
        "facts:\n- id: a\n  note: >\n    one\n\n\n    two\n",
    ):
        assert read_plain(formatted(text)) == read_plain(text)
        assert formatted(formatted(text)) == formatted(text)


def test_the_verb_changes_files_or_says_which_it_would(project: Path) -> None:
    path = project / "data" / "facts" / "notice.yaml"
    good = path.read_text(encoding="utf-8")
    assert inside("fmt", "--check", cwd=project).returncode == 0, inside("fmt", "--check", cwd=project).stdout
    path.write_text(
        good.replace("  id: lighthouse\n  type: Building\n", "  type: Building   \n  id: lighthouse\n"),
        encoding="utf-8",
    )
    (project / "data" / "facts" / "broken.yaml").write_text("facts: [\n", encoding="utf-8")
    done = inside("fmt", "--check", cwd=project)
    assert (done.returncode, done.stdout) == (1, b"data/facts/notice.yaml\n")
    assert b"data/facts/broken.yaml cannot be read, and stays as it is" in done.stderr
    assert inside("fmt", cwd=project).stdout == b"data/facts/notice.yaml\n"
    assert path.read_text(encoding="utf-8") == good
    assert inside("fmt", cwd=project).stdout == b""


@pytest.mark.long
def test_the_facts_of_this_repository_are_in_the_style_of_the_house() -> None:
    assert format_files(read_project(ROOT), check=True) == ([], [])
