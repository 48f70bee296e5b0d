"""Each folder of tests/examples/validate is checked as a user would; expected.txt says how it ends and what is said.

Its first line is `exit N`. The others stand in the output, but for `not: …`, which does not, and `line: …`, with which
no line begins.
"""

from pathlib import Path

import pytest

from tests.conftest import ROOT, called

CASES = sorted((ROOT / "tests" / "examples" / "validate").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_wrong_is_said_and_what_is_right_is_taken(case: Path) -> None:
    (data,) = (path.name for path in case.glob("data.*"))
    code, output = called("validate", data, "--shapes", "shapes.ttl", cwd=case)
    head, *expected = (case / "expected.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert head == f"exit {code}", output
    assert "Traceback" not in output
    for line in expected:
        kind, _, text = line.partition(": ")
        if kind == "not":
            assert text not in output
        elif kind == "line":
            assert not any(said.startswith(text) for said in output.splitlines())
        else:
            assert line in output
