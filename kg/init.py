"""Init: a new project from the template, which builds, answers and teaches by example."""

import shutil
from pathlib import Path

from kg.errors import QueryError, StoreError

TEMPLATE = Path(__file__).parent / "template"


def init(folder: Path) -> list[Path]:
    """The files of a new project in folder; QueryError where something is there already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise QueryError(f"{folder} exists and is not an empty folder; give a new name")
    aside = folder.with_name(f".{folder.name}.new")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(TEMPLATE, aside, ignore=shutil.ignore_patterns("__pycache__", "build"))
        aside.replace(folder)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise StoreError(f"{folder}: {error.strerror or error}; choose a folder that can be written") from None
    return sorted(path for path in folder.rglob("*") if path.is_file())
