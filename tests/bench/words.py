"""What holding facts against their words costs: quoted facts taken in and settled with it and without it.

python -m tests.bench.words [FACTS]
"""

import argparse
import hashlib
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest.mock import patch

from kg.build import preparing, releasing
from kg.facts import intake
from kg.facts.attestation import Attestation
from kg.facts.naming import Settled
from kg.project import Project, init, read_project

LINES = 100  # of a source
RUNS = 5
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")


def project(folder: Path, facts: int) -> Project:
    """A new project whose facts quote sources of a hundred lines, each line with a name, a number and a day."""
    init(folder)
    sources, records = [], []
    for first in range(0, facts, LINES):
        lines = [
            f"{MONTHS[n % 10]} {n % 28 + 1}, {1800 + n % 200}: Captain Nr{n} brings {n + 1:,} men to the Port of Place{n % 50}."
            for n in range(first, min(first + LINES, facts))
        ]
        text = "\n".join(lines) + "\n"
        name = f"log-{first // LINES}"
        (folder / "data" / "sources" / f"{name}.txt").write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        sources.append(f"- {{id: {name}, file: {name}.txt, sha256: {digest}, title: Log}}\n")
        written = "".join(_record(n, line) for n, line in zip(range(first, first + LINES), lines, strict=False))
        records.append((name, f"source: {name}\nfacts:\n{written}"))
    shutil.rmtree(folder / "data" / "reference")
    (folder / "data" / "sources" / "notice.txt").unlink()
    (folder / "data" / "facts" / "notice.yaml").unlink()
    (folder / "data" / "sources.yaml").write_text("sources:\n" + "".join(sources), encoding="utf-8")
    for name, written in records:
        (folder / "data" / "facts" / f"{name}.yaml").write_text(written, encoding="utf-8")
    return read_project(folder)


def _record(n: int, line: str) -> str:
    day = f"{1800 + n % 200}-{n % 10 + 1:02}-{n % 28 + 1:02}"
    place = f"place: {{id: place-{n}, type: Place, name: Place{n % 50}}}"
    return (
        f'- quote: "{line}"\n  id: arrival-{n}\n  type: Event\n  name: arrival {n}\n  date: {day}\n  {place}\n'
        f"  agent: {{id: captain-{n}, type: Person, name: Captain Nr{n}}}\n"
    )


def seconds(made: Project) -> float:
    """How long a build without validation takes, from nothing."""
    shutil.rmtree(made.build, ignore_errors=True)
    start = time.perf_counter()
    releasing.build(made, validate=False)
    return time.perf_counter() - start


def without(run: Callable[[], float]) -> float:
    """The same with nothing held against the words."""
    nothing = Settled([], Counter())
    with (
        patch.object(Attestation, "read", lambda self, said, base: None),
        patch.object(intake, "name_line", lambda iri, name: b"x\t1\tx\n"),
        patch.object(intake, "class_lines", lambda iri, types: ()),
        patch.object(preparing, "settled", lambda lines, nameless, known, unjudged: nothing),
    ):
        return run()


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("facts", nargs="?", type=int, default=5000)
    facts = parser.parse_args(arguments).facts
    with tempfile.TemporaryDirectory() as folder:
        made = project(Path(folder) / "project", facts)
        seconds(made)
        pairs = [(seconds(made), without(lambda: seconds(made))) for _ in range(RUNS)]
    ratio = median(a / b for a, b in pairs)
    print("\n| quoted facts | held against their words | not held | ratio | goal | met |\n|---|---|---|---|---|---|")
    held, not_held = (median(times) for times in zip(*pairs, strict=True))
    print(f"| {facts:,} | {held:.2f} s | {not_held:.2f} s | {ratio:.2f} | 1.3 | {'yes' if ratio <= 1.3 else 'NO'} |")


if __name__ == "__main__":
    main()
