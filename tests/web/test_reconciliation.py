"""A reconciliation client, from the manifest to the preview."""

import json

import httpx
import pytest

from tests.web.conftest import BASE


def test_a_reconciliation_client_matches_names(client: httpx.Client) -> None:
    """What OpenRefine does: read the manifest, send batches, ask for suggestions and previews."""
    manifest = client.get("reconcile").json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == f"{BASE}id/"
    cells = {"q0": "Kofi Annan", "q1": "Rome Statut", "q2": "Amnesty Internatonal", "q3": "zzzz", "q4": "annan, KOFI"}
    queries = {key: {"query": value, "limit": 3} for key, value in cells.items()}
    found = client.post("reconcile", data={"queries": json.dumps(queries)}).json()
    assert found.keys() == cells.keys()
    best = {key: (answer["result"] or [{"id": None, "match": False}])[0] for key, answer in found.items()}
    assert {key: candidate["id"] for key, candidate in best.items()} == {
        "q0": "kofi-annan",
        "q1": "rome-statute",
        "q2": "amnesty-international",
        "q3": None,
        "q4": "kofi-annan",
    }
    assert best["q0"]["match"] is True
    assert best["q1"]["match"] is False
    assert {"id": "https://schema.org/Person", "name": "Person"}.items() <= best["q0"]["type"][0].items() or any(
        type_["id"] == "https://schema.org/Person" for type_ in best["q0"]["type"]
    )
    persons = {"q": {"query": "Kofi Annan", "type": "https://schema.org/Organization"}}
    typed = client.get("reconcile", params={"queries": json.dumps(persons)}).json()
    assert "kofi-annan" not in [candidate["id"] for candidate in typed["q"]["result"]]
    for kind in ("entity", "type", "property"):
        service = manifest["suggest"][kind]
        result = client.get(service["service_url"] + service["service_path"], params={"prefix": "or"}).json()["result"]
        assert result, kind
    preview = client.get(manifest["preview"]["url"].replace("{{id}}", "kofi-annan"))
    assert "Kofi Annan" in preview.text
    assert "frame-ancestors *" in preview.headers["content-security-policy"], "shown within OpenRefine"
    page = client.get("id/kofi-annan.html").headers["content-security-policy"]
    assert "frame-ancestors 'self'" in page
    assert client.get(manifest["view"]["url"].replace("{{id}}", "kofi-annan")).status_code == 303


@pytest.mark.parametrize(
    "queries", ["", "[]", "{", '{"q": 1}', '{"q": {"query": 1}}', '{"q": {"query": "a", "limit": 0}}']
)
def test_a_batch_that_is_none_is_refused(client: httpx.Client, queries: str) -> None:
    assert client.post("reconcile", data={"queries": queries}).status_code == 400


@pytest.mark.parametrize(
    "queries",
    [
        '{"q0":{"query":"\\ud800abc"}}',
        '{"\\ud800":{"query":"annan"}}',
        '{"q":{"query":"a\\u0000b"}}',
        '{"q":{"query":"a","type":"\\ud800"}}',
    ],
)
def test_a_batch_of_what_is_no_text_is_refused(client: httpx.Client, queries: str) -> None:
    assert client.post("reconcile", data={"queries": queries}).status_code == 400
