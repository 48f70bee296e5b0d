"""Time kg against its peers, in turn, and print the median ratio of the pairs.

Whole processes are timed from outside. Conversion is timed inside one process: 20,000 records against the bare
JSON-LD parse of the same data by pyoxigraph.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import pyoxigraph as px

from kg.facts.convert import convert, mint
from kg.facts.records import Record
from kg.facts.values import Mapping, Text
from kg.project import TEMPLATE
from kg.rdf.context import Context, read_context
from tests.bench import hostile, pages, server, waist, words

ROOT = Path(__file__).parent.parent.parent
BASE = "https://example.org/"
RECORDS = 20_000
RUNS = 15


def process(*command: str) -> Callable[[], None]:
    """A function that runs a command to its end, its output thrown away."""

    # Installed packages are compiled once by pip; an editable kg is compiled at its first run, unless this is set.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> None:
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, env=env)

    return run


def from_nothing(build: Callable[[], None]) -> Callable[[], None]:
    """A build without what earlier builds left."""

    def run() -> None:
        shutil.rmtree(ROOT / "build", ignore_errors=True)
        build()

    return run


def seconds(run: Callable[[], object]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compare(
    name: str, ours: Callable[[], object], peer: Callable[[], object], peer_name: str, goal: float, runs: int = RUNS
) -> None:
    """Print the medians of both, run in turn after a warm-up, and the median ratio of the pairs."""
    ours()
    peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(runs)]
    ratio = median(a / b for a, b in pairs)
    print(
        f"| {name} | {median(a for a, _ in pairs) * 1000:,.0f} ms | {peer_name} | "
        f"{median(b for _, b in pairs) * 1000:,.0f} ms | {ratio:.2f} | {goal:g} | {'yes' if ratio <= goal else 'NO'} |"
    )


def records() -> list[Record]:
    """Facts of five values each, as they come from the readers."""
    made = []
    for number in range(RECORDS):
        content = {
            "id": f"thing-{number}",
            "type": "Event",
            "name": f"event number {number}",
            "date": f"{1900 + number % 100}-0{number % 9 + 1}",
            "place": f"place-{number % 500}",
            "value": str(number),
        }
        mapping = Mapping((Text(key), Text(value)) for key, value in content.items())
        made.append(Record("bench.yaml", number, 1, "", (), "reference", "", "", mapping))
    return made


def conversion(context: Context) -> tuple[Callable[[], object], Callable[[], object]]:
    """Converting the records, and parsing the same data, each record in its graph, as JSON-LD already written."""
    facts = records()
    minted = mint(facts, context, BASE)
    graphs = [{"@id": fact.iri, "@graph": [json.loads(fact.node)]} for fact in minted]
    document = json.dumps({"@context": context.document, "@graph": graphs})

    def ours() -> object:
        return convert(mint(facts, context, BASE), context)

    def peer() -> object:
        return tuple(px.parse(document, format=px.RdfFormat.JSON_LD))

    return ours, peer


def main() -> None:
    """Print the table."""
    kg = str(Path(sys.executable).parent / "kg")
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("kg-publisher", "click", "pyoxigraph", "pyshacl", "rdflib")
    )
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {packages}; medians of {RUNS} pairs\n")
    print("| what | kg | peer | peer's time | ratio | goal | met |\n|---|---|---|---|---|---|---|")
    python = sys.executable
    compare("`kg --help`", process(kg, "--help"), process(python, "-c", "import click"), "`import click`", 1.6)
    compare(
        "`kg query treaty-actions`",
        process(kg, "query", "treaty-actions"),
        process(python, "-c", "import click, pyoxigraph"),
        "`import click, pyoxigraph`",
        2,
    )
    compare(
        "`kg build` of the campaign, from nothing",
        from_nothing(process(kg, "build")),
        process(python, "-c", "import pyshacl"),
        "`import pyshacl`",
        5,
    )
    compare("`kg build` where nothing has changed", process(kg, "build"), process(kg, "--help"), "`kg --help`", 2)
    context = read_context(TEMPLATE / "ontology" / "context.jsonld", BASE)
    ours, peer = conversion(context)
    compare(f"converting {RECORDS:,} records", ours, peer, "pyoxigraph's parse of the same JSON-LD", 2, 7)
    server.main()
    pages.main()
    hostile.main()
    waist.main([])
    words.main([])


if __name__ == "__main__":
    main()
