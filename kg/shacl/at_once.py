"""At once: a query of a shape as it can be asked for many focus nodes, where the answers are those of each.

What a variable is bound to beforehand stands in every group of a query (SHACL, Appendix A). So do the focus nodes here,
as VALUES or the like, in each group that has ?this among its triples; where a group has it elsewhere alone, each node
is asked for by itself.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.shacl.query_text import Token, tokens_of

_APART = {"MINUS", "VALUES", "GRAPH", "SERVICE"}  # in which it makes a difference whether a variable is bound before
_PATTERNS = {"FILTER", "NOT", "EXISTS", "OPTIONAL", "UNION", "BIND", "VALUES", "GRAPH"}  # what is not of a triple
_COUNTED = {"COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT", "GROUP", "HAVING"}


class Group(NamedTuple):
    """What stands between two braces, or, as the outermost, a whole query.

    `kind` is the word before it: EXISTS, OPTIONAL, or any other. `own` are its tokens without those of inner groups,
    `free` those that stand in no brackets, which are its triples' for the most part.
    """

    kind: str
    begin: int
    own: list[Token]
    free: list[Token]
    inner: list["Group"]
    end: list[int]  # where its last brace stands; the place of the word FILTER before it, for one of EXISTS

    @property
    def words(self) -> set[str]:
        """Its own words, in capitals."""
        return {word.upper() for kind, word, _ in self.own if kind == "word"}

    @property
    def is_select(self) -> bool:
        """Whether it is a query."""
        return "SELECT" in self.words

    @property
    def asks_this(self) -> bool:
        """Whether it has ?this, be it in an EXISTS."""
        asked = [one for group in self.inner if group.kind == "EXISTS" for one in group.every()]
        return any(_has_this(group.own) for group in (self, *asked))

    def every(self) -> Iterator["Group"]:
        """Itself and what is in it, but for EXISTS."""
        yield self
        for group in self.inner:
            if group.kind != "EXISTS":
                yield from group.every()


def read(text: str) -> Group:
    """The groups of a query."""
    whole = Group("", 0, [], [], [], [])
    stack, brackets = [whole], [0]
    before: list[Token] = [("", "", 0)] * 3
    for token in tokens_of(text):
        kind, word, begin = token
        if kind == "mark" and word == "{":
            group = Group(before[-1][1].upper(), begin + 1, [], [], [], [])
            filtered = before[-3] if before[-2][1].upper() == "NOT" else before[-2]
            if group.kind == "EXISTS" and filtered[1].upper() == "FILTER":
                group.end.append(filtered[2])
            stack[-1].inner.append(group)
            stack.append(group)
            brackets.append(0)
        elif kind == "mark" and word == "}" and len(stack) > 1:
            stack.pop().end.append(begin)
            brackets.pop()
        else:
            brackets[-1] += (word == "(") - (word == ")") if kind == "mark" else 0
            stack[-1].own.append(token)
            if not brackets[-1]:
                stack[-1].free.append(token)
        before = [*before[1:], token]
    return whole


def asked_of(text: str, values: str) -> str | None:
    """A query that finds for all focus nodes what it finds for each; None where there is no such query. `values`, in
    SPARQL, binds ?this to them.

    >>> asked_of("SELECT ?this { ?this ?p ?o BIND(?o AS ?v) }", "VALUES ?this { <http://x/a> <http://x/b> }")
    'SELECT ?this { VALUES ?this { <http://x/a> <http://x/b> } ?this ?p ?o BIND(?o AS ?v) }'
    >>> asked_of("SELECT ?this { ?this ?p ?o } LIMIT 1", "VALUES ?this { <http://x/a> }")
    """
    whole = read(text)
    places = _places_of_query(whole, outermost=True)
    if places is None or _look_outside(whole):
        return None
    for place in sorted(places, reverse=True):
        text = f"{text[:place]} {values}{text[place:]}"
    return as_joins(text, values)


def finds_all(text: str) -> bool:
    """Whether a query can be asked without binding ?this: its rows are then those of every node, those of the focus
    nodes among them.

    Not so where anything but triples, FILTER and OPTIONAL is in it, where an OPTIONAL stands before the first triple of
    ?this, nor where a path can have no step, which leads from any term to itself.

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
    return "this" in _variables(tokens)


def _places_of_query(query: Group, *, outermost: bool = False) -> list[int] | None:
    """Where focus nodes stand in a query, that shows them and counts each apart; None where that is not so."""
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
    """Where focus nodes stand in the groups of a group."""
    if group.words & _APART:
        return None
    found: list[int] = []
    for inner in group.inner:
        if inner.kind == "EXISTS":  # which is asked for each row, whose ?this is bound
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
    """Whether a group is the same with nothing bound before, since it is joined by ?this to what is around it: of
    triples and FILTER alone, or a condition of OPTIONAL.
    """
    if "BIND" in group.words:
        return False
    return group.kind == "OPTIONAL" or (_has_this(group.free) and not _may_stay(group.own, {"this"}))


