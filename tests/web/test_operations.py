"""What is answered beside the graph."""

import re
from pathlib import Path

import httpx
import rdflib
import rdflib.compare
from rdflib import RDF

from kg.pages import catalogue
from kg.query.opened import Opened
from tests.conftest import ROOT, inlined
from tests.web.conftest import BASE


def test_the_canned_queries_are_published_as_executables(client: httpx.Client) -> None:
    data = client.get(".well-known/sparql-examples", headers={"Accept": "application/ld+json"}).text
    graph = rdflib.Graph().parse(data=inlined(data), format="json-ld")
    assert len(list(graph.subjects(RDF.type, rdflib.SH.SPARQLExecutable))) == len(list((ROOT / "queries").glob("*.rq")))
    for node, text in graph.subject_objects(rdflib.SH.select):
        assert (ROOT / "queries" / f"{str(node).rpartition('/')[2]}.rq").read_text(encoding="utf-8") == str(text)


def test_robots_find_the_sitemap(client: httpx.Client, campaign: Path) -> None:
    """It names every page of the catalogue, each of which `pages/test_pages` asks for."""
    assert f"Sitemap: {BASE}sitemap.xml" in client.get("robots.txt").text
    places = re.findall(r"<loc>(.*?)</loc>", client.get("sitemap.xml").text)
    assert f"{BASE}id/kofi-annan.html" in places
    assert places == sorted(BASE + address for address in catalogue.addresses(Opened(campaign / "build")))
    for place in places[::40]:
        assert client.get(place.removeprefix(BASE)).status_code == 200, place
