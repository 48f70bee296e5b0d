"""Time what a curator waits for, on the campaign: a real editor, `kg watch` and `kg serve --reload` with a real page.

Each figure is the median of some rounds, from the moment a file is saved, or a request sent, to what is seen of it.
"""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS, CHROMIUM
from tests.conftest import ROOT, copy_project, run, serving
from tests.editor.test_guard import Session, editing

ROUNDS = 7
SOURCE = "international-campaign-icc"
NAME = "strengthen international cooperation with the ICC"


def main() -> None:
    """Print the medians."""
    with TemporaryDirectory(prefix="kg-bench-") as folder:
        project = Path(folder) / "campaign"
        project.mkdir()
        copy_project(ROOT, project)
        for what, seconds in [*editor(project, Path(folder)), *watching(project, Path(folder))]:
            print(f"| {what} | {1000 * seconds:,.0f} ms |", flush=True)


def editor(project: Path, folder: Path) -> list[tuple[str, float]]:
    """How long the editor takes: the source as it is shown, a proposal, a preview, a fact written, one taken back."""
    with editing(project, folder / "editor.log") as found:
        session = found.enter()
        text = session.get(f"/api/source/{SOURCE}")["text"]
        start = text.index(NAME)
        span = {"source": SOURCE, "spans": [[start, start + len(NAME)]], "words": [NAME]}
        record = {"quote": NAME, "id": "aim-cooperation", "description": NAME}
        asked = {"do": "add", "source": SOURCE, "record": record}
        calls: dict[str, Callable[[], object]] = {
            "editor: the source with all that rests on it": lambda: session.get(f"/api/source/{SOURCE}"),
            "editor: a proposal for selected words": lambda: posted(session, "/api/propose", span),
            "editor: the lines as they will stand, and their faults": lambda: posted(session, "/api/preview", asked),
        }
        figures = [(what, statistics.median(timed(call) for _ in range(ROUNDS))) for what, call in calls.items()]
        saves, undos = [], []
        for _ in range(ROUNDS):
            saves.append(timed(lambda: posted(session, "/api/change", asked)))
            undos.append(timed(lambda: posted(session, "/api/undo", {})))
        return [
            *figures,
            ("editor: a fact saved", statistics.median(saves)),
            ("editor: taken back", statistics.median(undos)),
        ]


def posted(session: Session, path: str, said: object) -> None:
    status, answer = session.post(path, said)
    assert status == 200, answer


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def watching(project: Path, folder: Path) -> list[tuple[str, float]]:
    """From a save to the fault that is shown; to the release; to the page that a browser shows."""
    facts = project / "data" / "facts" / "2-coalition.yaml"
    good = facts.read_text(encoding="utf-8")
    log = folder / "watch.log"
    assert run("build", cwd=project).returncode == 0
    faults, releases, pages = [], [], []
    with (
        log.open("wb") as out,
        serving(project, folder / "serve.log", "--reload") as server,
        sync_playwright() as playwright,
    ):
        watcher = subprocess.Popen(
            [sys.executable, "-u", "-m", "kg", "-C", str(project), "watch"], stdout=out, stderr=out
        )
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"{server.url}id/aim-cooperation.html")
        wait(lambda: b"release " in log.read_bytes())
        for number in range(ROUNDS):
            seen = len(log.read_bytes())
            facts.write_text(good.replace(f"name: {NAME}", f"name: {NAME}\n  nmae: x", 1), encoding="utf-8")
            faults.append(timed(lambda seen=seen: wait(lambda: b"unknown key nmae" in log.read_bytes()[seen:])))  # type: ignore[misc]
            seen = len(log.read_bytes())
            name = f"strengthen cooperation with the ICC{'' if number % 2 else ' '}".strip() if number % 2 else NAME
            facts.write_text(good.replace(f"name: {NAME}", f"name: {name}", 1), encoding="utf-8")
            begun = time.perf_counter()
            wait(lambda seen=seen: b"release " in log.read_bytes()[seen:])  # type: ignore[misc]
            releases.append(time.perf_counter() - begun)
            if number:
                page.wait_for_function(
                    "(name) => document.querySelector('h1')?.textContent === name", arg=name, timeout=60_000
                )
                pages.append(time.perf_counter() - begun - releases[-1])
        browser.close()
        watcher.terminate()
        watcher.wait()
    facts.write_text(good, encoding="utf-8")
    return [
        ("`kg watch`: from save to fault", statistics.median(faults)),
        ("`kg watch`: from save to release", statistics.median(releases)),
        ("`kg serve --reload`: from release to the page", statistics.median(pages)),
    ]


def wait(seen: Callable[[], bool]) -> None:
    """Wait until something is so, looking every millisecond."""
    end = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.001)


if __name__ == "__main__":
    if shutil.which("chromium") is None:
        sys.exit("the bench needs Chromium")
    main()
