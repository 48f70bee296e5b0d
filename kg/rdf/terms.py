"""RDF terms: pyoxigraph's, the namespaces that kg speaks, and the triples made of them."""

import re
from typing import Any, TypeAlias

import pyoxigraph as px

Quad = px.Quad


Triple = px.Triple


Node: TypeAlias = px.NamedNode | px.BlankNode


Term: TypeAlias = px.NamedNode | px.BlankNode | px.Literal | px.Triple


RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


RDFS = "http://www.w3.org/2000/01/rdf-schema#"


OWL = "http://www.w3.org/2002/07/owl#"


XSD = "http://www.w3.org/2001/XMLSchema#"


SKOS = "http://www.w3.org/2004/02/skos/core#"


SH = "http://www.w3.org/ns/shacl#"


PROV = "http://www.w3.org/ns/prov#"


OA = "http://www.w3.org/ns/oa#"


DC = "http://purl.org/dc/elements/1.1/"  # its terms take texts, where those of DCTERMS take things


DCTERMS = "http://purl.org/dc/terms/"


DCAT = "http://www.w3.org/ns/dcat#"


SCHEMA = "https://schema.org/"


EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"


TYPE = px.NamedNode(RDF + "type")


SAME = (SKOS + "exactMatch", OWL + "sameAs", SCHEMA + "sameAs")  # which link a thing to itself elsewhere


DEFAULT_GRAPH = px.DefaultGraph()


WELL_KNOWN = {
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "prov": PROV,
    "oa": OA,
    "dc": DC,
    "dcterms": DCTERMS,
    "dcat": DCAT,
    "schema": SCHEMA,
}


def text_of(term: Term | px.DefaultGraph) -> str:
    """The text of an IRI, a literal or a blank node; "" for the default graph, N-Triples for a triple term."""
    if isinstance(term, px.Triple):
        return str(term)
    return "" if isinstance(term, px.DefaultGraph) else term.value


def text_of_cell(term: Any) -> str:
    """The text of a term in a table (SPARQL 1.1 CSV, 3.2): a value without its datatype or language, "" for None."""
    if term is None:
        return ""
    return term.value if isinstance(term, px.NamedNode | px.Literal) else str(term)


def is_iri(text: str) -> bool:
    """Whether text is an absolute IRI (RFC 3987).

    >>> is_iri("https://example.org/é"), is_iri("two words"), is_iri("slug")
    (True, False, False)
    """
    try:
        px.NamedNode(text)
    except ValueError:
        return False
    return True


_LETTER = r"[^\W\x80-\xbf\u2190-\u2bff]"  # of a local name: no ² or ①, which are letters to Python alone (Turtle, 6.5)


def has_half(text: str) -> bool:
    """Whether a text has half of a character, a lone surrogate, which JSON can hold and UTF-8 cannot.

    >>> has_half("é🪸"), has_half("\\ud83e")
    (False, True)
    """
    return bool(re.search("[\ud800-\udfff]", text))


def shorten(iri: str, prefixes: dict[str, str]) -> str:
    """The IRI as prefix:name under the longest fitting prefix, or in <> where none fits.

    >>> shorten("https://schema.org/Person", {"schema": "https://schema.org/"})
    'schema:Person'
    """
    fitting = [(len(space), name) for name, space in prefixes.items() if iri.startswith(space)]
    if fitting:
        length, name = max(fitting)
        if re.fullmatch(rf"{_LETTER}(?:{_LETTER}|[.-])*(?<!\.)", iri[length:]):
            return f"{name}:{iri[length:]}"
    return f"<{iri}>"


def link(subject: str, predicate: str, iri: str) -> Triple:
    """A triple whose object is an IRI."""
    return Triple(px.NamedNode(subject), px.NamedNode(predicate), px.NamedNode(iri))


def literal(subject: str, predicate: str, text: str, datatype: str = XSD + "string", language: str = "") -> Triple:
    """A triple whose object is a literal: a text in a language where one is given, else of a datatype."""
    value = px.Literal(text, language=language) if language else px.Literal(text, datatype=px.NamedNode(datatype))
    return Triple(px.NamedNode(subject), px.NamedNode(predicate), value)
