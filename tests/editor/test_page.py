"""The editor in a real browser: by keyboard alone, beside a second editor, at every width and in both themes."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kg.facts.yaml_text import read_plain
from tests.browser import CHROMIUM, EVERYTHING, SEEN, Watch, sideways, violations
from tests.conftest import inside, needs, run
from tests.curate.test_documents import PAGES, pdf
from tests.editor.test_guard import Editor, editing

pytestmark = [pytest.mark.long, needs("Chromium", CHROMIUM is not None)]
WORDS = "its lamp was first lit on 3 March 1852"
DRAFT = "source: notice\nfacts:\n- {quote: A fog horn is added, id: horn, type: Event, name: horn, date: 1901, basis: inferred, note: In 1901., drafted: a model}\n  # mood: loud (no word is for it)\n"


@pytest.fixture
def editor(project: Path, tmp_path: Path) -> Iterator[Editor]:
    with editing(project, tmp_path / "editor.log") as found:
        yield found


@pytest.fixture
def desk(page: Page, editor: Editor) -> Page:
    """The editor's page, ready."""
    page.goto(editor.url)
    page.wait_for_selector("body[data-ready]")
    return page


def facts(project: Path) -> list[dict[str, Any]]:
    return list(read_plain((project / "data" / "facts" / "notice.yaml").read_text(encoding="utf-8"))["facts"])


def select(page: Page, words: str) -> None:
    """Select words of the text, as a mouse does."""
    page.evaluate(
        """(words) => {
        const node = [...document.querySelectorAll("#text p")].map((p) => p.firstChild).find((n) => n?.data.includes(words));
        const range = new Range();
        range.setStart(node, node.data.indexOf(words));
        range.setEnd(node, node.data.indexOf(words) + words.length);
        document.getElementById("text").focus();
        getSelection().removeAllRanges();
        getSelection().addRange(range);
    }""",
        words,
    )


def said(page: Page) -> str:
    return page.inner_text("#status")


def test_a_fact_is_written_by_keyboard_alone(desk: Page, project: Path) -> None:
    keyboard = desk.keyboard
    expect(desk.locator("#text")).to_be_focused()
    keyboard.press("Control+Home")
    for _ in range(300):  # as a reader goes through a text, until the caret stands before the words
        if desk.evaluate("getSelection().focusNode.data?.slice(getSelection().focusOffset)") == f"{WORDS}.":
            break
        keyboard.press("ArrowRight")
    for _ in WORDS:
        keyboard.press("Shift+ArrowRight")
    expect(desk.locator("#selected")).to_contain_text(f"“{WORDS}”")
    keyboard.press("Enter")
    expect(desk.locator("#ident")).to_be_focused()
    keyboard.type("lamp-lit")
    keyboard.press("Tab")
    keyboard.type("Event")
    keyboard.press("Control+Enter")
    expect(desk.locator("#status")).to_contain_text("Written to data/facts/notice.yaml")
    new = facts(project)[-1]
    assert new == {"quote": WORDS, "id": "lamp-lit", "type": "Event", "name": WORDS, "date": "1852-03-03"}
    expect(desk.locator("#text")).to_be_focused()
    keyboard.press("u")
    expect(desk.locator("#status")).to_have_text("Taken back: add.")
    assert facts(project)[-1] != new
    expect(desk.locator("#text")).to_be_focused()
    assert run("build", cwd=project).returncode == 0


def test_faults_stand_at_the_form_and_nothing_that_was_typed_is_lost(desk: Page, project: Path) -> None:
    select(desk, "A fog horn is added")
    desk.keyboard.press("Enter")
    desk.fill("#ident", "horn")
    desk.select_option("#type", "Event")
    desk.get_by_label("date", exact=True).fill("1901")
    expect(desk.locator("#faults")).to_contain_text("1901")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#status")).to_contain_text("Not written")
    before = facts(project)
    assert [one for one in before if one.get("id") == "horn"] == []
    desk.keyboard.press("Escape")
    expect(desk.locator("#text")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator("#ident")).to_be_focused()
    desk.get_by_label("inferred").check()
    desk.fill("#note", "In 1901.")
    expect(desk.locator("#faults")).to_be_empty()
    expect(desk.locator("#preview ins").first).to_have_text("+ - quote: A fog horn is added\n")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("#status")).to_contain_text("Written to")
    assert facts(project)[-1] == {
        "quote": "A fog horn is added",
        "id": "horn",
        "type": "Event",
        "name": "A fog horn is added",
        "date": "1901",
        "basis": "inferred",
        "note": "In 1901.",
    }


