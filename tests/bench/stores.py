"""Time `kg load` of made-up reference data into stores, and a question asked of them; beside it each store's bulk loader.

python -m tests.bench.stores [RECORDS ...] [--stores oxigraph jena virtuoso]
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.release.reader import Release, current
from kg.stores.base import Endpoint, Store
from kg.stores.opening import open_store
from tests.bench.waist import measured, project
from tests.stores.conftest import KINDS

QUESTION = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) LIMIT 5"
LOOKUPS = 200


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("records", nargs="*", type=int, default=[20_000])
    parser.add_argument("--stores", nargs="*", default=["oxigraph"], choices=list(KINDS))
    asked = parser.parse_args()
    kg = str(Path(sys.executable).with_name("kg"))
    print("| store | quads | `kg load` | quads/s | memory of kg | again | bulk | a count over all | a pattern |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for records in asked.records:
            made = project(kg, Path(folder) / "project", records)
            subprocess.run([kg, "-C", str(made), "build", "--no-validate"], check=True, capture_output=True)
            release = current(made / "build")
            quads = len(open_store(release))
            print(f"| embedded | {quads:,} | | | | | | {_asked(release, None)} |")
            for kind in asked.stores:
                log = Path(folder) / kind
                log.mkdir()
                with KINDS[kind](log) as found, _known(found.environment):
                    options = ["--endpoint", found.endpoint.url, "--update", found.endpoint.update or ""]
                    graph = found.endpoint.default_graph and f"{release.manifest['base']}graph/default"
                    options += ["--default-graph", graph] if graph else []
                    cost = measured(kg, "-C", made, "load", *options)
                    again = measured(kg, "-C", made, "load", *options)
                    answers = _asked(release, found.endpoint._replace(default_graph=graph))
                print(
                    f"| {kind} | {quads:,} | {cost.seconds:.1f} s | {quads / cost.seconds:,.0f} | {cost.memory:,.0f} MB "
                    f"| {again.seconds:.1f} s | {_bulk(kind, release, log)} | {answers} |"
                )
                shutil.rmtree(log)
            shutil.rmtree(made)


@contextmanager
def _known(environment: dict[str, str]) -> Iterator[None]:
    os.environ.update(environment)
    yield
    for name in environment:
        del os.environ[name]


def _bulk(kind: str, release: Release, folder: Path) -> str:
    """What the store's own loader takes for the same file."""
    if kind != "oxigraph":
        return ""
    binary = Path(sys.executable).with_name("oxigraph")
    return f"{measured(str(binary), 'load', '--location', folder / 'db', '--file', release.dataset).seconds:.1f} s"


def _asked(release: Release, endpoint: Endpoint | None) -> str:
    """What a question over everything takes, and the median of patterns, each about another thing."""
    store: Store = open_store(release, endpoint)
    begun = time.perf_counter()
    list(store.query(QUESTION))
    whole = time.perf_counter() - begun
    base = release.manifest["base"]
    things = {str(row[0]) for row in store.query(f"SELECT DISTINCT ?s WHERE {{ ?s ?p ?o }} LIMIT {LOOKUPS}")}
    times = []
    for thing in sorted(things):
        begun = time.perf_counter()
        list(store.query(f"SELECT ?p ?o WHERE {{ {thing} ?p ?o }}", base_iri=base))
        times.append(time.perf_counter() - begun)
    return f"{whole * 1000:,.0f} ms | {statistics.median(times) * 1000:.2f} ms"


if __name__ == "__main__":
    main()
