"""Known: what a project has already, to choose from: sources, records, ids and names, classes and what these need."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kg.errors import FactError
from kg.facts.quotes import Quote
from kg.facts.reading import folded
from kg.facts.records import Record, fact_files, read_file
from kg.facts.sources import Source, read_sources
from kg.facts.values import Items, Text
from kg.project import Project
from kg.rdf.context import Context
from kg.rdf.ontology import Vocabulary, read_vocabulary
from kg.rdf.terms import RDFS, SCHEMA, SH, SKOS, text_of


def sources_of(project: Project) -> dict[str, Source]:
    """The sources of a project by id; FactError with what is wrong with them."""
    sources, faults = read_sources(project.data, project.root)
    if faults:
        raise FactError(faults)
    return sources


def records_of(project: Project) -> Iterator[Record]:
    """The records of a project's files, in their order."""
    files, _ = fact_files(project.data, project.root)
    for path in files:
        for item in read_file(path, path.relative_to(project.root).as_posix()):
            if isinstance(item, Record):
                yield item


def introduced(project: Project, records: Iterable[Record] | None = None) -> Iterator[tuple[str, str]]:
    """The ids of all records, each with the class by which one introduces it, or ""."""
    for record in records_of(project) if records is None else records:
        ident, kind = record.content.get(Text("id")), record.content.get(Text("type"))
        if isinstance(ident, Text):
            yield str(ident), str(kind) if isinstance(kind, Text) else ""


def classes(vocabulary: Vocabulary) -> dict[str, str]:
    """The classes that records can be of, as the context calls them, with their IRIs; not those of the tool's own."""
    typed = {text_of(q.subject) for q in vocabulary.statements if text_of(q.object).endswith(("#Class",))}
    typed -= {vocabulary.context.expand(f"kg:{name}") for name in TOOLS}
    named = {
        name: term.iri for name, term in vocabulary.context.terms.items() if term.iri in typed and name[:1].isupper()
    }
    own = {iri.removeprefix(vocabulary.context.vocab): iri for iri in typed if iri.startswith(vocabulary.context.vocab)}
    return dict(sorted({**own, **named}.items()))


def needed(vocabulary: Vocabulary, kind: str) -> list[str]:
    """The words that the shapes of a class, and of those above it, want at least once of each thing."""
    return needs_of(vocabulary).get(kind, [])


def needs_of(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """The same for every class."""
    said: dict[str, dict[str, list[Any]]] = {}
    for quad in vocabulary.shapes:
        said.setdefault(str(quad.subject), {}).setdefault(quad.predicate.value, []).append(quad.object)
    paths: dict[str, set[str]] = {}  # what things of each class want
    for shape in said.values():
        for target in map(text_of, shape.get(SH + "targetClass", ())):
            for part in (said.get(str(node), {}) for node in shape.get(SH + "property", ())):
                if any(text_of(number) != "0" for number in part.get(SH + "minCount", ())):
                    paths.setdefault(target, set()).update(map(text_of, part.get(SH + "path", ())))
    words = [(word, term.iri) for word, term in vocabulary.context.terms.items() if term.container != "@language"]
    found = {}
    for name, iri in classes(vocabulary).items():
        wanted = {path for one in (iri, *vocabulary.superclasses.get(iri, ())) for path in paths.get(one, ())}
        found[name] = [word for word, of in words if of in wanted]
    return found


TOOLS = ("Fact", "Passage", "Source")  # the classes of the tool's own vocabulary
NAMES = {SKOS + "prefLabel", SKOS + "altLabel", RDFS + "label", SCHEMA + "name", SCHEMA + "alternateName"}


def names_of(project: Project, context: Context, records: Iterable[Record] | None = None) -> Iterator[tuple[str, str]]:
    """The names of things, in the order of the records, each with the id of the thing."""
    words = {name for name, term in context.terms.items() if term.iri in NAMES and term.container != "@language"}
    for record in records_of(project) if records is None else records:
        ident = record.content.get(Text("id"))
        for key, value in record.content.items() if isinstance(ident, Text) else ():
            for text in value if isinstance(value, Items) else [value]:
                if key in words and isinstance(text, Text) and len(text) > 2:
                    yield str(text), str(ident)


def quotes_of(record: Mapping[str, Any]) -> Iterator[Quote]:
    """The quotes of a record as YAML has it, in order: those of `quote`, or the ends of a skipped range.

    >>> [quote.exact for quote in quotes_of({"quote": ["a", {"exact": "b", "prefix": "c"}]})]
    ['a', 'b']
    """
    values = [record[key] for key in ("quote", "from", "to") if key in record]
    for one in (one for value in values for one in (value if isinstance(value, list) else [value])):
        said = one if isinstance(one, dict) else {"exact": one}
        yield Quote(Text(said.get("exact", "")), str(said.get("prefix", "")), str(said.get("suffix", "")))


def slug_of(words: str, most: int = 60) -> str:
    """Words as the letters and digits of an id, with hyphens between them; "" where they have none of these.

    >>> slug_of("Café “A” of 1902")
    'cafe-a-of-1902'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", words).casefold() if not unicodedata.combining(c))
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:most].strip("-")


def digest(record: object) -> str:
    """What a record is called by what it says, whatever line it stands on."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]


class Known(NamedTuple):
    """What a project has to choose from: its vocabulary, sources by id, ids with their classes, the id that each name,
    folded, belongs to first, the first name of each id, the records, and what each class needs.
    """

    vocabulary: Vocabulary
    sources: dict[str, Source]
    ids: dict[str, str]
    names: dict[str, str]
    called: dict[str, str]
    records: tuple[Record, ...]
    needs: dict[str, list[str]]


def read_known(project: Project) -> Known:
    """What a project has to choose from; FactError where its sources cannot be read."""
    vocabulary = read_vocabulary(project.ontology, project.base)
    records = tuple(records_of(project))
    ids: dict[str, str] = {}
    for ident, kind in introduced(project, records):
        if kind or ident not in ids:
            ids[ident] = kind
    names: dict[str, str] = {}
    called: dict[str, str] = {}
    for name, ident in names_of(project, vocabulary.context, records):
        names.setdefault(folded(name), ident)
        called.setdefault(ident, name)
    return Known(vocabulary, sources_of(project), ids, names, called, records, needs_of(vocabulary))
