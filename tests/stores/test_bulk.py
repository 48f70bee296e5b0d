"""The commands of bulk loaders, and the settings that go with them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.project import Project
from kg.release.reader import Release
from kg.release.void import DESCRIBING
from kg.stores.bulk import STORES, commands
from kg.stores.embedded import open_store
from tests.conftest import run
from tests.stores.conftest import everything, oxigraph, remote


@pytest.mark.parametrize("store", STORES)
def test_the_commands_name_the_dataset_and_the_settings_are_settings(store: str, campaign: Path) -> None:
    printed = run("load", "--print", store, cwd=campaign)
    assert printed.returncode == 0, printed.stderr.decode()
    said, release = printed.stdout.decode(), (campaign / "build/current").read_text(encoding="utf-8").strip()
    assert str(campaign / "build/releases" / release / "dataset.nq") in said
    assert re.search(r'(?m)^endpoint = "https?://\S+"$', said)
    settings = re.findall(r'(?m)^(\w+) = "', said.partition("# In the project's settings:")[2])
    assert set(settings) <= Project.__dataclass_fields__.keys()
    assert not re.search(r"\{(dataset|default)\}", said)


def test_a_path_is_one_word_of_a_shell(tmp_path: Path) -> None:
    odd = tmp_path / "o'dd $(touch x) dir"
    odd.mkdir()
    (odd / "dataset.nq").write_bytes(b"here")
    line = commands("virtuoso", odd / "dataset.nq", "https://example.org/").splitlines()[1]
    subprocess.run(line.replace("FOLDER/", f"{tmp_path}/"), shell=True, check=True, cwd=tmp_path)
    assert (tmp_path / "dataset.nq").read_bytes() == b"here"
    assert not (tmp_path / "x").exists()


@pytest.mark.long
def test_the_printed_commands_load_oxigraph(campaign: Path, release: Release, tmp_path: Path) -> None:
    """The one of these stores whose command comes from PyPI; its embedded database is the same."""
    first = run("load", "--print", "oxigraph", cwd=campaign).stdout.decode().splitlines()[0]
    command = [str(Path(sys.executable).parent / "oxigraph"), *first.split()[1:]]
    done = subprocess.run([part.replace("DATABASE", str(tmp_path / "db")) for part in command], check=False)
    assert done.returncode == 0
    with oxigraph(tmp_path, "--location", str(tmp_path / "db")) as found:
        held = everything(remote(found.endpoint, release))
        asked = run("query", "growth", "-t", "csv", "--endpoint", found.endpoint.url, cwd=campaign)
    assert asked.stdout == run("query", "growth", "-t", "csv", cwd=campaign).stdout != b""
    alone = tuple(f"<{release.manifest['base']}graph/{name}>" for name in DESCRIBING)
    assert held == [quad for quad in everything(open_store(release)) if not quad.endswith(alone)]
