"""The project: a folder with `[tool.kg]` in pyproject.toml, or a kg.toml, its settings, and how a new one begins."""

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from kg.errors import ProjectError, QueryError, StoreError, nearest
from kg.rdf import iris
from kg.rdf.datatypes import problem
from kg.rdf.edtf import read_edtf
from kg.rdf.sparql_text import declared
from kg.rdf.terms import XSD, is_iri


@dataclass(frozen=True)
class Project:
    """A project's folder and settings.

    `base` begins every IRI the project mints. `coverage` is the share of each source, in percent, that facts
    and skips must account for. `name` is a short title, for the head of every page. `keywords`, `spatial` (IRIs of
    places), `temporal` (EDTF), `contact` (a mail address or a URL), `issued` and `modified` (days) describe the
    dataset to catalogues. `report` is where readers report a mistake: a mail address, or a URL with {title} and {body}.
    `endpoint` is the SPARQL endpoint that answers in the place of the embedded database, `update_endpoint` the one that
    takes updates, `default_graph` the named graph in which it keeps the default one (`kg.stores.base.Endpoint`).
    `engine` executes tables, "duckdb" or "spark"; it is chosen for a run, and is no setting.
    """

    root: Path
    base: str
    title: str = ""
    name: str = ""
    description: str = ""
    curators: str = "The curators"
    license: str = ""
    coverage: float = 100.0
    keywords: Sequence[str] = ()
    spatial: Sequence[str] = ()
    temporal: str = ""
    contact: str = ""
    report: str = ""
    issued: str = ""
    modified: str = ""
    endpoint: str = ""
    update_endpoint: str = ""
    default_graph: str = ""
    engine: str = "duckdb"

    @property
    def published(self) -> dict[str, str]:
        """The licence and the days of publication, as far as they are given."""
        said = {"license": self.license, "issued": self.issued, "modified": self.modified}
        return {name: value for name, value in said.items() if value}

    @property
    def ontology(self) -> Path:
        """The folder of vocabulary, shapes and context."""
        return self.root / "ontology"

    @property
    def data(self) -> Path:
        """The folder of sources, facts and reference data."""
        return self.root / "data"

    @property
    def queries(self) -> Path:
        """The folder of canned queries."""
        return self.root / "queries"

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The folders that a build reads."""
        return self.data, self.ontology, self.queries

    @property
    def build(self) -> Path:
        """The folder of releases."""
        return self.root / "build"


def find_root(start: Path) -> Path:
    """The nearest folder, from start upward, that holds a project; QueryError where there is none."""
    start = Path(os.path.normpath(start.absolute()))  # without “..”, of which the parents are none of the project's
    if not start.exists():
        raise QueryError(f"{start}: no such folder; give a project's")
    for folder in (start, *start.parents):
        if (folder / "kg.toml").is_file() or _in_pyproject(folder):
            return folder
    raise QueryError(
        f"{start}: no kg project here or above: neither a kg.toml nor a pyproject.toml with [tool.kg]; "
        "go to a project's folder, or start one with `kg init DIR`"
    )


def _in_pyproject(folder: Path) -> bool:
    file = folder / "pyproject.toml"
    return file.is_file() and re.search(rb"^\s*\[+\s*tool\s*\.\s*kg\s*\]", file.read_bytes(), re.M) is not None


def read_project(start: Path) -> Project:
    """The project that start is in; ProjectError names every setting that is wrong."""
    import tomllib

    root = find_root(start)
    file = root / "kg.toml" if (root / "kg.toml").is_file() else root / "pyproject.toml"
    try:
        settings: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProjectError(f"{file}: not TOML: {error}") from None
    if file.name == "pyproject.toml":
        settings = settings.get("tool", {}).get("kg")
    if not isinstance(settings, dict):
        raise ProjectError(f"{file}: [tool.kg] is not a table of settings; write it as one, with `base`")
    faults = list(_faults(settings))
    if faults:
        raise ProjectError("\n".join(f"{file}: {fault}" for fault in faults))
    return Project(root=root, **_settled(settings))


_LISTS = ("keywords", "spatial")
_DAYS = ("issued", "modified")
_EXPECTED = {**dict.fromkeys(_LISTS, "a list of texts"), **dict.fromkeys(_DAYS, "a day"), "coverage": "a number"}


def _faults(settings: dict[str, Any]) -> Iterator[str]:
    known = {field.name for field in fields(Project)} - {"root", "engine"}
    for key, value in settings.items():
        if key not in known:
            yield f"unknown setting {key!r}{nearest(key, known)}"
        elif not _is_kind(key, value):
            yield f"{key} is {value!r}, expected {_EXPECTED.get(key, 'text')}"
        elif key in _RIGHT and not _RIGHT[key][0](value):
            yield f"{key} is {value!r}, expected {_RIGHT[key][1]}"
    if "base" not in settings:
        yield 'base is missing; add the IRI that all names begin with, as in base = "https://example.org/"'


def _is_kind(key: str, value: Any) -> bool:
    """Whether a setting's value is of the right type."""
    if key in _LISTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if key in _DAYS:
        return isinstance(value, str) or type(value) is date
    kinds = (int, float) if key == "coverage" else (str,)
    return isinstance(value, kinds) and not isinstance(value, bool)


