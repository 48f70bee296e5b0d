"""The page of a source shows where the pages of its document begin, and quotes say on which they stand."""

from pathlib import Path

from kg.build import build
from kg.pages import catalogue
from kg.project import read_project
from kg.query.opened import Opened
from tests.facts.test_sources import paged


def test_pages_of_a_document_are_shown_where_they_begin(project: Path) -> None:
    text = (project / "data" / "sources" / "notice.txt").read_text(encoding="utf-8")
    paged(project, f"page,label,start\n1,xii,0\n2,1,{text.index('1890') - 1}\n")
    assert build(read_project(project)).release
    opened = Opened(project / "build")
    page = catalogue.page(opened, "source/notice.html").decode()
    first, second = page.index('<p class="page">page xii</p>'), page.index('<p class="page">page 1</p>')
    assert first < page.index("The Lighthouse of Skerry Point", first) < second < page.index("1890", second)
    assert "in the source, page xii</a>" in catalogue.page(opened, "id/lighthouse.html").decode()
