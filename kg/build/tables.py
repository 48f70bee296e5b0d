"""Tables: those of a project, each read by its metadata, or kept from a build before."""

import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg import cache
from kg.errors import FactError, Fault, ProjectError
from kg.facts.intake import Folders, Rules
from kg.project import Project


class Tables(NamedTuple):
    """What all tables of a project gave: their names, runs of tagged lines, counts, faults, the keys by which they are
    kept, and what is to be known of each, by its id as a source, to look up its rows.
    """

    names: tuple[str, ...] = ()
    runs: tuple[Path, ...] = ()
    counts: Mapping[str, int] = {}
    faults: tuple[Fault, ...] = ()
    keys: tuple[str, ...] = ()
    about: Mapping[str, Mapping[str, Any]] = {}


def take_tables(
    project: Project,
    rules: Rules,
    folders: Folders,
    shared: Sequence[str],
    progress: Callable[[str], None] = lambda stage: None,
    written: Callable[[Path], object] = str,
) -> Tables:
    """What the tables of a project give; cells that are wrong are listed in `build/rejects` too.

    `shared` is what each depends on beside its own files; `progress` is told what is read, `written` of each run.
    """
    from kg.tables.files import ident_of, read_for, table_files

    paths, faults = table_files(project.data, project.root)
    rejects = project.build / "rejects"
    shutil.rmtree(rejects, ignore_errors=True)
    if not paths:
        return Tables(faults=tuple(faults))
    try:
        from kg.tables import intake, opening
    except ModuleNotFoundError as error:
        message = f"{paths[0]}: reading tables needs {error.name}; install it with: pip install 'kg-publisher[tables]'"
        raise ProjectError(message) from None
    terms = rules.checks.vocabulary.context.terms
    names_by = frozenset(terms[key].iri for key in rules.words.names)
    by = opening.Rules(rules.checks.vocabulary, project.base, rules.follows, project.root, names_by, project.engine)
    runs: list[Path] = []
    counts, keys, about = Counter[str](), [], {}
    for path in paths:
        name = path.relative_to(project.root).as_posix()
        if ident_of(path) in rules.sources:
            faults.append(Fault(name, 1, 1, f"a source is called {ident_of(path)} too; rename the table"))
        try:
            progress(f"reading {name}")
            read = intake.read(path, name, by, folders.made)
        except FactError as error:
            faults += error.faults
            continue
        key = cache.key([*shared, name, *map(cache.file_hash, (*read_for(path), *read))])
        given = intake.take(path, name, by, folders.made / key, folders.kept / key, *read)
        for run in given.runs:
            written(run)
        if given.rejects:
            rejects.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(given.rejects, rejects / f"{ident_of(path)}.csv")
        runs += given.runs
        counts.update(given.counts)
        about[ident_of(path)] = {"file": name, "key": key, **given.about}
        faults += given.faults
        keys.append(key)
    names = tuple(path.relative_to(project.root).as_posix() for path in paths)
    return Tables(names, tuple(runs), counts, tuple(faults), tuple(keys), about)
