"""A release is put into a store whole, once, and shown at the end, whatever happens on the way."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from kg.build.releasing import build
from kg.errors import StoreError
from kg.project import init, read_project
from kg.rdf.terms import DEFAULT_GRAPH as DEFAULT
from kg.release.reader import Release
from kg.stores.base import Endpoint, Store
from kg.stores.embedded import open_store
from kg.stores.remote import Remote
from kg.stores.upload import BATCH, upload
from tests.conftest import run
from tests.stores.conftest import Silent, everything, oxigraph, remote, update

pytestmark = pytest.mark.long

FOREIGN = "<http://x/a> <http://x/b> <http://x/c>"


def counted(store: Store, text: str) -> int:
    """What a query counts."""
    (row,) = store.query(text)
    return int(row[0].value)


def test_what_is_loaded_is_what_the_embedded_database_holds(empty: Endpoint, release: Release) -> None:
    done = upload(release, empty)
    assert everything(remote(empty, release)) == everything(open_store(release))
    assert (done.quads, done.before, done.rewritten) == (len(open_store(release)), 0, ())
    assert done.batches == -(-done.quads // BATCH) > 10
    assert done.sampled == 100


def test_what_is_there_is_not_sent_again(empty: Endpoint, release: Release) -> None:
    upload(release, empty)
    told: list[float] = []
    again = upload(release, empty, told.append)
    assert (again.batches, told) == (0, [])
    assert everything(remote(empty, release)) == everything(open_store(release))


def test_the_next_release_takes_the_place_of_the_one_before(empty: Endpoint, project: Path) -> None:
    """A fact is gone, another is new; what is not of the graph stays."""
    first = build(read_project(project)).release
    assert first
    upload(first, empty)
    update(empty, f"INSERT DATA {{ GRAPH <http://x/graph> {{ {FOREIGN} }} }}")
    facts = project / "data/facts/notice.yaml"
    text = facts.read_text(encoding="utf-8")
    gone = re.search(r"- quote: \[The Lighthouse.*?(?=\n\n)", text, re.S)
    assert gone
    other = "- quote: The Lighthouse of Skerry Point\n  id: lighthouse\n  otherName: Lighthouse"
    facts.write_text(text.replace(gone[0], other), encoding="utf-8")
    second = build(read_project(project)).release
    assert second
    lost, new = (
        set(everything(open_store(one))) - set(everything(open_store(other)))
        for one, other in ((first, second), (second, first))
    )
    assert lost
    assert new
    upload(second, empty)
    expected = [*everything(open_store(second)), f"{FOREIGN} <http://x/graph>"]
    assert everything(Remote(empty, second.manifest["base"])) == sorted(expected)


def test_a_fact_that_says_something_else_under_its_name_is_replaced(empty: Endpoint, release: Release) -> None:
    base = release.manifest["base"]
    fact = next(graph for graph in remote_graphs(release) if graph.startswith(f"{base}fact/"))
    update(empty, f"INSERT DATA {{ GRAPH <{fact}> {{ {FOREIGN} }} }}")
    upload(release, empty)
    assert everything(remote(empty, release)) == everything(open_store(release))


def remote_graphs(release: Release) -> list[str]:
    return sorted(
        {str(quad.graph_name).strip("<>") for quad in open_store(release).quads_for_pattern(None, None, None)}
    )


class Between(ThreadingHTTPServer):
    """A server between a client and a store, which lets what is sent through, and does `broken` with the rest.

    `updates` counts the updates that the store has taken.
    """

    def __init__(self, store: str, broken: Callable[["Between", Any], bool]) -> None:
        self.store, self.broken, self.updates, self.lost = store, broken, 0, b"nothing is lost"
        super().__init__(("127.0.0.1", 0), Passing)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{self.server_address[1]}/query")


class Passing(Silent):
    def do_POST(self) -> None:  # noqa: N802  (the name that http.server calls)
        body = self.sent()
        if self.path == "/update" and self.server.broken(self.server, self):
            self.close_connection = True
            return
        kept = {name: self.headers[name] for name in ("Content-Type", "Accept")}
        answer = httpx.post(f"{self.server.store}{self.path}", content=body, headers=kept, timeout=60)
        self.server.updates += self.path == "/update"
        if self.server.lost in body:  # it is done, and nobody hears of it
            self.close_connection = True
            return
        self.reply(answer.status_code, answer.content, answer.headers.get("content-type", "text/plain"))


@pytest.fixture
def between(empty: Endpoint, listening: Any) -> Callable[[Callable[[Between, Any], bool]], Between]:
    """A function that starts a server before the empty store."""
    return lambda broken: listening(Between(empty.url.removesuffix("/query"), broken))


def test_a_load_that_is_killed_goes_on_where_it_was(
    empty: Endpoint, between: Any, campaign: Path, release: Release
) -> None:
    """Nobody sees anything of it before the end; nothing is there twice after it."""
    reached, go_on = threading.Event(), threading.Event()

    def stall(server: Between, request: Any) -> bool:
        if server.updates < 12:
            return False
        reached.set()
        go_on.wait(30)
        return True

    server = between(stall)
    command = [sys.executable, "-m", "kg", "load", "--endpoint", server.endpoint.url]
    process = subprocess.Popen(command, cwd=campaign, stderr=subprocess.PIPE)
    assert reached.wait(60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    go_on.set()
    assert process.stderr
    process.stderr.close()
    held = remote(empty, release)
    assert list(held.quads_for_pattern(None, None, None, DEFAULT)) == []
    assert held.count("GRAPH ?g { ?s ?p ?o }") > 5 * BATCH
    again = run("load", "--endpoint", empty.url, cwd=campaign)
    assert again.returncode == 0, again.stderr.decode()
    (before,) = re.findall(r"(\d+) sent before", again.stderr.decode())
    assert int(before) >= 11
    assert everything(remote(empty, release)) == everything(open_store(release))


def test_a_cut_connection_is_tried_again(between: Any, empty: Endpoint, release: Release) -> None:
    cut: list[int] = []

    def once_in_five(server: Between, request: Any) -> bool:
        cut.append(0)
        return len(cut) % 5 == 0

    upload(release, between(once_in_five).endpoint)
    assert len(cut) > 25
    assert everything(remote(empty, release)) == everything(open_store(release))


def test_a_release_that_cannot_be_shown_leaves_the_one_before(
    between: Any, empty: Endpoint, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that loses statements, and one that is gone at the last step."""
    before = f"{release.manifest['base']}graph/ontology"
    update(empty, f"INSERT DATA {{ {FOREIGN} GRAPH <{before}> {{ {FOREIGN} }} }}")
    monkeypatch.setattr("kg.stores.connection.TRIES", 1)

    def gone_at_the_end(server: Between, request: Any) -> bool:
        return server.updates > 25

    with pytest.raises(StoreError, match=r"^http://127\.0\.0\.1:\d+/update: the answer was cut off"):
        upload(release, between(gone_at_the_end).endpoint)
    assert [str(quad.triple) for quad in remote(empty, release).quads_for_pattern(None, None, None, DEFAULT)] == [
        FOREIGN
    ]
    loading = f"{release.manifest['base']}graph/loading/{release.path.name}/default"
    update(empty, f"DELETE WHERE {{ GRAPH <{loading}> {{ <{release.manifest['base']}id/kofi-annan> ?p ?o }} }}")
    with pytest.raises(StoreError, match=r"it holds [\d,]+ of [\d,]+ triples of <\S+loading/\w+/default>; load again"):
        upload(release, empty)
    assert [str(quad.triple) for quad in remote(empty, release).quads_for_pattern(None, None, None, DEFAULT)] == [
        FOREIGN
    ]
    done = upload(release, empty)
    assert done.before == 0
    assert everything(remote(empty, release)) == everything(open_store(release))


