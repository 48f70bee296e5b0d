"""Time whole builds of made-up reference data, and the memory of all their processes together; before and after an edit.

    python -m tests.bench.waist [RECORDS ...] [--before KG]

KG is the command of another version of kg to build the same projects with, in turn.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

RUNS = 3
Command = list[str | Path]
PAGE = os.sysconf("SC_PAGE_SIZE")


class Cost(NamedTuple):
    """What a command took: seconds, and the MB that it and its children had resident at most, looked at 20 times a second."""

    seconds: float
    memory: float


def measured(*command: str | Path, out: Path | None = None, ends: tuple[int, ...] = (0,)) -> Cost:
    """What a command costs, whose output goes into a file; it ends with one of some codes."""
    with (out or Path(os.devnull)).open("wb") as file:
        start, most = time.perf_counter(), 0
        process = subprocess.Popen([*map(str, command)], stdout=file, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            most = max(most, resident(process.pid))
            time.sleep(0.05)
    if process.returncode not in ends:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Cost(time.perf_counter() - start, most / 1e6)


def resident(pid: int) -> int:
    """The bytes that a process and its children have resident; 0 where it has gone."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return own + sum(resident(int(child)) for child in children)


def project(kg: str, folder: Path, records: int) -> Path:
    """A new project with reference data: a table of people, three values and the evidence in a row."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([kg, "init", str(folder)], check=True, capture_output=True)
    with (folder / "data" / "reference" / "people.csv").open("w", encoding="utf-8") as file:
        file.write("id,type,name,otherName,evidence\n")
        for n in range(records):
            file.write(f"person-{n},Person,Person number {n},P. {n},register of the parish; page {n % 400}\n")
    return folder


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("records", nargs="*", type=int, default=[10_000, 50_000])
    parser.add_argument("--before", help="the kg command of another version")
    asked = parser.parse_args(arguments)
    kg = str(Path(sys.executable).parent / "kg")
    print(
        "| records | build | before | now | times as fast | memory before | memory now |\n|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for records in asked.records:
            made = project(kg, Path(folder) / "project", records)
            whole: Command = [kg, "-C", made, "build"]
            rows: list[tuple[str, Command, Command]] = [
                ("without validation", [*whole, "--no-validate"], before_without(asked.before, made)),
                ("with validation", whole, [asked.before, *whole[1:]] if asked.before else []),
            ]
            for name, now, before in rows[: 1 if records > 50_000 else 2]:
                costs = [(fresh(made, *now), fresh(made, *before) if before else None) for _ in range(RUNS)]
                show(records, name, [cost for cost, _ in costs], [cost for _, cost in costs if cost])


def before_without(before: str | None, made: Path) -> Command:
    """The command that builds without validation in a version that has no such option: its validation is replaced."""
    if before is None:
        return []
    code = (
        "import rdflib, sys, pathlib, kg.build as b; from kg.project import read_project; from kg.validate import Report\n"
        "b.validated = lambda project, prepared: Report((), {}, rdflib.Graph())\n"
        "b.build(read_project(pathlib.Path(sys.argv[1])))"
    )
    return [Path(before).parent / "python", "-P", "-c", code, made]


def fresh(made: Path, *command: str | Path) -> Cost:
    """What a build from nothing costs."""
    shutil.rmtree(made / "build", ignore_errors=True)
    return measured(*command)


def show(records: int, name: str, now: list[Cost], before: list[Cost]) -> None:
    """Print a row: medians of the times, the most of the memory."""
    seconds, memory = median(cost.seconds for cost in now), max(cost.memory for cost in now)
    then = ratio = much = "–"
    if before:
        then = f"{median(cost.seconds for cost in before):,.1f} s"
        ratio = f"{median(b.seconds / n.seconds for n, b in zip(now, before, strict=True)):.1f}"
        much = f"{max(cost.memory for cost in before):,.0f} MB"
    print(f"| {records:,} | {name} | {then} | {seconds:,.1f} s | {ratio} | {much} | {memory:,.0f} MB |", flush=True)


if __name__ == "__main__":
    main()
