"""Columns and pySHACL find the same: shapes and graphs are drawn, and each finding of one is a finding of the other."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as px
from hypothesis import HealthCheck, event, given, note, settings

from kg.errors import ProjectError
from kg.shacl.report import Report
from kg.shacl.validation import Options, validate
from tests.shacl.drawn import graphs, shapes_graphs


def found_by(engine: str, data: Path, shapes: list[px.Quad]) -> Report | str:
    try:
        return validate([data], shapes, options=Options(engine))
    except ProjectError as error:
        return str(error)


def findings(report: Report) -> Counter[tuple[str, ...]]:
    return Counter((one.severity, one.focus, one.path, one.value, one.shape, one.constraint) for one in report.findings)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs(), shapes_graphs())
def test_columns_and_pyshacl_find_the_same(data: str, shapes: str) -> None:
    quads = list(px.parse(shapes, format=px.RdfFormat.TURTLE))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.nt"
        with path.open("wb") as file:
            triples = {quad.triple for quad in px.parse(data, format=px.RdfFormat.TURTLE)}
            px.serialize(triples, file, px.RdfFormat.N_TRIPLES)
        note(data)
        note(shapes)
        one, other = (found_by(engine, path, quads) for engine in ("columnar", "pyshacl"))
    if isinstance(one, str) or isinstance(other, str):
        event("refused")
        assert isinstance(one, str) == isinstance(other, str), (one, other)
        return
    event(f"{len(one.findings) > 0} findings, by {sorted({timed.engine for timed in one.times})}")
    assert findings(one) == findings(other)
    assert one.checked == other.checked
