"""The log and the metrics."""

import json
import time
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import serving


def test_metrics_are_what_prometheus_reads(client: httpx.Client) -> None:
    client.get("health")
    families = {family.name: family for family in text_string_to_metric_families(client.get("metrics").text)}
    counts = {
        sample.labels["route"]: sample.value
        for sample in families["kg_request_seconds"].samples
        if sample.name.endswith("_count") and sample.labels["status"] == "200"
    }
    assert counts["/health"] >= 1
    assert families["kg_release"].samples[0].labels["release"] == client.get("health").json()["release"]


def test_the_log_has_a_line_a_request_and_tells_no_secrets(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log") as found:
        httpx.get(f"{found.url}sparql", params={"query": "ASK { ?hidden a ?secret }"})
        httpx.get(f"{found.url}search?q=secret")
        time.sleep(0.5)
        lines = [json.loads(line) for line in found.lines() if line.startswith("{")]
        assert [line["path"] for line in lines[-2:]] == ["/sparql", "/search"]
        assert lines[-2]["query_ms"] > 0
        assert {"time", "method", "path", "status", "bytes", "ms"} <= lines[-1].keys()
        assert "secret" not in found.log.read_text(encoding="utf-8")
        assert "127.0.0.1" not in "".join(json.dumps(line) for line in lines)


def test_the_log_tells_what_it_is_asked_to_tell(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--log-queries", "--log-addresses") as found:
        httpx.get(f"{found.url}search?q=kofi")
        time.sleep(0.5)
        line = json.loads(found.lines()[-1])
        assert (line["query"], line["address"]) == ("q=kofi", "127.0.0.1")
