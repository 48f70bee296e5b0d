"""A release is cited by its name, in the forms that reference managers read."""

import json
import re
from pathlib import Path

import pytest
import yaml

from kg.query.edition import FILES, STYLES, Edition, edition
from kg.release.reader import Release
from tests.conftest import run

WORK = Edition(
    "Tides & 100 % of {them}",
    "Ada_B and sons",
    "0a1b2c",
    "2026-11-27",
    "https://x/release/0a1b2c",
    "",
    "",
)


def test_it_is_told_in_a_sentence(release: Release) -> None:
    work = edition(release)
    name = release.path.name
    assert STYLES["text"](work) == (
        "The curators of the ICC campaign graph (2026). The campaign for the International Criminal Court. "
        f"Release {name}. https://icc-campaign.example.org/release/{name}"
    )
    assert "()" not in STYLES["text"](work._replace(date=""))


def test_bibtex_keeps_an_organization_whole_and_its_signs(tmp_path: Path) -> None:
    text = STYLES["bibtex"](WORK)
    assert text.startswith("@dataset{release-0a1b2c,\n")
    assert "  title = {Tides \\& 100 \\% of \\textbraceleft{}them\\textbraceright{}},\n" in text
    assert "  author = {{Ada\\_B and sons}},\n" in text
    assert "  url = {https://x/release/0a1b2c},\n" in text
    assert text.count("{") == text.count("}")


def test_ris_csl_and_cff_have_the_same(tmp_path: Path) -> None:
    lines = dict(line.split("  - ", 1) for line in STYLES["ris"](WORK).split("\r\n") if line)
    assert lines == {
        "TY": "DATA",
        "ID": "release-0a1b2c",
        "TI": WORK.title,
        "AU": WORK.authors,
        "PY": "2026",
        "DA": "2026/11/27",
        "ET": "0a1b2c",
        "UR": WORK.url,
        "ER": "",
    }
    (item,) = json.loads(STYLES["csl"](WORK))
    assert (item["type"], item["version"], item["URL"]) == ("dataset", "0a1b2c", WORK.url)
    assert item["issued"] == {"date-parts": [[2026, 11, 27]]}
    assert item["author"] == [{"literal": WORK.authors}]
    said = yaml.safe_load(STYLES["cff"](WORK))
    assert (said["version"], str(said["date-released"]), said["authors"]) == (
        "0a1b2c",
        "2026-11-27",
        [{"name": WORK.authors}],
    )
    assert "date-released" not in STYLES["cff"](WORK._replace(date=""))


def test_odd_texts_stand_on_one_line_and_break_no_format(release: Release) -> None:
    odd = {**release.manifest, "title": "br}ace{\nof\x7f 👩\u200d👩 \\", "curators": "{x\\", "description": "a\tb\x01"}
    work = edition(release._replace(manifest=odd))
    assert work.title == "br}ace{ of 👩\u200d👩 \\"
    assert "\n" not in STYLES["text"](work)
    assert STYLES["bibtex"](work).count("{") == STYLES["bibtex"](work).count("}")
    assert yaml.safe_load(STYLES["cff"](work))["title"] == work.title
    assert json.loads(STYLES["csl"](work))[0]["title"] == work.title


@pytest.mark.parametrize("style", STYLES)
def test_the_command_says_it(style: str, campaign: Path, release: Release) -> None:
    done = run("cite", "-t", style, cwd=campaign)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().replace("\r\n", "\n").rstrip() == (
        STYLES[style](edition(release)).replace("\r\n", "\n").rstrip()
    )


def test_a_fact_has_no_cff(campaign: Path) -> None:
    done = run("cite", "-t", "cff", "0123456789abcdef", cwd=campaign)
    assert (done.returncode, b"is for a release" in done.stderr) == (2, True)


def test_each_file_has_a_style() -> None:
    assert {style for style, _, _ in FILES.values()} == set(STYLES) - {"text"}
    assert all(re.fullmatch(r"\.\w+", suffix) for suffix in FILES)
