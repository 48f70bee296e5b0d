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

import pyoxigraph as px

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
DEEPEST = 8  # things within things of a record


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
    file = read(path)
    if not file.quads:
        raise QueryError(f"{path}: there are no statements in it")
    evidence = evidence or f"{path.name}, SHA-256 {_sha256(path)}, imported {date.today().isoformat()}"
    making = _Making(project, vocabulary, file.quads)
    making.left_out.update(note.removeprefix(f"{file.name}: ") for note in file.notes)
    target = project.data / "reference" / f"{path.name.lstrip('.~').split('.')[0]}.yaml"
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
    name = path.name.lower().removesuffix(".gz")
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
        self.known = {ident: kind for ident, kind in introduced(project) if kind}
        self.same = _same(project, vocabulary)
        self.nested: set[str] = set()
        triples = sorted({quad.triple for quad in quads}, key=lambda one: tuple(map(str, one)))
        written = Compactor(self.context).nodes(triples).decode()
        self.nodes: dict[str, dict[str, Any]] = {node["id"]: node for node in json.loads(f"[{written}]")}
        self.used = Counter(str(one.object) for one in triples if isinstance(one.object, px.BlankNode))
        self.words: dict[str, list[str]] = {}
        for name, term in self.context.terms.items():
            self.words.setdefault(term.iri, []).append(name)

    def records(self) -> Iterator[dict[str, Plain]]:
        """The records of the things that have names; what is left out is counted on the way."""
        for ident, node in self.nodes.items():
            if ident.startswith("_:"):  # which stands within what speaks of it
                continue
            own = self.same.get(ident, ident)
            record = self._record(node)
            if own in self.known and "type" in record:
                kinds = record.pop("type")
                for kind in kinds if isinstance(kinds, list) else [kinds]:
                    if self.context.expand(str(kind)) != self.context.expand(self.known[own]):
                        self.left_out[f"{own} is of the class {self.known[own]} here, not {kind}"] += 1
            if record:
                yield {"id": own, **record}
        for ident, node in self.nodes.items():
            if ident.startswith("_:") and ident not in self.nested:
                self._leave("a thing without a name, of which not just one other speaks", node)

    def _record(self, node: Mapping[str, Any], deep: int = 0) -> dict[str, Plain]:
        found: dict[str, list[Plain]] = {}
        for key, value in node.items():
            for one in value if isinstance(value, list) else [value] if key != "id" else ():
                word, kept = self._plain(key, one) if key in self.context.terms else self._thing(key, one, deep)
                if kept is not None:
                    found.setdefault(word, []).append(kept)
        return {word: values if len(values) > 1 else values[0] for word, values in found.items()}

    def _plain(self, word: str, value: Any) -> tuple[str, Plain]:
        """A value as the context writes it; of a thing that the project has under another id, by that id."""
        if isinstance(value, dict):  # texts by language
            return word, value
        text = str(value)
        return word, self.same.get(text, text) if self.context.terms[word].type == "@id" else text

    def _thing(self, key: str, value: Any, deep: int) -> tuple[str, Plain]:
        """A thing without a name as a mapping under the word that leads to it; None for what no word is for."""
        words = self.words.get(self.context.expand(key), [])
        ident = value.get("id", "") if isinstance(value, dict) else ""
        if not words:
            self.left_out[f"no word is for {key}"] += 1
        elif not ident.startswith("_:"):
            self.left_out[f"{', '.join(words)} does not take values such as {_short(value)}"] += 1
        else:
            links = [word for word in words if self.context.terms[word].type == "@id"]
            if links and ident in self.nodes and self.used[ident] == 1 and deep < DEEPEST:
                self.nested.add(ident)
                if record := self._record(self.nodes[ident], deep + 1):
                    return links[0], record
            self.left_out[f"{', '.join(words)} leads to a thing without a name"] += 1
        return key, None

    def _leave(self, why: str, node: Mapping[str, Any]) -> None:
        self.left_out[why] += sum(len(v) if isinstance(v, list) else 1 for k, v in node.items() if k != "id")


def _short(value: Any) -> str:
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
