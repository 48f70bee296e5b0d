"""The settings of a project."""

from pathlib import Path

import pytest

from kg.errors import ProjectError
from kg.project import read_project
from tests.conftest import Spoil


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('keywords = "one"', "keywords is 'one', expected a list of texts"),
        ('spatial = ["Rome"]', "expected IRIs of places"),
        ('temporal = "the nineties"', "expected a time in EDTF"),
        ('contact = "nobody at all"', "expected a mail address or a URL"),
        ('issued = "yesterday"', "expected a day, as in"),
        ("modified = 2026-01-31T10:00:00", "expected a day"),
        ('licence = "https://example.org/l"', "did you mean 'license'?"),
    ],
)
def test_a_setting_that_cannot_be_published_is_named(spoil: Spoil, line: str, said: str) -> None:
    project = spoil("kg.toml", "coverage = 0", f"{line}\ncoverage = 0")
    with pytest.raises(ProjectError) as caught:
        read_project(project)
    assert said in str(caught.value)


def test_a_licence_is_an_iri(spoil: Spoil) -> None:
    project = spoil("kg.toml", 'license = "https://creativecommons.org/publicdomain/zero/1.0/"', 'license = "CC0"')
    with pytest.raises(ProjectError, match="license is 'CC0', expected the IRI of a licence"):
        read_project(project)


def test_the_files_of_a_project_are_read_with_its_dates_as_toml_or_text(tmp_path: Path) -> None:
    for written in ("issued = 2026-01-31", 'issued = "2026-01-31"'):
        (tmp_path / "kg.toml").write_text(f'base = "https://example.org/"\n{written}\n', encoding="utf-8")
        assert read_project(tmp_path).issued == "2026-01-31"
