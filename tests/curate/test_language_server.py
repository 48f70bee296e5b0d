"""An editor completes, explains and checks files of facts by the schema: a real YAML language server is asked."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from tests.conftest import ROOT, copy_project, inside, needs

SERVER = shutil.which("yaml-language-server")
pytestmark = needs("yaml-language-server", SERVER is not None)


class Client:
    """An editor, as a language server sees it (Language Server Protocol 3.17)."""

    def __init__(self, folder: Path) -> None:
        assert SERVER
        self.process = subprocess.Popen(
            [SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.answers: Queue[dict[str, Any]] = Queue()
        self.diagnostics: Queue[dict[str, Any]] = Queue()
        self.number = 0
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri(),
                "capabilities": {
                    "textDocument": {
                        "hover": {"contentFormat": ["markdown"]},
                        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
                    }
                },
                "workspaceFolders": [{"uri": folder.as_uri(), "name": "x"}],
            },
        )
        self.tell("initialized", {})

    def _listen(self) -> None:
        out = self.process.stdout
        assert out
        while line := out.readline():
            size = int(line.split(b":")[1])
            out.readline()
            said = json.loads(out.read(size))
            if said.get("method") == "textDocument/publishDiagnostics":
                self.diagnostics.put(said["params"])
            elif "method" in said and "id" in said:  # the server asks for the editor's settings
                self._send({"id": said["id"], "result": [None] * len(said.get("params", {}).get("items", [])) or None})
            elif "id" in said:
                self.answers.put(said)

    def _send(self, said: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **said}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self.number += 1
        self._send({"id": self.number, "method": method, "params": params})
        while (answer := self.answers.get(timeout=60))["id"] != self.number:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def open(self, path: Path, text: str) -> list[dict[str, Any]]:
        """Open a file with a text, and give what the server finds wrong with it."""
        self.tell(
            "textDocument/didOpen",
            {"textDocument": {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}},
        )
        while (found := self.diagnostics.get(timeout=60))["uri"] != path.as_uri():
            pass
        return list(found["diagnostics"])

    def at(self, method: str, path: Path, text: str, words: str) -> Any:
        """What the server says of the place behind some words."""
        offset = text.index(words) + len(words)
        line, column = text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1)
        return self.ask(
            method, {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The campaign's project with its schema."""
    found = tmp_path_factory.mktemp("editor")
    copy_project(ROOT, found)
    assert inside("schema", cwd=found).returncode == 0
    return found


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    found = Client(folder)
    yield found
    found.process.kill()
    found.process.wait()
    found.listener.join()
    for pipe in (found.process.stdin, found.process.stdout):
        assert pipe
        pipe.close()


MODELINE = "# yaml-language-server: $schema=../../.kg/facts.schema.json\n"


@pytest.mark.long
def test_every_file_of_the_campaign_is_without_fault(client: Client, folder: Path) -> None:
    for path in sorted((folder / "data" / "facts").glob("*.yaml")):
        assert client.open(path, MODELINE + path.read_text(encoding="utf-8")) == [], path.name


def test_what_is_wrong_is_shown_where_it_stands(client: Client, folder: Path) -> None:
    text = f"{MODELINE}source: x\nfacts:\n- quote: a\n  id: b\n  tpye: Event\n- quote: a\n  id: c\n  basis: sure\nfact: []\n"
    found = client.open(folder / "data" / "facts" / "wrong.yaml", text)
    lines = text.split("\n")
    assert sorted(lines[one["range"]["start"]["line"]].strip() for one in found) == [
        "basis: sure",
        "fact: []",
        "tpye: Event",
    ]


def test_words_are_completed_with_what_they_mean(client: Client, folder: Path) -> None:
    path = folder / "data" / "facts" / "new.yaml"
    text = f"{MODELINE}source: international-campaign-icc\nfacts:\n- quote: a\n  id: b\n  type: \n  \n"
    client.open(path, text)
    classes = {one["label"]: one for one in client.at("textDocument/completion", path, text, "type: ")["items"]}
    assert {"Organization", "Election", "Grant"} <= classes.keys()
    words = {one["label"]: one for one in client.at("textDocument/completion", path, text, "type: \n  ")["items"]}
    assert {"agent", "date", "basis", "note"} <= words.keys()
    meant = words["date"].get("documentation", "")
    assert "when" in str(meant).lower(), meant


def test_a_new_record_is_begun_with_what_its_class_needs(client: Client, folder: Path) -> None:
    path = folder / "data" / "facts" / "snippet.yaml"
    text = f"{MODELINE}source: international-campaign-icc\nfacts:\n- \n"
    client.open(path, text)
    items = client.at("textDocument/completion", path, text, "\n- ")["items"]
    found = {one["label"]: one for one in items if one["label"].startswith("new ")}
    assert "new Grant" in found, sorted(one["label"] for one in items)[:20]
    snippet = found["new Grant"].get("insertText") or found["new Grant"]["textEdit"]["newText"]
    assert "type: Grant" in snippet
    assert "quote: " in snippet


def test_a_word_is_explained_where_the_pointer_rests(client: Client, folder: Path) -> None:
    path = folder / "data" / "facts" / "hover.yaml"
    text = f"{MODELINE}source: international-campaign-icc\nfacts:\n- quote: a\n  id: b\n  date: 1995\n"
    client.open(path, text)
    said = str(client.at("textDocument/hover", path, text, "\n  dat"))
    assert "EDTF" in said
    assert "Example" in said
