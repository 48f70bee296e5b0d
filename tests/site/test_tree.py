"""The folder of a site: what has not changed is kept, what is gone goes, what is not kg's stays, nothing is half-written."""

import json
from pathlib import Path

import pytest

from kg.errors import ProjectError, StoreError
from kg.site.tree import MARK, replacing


def write(folder: Path, files: dict[str, bytes], release: str = "r1") -> list[str]:
    """Write a site, and give the files that are new or another than before."""
    with replacing(folder, release) as tree:
        return [name for name, data in files.items() if tree.put(name, data)]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARK
    }


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    assert write(folder, {"index.html": b"1", "id/a.html": b"a", "id/b.html": b"b"}) == [
        "index.html",
        "id/a.html",
        "id/b.html",
    ]
    kept = (folder / "id" / "a.html").stat()
    assert write(folder, {"index.html": b"2", "id/a.html": b"a"}, "r2") == ["index.html"]
    assert files_of(folder) == {"index.html": b"2", "id/a.html": b"a"}
    now = (folder / "id" / "a.html").stat()
    assert (now.st_mtime_ns, now.st_ino) == (kept.st_mtime_ns, kept.st_ino)
    assert json.loads((folder / MARK).read_bytes())["release"] == "r2"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_file_is_copied_and_compared(tmp_path: Path) -> None:
    folder, dump = tmp_path / "site", tmp_path / "dump.nq"
    dump.write_bytes(b"x" * 3_000_000)
    for expected in (True, False):
        with replacing(folder, "r") as tree:
            assert tree.put("downloads/dump.nq", dump) is expected
    dump.write_bytes(b"x" * 2_999_999 + b"y")
    with replacing(folder, "r") as tree:
        assert tree.put("downloads/dump.nq", dump)
    assert (folder / "downloads" / "dump.nq").read_bytes() == dump.read_bytes()
    assert (folder / "downloads" / "dump.nq").stat().st_ino != dump.stat().st_ino, "a release never changes with a site"


def test_what_kg_has_not_written_stays(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref\n", encoding="utf-8")
    write(folder, {"index.html": b"1", "old/a": b"a"})
    (folder / "CNAME").write_text("example.org\n", encoding="utf-8")
    write(folder, {"index.html": b"1"})
    assert files_of(folder) == {"index.html": b"1", ".git/HEAD": b"ref\n", "CNAME": b"example.org\n"}


def test_a_folder_with_other_things_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("x", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"holds thesis\.doc, which is not a site"):
        write(tmp_path, {"index.html": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]
    with pytest.raises(ProjectError, match="is a file"):
        write(tmp_path / "thesis.doc", {})


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, OSError(28, "No space left on device")])
def test_what_fails_leaves_the_site_as_it_was(tmp_path: Path, error: type[BaseException] | OSError) -> None:
    folder = tmp_path / "site"
    write(folder, {"index.html": b"1"})

    def fail() -> None:
        with replacing(folder, "r2") as tree:
            tree.put("index.html", b"2")
            raise error

    with pytest.raises((KeyboardInterrupt, SystemExit, StoreError)):
        fail()
    assert files_of(folder) == {"index.html": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def killed(folder: Path) -> Path:
    """The folder aside of a run that is no more."""
    aside = folder.with_name(f".{folder.name}.kg-site")
    (aside / "new" / "id").mkdir(parents=True)
    (aside / "pid").write_text("4194304\n", encoding="utf-8")  # beyond what a system gives
    return aside


def test_a_run_that_was_killed_between_two_renames_is_made_good(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    write(folder, {"index.html": b"1"})
    (folder / "CNAME").write_bytes(b"c")
    folder.rename(killed(folder) / "old")
    assert write(folder, {"index.html": b"1"}) == []
    assert files_of(folder) == {"index.html": b"1", "CNAME": b"c"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_others_keep_there_survives_a_run_that_was_killed_before_it_was_moved(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    write(folder, {"index.html": b"1"})
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_bytes(b"ref")
    aside = killed(folder)
    folder.rename(aside / "old")
    (aside / "new" / MARK).write_text('{"top": ["id"]}', encoding="utf-8")
    (aside / "new").rename(folder)
    write(folder, {"index.html": b"2"})
    assert files_of(folder) == {"index.html": b"2", ".git/HEAD": b"ref"}


@pytest.mark.parametrize("at", ["site", "CNAME"])
def test_what_others_keep_there_survives_a_rename_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    folder = tmp_path / "site"
    write(folder, {"index.html": b"1"})
    for name in (".git", "CNAME"):
        (folder / name).write_bytes(b"c")
    rename, failed = Path.rename, list[Path]()

    def fail(self: Path, target: Path) -> Path:
        if target.name == at and self.parent.name != "old" * (at == "site") and not failed:
            failed.append(target)
            raise OSError(16, "Device or resource busy", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(StoreError, match="Device or resource busy"):
        write(folder, {"index.html": b"2"})
    assert failed
    found = files_of(folder)
    assert {name: found[name] for name in (".git", "CNAME")} == {".git": b"c", "CNAME": b"c"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_two_runs_do_not_write_one_site(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with replacing(folder, "r1") as tree:
        tree.put("index.html", b"1")
        with pytest.raises(StoreError, match=r"another run \(\d+\) is writing this site"):
            write(folder, {"index.html": b"2"})
    assert files_of(folder) == {"index.html": b"1"}


def test_what_is_in_the_way_and_not_kgs_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".site.kg-site").mkdir()
    (tmp_path / ".site.kg-site" / "thesis").write_bytes(b"")
    with pytest.raises(StoreError, match="is in the way, and is not what kg left there"):
        write(tmp_path / "site", {})
    assert [path.name for path in tmp_path.iterdir()] == [".site.kg-site"]
    assert (tmp_path / ".site.kg-site" / "thesis").exists()


def test_what_others_have_by_the_name_of_a_file_of_kg_stays(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / ".htaccess").write_bytes(b"theirs")
    for _ in range(2):
        write(folder, {".htaccess": b"ours", "index.html": b"1"})
        assert files_of(folder) == {".htaccess": b"theirs", "index.html": b"1"}


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "site").symlink_to(tmp_path / "real")
    write(tmp_path / "site", {"index.html": b"1"})
    assert (tmp_path / "site").is_symlink()
    assert (tmp_path / "real" / "index.html").read_bytes() == b"1"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match=r"file.*: Not a directory; the site is as it was before"):
        write(tmp_path / "file" / "site", {})
