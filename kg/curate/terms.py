"""Terms: a class or a property of the project's own, added to context, vocabulary and shapes at once.

What a term means is asked for before there is one: a label, a definition and an example, since pages and editors show
these, and whoever comes next has no more to go by.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as px

from kg.curate.changes import content, make
from kg.curate.known import classes
from kg.errors import QueryError, nearest
from kg.project import Project
from kg.rdf import iris
from kg.rdf.ontology import Vocabulary, read_vocabulary
from kg.rdf.terms import EDTF, OWL, RDF, RDFS, SH, SKOS, XSD, text_of

# What a property may take, by how one says it: the type in the context, None for a text in the project's language.
TAKES: dict[str, str | None] = {
    "thing": "@id",
    "concept": "@vocab",
    "text": None,
    "date": "edtf:EDTF",
    "number": "xsd:integer",
    "decimal": "xsd:decimal",
    "day": "xsd:date",
    "boolean": "xsd:boolean",
    "address": "xsd:anyURI",
}
NAMESPACES = {
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "xsd": XSD,
    "sh": SH,
    "edtf": EDTF.removesuffix("EDTF"),
}


class Term(NamedTuple):
    """A term to be: its name, in capitals for a class; what it means; and for a property the class whose things have
    it (`of`), what it takes (one of TAKES, or a class), and whether each needs it and may have several.
    """

    name: str
    label: str
    definition: str
    example: str
    below: str = ""
    of: str = ""
    takes: str = "text"
    needed: bool = False
    several: bool = False


def add_term(project: Project, term: Term) -> list[Path]:
    """Add a term, and give the files that changed; QueryError for a term that is not one, or is there already.

    FactError or ProjectError where the project does not build with it; nothing is changed then.
    """
    vocabulary = read_vocabulary(project.ontology, project.base)
    _check(term, vocabulary, project.base)
    folder = project.ontology
    paths = [folder / name for name in ("context.jsonld", "vocabulary.ttl", "shapes.ttl")]
    read = {path: content(path) for path in paths}
    texts = {path.name: (data or b"").decode("utf-8") for path, data in read.items()}
    own = {"kg": iris.ontology(project.base), **NAMESPACES}
    changed = {paths[0]: _in_context(texts["context.jsonld"], term, vocabulary)}
    changed[paths[1]] = _in_turtle(texts["vocabulary.ttl"], "\n".join(_meaning(term, vocabulary)), own)
    if term.of:
        changed[paths[2]] = _in_turtle(texts["shapes.ttl"], _shape(term, vocabulary), own)
    make(project, read, {path: text.encode() for path, text in changed.items()})
    return list(changed)


def _check(term: Term, vocabulary: Vocabulary, base: str) -> None:
    known = vocabulary.context.terms
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", term.name):
        raise QueryError(f"{term.name!r} is not a valid name; use letters and digits, as in Meeting or heldIn")
    if term.name in known:
        raise QueryError(f"{term.name!r} is a term already; kg schema tells what it means")
    own = f"{iris.ontology(base)}{term.name}"
    if said := [text_of(q.object) for q in vocabulary.statements if text_of(q.subject) == own]:
        meaning = next((text for text in said if text.endswith(".")), "")
        raise QueryError(
            f"kg:{term.name} is a word that kg itself uses{f' (“{meaning}”)' if meaning else ''}; choose another name, "
            "or add it to ontology/context.jsonld by hand where it means that"
        )
    for name, text in (("label", term.label), ("definition", term.definition), ("example", term.example)):
        if not text.strip():
            raise QueryError(f"a term needs a {name}: pages and editors show it")
    every = classes(vocabulary)
    wanted = [term.below, term.of, *([] if term.takes in TAKES else [term.takes])]
    for name in filter(None, wanted):
        if name not in every:
            also = f", or takes {', '.join(TAKES)}" if name == term.takes else ""
            raise QueryError(f"no class is called {name!r}{nearest(name, every)}; there are {', '.join(every)}{also}")
    if term.name[0].isupper() and (term.of or term.needed or term.several):
        raise QueryError(
            f"{term.name} is a class by its capital letter; --of, --needed and --several are for properties"
        )
    if not term.name[0].isupper() and term.below:
        raise QueryError(f"{term.name} is a property; --below is for classes, which begin with a capital letter")


def _in_context(text: str, term: Term, vocabulary: Vocabulary) -> str:
    """The context with the term as its last entry."""
    if term.name[0].isupper():
        entry: object = f"kg:{term.name}"
    else:
        kind = TAKES.get(term.takes, "@id")
        entry = {"@id": f"kg:{term.name}", **({"@type": kind} if kind else {"@language": _language(vocabulary)})}
    line = f"{json.dumps(term.name)}: {json.dumps(entry, ensure_ascii=False)}"
    end = re.search(r"\s*\}\s*\}\s*$", text)  # of the terms, and of the document
    indent = re.findall(r"\n([ \t]*)\S[^\n]*$", text[: end.start()]) if end else []
    made = f"{text[: end.start()]},\n{indent[0] if indent else '    '}{line}{end[0]}" if end else text
    if term.name not in json.loads(made)["@context"]:
        raise QueryError("ontology/context.jsonld is not written as kg expects; add the term by hand")
    return made


def _language(vocabulary: Vocabulary) -> str:
    """The language that a project is written in."""
    return next((one.language for one in vocabulary.context.terms.values() if one.language), "en")


def _meaning(term: Term, vocabulary: Vocabulary) -> Iterator[str]:
    if term.name[0].isupper():
        kind = "owl:Class"
    else:
        kind = "owl:ObjectProperty" if TAKES.get(term.takes, "@id") in ("@id", "@vocab") else "owl:DatatypeProperty"
    yield f"kg:{term.name} a {kind} ;"
    said = [("rdfs:label", term.label), ("skos:definition", term.definition), ("skos:example", term.example)]
    lines = [f"    {name} {px.Literal(text, language=_language(vocabulary))}" for name, text in said]
    if term.below:
        lines.append(f"    rdfs:subClassOf {_iri(term.below, vocabulary)}")
    if term.of:
        lines.append(f"    rdfs:domain {_iri(term.of, vocabulary)}")
    if term.takes not in TAKES:
        lines.append(f"    rdfs:range {_iri(term.takes, vocabulary)}")
    elif (kind := TAKES[term.takes] or "") and not kind.startswith("@") and not term.name[0].isupper():
        lines.append(f"    rdfs:range {kind}")
    yield " ;\n".join(lines) + " ."


def _iri(name: str, vocabulary: Vocabulary) -> str:
    return f"<{classes(vocabulary)[name]}>"


def _shape(term: Term, vocabulary: Vocabulary) -> str:
    """What each thing of a class must have of a property, as a shape."""
    kind = TAKES.get(term.takes, "")
    said = [f"sh:path kg:{term.name}"]
    if term.takes not in TAKES:
        said.append(f"sh:class {_iri(term.takes, vocabulary)}")
    elif kind and not kind.startswith("@"):
        said.append(f"sh:datatype {kind}")
    said += ["sh:minCount 1"] if term.needed else []
    said += [] if term.several else ["sh:maxCount 1"]
    numbers = {(True, True): "at least one", (True, False): "one", (False, False): "at most one"}
    number = numbers.get((term.needed, term.several), "any number")
    message = px.Literal(f"A thing of the class {term.of} has {number} of “{term.label}”.", language="en")
    return (
        f"kg:{term.of}{term.name[0].upper()}{term.name[1:]}Shape a sh:NodeShape ;\n"
        f"    sh:targetClass {_iri(term.of, vocabulary)} ;\n"
        f"    sh:property [ {' ; '.join(said)} ;\n        sh:message {message} ] ."
    )


def _in_turtle(text: str, block: str, namespaces: dict[str, str]) -> str:
    """A Turtle file with a block at its end, and the prefixes that it needs."""
    needed = [name for name in namespaces if re.search(rf"(?<![\w:]){name}:", block)]
    missing = [name for name in needed if not re.search(rf"(?mi)^\s*@?prefix\s+{name}:", text)]
    lines = "".join(f"@prefix {name}: <{namespaces[name]}> .\n" for name in missing)
    last = max((found.end() for found in re.finditer(r"(?mi)^\s*@?prefix[^\n]*\n", text)), default=0)
    return f"{text[:last]}{lines}{text[last:].rstrip()}\n\n{block}\n"


def table_of(project: Project, kind: str, words: Iterable[str] = ()) -> str:
    """The first line of a table of facts about things of a class: its columns, what the class needs among them.

    >>> # kg new-table Event  gives  source,quote,id,type,name,date,basis,note
    """
    from kg.curate.known import needed

    vocabulary = read_vocabulary(project.ontology, project.base)
    every = classes(vocabulary)
    if kind not in every:
        raise QueryError(f"no class is called {kind!r}{nearest(kind, every)}; there are {', '.join(every)}")
    known = vocabulary.context.terms
    if unknown := [word for word in words if word not in known]:
        raise QueryError(f"no word is called {unknown[0]!r}{nearest(unknown[0], known)}")
    name = ["name"] if "name" in known else []
    columns = ["source", "quote", "id", "type", *name, *needed(vocabulary, kind), *words, "basis", "note"]
    return ",".join(dict.fromkeys(columns))