def test_a_fact_is_opened_changed_given_another_passage_and_deleted(desk: Page, project: Path) -> None:
    select(desk, "Nearly 40 ships")
    desk.evaluate("getSelection().collapseToStart()")
    desk.keyboard.press("Enter")
    expect(desk.locator("#form")).to_be_visible()
    opened = desk.input_value("#ident")
    before = next(one for one in facts(project) if one.get("id") == opened and "type" in one)
    select(desk, "1890")
    desk.keyboard.press("p")
    expect(desk.locator("#quotes li")).to_have_count(
        2 if not isinstance(before["quote"], list) else len(before["quote"]) + 1
    )
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("#status")).to_contain_text("Written to")
    after = next(one for one in facts(project) if one.get("id") == opened and "type" in one)
    quotes = before["quote"] if isinstance(before["quote"], list) else [before["quote"]]
    assert after == {**before, "quote": [*quotes, "1890"]}
    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator("#status")).to_have_text("Taken back: change.")
    select(desk, "Visitors are asked")
    desk.get_by_role("button", name="Do not skip").click()
    expect(desk.locator("#read")).to_contain_text("1 place left")
    desk.keyboard.press("n")
    expect(desk.locator("#selected")).to_contain_text("“Visitors are asked to close the gate.”")
    desk.keyboard.press("s")
    desk.keyboard.type("A request.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#read")).to_have_text("100.0 % read")


def test_drafts_are_accepted_changed_and_dropped_beside_the_text(page: Page, editor: Editor, project: Path) -> None:
    folder = project / "data" / "drafts"
    folder.mkdir()
    (folder / "machine.yaml").write_text(DRAFT, encoding="utf-8")
    (folder / "other.yaml").write_text(DRAFT.replace("id: horn", "id: fog"), encoding="utf-8")
    page.goto(editor.url)
    expect(page.locator("#drafts-title")).to_have_text("Drafts: 2")
    expect(page.locator("#drafts")).to_contain_text("mood: loud (no word is for it)")
    page.get_by_role("button", name="Change other:1").click()
    page.fill("#ident", "siren")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#drafts-title")).to_have_text("Drafts: 1")
    page.get_by_role("button", name="Accept machine:1").click()
    expect(page.locator("#drafts-section")).to_be_hidden()
    assert [(one["id"], one["drafted"]) for one in facts(project)[-2:]] == [("siren", "a model"), ("horn", "a model")]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#drafts-title")).to_have_text("Drafts: 1")
    page.get_by_role("button", name="Drop machine:1").click()
    expect(page.locator("#drafts-section")).to_be_hidden()
    assert not list(folder.iterdir())


def test_two_editors_see_each_other_and_the_second_is_told(browser: Browser, project: Path, tmp_path: Path) -> None:
    with editing(project, tmp_path / "one.log") as one, editing(project, tmp_path / "two.log") as two:
        pages = []
        for editor in (one, two):
            page = browser.new_context().new_page()
            page.goto(editor.url)
            page.wait_for_selector("body[data-ready]")
            select(page, "The lighthouse was built")
            page.evaluate("getSelection().collapseToStart()")
            page.keyboard.press("Enter")
            expect(page.locator("#form")).to_be_visible()
            page.fill("#note", f"By {'one' if editor is one else 'two'}.")
            pages.append(page)
        first, second = pages
        first.get_by_role("button", name="Save").click()
        expect(first.locator("#status")).to_contain_text("Written to")
        second.get_by_role("button", name="Save").click()
        expect(second.locator("#status")).to_contain_text("has been changed or deleted")
        assert second.input_value("#note") == "By two.", "nothing that was typed is lost"
        assert "By one." in str(facts(project))
        expect(second.locator("#here")).to_contain_text("note: By one.", timeout=10_000)
        for page in pages:
            page.context.close()


