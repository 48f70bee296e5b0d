"""Each guide is followed to the letter: its files are written, its commands run, and what they print is what it shows."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, copy_project, inside
from tests.curate.test_documents import PAGES, pdf

GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(
    r"(?:<!-- file: (?P<file>[^,]*?)(?:, replacing: (?P<old>.*?))? -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.S
)


def documents(folder: Path) -> None:
    """The report, and its next version, which has a page more."""
    pdf(folder, PAGES, "report.pdf")
    pdf(folder, [["A word of thanks."], *PAGES], "report-2.pdf")


GIVEN: dict[str, Callable[[Path], None]] = {"documents": documents}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_does_what_it_says(guide: Path, tmp_path: Path) -> None:
    if given := GIVEN.get(guide.stem):
        given(tmp_path)
    here = tmp_path
    ran = 0
    for block in BLOCK.finditer(guide.read_text(encoding="utf-8")):
        if block["file"]:
            write(here / block["file"], block["text"], block["old"])
        elif block["kind"] == "console":
            for command, shown in commands(block["text"]):
                if command[0] == "cd":
                    here = here / command[1]
                    continue
                assert command[0] == "kg"
                done = inside(*command[1:], cwd=here)
                said = done.stdout.decode() + done.stderr.decode()
                assert done.returncode == 0, (command, said)
                assert_shows(said, shown, command)
                ran += 1
    assert ran >= 4, "a guide has commands"


def test_the_readme_shows_what_its_commands_print(tmp_path: Path) -> None:
    copy_project(ROOT, tmp_path)
    blocks = BLOCK.finditer((ROOT / "README.md").read_text(encoding="utf-8"))
    shown = [one for block in blocks if block["kind"] == "console" for one in commands(block["text"])]
    assert shown[0][0] == ["make"]
    for command, lines in shown:
        asked = [["build"], ["query", "treaty-actions", "--format", "table"]] if command == ["make"] else [command[1:]]
        done = [inside(*arguments, cwd=tmp_path) for arguments in asked]
        said = [line.rstrip() for one in done for line in (one.stdout + one.stderr).decode().splitlines()]
        echoed = re.findall(r'echo "(.*?)"', (ROOT / "Makefile").read_text(encoding="utf-8"))
        assert_shows("\n".join([*said, *echoed]), lines, command)


def write(path: Path, text: str, old: str | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if old is None:
        path.write_text(text, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8")
    assert old in before, (path, old)
    path.write_text(before.replace(old, text.rstrip("\n"), 1), encoding="utf-8")


def commands(text: str) -> list[tuple[list[str], list[str]]]:
    """The commands of a block, each with the lines that it is said to print."""
    found: list[tuple[list[str], list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((shlex.split(line[2:]), []))
        else:
            found[-1][1].append(line)
    return found


def assert_shows(said: str, shown: list[str], command: list[str]) -> None:
    """Every line that a guide shows is printed, in whatever order stdout and stderr come; … stands for anything."""
    for line in shown:
        pattern = ".*".join(map(re.escape, line.split("…")))
        assert re.search(rf"(?m)^{pattern}$", said), (command, line, said)


def test_every_guide_is_named_where_one_looks() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for guide in GUIDES:
        assert f"docs/guides/{guide.name}" in text, guide.name
