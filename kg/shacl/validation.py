"""Validation: which engine checks which shape, and one report of what they find."""

import importlib.util
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph as px

from kg.errors import ProjectError
from kg.rdf.files import apart_by, is_lines, read
from kg.rdf.parse import parse_ntriples
from kg.rdf.terms import OWL, RDFS, SH, TYPE, Quad, Term, Triple, text_of
from kg.shacl.model import Model, Shape, beyond, read_model
from kg.shacl.patterns import expression
from kg.shacl.report import Report, Timed, in_files, joined
from kg.shacl.shapes import Shapes, check

if TYPE_CHECKING:
    from kg.shacl.results import Result

ENGINES = ("auto", "pyshacl", "columnar")
SMALL = 4 << 20  # bytes of N-Triples, up to which pySHACL is done before columns would pay


class Since(NamedTuple):
    """A validation of other data against the same shapes: the triples that only one of the two data has, and the focus
    nodes of its findings.
    """

    changed: Collection[Triple]
    failing: Collection[Term]


class Options(NamedTuple):
    """How to validate: by which of ENGINES, with how much memory for DuckDB, and by which ontologies.

    Columns leave to pySHACL what they do not know; auto leaves it all where there is little. Of ontologies it is taken
    which class is below which. `told` hears which shape is being checked; `places` are looked for or not. Columns check
    again only what may differ `since` an earlier validation, where that is given; the report is the same.
    """

    engine: str = "auto"
    memory: str = "1GB"
    ontologies: tuple[Path, ...] = ()
    told: Callable[[str], None] = lambda stage: None
    places: bool = True
    since: Callable[[], Since | None] = lambda: None


AS_EVER = Options()


