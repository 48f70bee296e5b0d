"""Changes: the page of what a release says that the one before did not, and the other way round."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kg.pages.model import Name
from kg.pages.page import Page
from kg.pages.render import show
from kg.query.opened import Opened

MOST = 500  # changes that are shown; the data have all
WORDS = {"added": "added", "removed": "removed", "changed": "another value", "evidence": "other evidence"}


class Shown(NamedTuple):
    """A change as the page shows it: how a statement is told now and was before, "" where it was not."""

    kind: str
    word: str
    subject: Name
    property: str
    now: str
    before: str
    words: tuple[str, ...]
    words_before: tuple[str, ...]
    note: str
    href: str


def changes_page(opened: Opened, root: str) -> bytes:
    """What changed since the release before, statement by statement with its words."""
    found = opened.changes
    page = Page(opened, root)
    return show(
        "changes",
        opened,
        root,
        "What changed",
        iri=f"{opened.base}changes",
        place="downloads",
        since=opened.release.manifest.get("since") or {},
        found=found,
        words=WORDS,
        changes=[_shown(page, one) for one in found.get("changes", ())[:MOST]],
        alternates=(),
    )


def _shown(page: Page, change: Mapping[str, Any]) -> Shown:
    now, before = change["now"] or {}, change["before"] or {}
    told = now or before
    subject = page.name(told["subject"]["term"])._replace(label=told["subject"]["text"])
    if not now and not page.opened.dataset.has(subject.iri):
        subject = subject._replace(href="")  # nothing is said of it any more
    return Shown(
        change["kind"],
        WORDS[change["kind"]],
        subject,
        told["property"]["text"],
        now["value"]["text"] if now else "",
        before["value"]["text"] if before and change["kind"] != "evidence" else "",
        tuple(now.get("words", ())),
        tuple(before.get("words", ())),
        told["note"],
        page.href(now["fact"]) if now else "",
    )
