"""The distribution: the wheel holds all that a stranger needs, and works where it is installed."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT, serving_with


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by what `make dist` runs."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert len(list(folder.glob("kg_publisher-*.tar.gz"))) == 1
    (found,) = folder.glob("kg_publisher-*.whl")
    return found


def test_it_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "kg/new_project/kg.toml",
        "kg/new_project/.gitattributes",
        "kg/new_project/.github/workflows/publish.yml",
        "kg/ontology/shapes.ttl",
        "kg/pages/templates/entity.html",
        "kg/pages/static/world.json",
        "kg/site/static/oxigraph.wasm.gz",
        "kg/py.typed",
    ):
        assert part in names, part
    folders = {name.split("/")[0] for name in names}
    assert sorted(folders - {"kg"}) == [f"{wheel.name.rpartition('-py3')[0]}.dist-info"]


def test_a_new_project_is_built_and_served_from_it(wheel: Path, tmp_path: Path) -> None:
    """Installed into an environment of its own, which borrows the libraries of this one, but not its kg."""
    venv.create(tmp_path / "env", with_pip=False)
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    zipfile.ZipFile(wheel).extractall(site)
    (site / "borrowed.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")))
    python = str(tmp_path / "env" / "bin" / "python")
    where = [python, "-c", "import kg; print(kg.__file__)"]
    assert str(site) in subprocess.run(where, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    for arguments in (["init", "project"], ["-C", "project", "build"], ["-C", "project", "query", "timeline"]):
        subprocess.run([python, "-m", "kg", *arguments], cwd=tmp_path, check=True, capture_output=True)
    with serving_with(python, tmp_path / "project", tmp_path / "log") as server:
        assert "Skerry Point" in httpx.get(server.url).text
