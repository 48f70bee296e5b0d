"""The project's JSON-LD context: the words of the facts and what each stands for.

The same `ontology/context.jsonld` reads the facts and compacts the exports, so there is no mapping code.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kg import names
from kg.errors import ProjectError, nearest
from kg.rdf import WELL_KNOWN, is_iri

_PREFIX_ENDS = (
    ":",
    "/",
    "?",
    "#",
    "[",
    "]",
    "@",
)  # JSON-LD 1.1, 4.4: what a simple term may end in as prefix
_SCHEMES = ("urn", "mailto", "tel", "geo", "info", "doi", "tag", "data", "isbn")


class Term(NamedTuple):
    """A word of the context.

    `type` is "@id", "@vocab", a datatype's IRI or "" for plain text; `language` and `container` are "" where
    the context gives none.
    """

    iri: str
    type: str
    language: str
    container: str


class Context(NamedTuple):
    """A JSON-LD 1.1 context: as a document, as terms, as prefixes."""

    document: dict[str, Any]
    terms: dict[str, Term]
    prefixes: dict[str, str]
    vocab: str

    def expand(self, name: str) -> str:
        """The IRI that a class or concept name stands for (JSON-LD 1.1 API, 5.2, vocab true).

        >>> Context({}, {}, {"schema": "https://schema.org/"}, "https://example.org/#").expand("schema:NGO")
        'https://schema.org/NGO'
        """
        if name in self.terms:
            return self.terms[name].iri
        prefix, colon, local = name.partition(":")
        if colon and prefix in self.prefixes:
            return self.prefixes[prefix] + local
        return name if colon else self.vocab + name

    def resolve(self, value: str, base: str) -> str:
        """The IRI of a thing written as slug, prefix:name or IRI; ValueError says what is wrong with it."""
        prefix, colon, local = value.partition(":")
        if not colon:
            if names.is_slug(value):
                return names.entity(base, value)
            raise ValueError(f"{value!r} is no id; use letters, digits and hyphens, as in new-york")
        if prefix in self.prefixes and not local.startswith("//"):
            value = self.prefixes[prefix] + local
        elif not local.startswith("//") and prefix.lower() not in _SCHEMES:
            raise ValueError(f"unknown prefix {prefix!r}{nearest(prefix, self.prefixes)}")
        if not is_iri(value):
            raise ValueError(f"{value!r} is no IRI; escape spaces and quotes as %20 and the like")
        return value


def read_context(path: Path, base: str) -> Context:
    """The context of a file; ProjectError names what keeps it from being used."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        context = document["@context"]
    except OSError as error:
        raise ProjectError(f"{path}: {error.strerror}; a project needs it, `kg init` writes one") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ProjectError(f'{path}: not a JSON-LD context ({error}); write {{"@context": {{...}}}}') from None
    faults = list(_faults(context, names.entity(base, "")))
    if faults:
        raise ProjectError("\n".join(f"{path}: {fault}" for fault in faults))
    prefixes = {
        name: iri
        for name, iri in context.items()
        if isinstance(iri, str) and not name.startswith("@") and iri.endswith(_PREFIX_ENDS)
    }
    shell = Context(context, {}, prefixes, context.get("@vocab", ""))
    terms = {name: term for name in context if (term := _term(name, context, shell))}
    return shell._replace(terms=terms)


def _term(name: str, context: dict[str, Any], shell: Context) -> Term | None:
    definition = context[name]
    if name.startswith("@") or name in shell.prefixes:
        return None
    if isinstance(definition, str):
        definition = {"@id": definition}
    iri, kind = definition.get("@id", name), definition.get("@type", "")
    return Term(
        iri if iri.startswith("@") else shell.expand(iri),
        kind if kind.startswith("@") or not kind else shell.expand(kind),
        definition.get("@language", ""),
        definition.get("@container", ""),
    )


def _faults(context: Any, entities: str) -> Iterator[str]:
    """What in a context kg cannot honour: whatever would be fetched, or is read differently elsewhere."""
    if not isinstance(context, dict):
        yield '"@context" must be one object; remote contexts are never fetched, write the terms here'
        return
    if context.get("@base") != entities:
        yield f'"@base" is {context.get("@base")!r}, expected {entities!r} (`base` of the project + "id/")'
    for alias, keyword in {"id": "@id", "type": "@type"}.items():
        if context.get(alias) != keyword:
            yield f'"{alias}" must stand for "{keyword}"; the facts use it so'
    for name, definition in context.items():
        yield from _term_faults(name, definition)


def _term_faults(name: str, definition: Any) -> Iterator[str]:
    if name in ("@base", "@vocab", "@language", "@version", "@protected"):
        return
    if name.startswith("@"):
        yield f'"{name}" is not supported; delete it'
    elif not isinstance(definition, dict | str):
        yield f'"{name}" must be an IRI or an object'
    elif isinstance(definition, dict):
        for key in sorted({"@context", "@direction", "@import", "@nest", "@index"} & definition.keys()):
            yield f'"{name}": "{key}" is not supported; give the term a plain definition'
        if definition.get("@container", "@set") not in ("@set", "@language"):
            yield f'"{name}": "@container" may be "@set" or "@language", not {definition["@container"]!r}'


def prefixes(context: Context, base: str) -> dict[str, str]:
    """The prefixes that queries, tables and exports of a project use: its context's, the well-known, `id` and `kg`."""
    own = {"id": names.entity(base, ""), "kg": names.ontology(base)}
    return {**WELL_KNOWN, **context.prefixes, **own}
