"""Words: what CSVW calls things: its prefixes, datatypes, and the properties of each kind of description."""

import re
from typing import Any
from urllib.parse import quote

import pyoxigraph as px

from kg.rdf.terms import RDF, WELL_KNOWN, XSD, is_iri

CSVW = "http://www.w3.org/ns/csvw#"
CONTEXT = "http://www.w3.org/ns/csvw"
PREFIXES = {  # CSVW's initial context, as far as metadata use it
    **WELL_KNOWN,
    "csvw": CSVW,
    "cc": "http://creativecommons.org/ns#",
    "ctag": "http://commontag.org/ns#",
    "dc": "http://purl.org/dc/terms/",
    "dc11": "http://purl.org/dc/elements/1.1/",
    "dctypes": "http://purl.org/dc/dcmitype/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "duv": "https://www.w3.org/ns/duv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gr": "http://purl.org/goodrelations/v1#",
    "grddl": "http://www.w3.org/2003/g/data-view#",
    "ical": "http://www.w3.org/2002/12/cal/icaltzd#",
    "ma": "http://www.w3.org/ns/ma-ont#",
    "og": "http://ogp.me/ns#",
    "org": "http://www.w3.org/ns/org#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdfa": "http://www.w3.org/ns/rdfa#",
    "rev": "http://purl.org/stuff/rev#",
    "rif": "http://www.w3.org/2007/rif#",
    "rr": "http://www.w3.org/ns/r2rml#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "schema": "http://schema.org/",
    "sioc": "http://rdfs.org/sioc/ns#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "v": "http://rdf.data-vocabulary.org/#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "wdr": "http://www.w3.org/2007/05/powder#",
    "wdrs": "http://www.w3.org/2007/05/powder-s#",
    "xhv": "http://www.w3.org/1999/xhtml/vocab#",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
XSD_TYPES = """anyAtomicType anyURI base64Binary boolean date dateTime dateTimeStamp decimal integer long int short
byte nonNegativeInteger positiveInteger unsignedLong unsignedInt unsignedShort unsignedByte nonPositiveInteger
negativeInteger double duration dayTimeDuration yearMonthDuration float gDay gMonth gMonthDay gYear gYearMonth hexBinary
QName string normalizedString token language Name NMTOKEN time""".split()
TYPES = {
    **{name: XSD + name for name in XSD_TYPES},
    "any": XSD + "anyAtomicType",
    "binary": XSD + "base64Binary",
    "datetime": XSD + "dateTime",
    "html": RDF + "HTML",
    "json": CSVW + "JSON",
    "number": XSD + "double",
    "xml": RDF + "XMLLiteral",
}

INHERITED = "aboutUrl datatype default lang null ordered propertyUrl required separator textDirection valueUrl".split()
OWN = {  # the properties of each kind of description
    "TableGroup": "@context @id @type dialect notes tableDirection tableSchema tables transformations".split(),
    "Table": "@context @id @type url dialect notes suppressOutput tableDirection tableSchema transformations".split(),
    "Schema": "@context @id @type columns foreignKeys primaryKey rowTitles".split(),
    "Column": "@id @type name suppressOutput titles virtual".split(),
    "Dialect": "@context @id @type commentPrefix delimiter doubleQuote encoding header headerRowCount lineTerminators "
    "quoteChar skipBlankRows skipColumns skipInitialSpace skipRows trim".split(),
    "Template": "@id @type url scriptFormat source targetFormat titles".split(),
    "Datatype": "@id @type base format length minLength maxLength minimum maximum minInclusive maxInclusive "
    "minExclusive maxExclusive".split(),
}


def join(at: str, key: str) -> str:
    """The place of a property in a document, of the place of its object."""
    return f"{at}.{key}" if at else key


def local(iri: str) -> str:
    """The last part of an IRI."""
    return re.split("[#/]", iri)[-1]


def is_common(key: str) -> bool:
    """Whether a key is a common property: an IRI, or a prefixed name, which is written as one."""
    return is_iri(key)


def name_of(title: str) -> str:
    """The name of a column that has but a title (Metadata, 5.6): escaped, but for letters, digits, _ and dots.

    >>> name_of("On-Street 1")
    'On%2DStreet%201'
    """
    return quote(title, safe="", errors="replace").replace("-", "%2D").replace("~", "%7E")


def is_language(value: Any) -> bool:
    """Whether a value is a language tag (BCP 47)."""
    if not isinstance(value, str):
        return False
    try:
        px.Literal("", language=value)
    except ValueError:
        return False
    return bool(re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", value))