class Data(NamedTuple):
    """A file of N-Triples, what messages call it, where each subject stands in it, and the prefixes it had, where these
    are asked for.
    """

    path: Path
    name: str
    lines: Callable[[Collection[str]], Mapping[str, int]]
    notes: tuple[str, ...] = ()
    known: Callable[[], Mapping[str, str]] = dict

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that the file declares."""
        return self.known()


def validate(
    files: Sequence[Path], shapes: Sequence[Quad], notes: Sequence[str] = (), options: Options = AS_EVER
) -> Report:
    """The report of files of N-Triples against shapes, the notes among its warnings.

    ProjectError where the shapes are not SHACL; QueryError where a file is not N-Triples.
    """
    return Checker(shapes, notes).check(files, options)


class Checker:
    """Shapes that are read, and can be made ready, before there is anything to be checked."""

    def __init__(self, shapes: Sequence[Quad], notes: Sequence[str] = ()) -> None:
        """ProjectError where the shapes are not SHACL."""
        self._model, self._notes = read_model(shapes), notes
        self._ready: Any = None

    def get_ready(self) -> None:
        """Do for pySHACL what it would do before it looks at data."""
        from kg.shacl.pyshacl_engine import ready

        self._ready = ready(self._model.quads)

    def check(self, files: Sequence[Path], options: Options = AS_EVER) -> Report:
        """The report of files of N-Triples; QueryError where a file is none."""
        model, targeted = self._model, self._model.targeted()
        little = sum(path.stat().st_size for path in files) <= SMALL
        alone = options.engine == "pyshacl" or (options.engine == "auto" and (little or not _has_duckdb()))
        left = [shape for shape in targeted if alone or beyond(model, shape)]
        reports = []
        if len(left) < len(targeted):
            reports.append(_in_columns(model, [shape for shape in targeted if shape not in left], files, options))
        if left or not targeted:
            shapes = _needed(model, left) if reports else self._ready or model.quads
            reports.append(_by_pyshacl(model, shapes, files))
        return joined(reports, self._notes)


def check_files(
    paths: Sequence[Path],
    shapes: Shapes,
    options: Options = AS_EVER,
    syntax: str | None = None,
    contexts: Mapping[str, Path] | None = None,
) -> Report:
    """The report of files of RDF against shapes, each finding at the file and line that its focus node stands at.

    QueryError where a file cannot be read.
    """
    with TemporaryDirectory(prefix="kg-validate-") as folder:
        files = [
            _data(path, Path(folder) / f"{number}.nt", number if len(paths) > 1 else 0, syntax, contexts)
            for number, path in enumerate(paths)
        ]
        warnings = (*(note for file in files for note in file.notes), *shapes.warnings, *check(shapes.quads))
        classes = _classes(options.ontologies, Path(folder) / "classes.nt")
        report = validate([*(file.path for file in files), *classes], shapes.quads, warnings, options)
        wanted = {finding.focus for finding in report.findings}
        known = [(file.name, file.lines(wanted)) for file in files] if wanted and options.places else []

    def place(focus: str) -> tuple[str, int]:
        return next(((name, lines[focus]) for name, lines in known if focus in lines), (files[0].name, 0))

    return in_files(report, place)


def _classes(paths: Sequence[Path], to: Path) -> list[Path]:
    """A file of N-Triples with what ontologies say of which class is below which; none where there are none."""
    if not paths:
        return []
    below = {quad.triple for path in paths for quad in read(path).quads if quad.predicate.value == RDFS + "subClassOf"}
    with to.open("wb") as file:
        px.serialize((one for one in below if isinstance(one.object, px.NamedNode)), file, px.RdfFormat.N_TRIPLES)
    return [to]


def drafted(paths: Sequence[Path], memory: str) -> str:
    """Shapes in Turtle that files of RDF keep to, with the counts they rest on; QueryError where one cannot be read."""
    from kg.shacl.drafts import draft
    from kg.shacl.loaded import IrregularError, Loaded

    with TemporaryDirectory(prefix="kg-shapes-") as folder, closing(Loaded(Path(folder), memory)) as data:
        many = len(paths) > 1
        files = [_data(path, Path(folder) / f"{n}.nt", n if many else 0, None, None) for n, path in enumerate(paths)]
        prefixes = {prefix: iri for file in files for prefix, iri in file.prefixes.items()}
        try:
            data.load([file.path for file in files])
        except IrregularError:
            data.load([_rewritten(file.path, Path(folder) / f"r{n}.nt") for n, file in enumerate(files)], written=True)
        return draft(data, prefixes)


def _data(path: Path, to: Path, number: int, syntax: str | None, contexts: Mapping[str, Path] | None) -> Data:
    """A file as N-Triples: itself, where it is the only one and is some, or else written so."""
    if number == 0 and is_lines(path, syntax) and path.stat().st_size > SMALL:
        return Data(path, str(path), partial(_lines_of, path))
    found = read(path, syntax=syntax, contexts=contexts)
    with to.open("wb") as file:
        px.serialize((quad.triple for quad in apart_by(found.quads, number)), file, px.RdfFormat.N_TRIPLES)
    return Data(to, found.name, lambda wanted: found.subjects().lines, found.notes, lambda: found.subjects().prefixes)


def _lines_of(path: Path, wanted: Collection[str]) -> Mapping[str, int]:
    """The lines of a file of N-Triples that some subjects first stand on."""
    left = {(subject if subject.startswith("_:") else f"<{subject}>").encode(): subject for subject in wanted}
    found: dict[str, int] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            subject = line[: line.find(b" ")]
            if subject in left:
                found[left.pop(subject)] = number
    return found


def _has_duckdb() -> bool:
    return importlib.util.find_spec("duckdb") is not None


def _in_columns(model: Model, shapes: Sequence[Shape], files: Sequence[Path], options: Options) -> Report:
    from kg.shacl.affected import Affected
    from kg.shacl.columnar import Columnar  # loads DuckDB
    from kg.shacl.loaded import IrregularError, Loaded
    from kg.shacl.query_text import wrong_queries
    from kg.shacl.results import told
    from kg.shacl.sparql import Asked

    used = [model.shapes[node] for shape in shapes for node in model.used(shape.node) if node in model.shapes]
    if wrong := [*wrong_queries(used), *wrong_patterns(used)]:
        raise ProjectError("\n".join(dict.fromkeys(wrong)))
    checked: dict[str, int] = {}
    results: list[Result] = []
    times: list[Timed] = []
    folder = TemporaryDirectory(prefix="kg-validate-")
    with deep(), folder as scratch, closing(Loaded(Path(scratch), options.memory)) as data:
        try:
            data.load(files)
        except IrregularError:
            files = [_rewritten(path, Path(scratch) / f"regular-{number}.nt") for number, path in enumerate(files)]
            data.load(files, written=True)
        asked = Asked(model, files, data)
        engine = Columnar(model, data, asked)
        since = options.since()
        affected = Affected(engine, *since) if since else None
        for number, shape in enumerate(shapes, 1):
            options.told(f"checking {model.shown(shape.node)} ({number:,} of {len(shapes):,})")
            begun = time.perf_counter()
            nodes = engine.focus_nodes(shape)
            checked[shape.name] = count = 0 if nodes == data.none else data.count(nodes)
            if count and affected:
                nodes = affected.among(shape, nodes)
                count = data.count(nodes)
            if count:
                results += engine.results(shape.node, nodes)
            data.forget()
            known = checked[shape.name] - count
            times.append(Timed(shape.name, "columnar", count, time.perf_counter() - begun, known))
        findings, turtle = told(data, model, results)
    warnings = []
    if asked.rounded:
        warnings.append(f"{asked.rounded:,} numbers are too long for queries, which take them for doubles")
    warnings += [
        f"{model.shown(node)}: {number:,} more findings of sh:{name} are counted, and not listed"
        for (node, name), number in engine.untold.items()
    ]
    warnings += [
        f"{model.shown(node)} is recursive; what is being checked already is taken to conform"
        for node in sorted(engine.recursive, key=str)
    ]
    return Report(findings, checked, turtle, tuple(dict.fromkeys(warnings)), tuple(times))


def wrong_patterns(shapes: Iterable[Shape]) -> Iterator[str]:
    """What is wrong with the patterns of shapes, each with the name of its shape."""
    for shape in shapes:
        for constraint in (one for one in shape.constraints if one.name == "pattern"):
            try:
                expression(text_of(constraint.value), constraint.more["flags"])
            except ValueError as error:
                name = f"<{shape.name}>" if not shape.name.startswith("_:") else shape.name
                on = f" on {shape.path}" if shape.path else ""
                yield f"shapes: {name}{on}: {error}; fix the shape"


@contextmanager
def deep() -> Iterator[None]:
    """Let shapes nest, and recur over the data, as deep as they do; ProjectError where that is too deep."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)
    try:
        yield
    except RecursionError:
        raise ProjectError("shapes: they nest too deep to be checked; fix the shapes") from None
    finally:
        sys.setrecursionlimit(before)


