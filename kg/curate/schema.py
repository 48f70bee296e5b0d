"""Schema: what a file of facts may say, as JSON Schema, for editors that complete and explain, and for language models.

An editor shows each word with its definition and an example, offers classes, concepts and the ids that are there, and
begins a record with what the shapes of its class need. What only the build can tell, such as whether a quote stands in
its source, it leaves to the build.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kg.curate.changes import content
from kg.curate.known import classes, introduced, needed
from kg.facts.records import BASES
from kg.project import Project
from kg.rdf.context import Context, Term
from kg.rdf.datatypes import DATATYPES
from kg.rdf.ontology import Vocabulary, read_vocabulary
from kg.rdf.terms import RDFS, SKOS, TYPE, text_of
from kg.release.writer import write_file

DRAFT = "http://json-schema.org/draft-07/schema#"
ANY = ["string", "number", "boolean", "null"]  # how YAML tools may read a scalar: 1852 is a number to them
MOST_IDS = 2000  # that an editor is offered


def facts_schema(project: Project) -> dict[str, Any]:
    """The JSON Schema (draft 7) of a project's YAML files of facts and reference data."""
    vocabulary = read_vocabulary(project.ontology, project.base)
    said = said_of(vocabulary)
    ids = sorted(dict(introduced(project)))[:MOST_IDS]
    record = _record(vocabulary, said, ids)
    skip = {
        "type": "object",
        "properties": {
            "quote": _quote(),
            "from": {"type": "string"},
            "to": {"type": "string"},
            "reason": {"type": "string"},
        },
        "required": ["reason"],
        "additionalProperties": False,
    }
    return {
        "$schema": DRAFT,
        "title": f"Facts of {project.title or project.base}",
        "type": "object",
        "properties": {
            "source": {
                "type": "string",
                "description": "The id of the document that these facts quote, as data/sources.yaml lists it.",
            },
            "facts": {"type": "array", "items": record},
            "skip": {
                "type": "array",
                "items": skip,
                "description": "Words that no fact needs to quote, each with the reason.",
            },
        },
        "additionalProperties": False,
        "definitions": {
            "thing": {"examples": ids},
            "concept": {"examples": concepts_of(vocabulary)},
        },
    }


