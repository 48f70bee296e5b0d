"""The pages in a real browser: every kind of page, at three widths, in both themes, with and without script; journeys."""

import csv
import io
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import openpyxl  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import CHROMIUM, EVERYTHING, SEEN, Watch, sideways, violations
from tests.conftest import Server, needs, serving
from tests.pages.conftest import PAGES

pytestmark = [pytest.mark.long, needs("Chromium", CHROMIUM is not None)]
KINDS = [
    "",
    "id/kofi-annan.html",
    "id/coalition.html",
    "source/international-campaign-icc.html",
    "ontology",
    "query",
    "query/treaty-actions",
    "query/growth",
    "timeline",
    "timeline/2002",
    "sparql",
    "sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20kg%3ACount%20%7D",
    "dataset",
    "validation",
    "search?q=annan",
    "search?q=Belguim",
    "explore?kind=event&year=2003",
    "compare?thing=senegal&thing=mexico",
    "query/growth?embed=1&sort=-date",
    "graph/provenance.html",
]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1280), ("light", 390)])
def test_every_kind_of_page(browser: Browser, server: Server, theme: Any, width: int, script: bool) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    page = context.new_page()
    watch = Watch(page, server.url)
    for path in (*KINDS, fact(server), "nowhere"):
        response = page.goto(server.url + path)
        assert response
        assert response.status == (404 if path == "nowhere" else 200), path
        if PAGES.get(path):
            assert page.locator("h1").inner_text() == PAGES[path]
        expect(page.locator("h1")).to_be_visible()
        if script:
            assert sideways(page) <= 0, path
        if script:  # with every rule, or in the dark with those of what is seen
            page.wait_for_load_state("load")
            assert violations(page, EVERYTHING if theme == "light" else SEEN) == [], path
        assert [error for error in watch.errors if "404" not in error] == [], path
        assert watch.elsewhere == [], path
    context.close()


def fact(server: Server) -> str:
    """The address of a statement's page."""
    text = httpx.get(f"{server.url}id/kofi-annan.html").text
    return str(re.findall(r'href="\.\./(fact/[^"]+)"', text)[0])


SMALL = """() => [...document.querySelectorAll('a, button, input, select, summary, textarea')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width && box.height && Math.min(box.width, box.height) < 23.5;
}).map(e => [e.closest('svg') ? 'svg' : e.parentElement.tagName, e.getAttribute('href') || e.outerHTML])"""


@pytest.mark.parametrize("width", [1280, 390])
def test_what_can_be_hit_is_24_pixels_wide_and_high(page: Page, server: Server, width: int) -> None:
    """WCAG 2.2, 2.5.8, with its exceptions: numbers within the sentences of a source, and the links of a picture that
    stand in a list beside it.
    """
    page.set_viewport_size({"width": width, "height": 900})
    for path in (*KINDS, fact(server), "nowhere"):
        page.goto(server.url + path)
        links = set(
            page.evaluate(
                "[...document.querySelectorAll('main :not(svg) > a')].filter(a => !a.closest('svg')).map(a => a.getAttribute('href'))"
            )
        )
        small = [
            found
            for found in page.evaluate(SMALL)
            if found[0] != "SUP" and not (found[0] == "svg" and found[1] in links)
        ]
        assert small == [], path


def test_axe_would_notice(page: Page, server: Server) -> None:
    """The negative control: a picture without a text and words of too little contrast are found."""
    page.goto(server.url)
    page.evaluate("""() => {
        document.querySelector("main").insertAdjacentHTML("beforeend", '<img src="static/icon.svg"><p id="pale">pale</p>');
        document.getElementById("pale").style.color = "#ddd";
    }""")
    assert {"image-alt", "color-contrast"} <= {rule for rule, _ in violations(page)}


def test_the_policy_would_stop_a_script(page: Page, server: Server) -> None:
    watch = Watch(page, server.url)
    page.goto(server.url)
    page.evaluate(
        """() => { const s = document.createElement("script"); s.textContent = "window.ran = 1"; document.body.append(s); }"""
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in error for error in watch.errors)


