"""The worker: a process of its own, spoken to through its pipes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.query.results import Limits
from kg.query.worker import INLINE, Stores, answer, packed, receive
from kg.release.reader import Release

LIMITS = Limits(1000, 10_000_000)
SELECT = "SELECT ?n WHERE { id:kofi-annan skos:prefLabel ?n }"


def ask(built: Release, **job: Any) -> tuple[dict[str, Any], bytes]:
    return answer({"release": str(built.path), "table": "csv", "graph": "ntriples", **job}, LIMITS, Stores())


def test_it_answers_through_its_pipes_until_they_end(release: Release, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg.query.worker", "60", "100000", "50000000", str(1 << 31), str(tmp_path)]
    large = "SELECT ?s ?p ?o ?t WHERE { ?s ?p ?o . ?t a kg:Count }"
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for query in (SELECT, large):
            process.stdin.write(packed({"release": str(release.path), "query": query, "table": "csv", "graph": None}))
            process.stdin.flush()
            head = receive(process.stdout)
            body = process.stdout.read(head["size"])
            if query == SELECT:
                assert (head["format"], head["kind"], body) == ("csv", "table", b"n\r\nKofi Annan\r\n")
            else:
                data = Path(head["file"]).read_bytes()
                assert (body, Path(head["file"]).parent) == (b"", tmp_path)
                assert len(data) > INLINE
        process.stdin.close()
        assert process.wait(timeout=10) == 0


def test_a_worker_ends_itself_where_nobody_else_does(release: Release, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg.query.worker", "0.2", "1000", "1000000", str(1 << 31), str(tmp_path)]
    cross = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(packed({"release": str(release.path), "query": cross, "table": "csv", "graph": None}))
        process.stdin.flush()
        assert process.wait(timeout=10) == -14, "SIGALRM"


def test_a_canned_query_is_bound_and_asked(release: Release) -> None:
    head, body = ask(release, name="treaty-actions", values={"since": "2005-01-01"})
    assert head == {"format": "csv", "kind": "table"}
    assert b"Mexico" in body
    assert b"Senegal" not in body


@pytest.mark.parametrize(
    ("job", "kind", "words"),
    [
        ({"query": "SELECT"}, "syntax", "not SPARQL"),
        ({"query": "CLEAR ALL"}, "refused", "CLEAR is an update"),
        ({"query": "SELECT * { ?s ?p ?o }"}, "limit", "more than 1,000 rows"),
        ({"query": "DESCRIBE id:kofi-annan", "graph": None}, "format", "the answer is a graph"),
        ({"query": "ASK {}", "table": None}, "format", "the answer is a yes or no"),
        ({"name": "nothing", "values": {}}, "call", "no canned query"),
        ({"name": "treaty-actions", "values": {"since": "x"}}, "call", "since: 'x' is not a day"),
        ({"release": "/nowhere", "query": "ASK {}"}, "store", "the release is damaged"),
    ],
)
def test_what_goes_wrong_is_told(release: Release, job: dict[str, Any], kind: str, words: str) -> None:
    head, body = ask(release, **job)
    assert body == b""
    assert head["error"]["kind"] == kind
    assert words in head["error"]["message"]


def test_a_named_graph_is_given_as_it_was_written(release: Release) -> None:
    base = release.manifest["base"]
    assert ask(release, named_graph=f"{base}graph/provenance")[0]["error"]["kind"] == "limit"
    head, body = answer(
        {"release": str(release.path), "named_graph": f"{base}graph/inferred", "graph": "ntriples"},
        Limits(100_000, 1),
        Stores(),
    )
    end = f" <{base}graph/inferred> ."
    lines = [line for line in release.dataset.read_text(encoding="utf-8").splitlines() if line.endswith(end)]
    assert head["kind"] == "graph"
    assert body.decode().splitlines() == [f"{line.removesuffix(end)} ." for line in lines]


def test_the_last_release_is_kept_open(release: Release) -> None:
    stores = Stores()
    job = {"release": str(release.path), "query": SELECT, "table": "csv", "graph": None}
    answer(job, LIMITS, stores)
    first = stores.opened(str(release.path))[1]
    answer(job, LIMITS, stores)
    assert stores.opened(str(release.path))[1] is first
