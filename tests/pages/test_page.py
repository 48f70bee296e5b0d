"""The pieces of pages: names, values with their reasons, anchors, dates in words."""

from pathlib import Path

import pytest

from kg.pages import page as page_module
from kg.pages.in_words import date_in_words
from kg.pages.page import Page
from kg.pages.source import read as read_source
from kg.query.opened import Opened
from kg.query.why import because
from kg.rdf import iris
from kg.rdf.terms import text_of
from kg.release import search
from kg.release.nquads import load
from kg.release.reader import Release


def test_two_groups_of_one_label_have_two_anchors(opened: Opened) -> None:
    page = Page(opened, "../")
    about = opened.dataset.about(iris.entity(opened.base, "kofi-annan"))
    twice = [page.groups(page.reasons(about)) for _ in range(2)]
    anchors = [group.anchor for groups in twice for group in groups]
    assert len(anchors) == len(set(anchors)) > 4


def test_the_words_are_never_altered(opened: Opened, release: Release) -> None:
    """Each passage of the source's page, put together from its pieces, is the passage's own words."""
    text = (release.path / "sources" / "international-campaign-icc.txt").read_text(encoding="utf-8")
    page = Page(opened, "../")
    read = read_source(page, "international-campaign-icc", text)
    for paragraph in read.paragraphs:
        joined = "".join(piece.text for piece in paragraph.pieces)
        assert text[paragraph.start : paragraph.start + len(joined)] == joined
    anchors = {anchor for p in read.paragraphs for piece in p.pieces for anchor in piece.anchors}
    passages = {text_of(q.subject).partition("#")[2] for q in load(release.dataset) if "#char=" in text_of(q.subject)}
    assert anchors == passages
    notes = [note for paragraph in read.paragraphs for note in paragraph.notes]
    entries = [entry for note in notes for told in note.facts for group in told.groups for entry in group.entries]
    told = {entry.because.href for entry in entries}
    facts = {text_of(q.subject) for q in load(release.dataset) if q.predicate.value.endswith("wasQuotedFrom")}
    assert told == {page.href(fact) for fact in facts}, "every fact stands beside its words"


def test_every_value_of_a_page_has_its_reason(opened: Opened, release: Release) -> None:
    """What the view model of an entity says is what facts say, with basis, note and words of each."""
    page = Page(opened, "../")
    for slug in ("kofi-annan", "coalition", "coalition-members-450", "senegal"):
        iri = f"{opened.base}id/{slug}"
        reasons = [r for r in because(opened.dataset, opened.base, opened.dataset.about(iri)) if r.fact]
        groups = page.groups(reasons)
        shown = [(g.label, e.because) for g in groups for e in g.entries for _ in e.values]
        assert len(shown) == len({(r.statement, r.words, r.note, r.basis) for r in reasons})
        for _, why in shown:
            assert why.quotes or why.basis == "reference"
            assert why.said or why.basis == "stated"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1995", "1995"),
        ("1998-06-15/1998-07-17", "15 June 1998 – 17 July 1998"),
        ("1995/..", "since 1995"),
        ("../1995", "no later than 1995"),
        ("1997~", "about 1997"),
        ("1997?", "uncertain 1997"),
        ("2001-21", "spring 2001"),
        ("XXXX-07-17", "17 July, no year given"),
        ("199X", "199X"),
        ("Y170000002", "Y170000002"),
    ],
)
def test_dates_in_words(written: str, words: str) -> None:
    assert date_in_words(written) == words


def test_links_are_relative_below_the_base_and_whole_elsewhere(opened: Opened) -> None:
    page = Page(opened, "../")
    assert page.href(iris.entity(opened.base, "un")) == "../id/un.html"
    assert page.href(f"{opened.base}ontology#Count") == "../ontology#Count"
    assert page.href("http://www.wikidata.org/entity/Q1") == "http://www.wikidata.org/entity/Q1"
    assert page.href("javascript:alert(1)") == ""
    assert page.href("urn:x:y") == ""


def test_names_are_kept_for_some_things_alone(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "NAMED", 5)
    opened = Opened(campaign / "build")
    page, things = Page(opened, "../"), list(search.every(opened.index))[:40]
    names = [page.name(iri) for iri in things]
    assert len(opened.names) <= 5
    assert [page.name(iri) for iri in things] == names
    assert all(name.label for name in names)
    assert page.named(f"{opened.base}id/nobody") is None
    assert page.name(f"{opened.base}id/nobody").label == "id:nobody"
