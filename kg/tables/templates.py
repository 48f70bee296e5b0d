"""Templates: the URI templates of CSVW (RFC 6570), taken apart into constants and what depends on a row."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote, urljoin

from kg.rdf.terms import is_iri
from kg.tables.words import PREFIXES

_UNRESERVED = "-._~"
_RESERVED = ":/?#@!$&'()*+,;="  # but [ and ], which no IRI has behind its host (RFC 3987, 2.2)
_OPERATORS = {  # what comes first, what separates values, whether names are told, whether reserved characters stay
    "": ("", ",", False, False),
    "+": ("", ",", False, True),
    "#": ("#", ",", False, True),
    ".": (".", ".", False, False),
    "/": ("/", "/", False, False),
    ";": (";", ";", True, False),
    "?": ("?", "&", True, False),
    "&": ("&", "&", True, False),
}


NUMBERS = ("_row", "_sourceRow")  # variables that no column has


class Variable(NamedTuple):
    """A variable of a template: its name, what stands before it where it has a value, and what of it is escaped."""

    name: str
    before: str = ""
    reserved: bool = False
    first: int = 0  # characters of it, 0 for all


def parse(template: str) -> list[str | Variable]:
    """The constants and variables of a template; ValueError where it is not one.

    >>> parse("http://example.org/{#a}")
    ['http://example.org/', Variable(name='a', before='#', reserved=True, first=0)]
    """
    parts: list[str | Variable] = []
    for text, expression in re.findall(r"([^{}]+)|\{([^{}]*)\}", template):
        if text:
            parts.append(text)
            continue
        found = re.fullmatch(r"([+#./;?&]?)((?:[\w.%]+(?::\d+|\*)?,?)+)", expression)
        if not found:
            raise ValueError(f"{{{expression}}} is not an expression of a URI template, as in {{name}} or {{#name}}")
        begin, separator, named, reserved = _OPERATORS[found[1]]
        for number, one in enumerate(found[2].strip(",").split(",")):
            name, _, first = one.rstrip("*").partition(":")
            before = (separator if number else begin) + (f"{name}=" if named else "")
            parts.append(Variable(name, before, reserved, int(first or 0)))
    if "{" in re.sub(r"\{[^{}]*\}", "", template) or "}" in re.sub(r"\{[^{}]*\}", "", template):
        raise ValueError(f"{template!r} has a brace that is not closed")
    return parts


def around(parts: list[str | Variable], number: int) -> tuple[str, str] | None:
    """What stands before and behind a variable where the others are 1; None where any text, escaped, is right there.

    It is not where the host is not over, and where what is reserved stays: an IRI has one "#" at most.

    >>> around(["http://e.org/", Variable("a")], 1), around(["http://e.org:", Variable("a"), "/"], 1)
    (None, ('http://e.org:', '/'))
    """
    variable = parts[number]
    before, behind = (
        iri_text("".join(part if isinstance(part, str) else f"{part.before}1" for part in some))
        for some in (parts[:number], parts[number + 1 :])
    )
    others = sum(isinstance(part, Variable) and part.reserved for part in parts) > 1
    if not isinstance(variable, Variable) or (not variable.reserved and _has_host(before)):
        return None
    return before, behind + "#" * (others and "#" not in variable.before + before + behind)


def _has_host(before: str) -> bool:
    """Whether an IRI that begins so has its host and port, or is of a scheme that has none."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(?://[^/?#]*[/?#]|(?!/?$|//))", before))


def plain(variable: Variable, before: str | None) -> str:
    """A pattern of texts that stand in a URI as they are, behind its host; `before` where `around` gives it."""
    if variable.first or (before is not None and not _has_host(before)):
        return ""
    return r"[A-Za-z0-9._~:/?@!$&'()*+,;=-]+" if variable.reserved else "[A-Za-z0-9._~-]+"


def expanded(variable: Variable, text: str) -> str:
    """A text as it stands in a URI."""
    text = text[: variable.first] if variable.first else text
    if not variable.reserved:
        return quote(text, safe=_UNRESERVED)
    parts = re.split("(%[0-9A-Fa-f]{2})", text)
    return "".join(
        part if number % 2 else quote(part, safe=_UNRESERVED + _RESERVED) for number, part in enumerate(parts)
    )


def folded(parts: list[str | Variable], known: Mapping[str, str]) -> list[str | Variable]:
    """The parts with variables that do not depend on a row put in, constants side by side as one."""
    found: list[str | Variable] = []
    for part in parts:
        text = part
        if isinstance(part, Variable) and part.name in known:
            text = part.before + expanded(part, known[part.name])
        if isinstance(text, str) and found and isinstance(found[-1], str):
            found[-1] += text
        else:
            found.append(text)
    return found


def resolved(
    parts: list[str | Variable], base: str, prefixes: Mapping[str, str] = PREFIXES
) -> tuple[list[str | Variable], Callable[[str], str] | None]:
    """The parts of an absolute IRI, and how the value of the first is made absolute where it is a variable alone."""
    first = parts[0] if parts else ""
    if isinstance(first, Variable):
        if first.before == "#":
            return [base.partition("#")[0], *parts], None
        if len(parts) == 1 and first.name not in NUMBERS:
            return parts, lambda text: urljoin(base, text)
        return [urljoin(base, "."), *parts], None
    return [absolute(first, base, prefixes), *parts[1:]], None


def absolute(text: str, base: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """A constant, or the beginning of a template, as an absolute IRI: a prefixed name, or relative to a table.

    >>> absolute("schema:name", "http://a/t.csv"), absolute("#", "http://a/t.csv"), absolute("b/", "http://a/t.csv")
    ('http://schema.org/name', 'http://a/t.csv#', 'http://a/b/')
    """
    prefix, colon, rest = text.partition(":")
    if colon and prefix in prefixes and not rest.startswith("//"):
        return prefixes[prefix] + rest
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
        return text
    return base.partition("#")[0] + text if text.startswith("#") or not text else urljoin(base, text)


def leads(template: str) -> bool:
    """Whether a template leads to IRIs, whatever its variables are; ValueError where it is not one.

    >>> leads("http://e.org/{a}"), leads("http://e.org:{a}/"), leads("http://[{a}/"), leads("a%{b}")
    (True, True, False, False)
    """
    parts = parse(template)
    constants = [part if isinstance(part, str) else part.before for part in parts]
    examples = ("".join(part if isinstance(part, str) else part.before + one for part in parts) for one in "x1")
    return not re.search("%(?![0-9A-Fa-f]{2})", " ".join(constants)) and any(map(is_beginning, examples))


def is_beginning(text: str) -> bool:
    """Whether a text leads to an IRI: a prefixed name, an IRI, or one relative to any table.

    >>> is_beginning("schema:name"), is_beginning("a b"), is_beginning("http://[x/"), is_beginning("#a")
    (True, True, False, True)
    """
    try:
        return is_iri(iri_text(absolute(text, "http://example.org/", PREFIXES)))
    except ValueError:  # of a host that is none
        return False


def iri_text(text: str) -> str:
    """A constant as it can stand in an IRI of N-Triples."""
    return re.sub(r'[\x00-\x20<>"{}|^`\\]', lambda found: quote(found[0], safe=""), text)
