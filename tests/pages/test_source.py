"""Pages of a document are shown where they begin; quotes say on which they stand, and in which language they are."""

import hashlib
from pathlib import Path

from kg.build.releasing import build
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


def test_texts_and_words_in_another_language_say_in_which(project: Path) -> None:
    """Screen readers speak them as what they are (WCAG 2.2, 3.1.2)."""
    french = "La cloche fut fondue en 1852.\n"
    (project / "data" / "sources" / "cloche.txt").write_text(french, encoding="utf-8")
    with (project / "data" / "sources.yaml").open("a", encoding="utf-8") as listed:
        sha256 = hashlib.sha256(french.encode()).hexdigest()
        listed.write(f"- {{id: cloche, file: cloche.txt, sha256: {sha256}, title: La cloche, language: fr}}\n")
    (project / "data" / "facts" / "cloche.yaml").write_text(
        "source: cloche\nfacts:\n- {quote: La cloche fut fondue en 1852, id: cloche, type: Event, name: La cloche fut fondue, date: 1852}\n",
        encoding="utf-8",
    )
    context = project / "ontology" / "context.jsonld"
    name = '"otherNameIn": { "@id": "skos:altLabel", "@container": "@language" },\n    "description"'
    context.write_text(context.read_text(encoding="utf-8").replace('"description"', name, 1), encoding="utf-8")
    (project / "data" / "reference" / "names.yaml").write_text(
        "facts:\n- {id: lighthouse, otherNameIn: {fr: le phare, nl: [vuurtoren, de toren], en: light}, evidence: A list.}\n",
        encoding="utf-8",
    )
    assert build(read_project(project), validate=False).release
    page = catalogue.page(Opened(project / "build"), "id/lighthouse.html").decode()
    assert "<mark lang" not in page
    assert (
        '<mark lang="fr">La cloche fut fondue en 1852</mark>'
        in catalogue.page(Opened(project / "build"), "id/cloche.html").decode()
    )
    for tag, name in (("fr", "le phare"), ("nl", "vuurtoren"), ("nl", "de toren")):
        assert f'<span lang="{tag}">{name}</span>' in page, name
    assert 'lang="en">light' not in page
