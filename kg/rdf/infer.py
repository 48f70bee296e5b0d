"""Infer: what follows from the statements, made at build so that a plain query finds it.

Supertypes and superproperties of the vocabulary (RDF Schema 1.1, entailment rules rdfs7 and rdfs9, through all
levels); names as schema.org calls them (`schema:name`, `schema:alternateName`); and the first and last day that each
EDTF date can mean: of the thing that has the date (`kg:earliest`, `kg:latest`), and of the date itself, as a period, so
that a thing with two dates has each with its own days. Each statement is looked at by itself, as a line of N-Triples,
so a dataset of any size can be read past it. Only the days of an event or an observation in schema.org's words
(`schema:startDate`, `schema:endDate`, `schema:observationDate`) follow from two statements, its type and its date.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.rdf import iris
from kg.rdf.edtf import Day, iso_ends, read_edtf, xsd_date
from kg.rdf.ontology import Vocabulary
from kg.rdf.terms import DCAT, DCTERMS, EDTF, RDF, SCHEMA, SKOS, TYPE, XSD


class Rules(NamedTuple):
    """What follows from a statement, as tokens of N-Triples: the classes and properties above each one; the property
    whose dates get days, with the properties of their first and last one. And the base.
    """

    base: str
    superclasses: Mapping[bytes, tuple[bytes, ...]]
    superproperties: Mapping[bytes, tuple[bytes, ...]]
    date: bytes
    earliest: bytes
    latest: bytes


_TYPE = f"<{TYPE.value}>".encode()
_EDTF = f'"^^<{EDTF}> .\n'.encode()
_TEMPORAL, _PERIOD = f"<{DCTERMS}temporal>".encode(), f"<{DCTERMS}PeriodOfTime>".encode()
_VALUE = f"<{RDF}value>".encode()
_START, _END = (f"<{DCAT}{name}>".encode() for name in ("startDate", "endDate"))
_NAMES = {SKOS + "prefLabel": SCHEMA + "name", SKOS + "altLabel": SCHEMA + "alternateName"}
_EVENT, _OBSERVATION = (f"{_TYPE.decode()} <{SCHEMA}{name}> .\n".encode() for name in ("Event", "Observation"))
_BEGINS, _ENDS, _OBSERVED = (f"<{SCHEMA}{name}>".encode() for name in ("startDate", "endDate", "observationDate"))
_PARTS = ("gYear", "gYearMonth", "date")  # XML Schema's datatypes of years, months and days
_XSD_DATE = f"^^<{XSD}date> .\n"


def rules(vocabulary: Vocabulary, base: str) -> Rules:
    """The rules of a vocabulary."""
    return Rules(
        base,
        {_token(iri): tuple(map(_token, above)) for iri, above in vocabulary.superclasses.items()},
        {_token(iri): tuple(map(_token, above)) for iri, above in _superproperties(vocabulary).items()},
        *(_token(iris.ontology(base) + name) for name in ("date", "earliest", "latest")),
    )


def _superproperties(vocabulary: Vocabulary) -> dict[str, Sequence[str]]:
    """Each property with those above it, schema.org's names above the names of SKOS."""
    found: dict[str, Sequence[str]] = {**dict.fromkeys(_NAMES, ()), **vocabulary.superproperties}
    return {
        iri: sorted({*above, *(_NAMES[name] for name in (iri, *above) if name in _NAMES)})
        for iri, above in found.items()
    }


def _token(iri: str) -> bytes:
    return f"<{iri}>".encode()


def infer(lines: Iterable[bytes], by: Rules) -> Iterator[bytes]:
    """The lines of N-Triples that follow from lines of N-Triples, stated or not, in their order."""
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        for above in by.superproperties.get(predicate, ()):
            yield b"%b %b %b" % (subject, above, rest)
        if predicate == _TYPE:
            for above in by.superclasses.get(rest[: -len(b" .\n")], ()):
                yield b"%b %b %b .\n" % (subject, predicate, above)
        elif predicate == by.date and rest.endswith(_EDTF):
            yield from _days(subject, rest[1 : -len(_EDTF)].decode(), by)


def _days(subject: bytes, text: str, by: Rules) -> Iterator[bytes]:
    try:
        date = read_edtf(text)
    except ValueError:  # checked in facts; in an ontology it stays what it is
        return
    period = _token(iris.period(by.base, text))
    yield b"%b %b %b .\n" % (subject, _TEMPORAL, period)
    yield b"%b %b %b .\n" % (period, _TYPE, _PERIOD)
    yield b'%b %b "%b%b' % (period, _VALUE, text.encode(), _EDTF)
    for predicate, same, day in ((by.earliest, _START, date.earliest), (by.latest, _END, date.latest)):
        if day and 0 < day[0] < 10_000:  # beyond, stores and rdflib do not agree on what a day is
            yield b"%b %b %b" % (subject, predicate, _literal(day))
            yield b"%b %b %b" % (period, same, _literal(day))


def schema_days(lines: Sequence[bytes], base: str) -> Iterator[bytes]:
    """The lines that say in schema.org's words when an event begins and ends, or when something was observed, from all
    lines of its subject; none for another subject.

    A date says so where it is a year, a month or a day, or an interval of these, neither approximate nor uncertain.
    """
    is_event, is_observation = (any(line.endswith(kind) for line in lines) for kind in (_EVENT, _OBSERVATION))
    if not is_event and not is_observation:
        return
    date = b" %b " % _token(iris.ontology(base) + "date")
    for line in lines:
        if date in line and line.endswith(_EDTF):
            subject, _, rest = line.split(b" ", 2)
            text = rest[1 : -len(_EDTF)].decode()
            begin, end = iso_ends(text)
            days = ((_BEGINS, begin), (_ENDS, end)) if is_event else ((_OBSERVED, "" if "/" in text else begin),)
            for predicate, day in days:
                if day:
                    kind = f"{XSD}{_PARTS[day.count('-')]}"
                    yield b'%b %b "%b"^^<%b> .\n' % (subject, predicate, day.encode(), kind.encode())


def _literal(day: Day) -> bytes:
    return f'"{xsd_date(day)}"{_XSD_DATE}'.encode()