def is_base(value: str) -> bool:
    """Whether all that a project mints can begin with an IRI."""
    return is_iri(value) and value.endswith("/") and not set(value) & set("?#")


def _is_day(value: str | date) -> bool:
    return not problem(XSD + "date", str(value))


def _is_time(value: str) -> bool:
    try:
        return not value or bool(read_edtf(value))
    except ValueError:
        return False


# What the value of a setting must be, and how that is said.
_RIGHT: dict[str, tuple[Callable[[Any], bool], str]] = {
    "base": (is_base, 'an absolute IRI that ends in "/", as in "https://example.org/"'),
    "coverage": (lambda value: 0 <= float(value) <= 100, "a percentage from 0 to 100"),
    "license": (
        lambda value: not value or is_iri(value),
        "the IRI of a licence, as in https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    "spatial": (lambda value: all(map(is_iri, value)), "IRIs of places, as in https://sws.geonames.org/2635167/"),
    "temporal": (_is_time, "a time in EDTF, as in 1995/2007"),
    "contact": (lambda value: not value or is_iri(_contact(value)), "a mail address or a URL, as in desk@example.org"),
    "report": (
        lambda value: not value or is_iri(_contact(re.sub(r"\{(title|body)\}", "", value))),
        "a mail address, or a URL with {title} and {body}, as in https://example.org/new?title={title}&body={body}",
    ),
    **dict.fromkeys(
        ("endpoint", "update_endpoint", "default_graph"),
        (lambda value: not value or is_iri(value), "an address, as in http://localhost:7878/query"),
    ),
    **dict.fromkeys(_DAYS, (_is_day, "a day, as in 2026-11-25")),
}


def _contact(text: str) -> str:
    """A mail address as an IRI; a URL as it is."""
    return f"mailto:{text}" if "@" in text and ":" not in text else text


def _settled(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings without faults, as a Project has them."""
    lists = {key: tuple(settings[key]) for key in _LISTS if key in settings}
    days = {key: str(settings[key]) for key in _DAYS if key in settings}
    return {**settings, **lists, **days, **{key: _contact(settings.get(key, "")) for key in ("contact", "report")}}


def check_bases(project: Project) -> None:
    """Raise ProjectError with every place in context, ontology and queries that names another base."""
    own = {"kg": iris.ontology(project.base), "id": iris.entity(project.base, "")}
    files = [*sorted(project.ontology.glob("*.ttl")), *sorted(project.queries.glob("*.rq"))]
    faults = [fault for path in files for fault in _other_prefixes(path, own)]
    expected = {**own, "@base": own["id"], "@vocab": own["kg"]}
    path = project.ontology / "context.jsonld"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    for found in re.finditer(r'"(@base|@vocab|kg|id)"\s*:\s*"([^"@]+)"', text):
        name, iri = found[1], found[2]
        if iri != expected[name] and (name != "@vocab" or iri.endswith(iris.ontology("/"))):
            line = text.count("\n", 0, found.start()) + 1
            faults.append(
                f'{path}:{line}: "{name}" is {iri!r}, expected {expected[name]!r} (from `base` of the project)'
            )
    if faults:
        raise ProjectError("\n".join(faults))


def _other_prefixes(path: Path, own: dict[str, str]) -> Iterator[str]:
    """Where a file declares a prefix of the project's own with another namespace."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for name, iri in declared(text).items():
        if name in own and iri != own[name]:
            line = text.count("\n", 0, text.find(f"<{iri}>")) + 1
            yield f"{path}:{line}: the prefix {name}: is <{iri}>, expected <{own[name]}> (from `base` of the project)"


RENAMED = "renamed.csv"  # in data/: the old ids of things, and what they are called now


def read_renamed(project: Project) -> dict[str, str]:
    """What the things of a project were called before, with what they are called now.

    ProjectError for a list that is not one.
    """
    path = project.data / RENAMED
    if not path.is_file():
        return {}
    header, *rows = path.read_text(encoding="utf-8").splitlines() or [""]
    pairs = [row.split(",") for row in rows if row.strip()]
    if header.strip() != "old,new" or not all(len(pair) == 2 and all(map(iris.is_slug, pair)) for pair in pairs):
        raise ProjectError(f"{path}: not a list of ids; its first line is old,new, and each other two ids with a comma")
    return {old: new for old, new in pairs}


TEMPLATE = Path(__file__).parent / "new_project"


def init(folder: Path, base: str = "", title: str = "", language: str = "", *, empty: bool = False) -> list[Path]:
    """The files of a new project in folder; QueryError where something is there already.

    What is given stands in its settings, and the language in its context; else it is the template's. An empty one has
    its words, shapes and queries, and no facts.
    """
    import shutil
    import tempfile

    shown, folder = folder, folder.absolute()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise QueryError(f"{shown} exists and is not an empty folder; give a new name")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".kg-") as aside:
            made = Path(aside) / "project"
            shutil.copytree(TEMPLATE, made, ignore=shutil.ignore_patterns("__pycache__", "build"))
            _settle(made, base, title, language)
            if empty:
                _clear(made)
            made.replace(folder)
    except OSError as error:
        raise StoreError(f"{shown}: {error.strerror or error}; choose a folder that can be written") from None
    return sorted(shown / path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def _settle(folder: Path, base: str, title: str, language: str) -> None:
    """Put what is given in the place of what the template says."""
    if base and not is_base(base):
        raise QueryError(f'--base {base}: not an absolute IRI that ends in "/", as in https://example.org/')
    if language and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language):
        raise QueryError(f"--language {language}: not a language tag; write en, fr, pt-BR")
    for path in (*folder.glob("*.toml"), *folder.rglob("*.ttl"), *folder.rglob("*.rq"), *folder.rglob("*.jsonld")):
        text = path.read_text(encoding="utf-8")
        made = text.replace("https://example.org/", base) if base else text
        if path.suffix == ".toml" and title:
            made = re.sub(r"(?m)^title = .*$", lambda _: f"title = {json.dumps(title, ensure_ascii=False)}", made)
        if path.suffix == ".jsonld" and language:
            made = made.replace('"@language": "en"', f'"@language": "{language}"')
        if made != text:
            path.write_text(made, encoding="utf-8")


def _clear(folder: Path) -> None:
    """Take away what a new project tells of the example."""
    for path in (*folder.glob("data/*/*"), folder / "data" / "sources.yaml", folder / "README.md"):
        path.unlink()
    settings = folder / "kg.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^(description|curators) = .*\n", "", text), encoding="utf-8")
