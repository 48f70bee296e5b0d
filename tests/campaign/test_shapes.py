"""The campaign's shapes and kg's own: each has one example that conforms and one that it, and its message, refuse."""

from pathlib import Path

import pyoxigraph as px
import pytest
import rdflib
from rdflib import RDF, RDFS, SH, SKOS

from kg.project import read_project
from kg.rdf.files import read
from kg.rdf.iris import is_axioms, ontology
from kg.rdf.ontology import read_vocabulary
from kg.rdf.terms import TYPE, Quad, text_of
from kg.rdf.to_rdflib import to_graph
from kg.shacl.pyshacl_engine import validate
from tests.conftest import ROOT, statements

EXAMPLES = ROOT / "tests" / "examples" / "shapes"
PROJECT = read_project(ROOT)
VOCABULARY = read_vocabulary(PROJECT.ontology, PROJECT.base)
SHAPES = VOCABULARY.shapes
GRAPH = to_graph(SHAPES)
NAMES = sorted(
    str(shape).removeprefix(ontology(PROJECT.base))
    for shape in GRAPH.subjects(RDF.type, SH.NodeShape)
    if not is_axioms(str(shape))  # tests/rdf/test_axioms
)


SCHEMES = (str(SKOS.Concept), str(SKOS.ConceptScheme))
CONCEPTS = {quad.subject for quad in VOCABULARY.statements if text_of(quad.object) in SCHEMES}


def example(kind: str, name: str) -> Path:
    return EXAMPLES / kind / f"{name}.ttl"


def data(path: Path) -> list[Quad]:
    """An example with the concepts of the vocabulary, and the classes above those that it names, as a build makes them."""
    said = read(path).quads
    above = [
        Quad(quad.subject, quad.predicate, px.NamedNode(over))
        for quad in said
        if quad.predicate == TYPE
        for over in VOCABULARY.superclasses.get(text_of(quad.object), ())
    ]
    concepts = [quad for quad in VOCABULARY.statements if quad.subject in CONCEPTS]
    return [*said, *above, *concepts]


@pytest.mark.parametrize("name", NAMES)
def test_the_good_example_conforms_and_is_checked(name: str) -> None:
    report = validate(data(example("good", name)), SHAPES)
    assert report.conforms, report.findings
    assert report.checked.get(ontology(PROJECT.base) + name, 1)


@pytest.mark.parametrize("name", NAMES)
def test_the_bad_example_is_refused_with_its_message(name: str) -> None:
    path = example("bad", name)
    expected = path.read_text(encoding="utf-8").splitlines()[0].partition(": ")[2]
    report = validate(data(path), SHAPES)
    assert not report.conforms
    assert expected in {finding.message for finding in report.findings}, report.findings


def test_there_is_no_example_without_a_shape() -> None:
    for kind in ("good", "bad"):
        assert sorted(path.stem for path in (EXAMPLES / kind).iterdir()) == NAMES


def test_every_class_of_the_facts_has_a_shape(tmp_path: Path) -> None:
    used = {text_of(quad.object) for quad in statements(ROOT, tmp_path) if quad.predicate.value == str(RDF.type)}
    targeted = {str(target) for target in GRAPH.objects(None, SH.targetClass)}
    assert used
    assert not {kind for kind in used if not targeted & {kind, *VOCABULARY.superclasses.get(kind, ())}}


def test_every_property_shape_has_a_message_for_a_curator() -> None:
    constraints = {
        found for shape in GRAPH.subjects(RDF.type, SH.NodeShape) for found in GRAPH.objects(shape, SH.property)
    }
    assert constraints
    for constraint in constraints:
        message = GRAPH.value(constraint, SH.message)
        assert message is not None, list(GRAPH.predicate_objects(constraint))
        assert str(message).endswith(".")
        assert isinstance(message, rdflib.Literal)
        assert message.language == "en"
    for shape in GRAPH.subjects(RDF.type, SH.NodeShape):
        assert GRAPH.value(shape, RDFS.label) is not None


def test_every_property_of_the_facts_is_in_some_shape(tmp_path: Path) -> None:
    used = {quad.predicate.value for quad in statements(ROOT, tmp_path)}
    shaped = {str(path) for path in GRAPH.objects(None, SH.path)} | {str(RDF.type)}
    assert used
    assert used - shaped == set()
