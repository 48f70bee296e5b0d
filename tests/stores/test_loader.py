"""The database: loaded in portions beside other work, and given up where the work fails."""

from pathlib import Path

import pyoxigraph as px
import pytest

from kg.errors import StoreError
from kg.stores import loader as module
from kg.stores.embedded import open_folder
from kg.stores.loader import Loader, load, loading

LINES = [f"<http://x/{n}> <http://x/p> <http://x/o> <http://x/g> .\n".encode() for n in range(25)]


def test_portions_make_one_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PORTION", 4)
    (tmp_path / "a.nq").write_bytes(b"".join(LINES))
    load(tmp_path / "a.nq", tmp_path / "store")
    store = open_folder(tmp_path / "store")
    assert {quad.subject.value for quad in store} == {f"http://x/{n}" for n in range(25)}


def test_quads_may_come_more_than_once_and_from_several_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"".join(b"7" + line for line in LINES[:20]))
    (tmp_path / "b").write_bytes(b"".join(LINES[10:]))
    with loading(tmp_path / "part") as loader:
        loader.put(tmp_path / "a", lambda lines: (line[1:] for line in lines))
        loader.put(tmp_path / "b")
        assert loader.finish(len).result() == 25


def test_small_files_are_loaded_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each load of the engine takes time, however little is loaded: fifteen took three times as long as one."""
    monkeypatch.setattr(module, "PORTION", 10)
    loaded: list[int] = []
    load_held = Loader._load_held

    def noted(loader: Loader) -> None:
        loaded.append(len(loader._held))
        load_held(loader)

    monkeypatch.setattr(Loader, "_load_held", noted)
    with loading(tmp_path / "part") as loader:
        for number, line in enumerate(LINES):
            (tmp_path / str(number)).write_bytes(line)
            loader.put(tmp_path / str(number))
        assert loader.finish(len).result() == 25
    assert loaded == [10, 10, 5]


def test_what_is_added_last_is_there_too(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"".join(LINES))
    with loading(tmp_path / "part") as loader:
        loader.put(tmp_path / "a")
        assert loader.finish(len).result() == 25
        more = px.parse(b"<http://x/0> <http://x/q> <http://x/o> .", format=px.RdfFormat.N_QUADS)
        loader.close(tmp_path / "store", more)
    assert len(open_folder(tmp_path / "store")) == 26
    assert not (tmp_path / "part").exists()


def test_what_cannot_be_loaded_is_told_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"oops\n")
    with loading(tmp_path / "part") as loader:
        loader.put(tmp_path / "a")
        with pytest.raises(SyntaxError):
            loader.finish(len).result()


def test_a_loader_that_is_stopped_lets_go(tmp_path: Path) -> None:
    loader = Loader(tmp_path / "part")
    loader.stop()
    assert px.Store(str(tmp_path / "part")) is not None, "another can open it"


def test_a_folder_that_is_no_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="run `kg build`"):
        open_folder(tmp_path / "missing")
