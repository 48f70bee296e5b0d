"""Export: the graph of a release in every format, from its N-Quads file, never from the store.

Formats without named graphs get the default graph, which holds every statement; evidence goes into them on request. All
but a JSON-LD frame is written in portions, whatever the size of the release.
"""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, NamedTuple, TextIO

from kg.errors import QueryError
from kg.rdf import iris
from kg.rdf.context import Context, read_context
from kg.rdf.formats import DATASETS, EVIDENCE, EXPORTS, FORMATS
from kg.rdf.infer import infer, rules
from kg.rdf.ontology import vocabulary
from kg.rdf.parse import parse_lines
from kg.rdf.reify import REIFIED
from kg.rdf.serialize import WRITERS, for_format, lines_of, ordered, serialize
from kg.rdf.sorted_lines import FOLLOWS, NAMED, STATED, Sorter, Tagged, merged
from kg.rdf.terms import DEFAULT_GRAPH, TYPE, Quad, text_of
from kg.release.contents import Terms, by_graph, used_in
from kg.release.dcat import About
from kg.release.evidence import NP, write_annotations, write_nanopublications
from kg.release.nquads import assemble, in_portions, parsed, portions, readable, verify
from kg.release.reader import Release


class Options(NamedTuple):
    """What an export holds: the format, the form of the evidence ("" for none), reference data or not, a frame, and
    whether JSON-LD holds its context or links to it.
    """

    format: str
    evidence: str = ""
    reference: bool = True
    frame: dict[str, Any] | None = None
    inline_context: bool = False


