"""What archives are told: a citation with what its format asks for, and a crate that names files that are there."""

import json
import re

import yaml

from kg.query.opened import Opened
from kg.site.deposit import deposits
from tests.site.conftest import Site


def told(opened: Opened) -> dict[str, str]:
    return {name: data.decode() for name, data in deposits(opened)}


def test_the_citation_is_yaml_with_what_the_format_asks_for(opened: Opened) -> None:
    said = yaml.safe_load(told(opened)["CITATION.cff"])
    assert {"cff-version", "message", "title", "authors"} <= said.keys()  # Citation File Format 1.2.0, required
    assert said["version"] == opened.name
    assert said["title"] == "The campaign for the International Criminal Court"
    assert all(author["name"] for author in said["authors"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", said["date-released"])


def test_the_crate_describes_every_download(opened: Opened, site: Site) -> None:
    said = json.loads(told(opened)["ro-crate-metadata.json"])
    by_id = {one["@id"]: one for one in said["@graph"]}
    assert by_id["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    for key in ("name", "description", "datePublished", "license"):  # RO-Crate 1.1, 4.3: of the root
        assert by_id["./"][key], key
    for part in by_id["./"]["hasPart"]:
        assert (site.folder / part["@id"]).is_file()
        assert by_id[part["@id"]]["encodingFormat"]