def test_a_switch_of_which_nobody_hears_is_looked_for(between: Any, empty: Endpoint, release: Release) -> None:
    """It is not done again, which would empty the graphs of some stores."""
    server = between(lambda server, request: False)
    server.lost = b"MOVE+GRAPH"
    upload(release, server.endpoint)
    assert everything(remote(empty, release)) == everything(open_store(release))


def test_another_value_is_no_other_way_of_writing(empty: Endpoint, release: Release) -> None:
    upload(release, empty)
    update(empty, "DELETE { ?s a ?o } INSERT { ?s a ?lie } WHERE { ?s a ?o BIND(IRI(CONCAT(STR(?o), 'x')) AS ?lie) }")
    with pytest.raises(StoreError, match="statements? are missing"):
        upload(release, empty)


def test_two_loads_at_once_end_with_one_release(tmp_path: Path, empty: Endpoint) -> None:
    """One may fail; what is loaded last is whole, and nothing of the other stays."""
    made = []
    for number in range(2):
        folder = tmp_path / str(number)
        init(folder, "https://example.org/", f"Title {number}", "")
        release = build(read_project(folder), validate=False).release
        assert release
        made.append(release)
    failed: list[StoreError] = []

    def load(release: Release) -> None:
        try:
            upload(release, empty)
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=load, args=(release,)) for release in made * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for release in made:
        upload(release, empty)
        assert everything(Remote(empty, "https://example.org/")) == everything(open_store(release))
        assert (
            httpx.post(
                empty.url,
                data={"query": "ASK { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), 'loading')) }"},
                headers={"Accept": "application/sparql-results+json"},
            ).json()["boolean"]
            is False
        )