def write_schema(project: Project) -> Path:
    """Write the schema where editors look for it, in a folder that git leaves alone; gives its path."""
    path = project.root / ".kg" / "facts.schema.json"
    path.parent.mkdir(exist_ok=True)
    made = json.dumps(facts_schema(project), ensure_ascii=False, indent=1) + "\n"
    if content(path) != made.encode():
        (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        write_file(path, lambda file: file.write(made.encode()))
    return path


def model_schema(project: Project) -> dict[str, Any]:
    """A small JSON Schema for the structured output of language models: every property required, nothing nested deep.

    What comes out is drafts: the build proves each quote, and a person judges what it is taken to say.
    """
    vocabulary = read_vocabulary(project.ontology, project.base)
    says = {
        "type": "object",
        "properties": {
            "word": {"type": "string", "enum": sorted(words_of(vocabulary.context))},
            "value": {"type": "string"},
        },
        "required": ["word", "value"],
        "additionalProperties": False,
    }
    fact = {
        "quote": {
            "type": "array",
            "items": {"type": "string"},
            "description": "The exact words of the source, as they stand.",
        },
        "id": {"type": "string", "description": "A name of the thing: small letters, digits and hyphens."},
        "type": {"type": ["string", "null"], "enum": [*classes(vocabulary), None]},
        "says": {"type": "array", "items": says},
        "basis": {"type": "string", "enum": list(BASES)},
        "note": {"type": ["string", "null"], "description": "Why, where the basis is inferred."},
    }
    items = {"type": "object", "properties": fact, "required": list(fact), "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"facts": {"type": "array", "items": items}},
        "required": ["facts"],
        "additionalProperties": False,
    }


def _record(vocabulary: Vocabulary, said: Mapping[str, Mapping[str, str]], ids: list[str]) -> dict[str, Any]:
    context = vocabulary.context
    kinds = classes(vocabulary)
    types = {
        "enum": list(kinds),
        "enumDescriptions": [definition_of(said.get(iri, {})) for iri in kinds.values()],
        "description": "The class of a thing; given once, by the record that introduces it.",
    }
    about = {
        "quote": _quote(),
        "basis": {
            "enum": list(BASES),
            "enumDescriptions": [
                "the words say it",
                "it follows from where the words stand",
                "your own reading; say why in a note",
            ],
            "description": "How the words support the fact; stated where it is not given.",
        },
        "note": {
            "type": "string",
            "description": "Why, where the basis is inferred, and what a date or number comes to.",
        },
        "evidence": {"type": "string", "description": "Where reference data, which quote no source, are from."},
        "drafted": {"type": "string", "description": "The tool that proposed the fact, with its version."},
        _name(context, "@id", "id"): {
            "type": "string",
            "pattern": r"^\S+$",
            "examples": ids,
            "description": "The thing that the record is about: a name of your choice.",
        },
        _name(context, "@type", "type"): types,
    }
    words = {name: _word(vocabulary, term, said) for name, term in words_of(context).items()}
    snippets = [
        {
            "label": f"new {name}",
            "description": definition_of(said.get(iri, {})),
            "body": {"quote": "$1", "id": "$2", "type": name, **_begun(vocabulary, name)},
        }
        for name, iri in kinds.items()
    ]
    return {
        "type": "object",
        "properties": {**about, **words},
        "additionalProperties": False,
        "defaultSnippets": snippets,
    }


def _begun(vocabulary: Vocabulary, kind: str) -> dict[str, str]:
    """What the shapes of a class need, each with a place for its value."""
    words = ["name", *needed(vocabulary, kind)] if "name" in vocabulary.context.terms else needed(vocabulary, kind)
    return {word: f"${number}" for number, word in enumerate(dict.fromkeys(words), 3)}


def _quote() -> dict[str, Any]:
    return {
        "type": ["string", "array", "object"],
        "description": "The exact words of the source: words, a list of words, or {exact, prefix, suffix} where "
        "they stand more than once.",
    }


def _word(
    vocabulary: Vocabulary,
    term: Term,
    said: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """A word with its definition, and what it takes: an id, a concept, or a value of its datatype; one, or several."""
    found: dict[str, Any] = {
        "type": [*ANY, "array"],
        "markdownDescription": _told(term.iri, said.get(term.iri, {}), takes(term)),
    }
    found["description"] = definition_of(said.get(term.iri, {})) or takes(term)
    if term.type == "@id":
        found = {**found, "type": ["string", "array", "object", "null"], "allOf": [{"$ref": "#/definitions/thing"}]}
    elif term.type == "@vocab":
        found = {**found, "type": ["string", "array", "null"], "allOf": [{"$ref": "#/definitions/concept"}]}
    if term.container == "@language":  # a text for each language
        found["type"] = [*found["type"], "object"]
    return found


def takes(term: Term) -> str:
    """What a word takes, in words."""
    if term.type in ("@id", "@vocab"):
        return "the id of a thing" if term.type == "@id" else "the name of a concept"
    if term.type in DATATYPES:
        return DATATYPES[term.type].expected
    return f"a text{f' in {term.language}' if term.language else ''}"


def words_of(context: Context) -> dict[str, Term]:
    """The words that say something: no keyword, class or prefix."""
    return {
        name: term
        for name, term in context.terms.items()
        if not term.iri.startswith("@") and not name[:1].isupper() and name not in context.prefixes
    }


def _name(context: Context, keyword: str, default: str) -> str:
    """What the context calls a keyword of JSON-LD."""
    return next((name for name, term in context.terms.items() if term.iri == keyword), default)


def concepts_of(vocabulary: Vocabulary) -> list[str]:
    """The concepts, as records call them."""
    found = {
        text_of(quad.subject)
        for quad in vocabulary.statements
        if quad.predicate == TYPE and text_of(quad.object) == SKOS + "Concept"
    }
    return sorted(iri.removeprefix(vocabulary.context.vocab) for iri in found)


_TOLD = {
    RDFS + "label": "label",
    SKOS + "prefLabel": "label",
    SKOS + "definition": "definition",
    SKOS + "scopeNote": "definition",  # of a term of others: how it is used here
    SKOS + "example": "example",
}


def said_of(vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    """What the vocabulary says of each term: its label, definition and example."""
    found: dict[str, dict[str, str]] = {}
    for quad in vocabulary.statements:
        if key := _TOLD.get(quad.predicate.value):
            found.setdefault(text_of(quad.subject), {}).setdefault(key, text_of(quad.object))
    return found


def definition_of(said: Mapping[str, str]) -> str:
    """The definition of a term, or its label, by what the vocabulary says of it."""
    return said.get("definition", "") or said.get("label", "")


def _told(iri: str, said: Mapping[str, str], takes: str) -> str:
    """A term as an editor shows it: label, definition, what it takes, an example, and the IRI that it stands for."""
    lines: Iterable[str] = (
        f"**{said['label']}**" if said.get("label") else "",
        said.get("definition", ""),
        f"Takes {takes}.",
        f"Example: {said['example']}" if said.get("example") else "",
        f"`{iri}`",
    )
    return "\n\n".join(filter(None, lines))
