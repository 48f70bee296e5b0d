"""The page of the report that a release passed, or was not asked to pass."""

from pathlib import Path

from kg.build import build
from kg.pages import catalogue
from kg.project import read_project
from kg.query.opened import Opened


def test_a_release_that_was_validated_says_by_how_much(template: Path) -> None:
    page = catalogue.page(Opened(template / "build"), "validation").decode()
    assert "The graph conforms to its shapes" in page
    assert "focus nodes were checked by 8 shapes: no findings." in page


def test_a_release_that_was_not_validated_says_so(project: Path) -> None:
    assert build(read_project(project), validate=False).release
    page = catalogue.page(Opened(project / "build"), "validation").decode()
    assert "The graph was not validated" in page
    assert "--no-validate" in page
    assert "conforms" not in page.partition("<main")[2].replace("whether it conforms", "")