def test_a_statement_that_was_changed_on_the_way_is_found(empty: Endpoint, release: Release, between: Any) -> None:
    """As many statements, but others."""
    base = release.manifest["base"]

    def spoiled(server: Between, request: Any) -> bool:
        if server.updates == 25:
            graph = f"{base}graph/loading/{release.path.name}/default"
            update(
                empty,
                f"DELETE {{ GRAPH <{graph}> {{ ?s a ?o }} }} INSERT {{ GRAPH <{graph}> {{ ?s <urn:p> ?o }} }} "
                f"WHERE {{ GRAPH <{graph}> {{ ?s a ?o }} }}",
            )
        return False

    with pytest.raises(StoreError, match=r"does not hold what was sent of <\S+>: \d+ statements are missing"):
        upload(release, between(spoiled).endpoint)
    assert list(remote(empty, release).quads_for_pattern(None, None, None, DEFAULT)) == []


def test_a_store_whose_default_graph_is_all_graphs_is_told_of(tmp_path: Path, campaign: Path, release: Release) -> None:
    with oxigraph(tmp_path, "--union-default-graph") as found:
        done = run("load", "--endpoint", found.endpoint.url, cwd=campaign)
        assert done.returncode == 3
        assert "its default graph is all graphs together; load with --default-graph" in done.stderr.decode()
        assert len(remote(found.endpoint, release)) == 0
        default = f"{release.manifest['base']}graph/default"
        done = run("load", "--endpoint", found.endpoint.url, "--default-graph", default, cwd=campaign)
        assert done.returncode == 0, done.stderr.decode()
        endpoint = found.endpoint._replace(default_graph=default)
        count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
        (row,) = remote(endpoint, release).query(count)
        assert int(row[0].value) == release.manifest["counts"]["triples"]


def test_what_others_keep_in_the_default_graph_is_not_lost(empty: Endpoint, release: Release) -> None:
    """Nor do two projects take it from each other."""
    update(empty, f"INSERT DATA {{ {FOREIGN} }}")
    with pytest.raises(StoreError, match="its default graph holds 1 statements? of others, which would be lost"):
        upload(release, empty)
    assert [str(quad) for quad in Remote(empty, "http://x/").quads_for_pattern(None, None, None)] == [FOREIGN]
    default = f"{release.manifest['base']}graph/default"
    upload(release, empty._replace(default_graph=default))
    store = remote(empty._replace(default_graph=default), release)
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    assert counted(store, count) == counted(open_store(release), count)
    update(empty, f"DELETE DATA {{ {FOREIGN} }}")


def test_two_projects_share_a_store(empty: Endpoint, tmp_path: Path) -> None:
    """The base of one begins with that of the other."""
    releases: list[tuple[Release, Endpoint]] = []
    for base in ("https://example.org/", "https://example.org/a/", "https://example.org/graph/"):
        folder = tmp_path / str(len(releases))
        init(folder, base, "", "")
        made = build(read_project(folder), validate=False).release
        assert made
        releases.append((made, empty._replace(default_graph=f"{base}graph/default")))
    for made, endpoint in (*releases, *releases[::-1]):
        upload(made, endpoint)
    for made, endpoint in releases:
        assert upload(made, endpoint).batches == 0
        named = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
        plain = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
        for text in (named, plain):
            assert counted(Remote(endpoint, made.manifest["base"]), text) == counted(open_store(made), text) > 100


def test_loading_needs_an_endpoint(campaign: Path) -> None:
    done = run("load", cwd=campaign)
    assert (done.returncode, "give --endpoint URL" in done.stderr.decode()) == (2, True)
