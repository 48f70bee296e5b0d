"""The page of what changed: each statement that differs with its words, and where it leads."""

import json
import re
from pathlib import Path

import pytest

from kg.pages import catalogue
from kg.query.opened import Opened
from tests.conftest import inside
from tests.pages.conftest import parsed


def rebuilt(project: Path, old: str, new: str) -> Opened:
    path = project / "data" / "facts" / "notice.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = inside("build", cwd=project)
    assert done.returncode == 0, done.stderr.decode()
    return Opened(project / "build")


def test_the_first_release_says_so(project: Path) -> None:
    assert inside("build", cwd=project).returncode == 0
    text = catalogue.page(Opened(project / "build"), "changes").decode()
    assert "This is the first release that is kept here." in text
    parsed(text)


@pytest.mark.long
def test_what_changed_stands_with_its_words(project: Path) -> None:
    assert inside("build", cwd=project).returncode == 0
    before = Opened(project / "build").name
    opened = rebuilt(project, "description: engineer of the Northern Lights Board", "description: engineer")
    text = catalogue.page(opened, "changes").decode()
    parsed(text)
    assert f"In release {opened.name} since {before}" in text
    (row,) = re.findall(r"<tbody>(<tr>.*?</tr>)", text, re.DOTALL)
    assert 'href="./id/ada-merrow.html">Ada Merrow</a>' in row
    assert "<del>engineer of the Northern Lights Board</del> engineer</td>" in row
    assert "<mark>Ada Merrow, engineer of the Northern Lights Board.</mark>" in row
    (fact,) = re.findall(r'href="./(fact/[^"]+)" data-receipt', row)
    assert catalogue.page(opened, fact)
    assert json.loads(opened.file("changes.json"))["numbers"]["changed"] == 1
    back = rebuilt(project, "description: engineer", "description: engineer of the Northern Lights Board")
    assert back.name == before
    again = catalogue.page(back, "changes").decode()
    assert "This is the first release" in again, "a release says what it said when it was made first"


@pytest.mark.long
def test_a_thing_of_which_nothing_is_said_any_more_has_no_link(project: Path) -> None:
    path = project / "data" / "facts" / "notice.yaml"
    assert inside("build", cwd=project).returncode == 0
    text = path.read_text(encoding="utf-8")
    start = text.index("- quote: Ada Merrow, engineer")
    end = text.index("- quote: the Northern Lights Board.")
    gone = text[start:end]
    opened = rebuilt(project, gone, gone.replace("  worksFor: northern-lights-board\n", ""))
    page = catalogue.page(opened, "changes").decode()
    assert ">worksFor</td>" in page
    assert "<del>Northern Lights Board</del>" in page
