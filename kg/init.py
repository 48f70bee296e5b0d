"""Init: a new project from the template, which builds, answers and teaches by example."""

import shutil
import tempfile
from pathlib import Path

from kg.errors import QueryError, StoreError

TEMPLATE = Path(__file__).parent / "template"


def init(folder: Path) -> list[Path]:
    """The files of a new project in folder; QueryError where something is there already."""
    shown, folder = folder, folder.absolute()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise QueryError(f"{shown} exists and is not an empty folder; give a new name")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".kg-") as aside:
            made = Path(aside) / "project"
            shutil.copytree(TEMPLATE, made, ignore=shutil.ignore_patterns("__pycache__", "build"))
            made.replace(folder)
    except OSError as error:
        raise StoreError(f"{shown}: {error.strerror or error}; choose a folder that can be written") from None
    return sorted(shown / path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
