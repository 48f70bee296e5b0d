"""A site in a real browser, from a host that knows nothing but files: questions, SPARQL and search answer there."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM, EVERYTHING, Watch, violations
from tests.conftest import needs
from tests.site.conftest import Site

pytestmark = [pytest.mark.long, needs("Chromium", CHROMIUM is not None)]
SLOW = 30_000  # milliseconds that the engine may take to load on a busy machine


def rows(page: Page) -> list[list[str]]:
    """The cells of the answer, without the words."""
    found = page.locator("#answered table.answers tbody tr").all()
    return [row.locator("td:not(.words)").all_inner_texts() for row in found]


def test_a_question_with_other_values_has_the_answer_of_the_server(
    page: Page, site: Site, client: httpx.Client
) -> None:
    watch = Watch(page, site.url)
    page.goto(f"{site.url}query/treaty-actions.html")
    standing = rows(page)
    page.get_by_label("earliest day").fill("2000")
    page.get_by_role("button", name="Ask").click()
    page.locator("#answered").get_by_text("in your browser").wait_for(timeout=SLOW)
    assert page.url.endswith("query/treaty-actions.html?treaty=rome-statute&since=2000")
    found = client.get("query/treaty-actions.csv", params={"treaty": "rome-statute", "since": "2000"}).text
    theirs = [line.split(",") for line in found.splitlines()[1:]]
    assert 0 < len(theirs) < len(standing)
    assert len(rows(page)) == len(theirs)
    heads = page.locator("#answered thead th").all_inner_texts()
    assert [row[heads.index("Date")].strip() for row in rows(page)] == [row[3] for row in theirs]
    page.go_back()
    expect(page.locator("#answered tbody tr")).to_have_count(len(standing))
    assert watch.errors == []
    assert watch.elsewhere == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=nineteen", "is not a year or a day"),
        ("since=2002-13", "is not a year or a day"),
        ("since=2002-02-30", "is not a year or a day"),
        ("treaty=id:rome-statute>+}+%23", "nothing here is called"),
        ("treaty=constructor:x", "nothing here is called"),
        ("treaty=Rome+Statut", "nothing here is called “Rome Statut”"),
    ],
)
def test_a_value_that_does_not_fit_is_told(page: Page, site: Site, query: str, said: str) -> None:
    page.goto(f"{site.url}query/treaty-actions.html?{query}")
    expect(page.get_by_role("alert")).to_contain_text(said)


def test_a_query_is_answered_and_its_address_can_be_sent_on(page: Page, site: Site) -> None:
    watch = Watch(page, site.url)
    page.goto(f"{site.url}sparql.html?query=SELECT+%3Fp+%7B+%3Fp+a+schema%3APerson+%7D+ORDER+BY+%3Fp")
    expect(page.get_by_role("link", name="Kofi Annan")).to_be_visible(timeout=SLOW)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    table = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert table[0] == "p"
    assert "https://icc-campaign.example.org/id/kofi-annan" in table
    assert len(table) - 1 == len(rows(page))
    page.get_by_role("link", name="Kofi Annan").click()
    expect(page.locator("h1")).to_have_text("Kofi Annan")
    assert watch.errors == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ASK { id:united-nations skos:prefLabel ?name }", "Yes."),
        ("SELECT * { ?s a schema:Nothing }", "There is no answer."),
        ("DESCRIBE id:united-nations", "<https://icc-campaign.example.org/id/united-nations>"),
        ("CONSTRUCT { ?s a ?t } WHERE { ?s a schema:Nothing ; a ?t }", "in your browser"),
        ("SELECT * {\n ?s ?p }", "There is a mistake in line 2"),
        ("SELECT ?s WHERE { ?s }", "There is a mistake in line 1"),
        ("# PREFIX schema: is known\nSELECT ?s { ?s a schema:Person } LIMIT 1", "1 row."),
        ('ASK { FILTER("PREFIX id: <x>" != "") id:united-nations ?p ?o }', "Yes."),
        ("BASE <https://x.org/> PREFIX own: <y#> SELECT (own:z AS ?a) { }", "https://x.org/y#z"),
        ("DELETE WHERE { ?s ?p ?o }", "There is a mistake in line 1"),
        ("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }", "This cannot be answered"),
    ],
)
def test_every_form_of_query_is_answered_or_refused(page: Page, site: Site, query: str, said: str) -> None:
    page.goto(f"{site.url}sparql.html?query={httpx.QueryParams({'q': query})}".replace("query=q=", "query="))
    expect(page.locator("#answered")).to_contain_text(said, timeout=SLOW)


def test_a_query_cannot_make_a_link_that_runs_a_script(page: Page, site: Site) -> None:
    asked = 'SELECT ?a ?aLabel { VALUES (?a ?aLabel) { (<javascript:window.pwn=1> "Ada") } }'
    page.goto(f"{site.url}sparql.html?{httpx.QueryParams({'query': asked})}")
    expect(page.locator("#answered tbody td")).to_have_text("Ada", timeout=SLOW)
    assert page.locator("#answered tbody a").count() == 0


@pytest.mark.parametrize("text", ["!!!", ".*", "[", "\\", "(?:"])
def test_signs_find_nothing(page: Page, site: Site, text: str) -> None:
    page.goto(f"{site.url}search.html?{httpx.QueryParams({'q': text})}")
    expect(page.locator("#found")).to_contain_text("Nothing here is called so")


def test_the_policy_would_stop_a_script(page: Page, site: Site) -> None:
    watch = Watch(page, site.url)
    page.goto(site.url)
    page.evaluate(
        """() => { const s = document.createElement("script"); s.textContent = "window.ran = 1"; document.body.append(s); }"""
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in error for error in watch.errors)


def test_a_mistake_is_told_with_the_column_of_the_reader(page: Page, site: Site) -> None:
    page.goto(f"{site.url}sparql.html?query=SELECT+%3Fs+WHERE+%7B+%3Fs+%7D")
    expect(page.locator("#answered")).to_contain_text("at 1:23", timeout=SLOW)


def test_names_quotes_and_questions_are_found(page: Page, site: Site) -> None:
    watch = Watch(page, site.url)
    page.goto(f"{site.url}id/senegal.html")
    page.get_by_label("Search the graph").fill("kofi")
    page.keyboard.press("Enter")
    expect(page.locator("#found li").first).to_contain_text("Kofi Annan")
    page.locator("main input[name=q]").fill("Müller nobody")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("Nothing here is called so")
    page.locator("main input[name=q]").fill("who paid")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Who paid?").click()
    expect(page.locator("h1")).to_have_text("Who paid?")
    assert watch.errors == []


def test_an_answer_is_sorted_and_filtered(page: Page, site: Site) -> None:
    page.goto(f"{site.url}query/treaty-actions.html")
    first = [row[0] for row in rows(page)]
    page.locator("#answered thead a").first.click()
    assert [row[0] for row in rows(page)] == sorted(first, key=lambda text: (text == "", text.casefold()))
    page.goto(f"{site.url}query/funders.html")
    page.locator("form.filter input").fill("bélgium")
    page.get_by_role("button", name="Filter").click()
    shown = page.locator("#answered tbody tr:visible").all_inner_texts()
    assert 0 < len(shown) < 24
    assert any("government of Belgium" in row for row in shown)


def test_a_link_to_a_quote_leads_to_it_and_a_receipt_opens(page: Page, site: Site) -> None:
    page.goto(f"{site.url}id/kofi-annan.html")
    page.get_by_role("link", name="in the source").first.click()
    assert re.search(r"source/international-campaign-icc\.html#char=\d+,\d+$", page.url)
    expect(page.locator("mark.on").first).to_be_visible()
    page.goto(f"{site.url}id/kofi-annan.html")
    page.get_by_role("link", name="cite", exact=True).first.click()
    expect(page.locator("dialog.receipts[open]")).to_be_visible()


def test_it_answers_without_a_connection_once_it_is_loaded(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}sparql.html")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#answered")).to_contain_text("in your browser", timeout=SLOW)
    context.set_offline(True)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#answered tbody tr")).to_have_count(20)
    context.close()


def test_without_a_script_everything_is_there_but_what_computes(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in ("index.html", "query/treaty-actions.html", "explore/kind/event.html", "id/kofi-annan.html"):
        page.goto(site.url + path)
        expect(page.locator("h1")).to_be_visible()
    page.goto(f"{site.url}search.html")
    expect(page.get_by_text("Searching needs a script")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_of_a_site_alone_can_be_used_by_everybody(page: Page, site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path, ready in (
        ("sparql.html?query=SELECT+*+%7B+%3Fs+a+schema%3APerson+%7D", "#answered table"),
        ("search.html?q=court", "#found li"),
        ("explore/kind/organization.html", "h1"),
        ("query/treaty-actions.html?since=2000", "#answered table"),
        ("404.html", "h1"),
    ):
        page.goto(site.url + path)
        page.locator(ready).first.wait_for(timeout=SLOW)
        assert violations(page, EVERYTHING) == [], path
