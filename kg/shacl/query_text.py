"""Query text: what the text of a query of a shape tells before it is asked: what is wrong with it, which triples it can
match, and where the values that are bound beforehand stand in it (SHACL, 5.2 and Appendix A).
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import pyoxigraph as px

from kg.rdf.sparql_text import COMMENT, IRI, TEXT, declared, plain, undeclared
from kg.rdf.terms import Term
from kg.shacl.model import Constraint, Shape

_TOKEN = re.compile(
    rf"(?P<text>{TEXT})|(?P<iri>{IRI})|(?P<skip>{COMMENT}|\s+)"
    r"|(?P<variable>[?$]\w+)|(?P<word>:?\w[\w:.-]*)|(?P<mark>.)",
    re.DOTALL,
)
_REFUSED = {
    "MINUS": "holds MINUS, which no query of a shape may; write it another way",
    "VALUES": "holds VALUES, which no query of a shape may; write it another way",
    "SERVICE": "holds SERVICE, which asks another server, which no query of a shape may; write it another way",
}


def text_of_query(shape: Shape, constraint: Constraint) -> str:
    """The text of a query as it is asked: with the path of its shape, and names whose dots the engine does not read."""
    text = constraint.more["query"].replace("$this", "?this")
    if shape.path:
        path = shape.path.sparql()
        text = re.sub(r"[?$]PATH\b", lambda _: path, text)
    known = declared(text)
    head = text.partition("{")[0]
    if not re.search(r"[?$]this\b|\*", head):  # which the answers need, where the query does not show it
        text = re.sub(r"(?i)\bSELECT(\s+(DISTINCT|REDUCED))?\b", lambda found: f"{found[0]} ?this", text, count=1)

    def whole(match: re.Match[str]) -> str:
        prefix, colon, local = match[0].partition(":")
        inner, dots = local.rstrip("."), local[len(local.rstrip(".")) :]
        if match.lastgroup != "word" or not colon or "." not in inner or prefix not in known:
            return match[0]
        return f"<{known[prefix]}{inner}>{dots}"

    return _TOKEN.sub(whole, text)


def queries_of(shape: Shape) -> list[Constraint]:
    """The queries of a shape: of its constraints, and, as if they were some, of its targets."""
    targets = (Constraint("target", one.value, more={"query": one.query}) for one in shape.targets if one.query)
    return [*(one for one in shape.constraints if one.name == "sparql"), *targets]


def wrong_queries(shapes: Iterable[Shape]) -> list[str]:
    """What is wrong with the queries of shapes, before any is asked: each with the name of its shape."""
    wrong = []
    empty = px.Store()
    for shape in shapes:
        for constraint in queries_of(shape):
            text = text_of_query(shape, constraint)
            said = refused(text) if constraint.name == "sparql" else ""  # nothing is bound before a target
            if not said:
                try:
                    found = empty.query(text)
                    said = "" if isinstance(found, px.QuerySolutions) else ": expected a SELECT query"
                except SyntaxError as error:
                    said = f": {_reason(text, str(error))}"
                except RuntimeError:  # of a function that is not known, which is an error of its expression alone
                    pass
            if said:
                name = f"<{shape.name}>" if not shape.name.startswith("_:") else shape.name
                wrong.append(f"shapes: {name}: its SPARQL{'' if said[0] == ':' else ' '}{said}; fix the shape")
    return wrong


def _reason(text: str, said: str) -> str:
    """What the engine says of a query, or which prefix none declares; lines are those of the query of the shape."""
    if unknown := undeclared(text, {}):
        missing = unknown.removeprefix("; ").replace("PREFIX", "sh:declare")
        return f"{missing}; add sh:prefixes"
    return re.sub(r"^line (\d+)", lambda found: f"line {max(1, int(found[1]) - 1)}", plain(said))


Token = tuple[str, str, int]  # its kind, its text, and where it begins


def tokens_of(text: str) -> list[Token]:
    """The tokens of a query, without spaces and comments."""
    return [(str(m.lastgroup), m[0], m.start()) for m in _TOKEN.finditer(text) if m.lastgroup != "skip"]


def refused(text: str) -> str:
    """What a query holds that none of a shape may, or that it gives a name that is given already; "" for nothing.

    >>> refused("SELECT ?this WHERE { ?this ?p ?o MINUS { ?this a <http://x/C> } }")
    'holds MINUS, which no query of a shape may; write it another way'
    """
    depth, before = 0, ""
    inner: list[str] | None = None  # what a SELECT within the query shows
    for kind, word, _ in tokens_of(text):
        upper = word.upper() if kind == "word" else ""
        if upper in _REFUSED:
            return _REFUSED[upper]
        if before == "AS" and word[1:] == "this":
            return "gives ?this with AS, which is bound already; use another name"
        if inner is not None and (word == "{" or upper == "WHERE"):
            if "*" in inner:
                return "has a nested SELECT *; name its variables, $this among them"
            if "this" not in inner:
                return "has a nested SELECT without $this; select it there too"
            inner = None
        elif inner is not None:
            inner.append(word.lstrip("?$"))
        inner = [] if upper == "SELECT" and depth else inner
        depth += (word == "{") - (word == "}")
        before = upper
    return ""


def bound(text: str, values: Mapping[str, Term]) -> str:
    """A query with the values of variables in the places of these (SHACL, Appendix A), but for where it shows them,
    groups or orders by them, which is the same for all of its rows.

    >>> bound("SELECT $this WHERE { $this ?p ?o FILTER bound($this) }", {"this": px.NamedNode("http://x/a")})
    'SELECT $this WHERE { <http://x/a> ?p ?o FILTER (true) }'
    """
    parts = []
    for name, written, is_bound in _slots(text):
        value = values.get(name) if name else None
        parts.append(written if value is None else "(true)" if is_bound else str(value))
    return "".join(parts)


@lru_cache(1000)
def _slots(text: str) -> tuple[tuple[str, str, bool], ...]:
    """A query in parts: the name of the variable whose value can stand there, "" where none can; what is written there;
    and whether that asks if the variable is bound.
    """
    parts: list[tuple[str, str, bool]] = []
    naming, brackets, asking = False, 0, -1
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match[0]
        upper = word.upper() if kind == "word" else ""
        naming = (naming or upper in ("SELECT", "GROUP", "ORDER")) and word not in "{}" and upper not in _PATTERNS
        brackets += (word == "(") - (word == ")")
        if upper == "BOUND":
            asking = len(parts)
        takes = kind == "variable" and (brackets or not naming)
        parts.append((word[1:] if takes else "", word, False))
        if asking >= 0 and word == ")":
            inner = [part for part in parts[asking:] if part[1].strip()]
            if len(inner) == 4 and inner[2][0]:  # bound ( ?name )
                parts[asking:] = [(inner[2][0], "".join(part[1] for part in parts[asking:]), True)]
            asking = -1
    return tuple(parts)


_PATTERNS = ("WHERE", "HAVING", "LIMIT", "OFFSET")
