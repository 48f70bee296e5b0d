"""The project's JSON-LD context: the words of the facts and what each stands for.

The same `ontology/context.jsonld` reads the facts and compacts the exports, so there is no mapping code.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import ProjectError, nearest, printable
from kg.rdf import iris
from kg.rdf.terms import WELL_KNOWN, is_iri

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
    """A JSON-LD 1.1 context: as a document, as terms, as prefixes; and where it is published, "" for nowhere."""

    document: dict[str, Any]
    terms: dict[str, Term]
    prefixes: dict[str, str]
    vocab: str
    address: str = ""

    @property
    def written(self) -> Any:
        """What a JSON-LD document holds under "@context": a link to the published context, or all of it.

        A linked context's own "@base" is ignored (JSON-LD 1.1, 4.1.3), so it stands beside the link.
        """
        return [self.address, {"@base": self.document["@base"]}] if self.address else self.document

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
            if iris.is_slug(value):
                return iris.entity(base, value)
            raise ValueError(f"{value!r} is not a valid id; use letters, digits and hyphens, as in new-york")
        if prefix in self.prefixes and not local.startswith("//"):
            value = self.prefixes[prefix] + local
        elif not local.startswith("//") and prefix.lower() not in _SCHEMES:
            raise ValueError(f"unknown prefix {prefix!r}{nearest(prefix, self.prefixes)}")
        if not is_iri(value):
            raise ValueError(f"{value!r} is not a valid IRI; escape spaces and quotes as %20 and the like")
        return value


def read_context(path: Path, base: str) -> Context:
    """The context of a file; ProjectError names what keeps it from being used."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        context = document["@context"]
    except OSError as error:
        raise ProjectError(f"{path}: {error.strerror}; a project needs it, `kg init` writes one") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProjectError(f'{path}: not a JSON-LD context ({error}); write {{"@context": {{...}}}}') from None
    faults = list(_faults(context, iris.entity(base, "")))
    if not faults:
        spaces = {name: iri for name, iri in context.items() if _is_prefix(name, iri)}
        shell = Context(context, {}, spaces, context.get("@vocab", ""))
        terms = {name: term for name in context if (term := _term(name, context, shell))}
        faults = [fault for name, term in terms.items() for fault in _term_faults(name, term)]
    if faults:
        raise ProjectError("\n".join(f"{path}: {printable(fault)}" for fault in faults))
    return shell._replace(terms=terms, address=iris.context(base))


def _is_prefix(name: str, iri: Any) -> bool:
    """Whether an entry of a context is a prefix: a simple term whose IRI ends as one (JSON-LD 1.1, 4.4)."""
    return isinstance(iri, str) and not name.startswith("@") and iri.endswith(_PREFIX_ENDS)


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
    if not (isinstance(vocab := context.get("@vocab", entities), str) and is_iri(vocab)):
        yield f'"@vocab" is {vocab!r}, expected an absolute IRI'
    for alias, keyword in {"id": "@id", "type": "@type"}.items():
        if context.get(alias) != keyword:
            yield f'"{alias}" must stand for "{keyword}"; the facts use it so'
    for name, definition in context.items():
        yield from _entry_faults(name, definition)


def _entry_faults(name: str, definition: Any) -> Iterator[str]:
    """What is wrong with one entry of a context as it is written."""
    if name in ("@base", "@vocab", "id", "type") or (name == "@version" and definition == 1.1):
        return
    if name.startswith("@"):
        yield f'"{name}" is not supported; delete it'
    elif name in ("source", "quote", "basis", "note", "evidence"):
        yield f'"{name}" is a word of every record; choose another for the term'
    elif not re.fullmatch(r"[^\W\d][\w-]*", name):
        yield f'"{name}" is not a valid name for a term; use letters, digits, _ and -'
    elif _is_prefix(name, definition):
        if not is_iri(definition):
            yield f'"{name}" stands for {definition!r}, expected an absolute IRI for a prefix'
    elif isinstance(definition, dict):
        yield from _definition_faults(name, definition)
    elif not isinstance(definition, str):
        yield f'"{name}" must be an IRI or an object'


def _definition_faults(name: str, definition: dict[str, Any]) -> Iterator[str]:
    for key, value in definition.items():
        if key not in ("@id", "@type", "@language", "@container"):
            yield f'"{name}": "{key}" is not supported; a term has @id, @type, @language and @container'
        elif not isinstance(value, str):
            yield f'"{name}": "{key}" is {value!r}, expected text'
    if definition.get("@container", "@set") not in ("@set", "@language"):
        yield f'"{name}": "@container" may be "@set" or "@language", not {definition["@container"]!r}'
    if "@type" in definition and ("@language" in definition or definition.get("@container") == "@language"):
        yield f'"{name}" has a type and a language; a text in a language has no other type'


def _term_faults(name: str, term: Term) -> Iterator[str]:
    """What is wrong with a term once its prefixes are expanded."""
    if term.iri not in ("@id", "@type") and not is_iri(term.iri):
        yield f'"{name}" stands for {term.iri!r}, expected an IRI, or prefix:name with a prefix of this context'
    if term.iri in ("@id", "@type") and name not in ("id", "type"):
        yield f'"{name}" stands for "{term.iri}", as "{term.iri[1:]}" does; keep one word for it'
    if term.type not in ("", "@id", "@vocab") and not is_iri(term.type):
        yield f'"{name}": "@type" is {term.type!r}, expected "@id", "@vocab" or a datatype'


def prefixes(context: Context, base: str) -> dict[str, str]:
    """The prefixes that queries, tables and exports of a project use: its context's, the well-known, `id` and `kg`."""
    own = {"id": iris.entity(base, ""), "kg": iris.ontology(base)}
    return {**WELL_KNOWN, **context.prefixes, **own}
