"""The description of a dataset: by DCAT-AP's own shapes, by the project's settings, by the words of schema.org."""

import pytest
import rdflib
from rdflib import DCAT, DCTERMS, FOAF, RDF, SDO, XSD, Literal, URIRef

from kg.build.releasing import build
from kg.project import read_project
from kg.release.reader import Release
from kg.shacl.shapes import read_shapes
from kg.shacl.validation import check_files
from tests.conftest import SUITES, Spoil, needs

DCAT_AP = SUITES / "suites" / "dcat-ap"
DATASET = URIRef("https://example.org/dataset")
SETTINGS = """
keywords = ["lighthouse", "harbour"]
spatial = ["https://sws.geonames.org/2635167/"]
temporal = "1851/1901"
contact = "desk@example.org"
issued = 2026-01-31
modified = "2026-02-01"
"""


@pytest.fixture
def described(spoil: Spoil) -> Release:
    """A release of the template with every setting that describes a dataset, built after another one."""
    project = spoil("kg.toml", "coverage = 0", "coverage = 0")
    build(read_project(project), validate=False)
    with (project / "kg.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    release = build(read_project(project), validate=False).release
    assert release
    return release


def void(release: Release) -> rdflib.Graph:
    return rdflib.Graph().parse(release.path / "void.ttl")


@pytest.mark.long
@needs(f"the DCAT-AP suite in {DCAT_AP}", DCAT_AP.is_dir())
@pytest.mark.parametrize("part", ["shapes", "range", "deprecateduris"])
@pytest.mark.parametrize("which", ["release", "described"])
def test_dcat_ap_finds_no_violation(request: pytest.FixtureRequest, which: str, part: str) -> None:
    release: Release = request.getfixturevalue(which)
    shapes = read_shapes([DCAT_AP / f"dcatap301html-{part}.ttl"])
    report = check_files([release.path / "void.ttl"], shapes)
    assert [finding.message for finding in report.findings if finding.severity == "violation"] == []
    assert sum(report.checked.values()) > 5


def test_settings_become_the_description(described: Release) -> None:
    graph = void(described)
    assert set(graph.objects(DATASET, DCAT.keyword)) == {Literal("lighthouse"), Literal("harbour")}
    assert graph.value(DATASET, DCTERMS.issued) == Literal("2026-01-31", datatype=XSD.date)
    assert graph.value(DATASET, DCTERMS.modified) == Literal("2026-02-01", datatype=XSD.date)
    assert graph.value(DATASET, DCTERMS.spatial) == URIRef("https://sws.geonames.org/2635167/")
    period = graph.value(DATASET, DCTERMS.temporal)
    days = [str(graph.value(period, name)) for name in (DCAT.startDate, DCAT.endDate)]
    assert days == ["1851-01-01", "1901-12-31"]
    mail = graph.value(graph.value(DATASET, DCAT.contactPoint), URIRef("http://www.w3.org/2006/vcard/ns#hasEmail"))
    assert mail == URIRef("mailto:desk@example.org")
    assert graph.value(DATASET, DCTERMS.conformsTo) == URIRef("https://example.org/shapes")
    publisher = graph.value(DATASET, DCTERMS.publisher)
    assert (publisher, RDF.type, FOAF.Agent) in graph
    assert str(graph.value(publisher, FOAF.name)) == "The keepers of this example"
    before = str(graph.value(DATASET, URIRef(f"{DCAT}previousVersion")))
    assert before == f"https://example.org/release/{described.manifest['since']['release']}"
    assert str(graph.value(DATASET, SDO.temporalCoverage)) == "1851/1901"
    assert (URIRef("https://example.org/ontology"), DCTERMS.issued, None) in rdflib.Graph().parse(
        described.path / "downloads" / "dataset.ttl"
    )


def test_every_description_can_be_dereferenced_below_the_base(release: Release) -> None:
    """No IRI of the project's own is made up: each is one that the server has an address for."""
    graph = void(release)
    base = release.manifest["base"]
    own = {
        str(term).partition("#")[0].removeprefix(base)
        for triple in graph
        for term in triple
        if str(term).startswith(base)
    }
    assert own <= {
        *("", "dataset", "sparql", "shapes", "curators", "ontology", "openapi.json"),
        *(f"graph/{name}" for name in ("provenance", "inferred", "ontology")),
        *(f"downloads/dataset.{suffix}" for suffix in ("ttl", "jsonld", "nt", "nq", "trig", "rdf")),
        *(path for path in own if path.startswith(("id/", "source/"))),
    }
