"""Graphs: existing RDF as reference data, in the words of the project, with the evidence that it is from.

What the words of the context cannot say is counted and told, never dropped in silence.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from kg.curate.changes import content, make
from kg.curate.known import introduced, records_of
from kg.errors import QueryError
from kg.facts.values import Text
from kg.facts.yaml_edit import Plain, append
from kg.project import Project
from kg.rdf.files import read
from kg.rdf.formats import READ
from kg.rdf.jsonld import Compactor
from kg.rdf.ontology import Vocabulary, read_vocabulary
from kg.rdf.terms import OWL, SKOS, Quad

SAME = {OWL + "sameAs", SKOS + "exactMatch"}


class Taken(NamedTuple):
    """What came of a graph: the file of reference data, its records, and what was left out, with how often and why."""

    path: Path
    records: int
    left_out: Mapping[str, int]


def import_graph(project: Project, path: Path, evidence: str = "") -> Taken:
    """Write what an RDF file says into `data/reference/`, a record a thing; QueryError where it cannot be read, and
    FactError where the project does not build with it.

    A thing that a record says is the same as an IRI (owl:sameAs, skos:exactMatch) is spoken of by its own id.
    """
    vocabulary = read_vocabulary(project.ontology, project.base)
    quads = read(path).quads
    if not quads:
        raise QueryError(f"{path}: there are no statements in it")
    evidence = evidence or f"{path.name}, SHA-256 {_sha256(path)}, imported {date.today().isoformat()}"
    making = _Making(project, vocabulary, quads)
    target = project.data / "reference" / f"{path.name.split('.')[0]}.yaml"
    if target.exists():
        raise QueryError(f"{target.relative_to(project.root).as_posix()} is there already; rename {path.name}, or it")
    text = "facts:\n"
    records = [{**record, "evidence": evidence} for record in making.records()]
    for record in records:
        text = append(text, "facts", record)
    if records:
        make(project, {target: content(target)}, {target: text.encode()})
    return Taken(target, len(records), dict(sorted(making.left_out.items())))


def is_graph(path: Path) -> bool:
    """Whether a file is RDF by its name, and not annotations."""
    name = path.name.removesuffix(".gz")
    if Path(name).suffix == ".json" or Path(name).suffix not in READ:
        return False
    return Path(name).suffix != ".jsonld" or b"anno.jsonld" not in path.read_bytes()[:4096]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Making:
    """Records being made of the statements of a graph."""

    def __init__(self, project: Project, vocabulary: Vocabulary, quads: tuple[Quad, ...]) -> None:
        self.context = vocabulary.context
        self.left_out: Counter[str] = Counter()
        self.known = dict(introduced(project))
        self.same = _same(project, vocabulary)
        self.nested: set[str] = set()
        ordered = sorted(quads, key=lambda quad: (str(quad.subject), str(quad.predicate), str(quad.object)))
        triples = [quad.triple for quad in ordered]
        written = Compactor(self.context).nodes(triples).decode()
        self.nodes: dict[str, dict[str, Any]] = {node["id"]: node for node in json.loads(f"[{written}]")}
        self.used = Counter(
            one for node in self.nodes.values() for one in _texts(node.values()) if one.startswith("_:")
        )

    def records(self) -> Iterator[dict[str, Plain]]:
        """The records of the things that have names; what is left out is counted on the way."""
        for ident, node in self.nodes.items():
            if ident.startswith("_:"):  # which stands within what speaks of it
                continue
            own = self.same.get(ident, ident)
            record = self._record(node)
            if own in self.known and "type" in record:
                del record["type"]
            if record:
                yield {"id": own, **record}
        for ident, node in self.nodes.items():
            if ident.startswith("_:") and ident not in self.nested:
                self._leave("a thing without a name, of which not just one other speaks", node)

    def _record(self, node: Mapping[str, Any]) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for key, value in node.items():
            if key == "id":
                continue
            if key not in self.context.terms:
                self.left_out[f"no word is for {key}"] += len(value) if isinstance(value, list) else 1
                continue
            values = value if isinstance(value, list) else [value]
            kept = [one for one in (self._value(key, one) for one in values) if one is not None]
            if kept:
                found[key] = list(kept) if len(kept) > 1 else kept[0]
        return found

    def _value(self, key: str, value: Any) -> Plain:
        """A value as a record has it; None for what cannot be said under the word."""
        if isinstance(value, dict) and self.context.terms[key].container != "@language":
            self.left_out[f"{key} does not take values such as {_short(value)}"] += 1
            return None
        if isinstance(value, dict):
            return {tag: texts for tag, texts in value.items()}
        text = str(value)
        if text.startswith("_:"):
            if text not in self.nodes or text in self.nested or self.used[text] != 2:  # its own id is one
                self.left_out[f"{key} leads to a thing without a name"] += 1
                return None
            self.nested.add(text)
            return self._record(self.nodes[text])
        return self.same.get(text, text)

    def _leave(self, why: str, node: Mapping[str, Any]) -> None:
        self.left_out[why] += sum(len(v) if isinstance(v, list) else 1 for k, v in node.items() if k != "id")


def _texts(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | dict):
            yield from _texts(value if isinstance(value, list) else value.values())


def _short(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]


def _same(project: Project, vocabulary: Vocabulary) -> dict[str, str]:
    """The IRIs, as records write them, that a thing of the project is said to be the same as, with its id."""
    words = [name for name, term in vocabulary.context.terms.items() if term.iri in SAME]
    found = {}
    for record in records_of(project):
        ident = record.content.get(Text("id"))
        for key in words:
            value = record.content.get(Text(key))
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, Text) and isinstance(ident, Text):
                    found[str(one)] = str(ident)
    return found
