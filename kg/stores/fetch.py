"""Fetch: what an endpoint holds of a release, as a release in a folder, to be exported and validated."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Container, Iterator
from pathlib import Path

from kg.rdf import iris
from kg.rdf.sorted_lines import Sorter, merged
from kg.release.reader import Release, open_release
from kg.release.void import DESCRIBING
from kg.stores.base import Endpoint
from kg.stores.remote import Remote


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
    """The quads that an endpoint holds of a release, as lines of N-Quads, in no order."""
    yield from _counted(remote, "SELECT ?s ?p ?o WHERE { ?s ?p ?o }", remote.count("?s ?p ?o"))
    described = {iris.graph(base, name) for name in DESCRIBING}
    graphs = {f"<{one}>": number for one, number in remote.graphs().items() if one not in described}
    text = f'SELECT ?s ?p ?o ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{base}")) }}'
    yield from _counted(remote, text, sum(graphs.values()), graphs)


def _counted(remote: Remote, text: str, expected: int, graphs: Container[str] = ()) -> Iterator[bytes]:
    """The rows of a query as lines, those of quads in graphs; StoreError where there are not as many as expected."""
    found = 0
    with tempfile.NamedTemporaryFile() as file:
        for row in remote.streamed(text, file):
            terms = list(map(str, row))
            if len(terms) == 3 or terms[3] in graphs:
                found += 1
                yield f"{' '.join(terms)} .\n".encode()
    if found != expected:
        raise remote.connection.error(f"it gave {found:,} of {expected:,} statements; raise its limit of rows")
