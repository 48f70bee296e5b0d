"""A signature is of one key and one list of files; a password is never shown."""

import shutil
from pathlib import Path

import pytest

from kg.errors import QueryError, StoreError
from kg.release.reader import current
from kg.release.signing import make_key, sign, signed_by
from kg.release.sums import SIGNATURE, SUMS, check_sums, write_sums
from tests.conftest import inside


@pytest.fixture
def copy(template: Path, tmp_path: Path) -> Path:
    """A copy of a release, as a stranger finds it."""
    return Path(shutil.copytree(current(template / "build").path, tmp_path / "copy"))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("one", "other"):
        make_key(folder / name, "secret")
    return folder / "one", folder / "other"


def test_a_signature_is_of_one_key_and_one_list(copy: Path, keys: tuple[Path, Path]) -> None:
    one, other = keys
    with pytest.raises(QueryError, match="is not signed"):
        signed_by(copy, f"{one}.pub")
    comment = sign(copy, one, lambda: "secret")
    assert comment.startswith("kg release copy, ")
    assert signed_by(copy, f"{one}.pub") == comment
    assert signed_by(copy, Path(f"{one}.pub").read_text(encoding="utf-8").splitlines()[1]) == comment
    with pytest.raises(QueryError, match="not a signature of this release by that key"):
        signed_by(copy, f"{other}.pub")
    signature = (copy / SIGNATURE).read_text(encoding="utf-8")
    (copy / SIGNATURE).write_text(signature.replace("kg release copy", "kg release cope"), encoding="utf-8")
    with pytest.raises(QueryError, match="not a signature of this release by that key"):
        signed_by(copy, f"{one}.pub")
    (copy / SIGNATURE).write_text(signature, encoding="utf-8")
    (copy / SUMS).write_text((copy / SUMS).read_text(encoding="utf-8").replace("0", "1", 1), encoding="utf-8")
    with pytest.raises(QueryError, match="not a signature of this release by that key"):
        signed_by(copy, f"{one}.pub")


def test_a_list_that_changes_loses_its_signature(copy: Path, keys: tuple[Path, Path]) -> None:
    sign(copy, keys[0], lambda: "secret")
    write_sums(copy)
    assert (copy / SIGNATURE).exists(), "nothing has changed"
    (copy / "void.ttl").write_bytes(b"")
    write_sums(copy)
    assert not (copy / SIGNATURE).exists()
    assert check_sums(copy).faults == []


def test_what_cannot_be_signed_is_told(copy: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="cannot sign with this key"):
        sign(copy, keys[0], lambda: "guess")
    with pytest.raises(QueryError, match="cannot sign with this key"):
        sign(copy, tmp_path / "nowhere", lambda: "")
    with pytest.raises(QueryError, match="is not a public key of minisign"):
        signed_by(copy, "RWnothing")
    with pytest.raises(QueryError, match="name a file that is not there yet"):
        make_key(keys[0], "x")
    (tmp_path / "half.pub").touch()
    with pytest.raises(QueryError, match=r"half\.pub: is there already"):
        make_key(tmp_path / "half", "x")
    assert not (tmp_path / "half").exists()
    with pytest.raises(QueryError, match="needs a password"):
        make_key(tmp_path / "key", "")
    (copy / "void.ttl").write_bytes(b"")
    with pytest.raises(StoreError, match=r"void\.ttl: is not as it was written"):
        sign(copy, keys[0], lambda: "secret")
    assert not (copy / SIGNATURE).exists()


def test_the_commands_never_show_the_password(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_SIGNING_PASSWORD", "correct horse")
    key = tmp_path / "key"
    assert inside("build", cwd=project).returncode == 0
    done = [
        inside("release", "key", str(key), cwd=project),
        inside("release", "sign", "--key", str(key), cwd=project),
        inside("verify", "--key", f"{key}.pub", cwd=project),
    ]
    said = "".join((one.stdout + one.stderr).decode() for one in done)
    assert [one.returncode for one in done] == [0, 0, 0]
    assert "correct horse" not in said
    assert key.stat().st_mode & 0o077 == 0
    release = current(project / "build")
    (release.path / "downloads" / "dataset.ttl").write_bytes(b"")
    bad = inside("verify", cwd=project)
    assert bad.returncode == 1
    assert bad.stdout == b"downloads/dataset.ttl: is not as it was written\n"
