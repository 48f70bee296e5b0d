"""Reasons: statements with the words that they rest on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import click

from kg.errors import printable

if TYPE_CHECKING:
    from kg.query.why import Reason
    from kg.rdf.terms import Term
    from kg.stores.base import Store


def reasons(found: "Iterable[Reason]", store: "Store", words: Mapping[str, str], prefixes: dict[str, str]) -> None:
    """Print each statement once, and below it the quoted words, their basis, note and place of each fact."""
    from kg.rdf.terms import shorten

    last = None
    for reason in found:
        if reason.statement != last:
            if last is not None:
                click.echo()
            subject, predicate, value = reason.statement
            word = words.get(predicate.value) or shorten(predicate.value, prefixes)
            click.echo(f"{term(subject, store, prefixes)} · {word} · {term(value, store, prefixes)}")
        last = reason.statement
        for line in because_lines(reason):
            click.echo(f"    {line}")


def term(value: "Term", store: "Store", prefixes: dict[str, str]) -> str:
    """A term as people read it: its label and short name, or the literal's text."""
    import pyoxigraph as px

    from kg.query.labels import label
    from kg.rdf.terms import shorten, text_of

    if not isinstance(value, px.NamedNode):
        return printable(text_of(value))
    short = shorten(value.value, prefixes)
    name = label(store, value.value)
    return printable(f"{name} ({short})" if name else short)


def because_lines(reason: "Reason") -> Iterator[str]:
    """Why a statement is made, in lines."""
    from kg.rdf import iris

    if reason.basis == "ontology":
        yield "the ontology says so"
        return
    if reason.basis == "build":
        yield "follows from the statements and the ontology"
        return
    for words in reason.words:
        before, exact, after = (
            printable(part.replace("\n", " ")) for part in (words.prefix, words.exact, words.suffix)
        )
        yield f"…{before}[{exact}]{after}…{f'  page {words.page}' if words.page else ''}"
    if reason.note:
        yield f"note: {printable(reason.note)}"
    if reason.evidence:
        yield f"evidence: {reason.evidence}"
    sources = ", ".join(sorted({words.source for words in reason.words}))
    if reason.basis == "table":
        yield f"table{f' {sources}, row {iris.row_number(reason.fact)}' if sources else ''}"
        return
    fact = reason.fact.rpartition("/")[2]
    yield f"{reason.basis}{f', {sources}' if sources else ''}, {reason.place}, fact {fact}"