def test_a_page_can_be_used_by_keyboard_alone(page: Page, server: Server) -> None:
    page.goto(f"{server.url}id/kofi-annan.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.textContent?.trim()"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or page.evaluate("document.activeElement === document.body")
    assert {"in the source", "UN Secretary General", "Turtle", "Copy", "Query it"} <= seen


class Journey:
    """A reader who begins on the first page, or elsewhere, and counts the clicks."""

    def __init__(self, page: Page, server: Server, path: str = "") -> None:
        self.page, self.clicks = page, 0
        page.goto(server.url + path)

    def click(self, name: str | re.Pattern[str], role: Any = "link", within: str = "body") -> "Journey":
        """Click on what is called so, the first of its name."""
        exact = isinstance(name, str)
        self.page.locator(within).get_by_role(role, name=name, exact=exact).first.click()
        self.clicks += 1
        return self

    def sees(self, *words: str) -> "Journey":
        """What is asked for stands on the page."""
        for word in words:
            expect(self.page.locator("main, dialog[open]").last).to_contain_text(word)
        return self


GRANTS = "The CICC has received major financial contributions from the John D. and Catherine T. MacArthur Foundation"


def test_who_paid_is_one_click_away(page: Page, server: Server) -> None:
    journey = Journey(page, server).click("Who paid?").sees("European Commission", "Ford Foundation", GRANTS)
    assert journey.clicks == 1


def test_how_it_grew_is_one_click_away_with_the_sentences(page: Page, server: Server) -> None:
    journey = Journey(page, server).click(re.compile("How did a number grow"))
    journey.sees("From 25 in 1995", "The CICC starts out with 25 member organizations", ">2,000")
    assert journey.clicks == 1


def test_what_happened_in_a_year_is_one_click_away(page: Page, server: Server) -> None:
    journey = Journey(page, server).click("2002").sees("What happened in 2002", "in which ten countries")
    assert journey.clicks == 1


def test_whether_a_date_is_stated_is_two_clicks_away(page: Page, server: Server) -> None:
    journey = Journey(page, server).click("Who acted on the treaty, and when?")
    row = page.locator("table.answers tbody tr", has_text="Mexico").first
    expect(row).to_contain_text("date from heading")
    row.get_by_role("link", name="in the source").click()
    expect(page.locator("mark.on").first).to_be_in_viewport()
    assert journey.clicks + 1 == 2


def test_states_by_act_are_a_workbook_in_two_clicks(page: Page, server: Server) -> None:
    journey = Journey(page, server).click("Who acted on the treaty, and when?")
    with page.expect_download() as download:
        journey.click("Excel")
    sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    first, *rows = sheet.values
    assert {"stateLabel", "action", "date", "words", "source", "basis", "fact"} <= set(first)
    assert "Senegal became the first state to ratify the ICC treaty in February 1999." in rows[0]
    assert journey.clicks == 2


@pytest.mark.parametrize(
    "path",
    [
        "id/kofi-annan.html",
        "id/coalition.html",
        "query/funders",
        "explore?kind=event",
        "timeline/2002",
        "compare?thing=senegal&thing=mexico",
    ],
)
def test_a_statement_is_cited_in_two_clicks_anywhere(
    context: BrowserContext, page: Page, server: Server, path: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    journey = Journey(page, server, path)
    here = page.url
    journey.click("cite").click("Copy citation", "button", "dialog[open]")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    cited = page.evaluate("navigator.clipboard.readText()")
    assert re.search(
        r"^“.+”, International Campaign .+\(Centro Studi.+\)\. Cited through .+, release \w+, .+/fact/", cited
    )
    assert journey.clicks == 2
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.url == here


def test_a_receipt_is_the_page_of_the_statement_and_its_links_lead_where_those_of_the_page_do(
    page: Page, server: Server
) -> None:
    Journey(page, server, "query/funders").click("cite").sees("Who paid", "BibTeX")
    shown = page.locator("dialog[open]").get_by_role("link", name="In the source", exact=True)
    target = str(shown.get_attribute("href"))
    assert target.startswith(f"{server.url}source/international-campaign-icc.html#char=")
    page.locator("dialog[open]").get_by_role("link", name="Open as a page").click()
    expect(page.locator("h1")).to_contain_text("A fact about")
    assert (
        page.locator("main").get_by_role("link", name="In the source", exact=True).evaluate("link => link.href")
        == target
    )


def test_people_and_their_roles_are_one_click_away(page: Page, server: Server) -> None:
    journey = Journey(page, server).click(re.compile("Who is named"))
    journey.sees("William R. Pace", "Convenor of the CICC", "Kofi Annan")
    assert journey.clicks == 1


def test_two_states_are_compared_in_three_clicks(page: Page, server: Server) -> None:
    journey = Journey(page, server).click("Senegal", within="ul.inline").click("compare").click("Mexico")
    journey.sees("Compare Senegal and Mexico", "February 1999", "27 October 2005", "date from heading")
    assert journey.clicks == 3


def test_who_said_what_is_a_search_and_a_click_away(page: Page, server: Server) -> None:
    journey = Journey(page, server)
    page.get_by_role("searchbox", name="Search", exact=True).fill("who said")
    page.keyboard.press("Enter")
    journey.click(re.compile("Who said what")).sees("Allieu I. Kanu", "In this journey, there are people")
    assert journey.clicks == 1


def test_a_question_is_code_in_two_clicks(page: Page, server: Server) -> None:
    journey = Journey(page, server).click("Who paid?")
    page.get_by_text("Use it from code").click()
    expect(page.locator("code[data-here]").first).to_have_text(f"curl '{server.url}query/funders.json'")
    for language in ("pandas.read_csv", "read.csv", "evidence=1", "<iframe"):
        expect(page.locator("dl.terms")).to_contain_text(language)
    assert journey.clicks + 1 == 2


def test_an_answer_is_downloaded_by_keyboard_within_fifteen_tabs(page: Page, server: Server) -> None:
    page.goto(server.url)
    tabs = 0
    for name in ("Questions", "Skip to the content", "Who paid?", "Skip to the content", "CSV"):
        here = page.url
        for _ in range(20):
            page.keyboard.press("Tab")
            tabs += 1
            if page.evaluate("document.activeElement.textContent").strip() == name:
                break
        else:
            pytest.fail(f"no {name} within 20 tabs")
        if name in ("Questions", "Who paid?"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert page.url != here
        elif name != "CSV":
            page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith("funder,")
    assert tabs <= 15, tabs


def test_the_journey_from_a_name_to_its_words_and_back(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_role("searchbox", name="Search", exact=True).fill("annan")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Kofi Annan").first.click()
    expect(page.locator("h1")).to_have_text("Kofi Annan")
    row = page.locator("tr", has_text="Kind")
    expect(row.locator("mark")).to_have_text("UN Secretary General Kofi Annan calls on all UN member states")
    row.get_by_role("link", name="in the source").click()
    expect(page.locator("h1")).to_contain_text("International Campaign")
    assert "#char=" in page.url
    lit = page.locator("mark.on")
    expect(lit.first).to_be_in_viewport()
    assert "".join(lit.all_inner_texts()) == "UN Secretary General Kofi Annan calls on all UN member states"
    page.go_back()
    expect(page.locator("h1")).to_have_text("Kofi Annan")


def test_the_journey_of_a_question(page: Page, server: Server) -> None:
    page.goto(f"{server.url}query")
    page.get_by_role("link", name="Who acted on the treaty, and when?").first.click()
    rows = page.locator("table.answers tbody tr")
    expect(rows).to_have_count(8)
    page.get_by_label("earliest day").fill("2002-01-01")
    page.get_by_role("button", name="Ask").click()
    expect(rows).to_have_count(2)
    expect(page.get_by_label("earliest day")).to_have_value("2002-01-01")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    data = Path(download.value.path()).read_text(encoding="utf-8")
    assert [row["stateLabel"] for row in csv.DictReader(io.StringIO(data))] == ["ten countries", "Mexico"]


def test_the_journey_of_a_question_without_script(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}query/treaty-actions?treaty=nobody")
    expect(page.get_by_role("alert")).to_contain_text("nothing in the graph is called 'nobody'")
    page.get_by_label("the treaty").fill("Rome Statute")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("table.answers tbody tr")).to_have_count(8)
    page.goto(f"{server.url}query/funders")
    page.get_by_label("which contributions").select_option("major financial contribution")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("table.answers tbody tr")).to_have_count(3)
    expect(page.get_by_label("which contributions").locator("option:checked")).to_have_text(
        "major financial contribution"
    )
    context.close()


def test_the_journey_of_a_query_with_a_mistake(page: Page, server: Server) -> None:
    page.goto(f"{server.url}sparql")
    editor = page.locator(".editor .cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT ?name WHERE {\nid:kofi-annan skos:prefLabel ?name .\n?x a ", delay=2)
    page.keyboard.press("Control+Enter")
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("There is a mistake in line 4")
    expect(page.locator(".editor .cm-lintRange-error, .editor .cm-lintPoint-error")).to_have_count(1)
    editor = page.locator(".editor .cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT ?name WHERE { id:kofi-annan skos:prefLabel ?name ", delay=2)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("table.answers tbody td")).to_have_text("Kofi Annan")
    permalink = page.url
    page.goto(server.url)
    page.goto(permalink)
    expect(page.locator("table.answers tbody td")).to_have_text("Kofi Annan")


def test_the_editor_knows_the_words_of_the_graph(page: Page, server: Server) -> None:
    page.goto(f"{server.url}sparql")
    editor = page.locator(".editor .cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT * WHERE { ?s a kg:TreatyA", delay=10)
    expect(page.locator(".editor .cm-tooltip-autocomplete")).to_contain_text("kg:TreatyAction")
    page.wait_for_timeout(200)  # the editor takes no Enter for a completion that has just come up
    page.keyboard.press("Enter")
    assert "kg:TreatyAction" in editor.inner_text()


def test_a_deep_link_to_a_quote_works_without_script(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{server.url}id/kofi-annan.html")
    page.get_by_role("link", name="in the source").first.click()
    target = page.locator("mark:target")
    expect(target).to_be_in_viewport()
    context.close()


def test_hovering_lights_both_ways(page: Page, server: Server) -> None:
    page.goto(f"{server.url}source/international-campaign-icc.html")
    note = page.locator(".notes li").nth(20)
    note.hover()
    expect(note).to_have_class("on")
    assert page.locator("mark.on").count() >= 1
    mark = page.locator(".reading mark").nth(30)
    mark.hover()
    expect(page.locator(".notes li.on").first).to_be_attached()


def test_copying_says_that_it_did(context: BrowserContext, page: Page, server: Server) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server.url}id/kofi-annan.html")
    button = page.locator("button[data-copy]")
    page.wait_for_load_state("networkidle")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "https://icc-campaign.example.org/id/kofi-annan"
    page.goto(f"{server.url}query/treaty-actions?since=2002-01-01")
    page.get_by_role("button", name="Copy table").click()
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert len(lines) == 3
    assert lines[2].startswith("Mexico\tratification\t27 October 2005")
    page.get_by_text("Use it from code").click()
    code = page.locator("code[data-here]").first
    expect(code).to_have_text(f"curl '{server.url}query/treaty-actions.json?since=2002-01-01'")


def test_an_entity_prints(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.url}id/coalition.html")
    data = page.pdf(path=tmp_path / "coalition.pdf", format="A4")
    assert data.startswith(b"%PDF")
    page.emulate_media(media="print")
    expect(page.locator(".bar")).to_be_hidden()
    line = page.locator("main mark").first.evaluate("node => getComputedStyle(node).textDecorationLine")
    background = page.locator("main mark").first.evaluate("node => getComputedStyle(node).backgroundColor")
    assert (line, background) == ("underline", "rgba(0, 0, 0, 0)")


def test_forced_colours_and_reduced_motion_are_kept(browser: Browser, server: Server) -> None:
    context = browser.new_context(forced_colors="active", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{server.url}id/kofi-annan.html")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert (
        page.locator("main mark").first.evaluate("node => getComputedStyle(node).backgroundColor")
        != "rgb(255, 241, 191)"
    )
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    context.close()


def test_an_attack_in_the_address_does_not_run(page: Page, server: Server) -> None:
    watch = Watch(page, server.url)
    attack = quote('"><script>window.ran=1</script><img src=x onerror="window.ran=1">', safe="")
    for path in ("search?q=", "sparql?query=", "query/treaty-actions?treaty=", "id/", "nothing/"):
        page.goto(server.url + path + attack)
        assert page.evaluate("window.ran") is None, path
    assert not [error for error in watch.errors if "Failed to load resource" not in error]


def test_an_open_page_is_loaded_again_when_there_is_a_new_release(page: Page, project: Path, tmp_path: Path) -> None:
    """With kg watch beside kg serve --reload: what is saved is on the page within a second and the build."""
    command = [sys.executable, "-m", "kg", "-C", str(project), "watch"]
    log = tmp_path / "watch.log"
    with log.open("wb") as out:
        watching = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        for _ in range(600):
            if b"release " in log.read_bytes():
                break
            time.sleep(0.05)
        with serving(project, tmp_path / "serve.log", "--reload") as server:
            watch = Watch(page, server.url)
            page.goto(f"{server.url}id/construction.html")
            expect(page.locator("h1")).to_have_text("building of the lighthouse")
            page.wait_for_timeout(500)
            facts = project / "data" / "facts" / "notice.yaml"
            text = facts.read_text(encoding="utf-8")
            facts.write_text(
                text.replace("name: building of the lighthouse", "name: the building of the lighthouse"),
                encoding="utf-8",
            )
            expect(page.locator("h1")).to_have_text("the building of the lighthouse", timeout=30_000)
            assert watch.errors == []
        with serving(project, tmp_path / "plain.log") as plain:
            assert httpx.get(f"{plain.url}events").status_code == 404, "nothing of this where it is not asked for"
            assert "EventSource" not in httpx.get(f"{plain.url}static/site.js").text
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait(20)
