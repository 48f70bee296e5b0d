"""Each folder of tests/examples/validate is checked as a user would; expected.txt says how it ends and what is said.

Its first line is `exit N`. The others stand in the output, but for `not: …`, which does not, and `line: …`, with which
no line begins.
"""

import sys
from pathlib import Path

import pytest

from kg.cli import main
from tests.conftest import ROOT

CASES = sorted((ROOT / "tests" / "examples" / "validate").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_wrong_is_said_and_what_is_right_is_taken(
    case: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(case)
    (data,) = (path.name for path in case.glob("data.*"))
    monkeypatch.setattr(sys, "argv", ["kg", "validate", data, "--shapes", "shapes.ttl"])
    code: object = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    output = "".join(capfd.readouterr())
    head, *expected = (case / "expected.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert head == f"exit {code}", output
    for line in expected:
        kind, _, text = line.partition(": ")
        if kind == "not":
            assert text not in output
        elif kind == "line":
            assert not any(said.startswith(text) for said in output.splitlines())
        else:
            assert line in output
