"""SPARQL text: what an engine says of it in plain words, and the prefixes that it declares."""

import re
from collections.abc import Mapping

_PREFIX = re.compile(r"\bPREFIX\s+([^\s:<>]*):\s*<([^<>]*)>", re.IGNORECASE)
IRI = r"<[^<>\"{}|^`\s]*>"
TEXT = (
    r"\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"
    r"\"(?:[^\"\\\n\r]|\\.)*\"|'(?:[^'\\\n\r]|\\.)*'"
)
COMMENT = r"#[^\n\r]*"
_TOKENS = re.compile(rf"{IRI}|\\.|{TEXT}|{COMMENT}", re.DOTALL)
_NAME = r"[?$]\w+|@[\w-]+|[\w.-]*:(?:[\w:.%-]|\\.)*"  # a variable, a language, a prefixed name


def declared(text: str) -> dict[str, str]:
    """The prefixes that a query declares, on lines of their own or not.

    >>> declared("PREFIX a: <http://x/> prefix b.c: <http://y/#> # PREFIX d: <http://z/>")
    {'a': 'http://x/', 'b.c': 'http://y/#'}
    """
    return dict(_PREFIX.findall(_bare(text)))


def keywords(text: str) -> set[str]:
    """The words of a query that are no names, variables, IRIs, texts or comments, in capitals.

    >>> sorted(keywords('select ?from { graph graph:x { ?s ?p "FROM" } } # FROM'))
    ['GRAPH', 'SELECT']
    """
    bare = re.sub(f"{IRI}|{_NAME}", " ", _bare(text))
    return {word.upper() for word in re.findall(r"(?<!\w)[A-Za-z]+(?!\w)", bare)}


def _bare(text: str) -> str:
    """The text without its strings and comments; IRIs stay, and what names escape."""
    return _TOKENS.sub(lambda found: found[0] if found[0][0] in "<\\" else " ", text)


def plain(message: str) -> str:
    """The engine's message with its place in words, without the long list of all that could have stood there."""
    message = re.sub(r"^error at (\d+):(\d+): ", r"line \1, column \2: ", " ".join(message.split()))
    return message if len(message) <= 160 else f"{message[:140].rsplit(',', 1)[0]}, ..."


def undeclared(text: str, prefixes: Mapping[str, str]) -> str:
    """A hint at the prefixes that a query uses and nothing declares, the usual mistake, or ""."""
    bare = re.sub(IRI, " ", _bare(text))
    used = set(re.findall(r"(?<![\w:?$@.-])([A-Za-z][\w-]*):[\w]", bare))
    unknown = sorted(used - set(prefixes) - set(declared(text)))
    return f"; no PREFIX declares {', '.join(unknown)}" if unknown else ""