def export(release: Release, options: Options, out: IO[bytes]) -> str:
    """Write the release as the options ask, and give what there is to say of it, "" for nothing.

    QueryError where the options do not go together, UnwritableError where the format cannot hold the graph.
    """
    _refuse(options)
    verify(release.dataset)
    base = release.manifest["base"]
    context = read_context(release.path / "context.jsonld", base)
    terms = Terms(release.manifest["prefixes"], context._replace(address="") if options.inline_context else context)
    with TemporaryDirectory(prefix="kg-export-") as folder:
        dataset = release.dataset
        if not options.reference:
            dataset = without_reference(dataset, terms.context, base, Path(folder))
        if options.frame is not None:
            document = _framed(dataset, terms.context, options.frame)
            out.write((json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())
            return "" if document.keys() - {"@context"} else "the frame matches nothing; its words are the context's"
        if options.evidence in ("nanopub", "annotations"):
            said = release.manifest
            about = About(base, said["title"], said.get("description", ""), "", said["license"])
            _write_evidence(options, dataset, about, terms, Path(folder), out)
        elif options.format == "nquads":
            _copy(dataset, out)
        else:
            triples = Path(folder) / "triples.nt"
            _write_triples(triples, dataset, options.evidence, base)
            if options.format == "rdfxml":  # which cannot hold every graph: it is written whole or not at all
                with (Path(folder) / "whole").open("w+b") as whole:
                    _write_format(options.format, triples, dataset, terms, whole)
                    whole.seek(0)
                    shutil.copyfileobj(whole, out)
            else:
                _write_format(options.format, triples, dataset, terms, out)
    return ""


def _refuse(options: Options) -> None:
    """Raise QueryError where options do not go together."""
    if options.frame is not None and options.format != "jsonld":
        raise QueryError(f"a frame is for jsonld, not for {options.format}; leave out --frame, or add -t jsonld")
    if options.evidence in REIFIED and options.format in DATASETS:
        raise QueryError(f"{options.format} holds the evidence in its named graphs; leave out --evidence")
    formats = EVIDENCE.get(options.evidence, EXPORTS)
    if options.format not in formats:
        raise QueryError(f"--evidence {options.evidence} is written as {' or '.join(formats)}, not as {options.format}")
    if options.evidence and options.frame is not None:
        raise QueryError("a frame shapes the graph without its evidence; leave out --frame or --evidence")


def _copy(path: Path, out: IO[bytes]) -> None:
    with path.open("rb") as file:
        shutil.copyfileobj(file, out)


def _write_evidence(options: Options, dataset: Path, about: About, terms: Terms, folder: Path, out: IO[bytes]) -> None:
    """Write a dataset as nanopublications or as Web Annotations."""
    if options.evidence == "annotations":
        write_annotations(dataset, about, out)
        return
    path, default = write_nanopublications(dataset, about, folder), folder / "default.nt"
    if options.format == "nquads":
        _copy(path, out)
    else:
        default.touch()  # a nanopublication states nothing outside of its graphs
        _write_format(options.format, default, path, terms._replace(prefixes={**terms.prefixes, "np": NP}), out)


def _write_triples(path: Path, dataset: Path, evidence: str, base: str) -> None:
    """Write the default graph of a dataset, with the evidence in a form if one is asked for, as sorted N-Triples."""
    sorter = Sorter(path.parent / "triples")
    for quads in in_portions(dataset):
        sorter.add(lines_of(quad.triple for quad in quads if quad.graph_name == DEFAULT_GRAPH))
        if evidence:
            sorter.add(lines_of(REIFIED[evidence](quads, base)))
    with path.open("wb") as file:
        file.writelines(merged(sorter.close()))


def _write_format(kind: str, triples: Path, dataset: Path, terms: Terms, out: IO[bytes]) -> None:
    """Write sorted triples, or for TriG the dataset whose default graph they are, in a format."""
    source = dataset if kind in DATASETS else triples
    writer = WRITERS[kind](out, used_in(source, terms.prefixes), terms.context)
    if kind in DATASETS:
        for quads in by_graph(dataset, triples, triples.parent / "graphs"):
            writer.put(quads)
    else:
        with triples.open("rb") as file:
            for portion in portions(file):
                writer.put([quad.triple for quad in parsed(readable(portion))])
    writer.end()


def without_reference(dataset: Path, context: Context, base: str, folder: Path) -> Path:
    """A dataset as it would be had there been no reference data: what the sources say, and what follows.

    The new dataset's file is in the folder, where it is made.
    """
    reference, ontology = _reference(dataset, base)
    by = rules(vocabulary(context, ontology), base)
    names = ("", iris.graph(base, "inferred"))
    sorter = Sorter(folder / "kept")
    for quads in in_portions(dataset):
        kept = [
            quad
            for quad in quads
            if (graph := text_of(quad.graph_name)) not in names
            and graph not in reference
            and text_of(quad.subject) not in reference
        ]
        stated = lines_of(
            quad.triple
            for quad in kept
            if iris.is_fact(base, text_of(quad.graph_name)) or text_of(quad.graph_name) == iris.graph(base, "ontology")
        )
        sorter.add([NAMED + line for line in lines_of(kept)])
        sorter.add([STATED + line for line in stated])
        sorter.add([FOLLOWS + line for line in infer(stated, by)])
    assemble(Tagged(merged(sorter.close())), base, folder)
    return folder / "dataset.nq"


def _reference(dataset: Path, base: str) -> tuple[set[str], list[Quad]]:
    """The facts that are reference data, with the curators whose they are; and the quads of the ontology."""
    kg = iris.ontology(base)
    basis, graph = f"<{kg}basis> <{kg}reference> ".encode(), f" <{iris.graph(base, 'ontology')}> .\n".encode()
    with dataset.open("rb") as file:
        found = list(parse_lines(line for line in file if basis in line or line.endswith(graph)))
    reference = {text_of(quad.subject) for quad in found if quad.predicate.value == f"{kg}basis"}
    if reference:
        reference.add(iris.curators(base))
    ontology = [quad for quad in found if text_of(quad.graph_name) == iris.graph(base, "ontology")]
    return reference, ontology


def _framed(dataset: Path, context: Context, frame: dict[str, Any]) -> dict[str, Any]:
    """The default graph of a dataset as a JSON-LD frame shapes it (JSON-LD 1.1 Framing)."""
    from pyld import jsonld  # only frames need it

    items = ordered(for_format((quad for quads in in_portions(dataset) for quad in quads), "jsonld"))
    expanded = [_typed(node) for node in json.loads(serialize(items, FORMATS["jsonld"].syntax))]
    options = {"documentLoader": _refuse_to_load, "processingMode": "json-ld-1.1"}
    try:
        document: dict[str, Any] = jsonld.frame(expanded, {"@context": context.document, **frame}, options)
    except (jsonld.JsonLdError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise QueryError(f"the frame cannot be used: {error.args[0] if error.args else error}") from None
    return {"@context": context.written, **{name: value for name, value in document.items() if name != "@context"}}


def _typed(node: dict[str, Any]) -> dict[str, Any]:
    """The node with its rdf:type as @type, which is what contexts and frames speak of."""
    types = node.pop(TYPE.value, None)
    return {"@id": node["@id"], "@type": [kind["@id"] for kind in types], **node} if types else node


def _refuse_to_load(url: str, options: object) -> Any:
    raise QueryError(f"{url}: remote JSON-LD documents are never fetched; write the terms into the frame")


def read_frame(file: TextIO) -> dict[str, Any]:
    """The JSON-LD frame in a file; QueryError where it is not one."""
    try:
        frame = json.load(file)
    except ValueError as error:
        raise QueryError(
            f"{file.name}: not JSON ({error}); a frame is an object such as {{'type': 'Person'}}"
        ) from None
    if isinstance(frame, dict) and "@context" in frame:
        raise QueryError(f"{file.name}: a frame is read with the project's context; leave out its @context")
    if not isinstance(frame, dict):
        raise QueryError(f"{file.name}: a frame is an object such as {{'type': 'Person'}}")
    return frame


def format_of(output: Path | None, evidence: str = "") -> str:
    """The format that the suffix of an output file names; on stdout, which is None or "-", turtle, or the usual format
    of a form of evidence.
    """
    if output is None or str(output) == "-":
        return EVIDENCE.get(evidence, ("turtle",))[0]
    suffixes = {FORMATS[name].suffix: name for name in EXPORTS}
    if output.suffix not in suffixes:
        raise QueryError(f"{output}: its ending tells no format; use {' '.join(suffixes)}, or add -t")
    return suffixes[output.suffix]
