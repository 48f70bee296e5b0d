"""Validation: the page of the report that the release passed."""

import json

from kg.pages.page import Page
from kg.pages.render import Alternate, alternates, show
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.terms import RDFS, text_of
from kg.release.reader import READABLE


def validation_page(opened: Opened, root: str) -> bytes:
    """The verdict, how many focus nodes each shape checked, and the findings."""
    page = Page(opened, root)
    numbers = opened.release.manifest.get("readable", {})  # earlier releases count none
    report = json.loads(opened.file("report.json"))
    checked = sorted(
        ((shape, number) for shape, number in report["checked"].items() if number or not iris.is_axioms(shape)),
        key=lambda item: (-item[1], item[0]),
    )
    labels = {}
    for quad in opened.turtle("shapes.ttl"):
        if quad.predicate.value == RDFS + "label":
            labels[text_of(quad.subject)] = text_of(quad.object)
    shapes = [(page.name(iri)._replace(label=labels.get(iri, iris.local(iri))), number) for iri, number in checked]
    findings = [{**finding, "name": page.name(finding["focus"])} for finding in report["findings"]]
    return show(
        "validation",
        opened,
        root,
        "Validation",
        place="validation",
        conforms=report["conforms"],
        shapes=shapes,
        total=sum(report["checked"].values()),
        findings=findings,
        readable=[(kind, numbers[kind], meaning) for kind, meaning in READABLE.items() if numbers.get(kind)],
        alternates=(*alternates("validation"), Alternate("JSON", "application/json", "validation.json")),
    )
