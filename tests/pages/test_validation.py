"""The page of the report that a release passed, or was not asked to pass."""

import re
from pathlib import Path

from kg.build.releasing import build
from kg.pages import catalogue
from kg.project import read_project
from kg.query.opened import Opened


def test_a_release_that_was_validated_says_by_how_much(template: Path) -> None:
    page = catalogue.page(Opened(template / "build"), "validation").decode()
    assert "The graph conforms to its shapes" in page
    assert re.search(r"focus nodes were checked by 1[0-9] shapes: no findings\.", page)
    assert ">17</td><td>the quoted words say it" in page


def test_a_release_that_was_not_validated_says_so(project: Path) -> None:
    assert build(read_project(project), validate=False).release
    page = catalogue.page(Opened(project / "build"), "validation").decode()
    assert "The graph was not validated" in page
    assert "--no-validate" in page
    assert "conforms" not in page.partition("<main")[2].replace("whether it conforms", "")


def test_a_release_of_an_earlier_kg_has_its_page_too(project: Path) -> None:
    assert build(read_project(project), validate=False).release
    opened = Opened(project / "build")
    del opened.release.manifest["readable"]
    assert "How the statements rest" not in catalogue.page(opened, "validation").decode()
