from pathlib import Path

import pyoxigraph as px

from kg.rdf.iris import fact, graph
from kg.rdf.terms import OA, PROV, Quad, text_of
from kg.release.nquads import load
from kg.release.reader import Release

Evidence = set[tuple[str, str]]


def base(release: Release) -> str:
    return str(release.manifest["base"])


def from_graphs(quads: list[Quad], iri: str) -> Evidence:
    """(fact, triple) by the named graphs."""
    return {(text_of(q.graph_name), str(q.triple)) for q in quads if text_of(q.graph_name).startswith(fact(iri, ""))}


def test_every_passage_has_its_words_at_its_offsets(campaign: Path, release: Release) -> None:
    """Each quote published stands verbatim at the offsets published."""
    store = px.Store()
    store.extend(load(release.dataset))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (campaign / "data" / "sources").iterdir()}
    rows = list(
        store.query(  # type: ignore[arg-type]
            f"""SELECT ?passage ?source ?exact ?prefix ?suffix ?start ?end {{ GRAPH <{graph(base(release), "provenance")}> {{
            ?passage <{OA}hasSource> ?source ; <{OA}hasSelector> ?q , ?p .
            ?q <{OA}exact> ?exact ; <{OA}prefix> ?prefix ; <{OA}suffix> ?suffix .
            ?p <{OA}start> ?start ; <{OA}end> ?end }} }}"""
        )
    )
    assert len(rows) > 200
    for row in rows:
        text = texts[row["source"].value.rpartition("/")[2]]
        start, end = int(row["start"].value), int(row["end"].value)
        assert text[start:end] == row["exact"].value
        assert text[:start].endswith(row["prefix"].value)
        assert text[end:].startswith(row["suffix"].value)
        assert row["passage"].value == f"{row['source'].value}#char={start},{end}"


def test_every_fact_rests_on_words_or_on_the_curators(release: Release) -> None:
    quads = load(release.dataset)
    facts = {iri for iri, _ in from_graphs(quads, base(release))}
    quoted = {text_of(q.subject) for q in quads if q.predicate.value == PROV + "wasQuotedFrom"}
    attributed = {text_of(q.subject) for q in quads if q.predicate.value == PROV + "wasAttributedTo"}
    assert quoted | attributed == facts
    assert not quoted & attributed


def test_nothing_published_is_a_blank_node(release: Release) -> None:
    assert b"_:" not in b"".join(line for line in release.dataset.read_bytes().split() if line.startswith(b"_"))
    for quad in load(release.dataset):
        assert not any(isinstance(term, px.BlankNode) for term in (quad.subject, quad.object, quad.graph_name))


def test_the_default_graph_holds_every_statement_of_every_fact(release: Release) -> None:
    quads = load(release.dataset)
    default = {q.triple for q in quads if isinstance(q.graph_name, px.DefaultGraph)}
    stated = {q.triple for q in quads if text_of(q.graph_name).startswith(fact(base(release), ""))}
    beside = {
        q.triple for q in quads if text_of(q.graph_name) in (graph(base(release), n) for n in ("inferred", "ontology"))
    }
    assert stated < default
    assert default == stated | beside
