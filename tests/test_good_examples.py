"""Real texts that the campaign has nothing to do with, one in another language: their facts are held against their words
without a rule of their own, and a mistake in them is stopped.
"""

import shutil
from pathlib import Path

import pytest

from kg.build.checking import check_project
from kg.project import TEMPLATE, read_project
from kg.shacl.report import Report
from tests.conftest import ROOT

EXAMPLES = ROOT / "tests" / "examples" / "good"


def report(folder: Path, name: str, old: str = "", new: str = "") -> Report:
    """What is found in a new project with the facts of an example, edited where `old` says."""
    shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
    shutil.rmtree(folder / "data")
    shutil.copytree(EXAMPLES / name / "data", folder / "data")
    facts = folder / "data" / "facts" / "notice.yaml"
    text = facts.read_text(encoding="utf-8")
    assert old in text
    facts.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return check_project(read_project(folder), None)[0]


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir()))
def test_the_facts_stand_in_the_words(tmp_path: Path, name: str) -> None:
    found = report(tmp_path, name)
    assert not found.findings, [str(finding.message) for finding in found.findings]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("telegram", "id: japan\n  desc", "id: england\n  desc", "england: the quoted words have none of its names"),
        ("telegram", "date: XXXX-02-01", "date: 1917-02-01", "the year 1917 is not there"),
        ("telegram", "name: Texas", "name: Tejas", "name “Tejas” does not stand in the quoted words"),
        ("telegram", "description: unrestricted", "description: unlimited", "does not stand in the quoted words"),
        ("lettre", "about: du-paty-de-clam", "about: l-aurore", "about l-aurore: the quoted words have none"),
        ("lettre", "date: 1898-01-13", "date: 1898-06-13", "cannot be read in a quoted heading above the words"),
        ("lettre", "value: 3\n  description: depuis", "value: 30\n  description: depuis", "30 is not there"),
        ("lettre", "name: Varinard", "name: Varignard", "name “Varignard” does not stand in the quoted words"),
    ],
)
def test_a_mistake_is_stopped(tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    found = report(tmp_path, name, old, new)
    assert any(said in finding.message for finding in found.findings), [finding.message for finding in found.findings]
