"""Real tables of others, read from beside the repository: countries with names in six languages, and nested organizations."""

import json
import shutil
from pathlib import Path

import pytest

from kg.pages import catalogue
from kg.query.opened import Opened
from tests.conftest import SUITES, inside, needs

REAL = SUITES / "real"
pytestmark = needs(f"the tables in {REAL}", REAL.is_dir())

CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "en"}]
LANGUAGES = ("ar", "cn", "en", "es", "fr", "ru")


def project(folder: Path) -> Path:
    """An empty project with a word for each thing that the tables tell."""
    assert inside("init", folder, "--empty", "--base", "https://example.org/", cwd=folder.parent).returncode == 0
    for name, of, takes in (
        ("Country", "", ""),
        ("isoCode", "Country", "text"),
        ("child", "", "thing"),
        ("parent", "", "thing"),
    ):
        said = ["--label", name, "--definition", f"{name}.", "--example", "One."]
        said += ["--of", of] if of else []
        said += ["--takes", takes, "--several"] if takes else []
        done = inside("term", name, *said, cwd=folder)
        assert done.returncode == 0, done.stderr
    (folder / "data" / "tables").mkdir()
    (folder / "data" / "originals").mkdir()
    return folder


@pytest.mark.long
def test_countries_have_their_names_in_six_languages(tmp_path: Path) -> None:
    folder = project(tmp_path / "countries")
    table = folder / "data" / "tables" / "countries.csv"
    shutil.copyfile(REAL / "countries" / "country-codes.csv", table)
    header = table.read_text(encoding="utf-8").splitlines()[0].split(",")
    told: dict[str, dict[str, object]] = {
        "ISO3166-1-Alpha-3": {"name": "code", "propertyUrl": "kg:isoCode", "required": True},
        "Geoname ID": {
            "name": "place",
            "propertyUrl": "schema:sameAs",
            "valueUrl": "https://sws.geonames.org/{place}/",
        },
        **{
            f"official_name_{language}": {
                "propertyUrl": "skos:prefLabel" if language == "en" else "skos:altLabel",
                "lang": "zh" if language == "cn" else language,
            }
            for language in LANGUAGES
        },
    }
    columns = [{"titles": name, **told.get(name, {"suppressOutput": True})} for name in header]
    kind = {"name": "kind", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "kg:Country"}
    schema = {"aboutUrl": "id:country-{code}", "primaryKey": "code", "columns": [*columns, kind]}
    said = {
        "@context": CONTEXT,
        "url": table.name,
        "dc:title": "Countries",
        "kg:evidence": "row",
        "tableSchema": schema,
    }
    table.with_name(f"{table.name}-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    done = inside("build", cwd=folder)
    assert done.returncode == 0, done.stderr.decode()[:800]
    assert b"with 249 rows of 1 table" in done.stdout
    opened = Opened(folder / "build")
    page = catalogue.page(opened, "id/country-SEN.html").decode()
    for name in ("Senegal", "Sénégal", "السنغال", "塞内加尔", "Сенегал"):
        assert name in page, name
    assert 'lang="ar"' in page
    assert "table countries, row" in inside("why", "country-SEN", "isoCode", cwd=folder).stdout.decode()
    assert b"country-NAM" in inside("search", "Namibia", cwd=folder).stdout


@pytest.mark.long
def test_nested_organizations_are_flattened_by_queries(tmp_path: Path) -> None:
    folder = project(tmp_path / "ror")
    shutil.copyfile(REAL / "ror" / "organizations.jsonl", folder / "data" / "originals" / "ror.jsonl")
    tables = folder / "data" / "tables"
    every = "read_json('data/originals/ror.jsonl', format = 'newline_delimited') WHERE names IS NOT NULL"
    slug = "'ror-' || regexp_extract({}, '[^/]+$')"
    (tables / "organizations.yaml").write_text(
        f"query: |\n  SELECT {slug.format('id')} AS id, 'Organization' AS type, one.value AS name FROM (\n"
        f"    SELECT id, unnest(names) AS one FROM {every}) WHERE list_contains(one.types, 'ror_display')\n",
        encoding="utf-8",
    )
    (tables / "relations.yaml").write_text(
        f"query: |\n  SELECT one AS id, type, other FROM (\n"
        f"    SELECT {slug.format('id')} AS one, unnest(relationships).type AS type,\n"
        f"           {slug.format('unnest(relationships).id')} AS other FROM {every})\n"
        f"  WHERE type IN ('child', 'parent') AND other IN (SELECT {slug.format('id')} FROM {every})\n",
        encoding="utf-8",
    )
    schema = {
        "aboutUrl": "id:{id}",
        "columns": [
            {"titles": "id", "suppressOutput": True},
            {"titles": "type", "suppressOutput": True},
            {"titles": "other", "propertyUrl": "kg:{type}", "valueUrl": "id:{other}"},
        ],
    }
    said = {"@context": CONTEXT, "url": "relations.yaml", "dc:title": "Relations", "tableSchema": schema}
    (tables / "relations.yaml-metadata.json").write_text(json.dumps(said), encoding="utf-8")
    done = inside("build", cwd=folder)
    assert done.returncode == 0, done.stderr.decode()[:800]
    counted = json.loads((Opened(folder / "build").release.path / "manifest.json").read_bytes())["counts"]
    lines = [
        json.loads(line) for line in (REAL / "ror" / "organizations.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    named = [line for line in lines if line.get("names")]
    ids = {line["id"] for line in named}
    related = {(line["id"], one["type"], one["id"]) for line in named for one in line["relationships"]}
    kept = [one for one in related if one[1] in ("child", "parent") and one[2] in ids]
    assert counted["rows"] == len(named) + len(kept)
    nested = (REAL / "ror" / "organizations.jsonl").read_bytes()
    (tables / "raw.jsonl").write_bytes(nested)
    refused = inside("build", cwd=folder)
    assert (refused.returncode, b"holds lists or objects; flatten it by a query" in refused.stderr) == (1, True)
