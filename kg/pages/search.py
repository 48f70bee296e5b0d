"""Search: the page of what a search found, and the preview of a thing."""

from collections.abc import Sequence

from kg.pages.model import NAMING, Page
from kg.pages.render import show
from kg.query.opened import Opened
from kg.release import search


def results_page(opened: Opened, root: str, text: str, hits: Sequence[search.Hit]) -> bytes:
    """What a search found."""
    page = Page(opened, root)
    found = [(page.name(hit.iri), [page.name(t).label for t in hit.types[:1]], hit) for hit in hits]
    title = f"Search: {text}" if text.strip() else "Search"
    return show("search", opened, root, title, text=text, found=found)


def preview_page(opened: Opened, root: str, hit: search.Hit) -> bytes:
    """A thing in a few lines, for a reconciliation client."""
    page = Page(opened, root)
    reasons = [r for r in page.reasons(opened.dataset.about(hit.iri)) if r.fact and r.basis != "reference"]
    groups = [group for group in page.groups(reasons) if group.iri not in NAMING]
    types = [page.name(type_).label for type_ in hit.types[:1]]
    return show("preview", opened, root, hit.label, name=page.name(hit.iri), types=types, groups=groups[:2])
