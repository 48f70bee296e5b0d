"""At once: ask the SPARQL query of a shape for many focus nodes in one query, where that gives the same answers.

A variable that is bound beforehand is bound in every group of a query (SHACL, Appendix A). Asking for many focus nodes
therefore puts them, as VALUES or a similar pattern, into each group that uses ?this in its triples. If a group uses
?this only in an expression, each focus node has to be asked for separately.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from kg.rdf.sparql_text import declared
from kg.shacl.query_text import Token
from kg.shacl.query_triples import Group, nodes, read, variables

_APART = {"MINUS", "VALUES", "GRAPH", "SERVICE"}  # where a variable bound beforehand and a joined one differ
_COUNTED = {"COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT", "GROUP", "HAVING"}


def for_many(text: str) -> Callable[[str], str] | None:
    """A function that turns a query for one focus node into a query for many; None if that is not possible.

    The function takes a pattern that binds ?this to the focus nodes. The rows of the query it returns are those of the
    original query, asked for each focus node.

    >>> for_many("SELECT ?this { ?this ?p ?o BIND(?o AS ?v) }")("VALUES ?this { <http://x/a> <http://x/b> }")
    'SELECT ?this { VALUES ?this { <http://x/a> <http://x/b> } ?this ?p ?o BIND(?o AS ?v) }'
    >>> for_many("SELECT ?this { ?this ?p ?o } LIMIT 1")
    """
    whole = read(text)
    places = _places_of_query(whole, outermost=True)
    if places is None or _look_outside(whole):
        return None
    borders = [0, *sorted(places), len(text)]
    pieces = [text[begin:end] for begin, end in pairwise(borders)]
    return lambda pattern: as_joins(f" {pattern}".join(pieces), pattern)


def finds_all(text: str) -> bool:
    """Whether a query can be asked without binding ?this: it then finds the rows of all nodes, focus nodes or not.

    It cannot if it contains anything but triples, FILTER and OPTIONAL, if an OPTIONAL comes before the first triple
    with ?this, or if it contains a path of length zero, which leads from any term to itself.

    >>> finds_all("SELECT ?this WHERE { ?this <http://x/p> ?value FILTER (?value < 2) }")
    True
    >>> finds_all("SELECT ?this WHERE { ?this <http://x/p>* ?value }")
    False
    >>> finds_all("SELECT ?this WHERE { OPTIONAL { ?this <http://x/q> ?o } ?this <http://x/p> ?value }")
    False
    """
    whole = read(text)
    if _places_of_query(whole, outermost=True) is None or whole.words & _COUNTED:
        return False
    (where,) = whole.inner
    first = next((begin for kind, word, begin in where.free if kind == "variable" and word[1:] == "this"), None)
    if (
        first is None
        or "BIND" in where.words
        or any(group.kind == "OPTIONAL" and group.begin < first for group in where.inner)
    ):
        return False
    if any(group.inner or group.kind not in ("EXISTS", "OPTIONAL") for group in where.inner):
        return False
    tokens = [token for group in (where, *where.inner) for token in group.own]
    return not any(kind == "mark" and word in "*?" for kind, word, _ in tokens)


def _has_this(tokens: Iterable[Token]) -> bool:
    return "this" in variables(tokens)


def _places_of_query(query: Group, *, outermost: bool = False) -> list[int] | None:
    """The offsets at which focus nodes are inserted into a query; None unless it selects ?this and groups by it."""
    words = [word.upper() if kind == "word" else word for kind, word, _ in query.own]
    if len(query.inner) != 1 or {"LIMIT", "OFFSET"} & query.words:
        return None
    (where,) = query.inner
    shown = [word for _, word, begin in query.own if begin < where.begin]
    if not {"?this", "$this", "*"} & set(shown):
        return None
    if query.words & _COUNTED:
        if "GROUP" not in words:
            return None
        keys = words[words.index("GROUP") :]
        keys = keys[: next((n for n, word in enumerate(keys) if word in ("HAVING", "ORDER")), len(keys))]
        if not {"?this", "$this"} & set(keys):
            return None
    if where.is_select or (not outermost and not any(_has_this(group.free) for group in where.every())):
        return None
    inner = _places_within(where)
    return None if inner is None else [where.begin, *inner]


def _places_within(group: Group) -> list[int] | None:
    """The offsets at which focus nodes are inserted into the groups inside a group; None if that is not possible."""
    if group.words & _APART:
        return None
    found: list[int] = []
    for inner in group.inner:
        if inner.kind == "EXISTS":  # evaluated for each row, in which ?this is bound
            if any(one.is_select or one.words & _APART or one.kind == "OPTIONAL" for one in inner.every()):
                return None
            continue
        if inner.is_select:
            places = _places_of_query(inner)
        else:
            places = _places_within(inner)
            if places is not None and inner.asks_this and not _is_joined(inner):
                places = [inner.begin, *places] if _has_this(inner.free) else None
        if places is None:
            return None
        found += places
    return found


def _is_joined(group: Group) -> bool:
    """Whether a group needs no focus nodes of its own: it consists of triples and FILTER, and the join on ?this with
    the group around it does the rest; or it is a plain OPTIONAL.
    """
    if "BIND" in group.words:
        return False
    return group.kind == "OPTIONAL" or (_has_this(group.free) and not _may_stay(group.own, {"this"}))


def _may_stay(tokens: Sequence[Token], names: Collection[str]) -> bool:
    """Whether a path of length zero may start or end at one of some variables, or might: such a path matches any term,
    including one that does not occur in the data.
    """
    words = [word for _, word, _ in tokens]
    for number, (kind, word, _) in enumerate(tokens):
        is_one = kind == "variable" and word[1:] in names
        begin = end = number + (2 if words[number + 1 : number + 2] == ["^"] else 1)  # of the first step of a path
        if words[begin : begin + 1] == ["("]:
            end = next(
                (n for n in range(begin, len(words)) if words[begin:n].count("(") == words[begin:n].count(")") > 0),
                begin,
            )
        step = words[begin : end + 1] if end > begin else words[begin + 1 : begin + 2]
        before = ["*" if one == ")" else one for one in words[max(number - 1, 0) : number]]
        if is_one and {"*", "?"} & {*before, *step}:
            return True
    return False


def _look_outside(whole: Group) -> bool:
    """Whether an expression in a group uses a variable that is bound only outside the group. It should be unbound there
    (SPARQL 1.1, 18.2.1), but the engine may take the outer value once focus nodes join the two groups. The filters of
    an OPTIONAL do see outer variables.
    """
    groups = list(whole.inner[0].every())
    for group in groups[1:]:
        inside = list(group.every())
        if group.kind == "OPTIONAL" and len(inside) == 1 and "BIND" not in group.words:
            continue
        asked = [one for outer in inside for inner in outer.inner if inner.kind == "EXISTS" for one in inner.every()]
        used = variables(token for one in (*inside, *asked) for token in one.own)
        bound = {name for one in inside for name in (*variables(one.free), *_made(one.own))}
        if (used - bound - {"this"}) & variables(token for one in groups if one not in inside for token in one.own):
            return True
    return False


def _made(tokens: Sequence[Token]) -> set[str]:
    """The variables that are assigned with AS."""
    return variables(token for before, token in pairwise(tokens) if before[1].upper() == "AS")


def as_joins(text: str, pattern: str = "") -> str:
    """A query with joins instead of each FILTER EXISTS that contains a path of any length (`*` or `+`).

    The engine evaluates such a path again for each row, starting from every node of the graph. FILTER NOT EXISTS
    becomes MINUS, and FILTER EXISTS a nested SELECT DISTINCT. That gives the same rows if the two sides share a
    variable, and triples outside of EXISTS bind all that they share. `pattern` binds ?this to the focus nodes.

    >>> as_joins("SELECT ?this { ?this ?p ?o FILTER NOT EXISTS { ?this a/<http://x/sub>* ?c } }")
    'SELECT ?this { ?this ?p ?o FILTER (true)  MINUS { ?this a/<http://x/sub>* ?c } }'
    """
    whole = read(text)
    (where,) = whole.inner
    around = variables(token for group in whole.every() for token in group.own)
    certain = variables(where.free) | ({"this"} if pattern else set())
    last, joins = where.end[-1], ""
    for group in reversed(where.inner):
        if group.kind != "EXISTS" or len(group.end) != 2:
            continue
        shared = [name for name in dict.fromkeys(_named(group)) if name in around]
        if shared and certain.issuperset(shared) and _follows(group, shared, nodes(where, declared(text))):
            begin, end = group.end[0], group.end[1] + 1
            inner = text[group.begin : group.end[1]].strip()
            inner = f"{pattern} {inner}" if "this" in shared and pattern else inner
            negated = "NOT" in text[begin : group.begin].upper().split()
            shown = " ".join(f"?{name}" for name in shared)
            joins += f" MINUS {{ {inner} }}" if negated else f" {{ SELECT DISTINCT {shown} {{ {inner} }} }}"
            text = f"{text[:begin]}FILTER (true){text[end:]}"  # since a dot may follow
            last -= end - begin - len("FILTER (true)")
    return f"{text[:last]}{joins} {text[last:]}" if joins else text


def _named(group: Group) -> Iterator[str]:
    """The variables of a group and of the groups inside it, in that order."""
    return (word[1:] for one in group.every() for kind, word, _ in one.own if kind == "variable")


def _follows(group: Group, shared: Sequence[str], nodes: Collection[str]) -> bool:
    """Whether a group contains a path of any length, consists of triples and UNION, and can be evaluated on its own.

    It cannot if a path of length zero may start or end at a variable that might not be a node of the graph. Nor is it
    worth it if no other triple restricts the path, which then starts at every node.
    """
    groups = list(group.every())
    words = {word.upper() if kind == "word" else word for one in groups for kind, word, _ in one.own}
    other = words & {*_APART, "FILTER", "BIND", "OPTIONAL", "EXISTS", "SELECT", "["}
    other |= {name for name in _named(group) if name in ("currentShape", "shapesGraph")}
    own = {word for _, word, _ in group.own} - {"UNION"}
    beside = bool(own) and not {"*", "+", "?"} & own
    if not {"*", "+"} & words or other or (group.inner and not beside):
        return False
    anything = [name for name in shared if not beside or name not in nodes]
    return not any(_may_stay(one.own, anything) for one in groups)
