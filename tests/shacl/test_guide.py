"""What docs/validation.md says of pySHACL and of kg is so, and the hook that it names is there."""

import re
import warnings
from pathlib import Path

import pyoxigraph as px
import pyshacl
import pytest
import rdflib
import yaml
from rdflib import RDF, SH

from kg.errors import QueryError
from kg.shacl.validation import Options, validate
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
CASES = re.findall(r"^### (.*)\n\n((?:.+\n)+)\n```turtle\n((?:.*\n)*?)```", TEXT, re.MULTILINE)
HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix x: <http://x.example/> .
"""


def test_all_cases_are_read() -> None:
    assert len(CASES) == TEXT.count("```turtle") == 8


@pytest.mark.parametrize(("title", "said", "graph"), CASES, ids=[title for title, _, _ in CASES])
def test_pyshacl_and_kg_find_what_is_said(title: str, said: str, graph: str, tmp_path: Path) -> None:
    ours, theirs = re.match(r"kg finds (\d), pySHACL (\d|refuses)", said).groups()  # type: ignore[union-attr]
    quads = list(px.parse(HEAD + graph, format=px.RdfFormat.TURTLE))
    with (tmp_path / "data.nt").open("wb") as file:
        px.serialize((quad.triple for quad in quads), file, px.RdfFormat.N_TRIPLES)
    for engine in ("columnar", "pyshacl"):
        assert len(validate([tmp_path / "data.nt"], quads, options=Options(engine)).findings) == int(ours)
    whole = rdflib.Graph().parse(data=HEAD + graph, format="turtle")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, report, _ = pyshacl.validate(whole, shacl_graph=whole)
        found = str(len(list(report.subjects(RDF.type, SH.ValidationResult))))
    except (pyshacl.errors.ShapeLoadError, pyshacl.errors.ConstraintLoadError, AttributeError, QueryError):
        found = "refuses"
    assert found == theirs


def test_the_hook_is_there() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert f"id: {hook['id']}" in TEXT
    assert hook["entry"] == "kg validate"
    assert re.search(hook["files"], "data/a.ttl")
