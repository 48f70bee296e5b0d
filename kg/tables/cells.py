"""Cells: how the text of a cell becomes a part of a statement, said so that an engine of columns can do most of it.

A reading has a pattern of *plain* texts, which stand as they are between two constants. Whatever is not plain is judged
by Python, once for each text that a column has, by the rules that hold for records too. So a column is as fast as its
engine, and no rule is written down twice.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from pyoxigraph import Literal

from kg.rdf.context import Context, Term
from kg.rdf.datatypes import DATATYPES, problem, unwritable
from kg.rdf.ontology import Vocabulary, word_problem
from kg.rdf.terms import XSD

CLEAN = '[^\\x00-\\x1f"\\\\\\x7f\ufffe\uffff]*'  # texts in which N-Triples escapes nothing
TEXT = DATATYPES[XSD + "string"].plain  # texts that every format can hold
_SLUG = "[A-Za-z0-9][A-Za-z0-9_.~-]*"
_WEB = r"[A-Za-z0-9][A-Za-z0-9.-]*(?:/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)?(?:#[A-Za-z0-9._~!$&'()*+,;=:@/-]*)?"


class Judged(NamedTuple):
    """What a text comes to, as N-Triples writes it, or what is wrong with it."""

    token: str
    problem: str = ""


class Reading(NamedTuple):
    """How the texts of a column are read.

    A text that one of the patterns of `plain` matches whole becomes `before` of this pattern, the text, and `after`;
    where `escaped`, what N-Triples escapes is escaped. `judge` says what any other text comes to.
    """

    plain: tuple[tuple[str, str, str], ...]  # pattern, before, after
    judge: Callable[[str], Judged]
    escaped: bool = False


def literal(datatype: str = "", language: str = "") -> Reading:
    """A text of a datatype, given by its IRI, or in a language.

    >>> literal(XSD + "integer").judge("one").problem
    "'one' is not a whole number, as in 450"
    """
    after = '"' if not datatype or datatype == XSD + "string" else f'"^^<{datatype}>'
    after = f'"{str(Literal("", language=language))[2:]}' if language else after
    known = DATATYPES.get(datatype)
    pattern = known.plain if known else TEXT
    plain = ((pattern, '"', after),) if pattern else ()
    return Reading(plain, partial(_literal, datatype, after), escaped=pattern == TEXT)


def _literal(datatype: str, after: str, text: str) -> Judged:
    wrong = unwritable(text) or problem(datatype, text)
    return Judged("", wrong) if wrong else Judged(quoted(text) + after)


def quoted(text: str) -> str:
    """A text as N-Triples writes it, up to the mark that ends it.

    >>> quoted('a "b"')
    '"a \\\\"b\\\\"'
    """
    return str(Literal(text))[:-1]


def reference(context: Context, base: str) -> Reading:
    """A thing, written as slug, prefix:name or IRI, as records write it (`Context.resolve`)."""
    plain = [(_SLUG, f"<{base}id/", ">")]
    plain += [(f"{scheme}://{_WEB}", "<", ">") for scheme in ("http", "https")]
    return Reading(tuple(plain), partial(_reference, context, base))


def _reference(context: Context, base: str, text: str) -> Judged:
    try:
        return Judged(f"<{context.resolve(text, base)}>")
    except ValueError as error:
        return Judged("", str(error))


def word(vocabulary: Vocabulary) -> Reading:
    """A class or a concept, by its name in the vocabulary."""
    return Reading((), partial(_word, vocabulary))


def _word(vocabulary: Vocabulary, text: str) -> Judged:
    wrong = word_problem(vocabulary, text)
    return Judged("", wrong) if wrong else Judged(f"<{vocabulary.context.expand(text)}>")


def of_term(term: Term, vocabulary: Vocabulary, base: str) -> Reading:
    """How values of a term are read."""
    if term.iri == "@id" or term.type == "@id":
        return reference(vocabulary.context, base)
    if term.iri == "@type" or term.type == "@vocab":
        return word(vocabulary)
    return literal(term.type, term.language)