def _by_pyshacl(model: Model, shapes: Any, files: Sequence[Path]) -> Report:
    from kg.shacl.pyshacl_engine import validate as by_pyshacl  # takes half a second to load

    data = (quad for path in files for quad in parse_ntriples(path, path.name))
    return by_pyshacl(data, shapes, model=model)


def _needed(model: Model, shapes: Sequence[Shape]) -> list[Quad | Triple]:
    """The statements of a shapes graph that some shapes need: theirs, without the targets of others, and those of
    components, functions and types of targets.
    """
    about: dict[Term, list[Quad | Triple]] = {}
    for quad in model.quads:
        about.setdefault(quad.subject, []).append(quad)
    kinds = {px.NamedNode(SH + name) for name in _DECLARED}
    declared = [node for node, said in about.items() if any(q.predicate == TYPE and q.object in kinds for q in said)]
    others = {shape.node for shape in model.targeted()} - {shape.node for shape in shapes}
    waiting: list[Term] = [*(shape.node for shape in shapes), *declared]
    seen: set[Term] = set()
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(
                quad.object for quad in about.get(node, ()) if quad.object in about and quad.predicate != TYPE
            )
    return [
        quad for node in about if node in seen for quad in about[node] if node not in others or not _is_target(quad)
    ]


_DECLARED = ("ConstraintComponent", "SPARQLFunction", "JSFunction", "SPARQLTargetType", "JSTargetType")


def _is_target(quad: Quad | Triple) -> bool:
    """Whether a statement gives a shape focus nodes."""
    is_class = quad.predicate == TYPE and text_of(quad.object) in (RDFS + "Class", OWL + "Class")
    return is_class or quad.predicate.value.startswith(SH + "target")


def _rewritten(path: Path, to: Path) -> Path:
    """A file of N-Triples as pyoxigraph writes it; QueryError where it is none."""
    with to.open("wb") as file:
        px.serialize((quad.triple for quad in parse_ntriples(path, str(path))), file, px.RdfFormat.N_TRIPLES)
    return to
