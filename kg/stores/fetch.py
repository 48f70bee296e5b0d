"""Fetch: what an endpoint holds of a release, as a release in a folder, to be exported and validated."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kg.rdf.sorted_lines import Sorter, merged
from kg.release.reader import Release, open_release
from kg.stores.base import Endpoint
from kg.stores.remote import Remote

DESCRIBING = ("description", "service", "queries")  # graphs of the database alone, in no dataset file


def fetched(release: Release, endpoint: Endpoint, folder: Path) -> Release:
    """The release with the quads that an endpoint has of it, written into a folder.

    StoreError where the endpoint does not give as many as it counts, as one with a limit of rows does.
    """
    remote = Remote(endpoint, release.manifest["base"])
    remote.refuse_others(release)
    sorter = Sorter(folder / "runs")
    for line in _lines(remote, release.manifest["base"]):
        sorter.put(line)
    digest = hashlib.sha256()
    with (folder / "dataset.nq").open("wb") as file:
        for line in merged(sorter.close()):
            digest.update(line)
            file.write(line)
    shutil.copyfile(release.path / "context.jsonld", folder / "context.jsonld")
    manifest = {**release.manifest, "sha256": digest.hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return open_release(folder)


def _lines(remote: Remote, base: str) -> Iterator[bytes]:
    """The quads that an endpoint holds, as lines of N-Quads, in no order."""
    yield from _counted(remote, "SELECT ?s ?p ?o WHERE { ?s ?p ?o }", remote.count("?s ?p ?o"), "")
    left_out = {remote.endpoint.default_graph, *(f"{base}graph/{name}" for name in DESCRIBING)}
    for graph, triples in sorted(remote.graphs().items()):
        if graph not in left_out:
            text = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
            yield from _counted(remote, text, triples, f" <{graph}>")


def _counted(remote: Remote, text: str, expected: int, graph: str) -> Iterator[bytes]:
    found = 0
    with tempfile.NamedTemporaryFile() as file:
        for row in remote.streamed(text, file):
            found += 1
            yield f"{' '.join(map(str, row))}{graph} .\n".encode()
    if found != expected:
        raise remote.connection.error(
            f"it gave {found:,} of {expected:,} triples{' of' + graph if graph else ''}; raise its limit of rows"
        )