def _may_stay(tokens: Sequence[Token], names: Collection[str]) -> bool:
    """Whether a path of no step may lead from or to some variables, which then are anything, be it in the data or not;
    and where that is not clear.
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
    """Whether a group has in an expression what is bound outside of it alone: the engine may look there, where focus
    nodes join the two, though it should not (SPARQL 1.1, 18.2.1). The conditions of OPTIONAL may.
    """
    groups = list(whole.inner[0].every())
    for group in groups[1:]:
        inside = list(group.every())
        if group.kind == "OPTIONAL" and len(inside) == 1 and "BIND" not in group.words:
            continue
        asked = [one for outer in inside for inner in outer.inner if inner.kind == "EXISTS" for one in inner.every()]
        used = _variables(token for one in (*inside, *asked) for token in one.own)
        bound = {name for one in inside for name in (*_variables(one.free), *_made(one.own))}
        if (used - bound - {"this"}) & _variables(token for one in groups if one not in inside for token in one.own):
            return True
    return False


def _made(tokens: Sequence[Token]) -> set[str]:
    """The variables that an expression gives a value to."""
    return _variables(token for before, token in pairwise(tokens) if before[1].upper() == "AS")


def _variables(tokens: Iterable[Token]) -> set[str]:
    return {word[1:] for kind, word, _ in tokens if kind == "variable"}


def as_joins(text: str, values: str = "") -> str:
    """A query that is asked for many nodes, with joins in the place of each EXISTS that holds a path of any length,
    which the engine would follow anew for each row, from every node there is.

    What FILTER NOT EXISTS finds, MINUS finds, and what FILTER EXISTS finds, a nested SELECT DISTINCT, where triples of
    the query bind all variables that both have in common, and there is one. The focus nodes, `values`, are for them
    too.

    >>> as_joins("SELECT ?this { ?this ?p ?o FILTER NOT EXISTS { ?this a/<http://x/sub>* ?c } }")
    'SELECT ?this { ?this ?p ?o FILTER (true)  MINUS { ?this a/<http://x/sub>* ?c } }'
    """
    whole = read(text)
    (where,) = whole.inner
    around = _variables(token for group in whole.every() for token in group.own)
    certain = _variables(where.free) | ({"this"} if values else set())
    last, joins = where.end[-1], ""
    for group in reversed(where.inner):
        if group.kind != "EXISTS" or len(group.end) != 2:
            continue
        shared = [name for name in dict.fromkeys(_named(group)) if name in around]
        if shared and certain.issuperset(shared) and _follows(group, shared, _nodes(where.free)):
            begin, end = group.end[0], group.end[1] + 1
            pattern = text[group.begin : group.end[1]].strip()
            pattern = f"{values} {pattern}" if "this" in shared and values else pattern
            negated = "NOT" in text[begin : group.begin].upper().split()
            shown = " ".join(f"?{name}" for name in shared)
            joins += f" MINUS {{ {pattern} }}" if negated else f" {{ SELECT DISTINCT {shown} {{ {pattern} }} }}"
            text = f"{text[:begin]}FILTER (true){text[end:]}"  # since a dot may follow
            last -= end - begin - len("FILTER (true)")
    return f"{text[:last]}{joins} {text[last:]}" if joins else text


def _named(group: Group) -> Iterator[str]:
    """The variables of a group and of what is in it, in the order of the groups."""
    return (word[1:] for one in group.every() for kind, word, _ in one.own if kind == "variable")


def _follows(group: Group, shared: Sequence[str], nodes: Collection[str]) -> bool:
    """Whether a group follows a path of any length, has nothing but triples and UNION, and finds the same where its
    variables are bound later.

    It does not where a path may have no step: from what is no node of the data to itself; and, but for a triple beside
    it, it is followed from every node.
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


def _nodes(tokens: Iterable[Token]) -> set[str]:
    """The variables that triples have as subjects or objects.

    >>> sorted(_nodes(tokens_of("?a ?p ?b ; ?q ?c , ?d . <http://x/e> ?r x:f. ?e ?s ?f . ?g ^x:q/x:r* ?h")))
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    >>> sorted(_nodes(tokens_of("VALUES ?this ?a ?p 1 FILTER NOT EXISTS ?b ?q ?c")))
    ['a', 'b', 'c']
    """
    found: set[str] = set()
    place, before = 0, ""  # of a triple: 0 its subject, 1 where its predicate begins, 2 the rest
    for kind, word, _ in tokens:
        if kind == "variable":
            if place != 1 and before != "VALUES":
                found.add(word[1:])
            place = 0 if before == "VALUES" else min(place + 1, 2)
        elif kind == "mark":
            place = {".": 0, ";": 1}.get(word, place)
        else:
            place = 0 if word.endswith(".") or word.upper() in _PATTERNS else min(place + 1, 2)
        before = word.upper()
    return found
