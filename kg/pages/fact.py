"""Fact: the page of a fact with its evidence."""

from kg.pages.model import Page
from kg.pages.render import alternates, show, title_of
from kg.pages.source import facts_told
from kg.query.citation import STYLES, as_text, citations
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.terms import PROV, text_of

_STYLES = {"bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON"}


def fact_page(opened: Opened, root: str, iri: str) -> bytes:
    """The page of a fact: what it says and the words it rests on."""
    page = Page(opened, root)
    said = {quad.predicate.value: text_of(quad.object) for quad in opened.dataset.about(iri)}
    told = list(facts_told(page, iri))
    title = f"A fact about {told[0].subject.label}" if told else "A fact"
    source = said.get(PROV + "wasDerivedFrom", "")
    cited = citations(opened.dataset, opened.release.manifest, opened.name, iri)
    return show(
        "fact",
        opened,
        root,
        title,
        told=told,
        source=page.name(source)._replace(label=title_of(page, iris.source_id(page.base, source))) if source else None,
        cited=[(as_text(one), [(name, STYLES[style](one)) for style, name in _STYLES.items()]) for one in cited],
        iri=iri,
        alternates=alternates(iris.local(iri)),
    )
