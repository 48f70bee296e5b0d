"""Infer: what follows from the statements, made at build so that a plain query finds it.

Supertypes and superproperties of the vocabulary (RDF Schema 1.1, entailment rules rdfs7 and rdfs9, through all
levels), and the first and last day that each EDTF date can mean: of the thing that has the date (`kg:earliest`,
`kg:latest`), and of the date itself, as a period, so that a thing with two dates has each with its own days. Each
statement is looked at by itself, as a line of N-Triples, so a dataset of any size can be read past it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kg.rdf import iris
from kg.rdf.edtf import Day, read_edtf, xsd_date
from kg.rdf.ontology import Vocabulary
from kg.rdf.terms import DCAT, DCTERMS, EDTF, RDF, TYPE, XSD


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
_XSD_DATE = f"^^<{XSD}date> .\n"


def rules(vocabulary: Vocabulary, base: str) -> Rules:
    """The rules of a vocabulary."""
    return Rules(
        base,
        {_token(iri): tuple(map(_token, above)) for iri, above in vocabulary.superclasses.items()},
        {_token(iri): tuple(map(_token, above)) for iri, above in vocabulary.superproperties.items()},
        *(_token(iris.ontology(base) + name) for name in ("date", "earliest", "latest")),
    )


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


def _literal(day: Day) -> bytes:
    return f'"{xsd_date(day)}"{_XSD_DATE}'.encode()