def test_characters_of_two_units_are_counted_as_one(project: Path, tmp_path: Path, page: Page) -> None:
    import hashlib

    text = "😀😀 A lamp 𝔸 was lit in 1852.\nIt is 😀 red.\n"
    source = project / "data" / "sources" / "notice.txt"
    old = hashlib.sha256(source.read_bytes()).hexdigest()
    source.write_text(text, encoding="utf-8")
    listed = project / "data" / "sources.yaml"
    listed.write_text(
        listed.read_text(encoding="utf-8").replace(old, hashlib.sha256(text.encode()).hexdigest()), encoding="utf-8"
    )
    (project / "data" / "facts" / "notice.yaml").write_text(
        "source: notice\nfacts:\n- quote: was lit in 1852\n  id: lit\n  type: Event\n  name: was lit in 1852\n  date: 1852\n",
        encoding="utf-8",
    )
    with editing(project, tmp_path / "editor.log") as editor:
        page.goto(editor.url)
        page.wait_for_selector("body[data-ready]")
        assert page.evaluate("[...CSS.highlights.get('quoted')].map((range) => range.toString())") == [
            "was lit in 1852"
        ]
        select(page, "😀 red")
        page.keyboard.press("Enter")
        expect(page.locator("#quotes")).to_have_text("“😀 red”")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_is_asked_of_others(
    browser: Browser, editor: Editor, project: Path, width: int, theme: Any, tmp_path: Path
) -> None:
    (project / "data" / "drafts").mkdir()
    (project / "data" / "drafts" / "machine.yaml").write_text(DRAFT, encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page = context.new_page()
    watch = Watch(page, f"http://127.0.0.1:{editor.port}/")
    page.goto(editor.url)
    page.wait_for_selector("body[data-ready]")
    rules = EVERYTHING if theme == "light" else SEEN
    assert violations(page, rules) == []
    select(page, WORDS)
    page.keyboard.press("Enter")
    expect(page.locator("#preview ins").first).to_be_visible()
    page.select_option("#type", "Event")
    page.keyboard.press("Alt+w")
    assert violations(page, rules) == []
    assert sideways(page) <= 0
    if pictures := os.environ.get("KG_PICTURES"):
        page.screenshot(path=Path(pictures) / f"editor-{width}-{theme}.png")
    page.evaluate("document.getElementById('keys').showModal()")
    assert violations(page, rules) == []
    assert watch.errors == []
    assert watch.elsewhere == []
    context.close()


def test_what_rests_on_an_earlier_version_is_reviewed_side_by_side(project: Path, tmp_path: Path, page: Page) -> None:
    text = (project / "data" / "sources" / "notice.txt").read_text(encoding="utf-8")
    later = tmp_path / "later.txt"
    later.write_text(
        text.replace("Nearly 40 ships", "Nearly 60 ships").replace("asked to close", "asked to shut"), encoding="utf-8"
    )
    assert run("source", "update", "notice", later, cwd=project).returncode == 0
    with editing(project, tmp_path / "editor.log") as editor:
        page.goto(f"{editor.url}#notice-2")
        page.wait_for_selector("body[data-ready]")
        expect(page.locator("#source")).to_have_value("notice-2")
        expect(page.locator("#waiting-title")).to_have_text("Earlier version: 2 to look at")
        expect(page.locator("#waiting")).to_contain_text("then: …")
        assert page.locator("#waiting del").all_inner_texts() == ["40", "close"]
        assert page.locator("#waiting ins").all_inner_texts() == ["60", "shut"]
        assert violations(page) == []
        page.get_by_role("button", name="Take these words for ships-sheltered").click()
        expect(page.locator("#status")).to_contain_text("Not written")
        page.get_by_role("button", name="Change ships-sheltered").click()
        page.get_by_label("value", exact=True).fill("60")
        page.get_by_label("name", exact=True).fill("nearly 60 ships a year")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#status")).to_contain_text("Written to")
        expect(page.locator("#waiting-title")).to_have_text("Earlier version: 1 to look at")
        page.get_by_role("button", name="Take these words for the skip").click()
        expect(page.locator("#waiting-section")).to_be_hidden()
        expect(page.locator("#read")).to_have_text("100.0 % read")
    assert run("build", cwd=project).returncode == 0
    ships = next(one for one in facts(project) if one["id"] == "ships-sheltered")
    assert (ships["value"], ships["quote"]) == ("60", "Nearly 60 ships a year take shelter in the bay.")


def test_the_page_of_a_pdf_is_shown_with_the_words_framed(project: Path, tmp_path: Path, page: Page) -> None:
    assert run("source", "add", pdf(tmp_path, PAGES), cwd=project).returncode == 0
    with editing(project, tmp_path / "editor.log") as editor:
        page.goto(f"{editor.url}#office")
        page.wait_for_selector("body[data-ready]")
        watch = Watch(page, f"http://127.0.0.1:{editor.port}/")
        assert page.locator("#text p[data-page]").count() == 2
        select(page, "was lit on 3 March 1902")
        page.keyboard.press("v")
        expect(page.get_by_alt_text("Page 2 as it is printed")).to_be_visible()
        expect(page.locator("#drawing span")).to_have_count(1)
        select(page, "fine reputation")  # divided at the end of a line
        page.keyboard.press("v")
        expect(page.get_by_alt_text("Page 1 as it is printed")).to_be_visible()
        expect(page.locator("#drawing span")).to_have_count(2)
        box, whole = page.locator("#drawing span").first.bounding_box(), page.locator("#drawing img").bounding_box()
        assert box
        assert whole
        assert 0 < box["width"] < whole["width"] / 2
        assert whole["y"] < box["y"] < whole["y"] + whole["height"] / 3
        assert violations(page) == []
        assert watch.errors == []
        assert watch.elsewhere == []
        if pictures := os.environ.get("KG_PICTURES"):
            page.screenshot(path=Path(pictures) / "editor-page.png")


def test_what_one_does_next_keeps_the_focus_while_a_save_is_read_back(desk: Page, project: Path) -> None:
    select(desk, WORDS)
    desk.keyboard.press("Enter")
    desk.fill("#ident", "lamp-lit")
    desk.select_option("#type", "Event")
    desk.get_by_role("button", name="Remove this word").first.click()
    desk.keyboard.press("Alt+w")
    desk.keyboard.type("name")
    desk.keyboard.press("Tab")
    desk.keyboard.type("the lamp")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#form")).to_be_hidden()
    select(desk, "Northern Lights Board")
    desk.keyboard.press("Enter")
    expect(desk.locator("#form")).to_be_visible()
    desk.wait_for_timeout(2500)
    expect(desk.locator("#ident")).to_be_focused()
    assert desk.input_value("#ident") == "northern-lights-board"
    select(desk, "1890")
    desk.fill("#note", "Not saved yet.")
    select(desk, "1890")
    desk.keyboard.press("Enter")
    expect(desk.locator("#status")).to_contain_text("The open fact is put aside")
    desk.keyboard.press("Control+Enter")  # refused: it has no class
    desk.locator("#cancel").click()
    expect(desk.locator("#ident")).to_have_value("northern-lights-board")
    expect(desk.locator("#note")).to_have_value("Not saved yet.")


def test_a_fact_that_another_one_needs_is_written_while_that_one_waits(desk: Page, project: Path) -> None:
    """A form open, with what is typed, comes back as it was; keys save it from the text too."""
    select(desk, "A fog horn is added")
    desk.keyboard.press("Enter")
    desk.fill("#ident", "horn")
    desk.select_option("#type", "Event")
    desk.locator(".needed .value").fill("1890")
    desk.fill("#note", "It says so.")
    select(desk, "Northern Lights Board")
    desk.keyboard.press("Enter")
    expect(desk.locator("#doing")).to_have_text("New fact")
    expect(desk.locator("#ident")).to_have_value("northern-lights-board")
    desk.locator("#cancel").click()
    expect(desk.locator("#ident")).to_have_value("horn")
    expect(desk.locator("#type")).to_have_value("Event")
    expect(desk.locator("#note")).to_have_value("It says so.")
    expect(desk.locator("#rows .value").last).to_have_value("1890")
    desk.locator("#text").focus()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#status")).not_to_have_text("")


def test_an_id_follows_the_name_until_it_is_said(desk: Page) -> None:
    select(desk, "A fog horn is added")
    desk.keyboard.press("Enter")
    name = desk.locator("#rows .value").first
    name.fill("The horn of 1890, Été")
    expect(desk.locator("#ident")).to_have_value("the-horn-of-1890-ete")
    desk.fill("#ident", "horn")
    name.fill("Another name")
    expect(desk.locator("#ident")).to_have_value("horn")


def test_a_word_that_is_added_meanwhile_is_offered(desk: Page, project: Path) -> None:
    said = ("--label", "fair", "--definition", "A fair.", "--example", "One.", "--below", "Event")
    assert inside("term", "Fair", *said, cwd=project).returncode == 0
    expect(desk.locator("#type option", has_text="Fair")).to_have_count(1)


def test_what_a_thing_still_needs_stays_on_the_page_until_it_is_said(desk: Page, project: Path) -> None:
    select(desk, "A fog horn is added")
    desk.keyboard.press("Enter")
    desk.fill("#ident", "horn")
    desk.select_option("#type", "Event")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("#lacking")).to_contain_text("horn: each Event needs date")
    desk.get_by_role("button", name="Open horn").first.click()
    desk.get_by_label("date", exact=True).fill("1901")
    desk.locator("input[value=inferred]").focus()
    desk.keyboard.press("Space")
    desk.fill("#note", "In 1901.")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("#lacking-section")).to_be_hidden()


def test_a_known_thing_has_its_name_already(desk: Page, project: Path) -> None:
    select(desk, "its lamp was first lit on 3 March 1852")
    desk.keyboard.press("Enter")
    desk.select_option("#type", "Event")
    desk.fill("#ident", "lighthouse")
    expect(desk.locator("#type")).to_have_value("")
    assert desk.locator(".row .word").evaluate_all("(words) => words.map((word) => word.value)") == ["date"]


def test_nothing_moves_under_the_pointer_when_a_field_is_left(desk: Page) -> None:
    select(desk, WORDS)
    desk.keyboard.press("Enter")
    desk.select_option("#type", "Event")
    desk.get_by_label("date", exact=True).focus()
    expect(desk.locator("#hint")).to_contain_text("Takes a date.")
    before = desk.locator("#save").bounding_box()
    desk.locator("#note").focus()
    desk.wait_for_timeout(300)
    assert desk.locator("#save").bounding_box() == before
