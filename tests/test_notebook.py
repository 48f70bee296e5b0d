import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import SKOS

import kg
from kg.errors import QueryError, StoreError
from kg.rdf.iris import entity, graph
from kg.release.nquads import load
from kg.release.reader import Release


def test_a_notebook_gets_the_dataset_of_a_project(campaign: Path, release: Release) -> None:
    dataset = kg.graph(campaign)
    base = release.manifest["base"]
    assert isinstance(dataset, rdflib.Dataset)
    assert len(dataset.default_graph) == release.manifest["counts"]["triples"]
    assert sum(1 for _ in dataset.quads()) == len(load(release.dataset))
    annan = rdflib.URIRef(entity(base, "kofi-annan"))
    assert dataset.default_graph.value(annan, SKOS.prefLabel) == rdflib.Literal("Kofi Annan", lang="en")
    assert len(dataset.graph(rdflib.URIRef(graph(base, "provenance")))) > 1000


def test_the_prefixes_of_the_project_are_known(campaign: Path, release: Release, tmp_path: Path) -> None:
    dataset = kg.graph(campaign)
    assert {name: str(space) for name, space in dataset.namespaces()}.items() >= release.manifest["prefixes"].items()
    (found,) = dataset.query("SELECT ?name { id:kofi-annan skos:prefLabel ?name ; a schema:Person }")
    assert str(found.name) == "Kofi Annan"  # type: ignore[union-attr]
    (tmp_path / "a.ttl").write_text("@prefix schema: <http://other/> . schema:a schema:p 1 .", encoding="utf-8")
    assert dict(kg.graph(tmp_path / "a.ttl").namespaces())["schema"] == rdflib.URIRef("http://other/")


def test_the_same_query_gives_the_same_answer_in_rdflib(campaign: Path) -> None:
    text = (campaign / "queries" / "elections.rq").read_text(encoding="utf-8")
    found = [str(row.electedLabel) for row in kg.graph(campaign).query(text)]  # type: ignore[union-attr]
    assert found == ["the first 18 judges", "Luis Moreno Ocampo", "Fatou Bensouda"]


def test_literals_keep_their_form(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(
        '<http://x/a> <http://x/p> "007"^^<http://www.w3.org/2001/XMLSchema#integer> , "x"@en , "y" .', encoding="utf-8"
    )
    assert {str(value) for value in kg.graph(file).default_graph.objects()} == {"007", "x", "y"}


def test_queries_there_load_no_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("<http://x/a> <http://x/p> 'secret' .", encoding="utf-8")
    empty = tmp_path / "empty.nt"
    empty.write_text("", encoding="utf-8")
    found = kg.graph(empty).query(f"SELECT * FROM <{secret.as_uri()}> {{ ?s ?p ?o }}")
    assert list(found) == []


def test_what_is_not_there_is_named(tmp_path: Path, project: Path) -> None:
    with pytest.raises(QueryError, match="no such file or folder"):
        kg.graph(tmp_path / "nothing")
    with pytest.raises(StoreError, match="run `kg build`"):
        kg.graph(project)
    with pytest.raises(AttributeError, match="has no attribute 'grph'"):
        kg.grph  # noqa: B018  (its error is what is tested)


def test_kg_itself_imports_nothing_heavy() -> None:
    code = "import kg, kg.cli, sys; print([m for m in ('rdflib', 'pyoxigraph', 'pyshacl', 'rich', 'yaml', 'pyld') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"
