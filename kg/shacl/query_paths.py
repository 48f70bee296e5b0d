"""Query paths: which triples a query of a shape can match, and which paths lead to them from ?this."""

from collections.abc import Mapping, Sequence

from kg.rdf.sparql_text import declared
from kg.shacl.paths import Path
from kg.shacl.query_triples import Pattern, UnclearError, patterns, read

_OTHER = {"MINUS", "VALUES", "GRAPH", "SERVICE"}  # in which triples match elsewhere, or otherwise


def predicates(text: str) -> set[str] | None:
    """The predicates of the triples that a query can match; None where these may be any, or where that is not clear.

    >>> sorted(predicates("SELECT ?this { ?this a <http://x/C> ; <http://x/p>/^<http://x/q> ?o FILTER (?o > 1) }"))
    ['http://www.w3.org/1999/02/22-rdf-syntax-ns#type', 'http://x/p', 'http://x/q']
    >>> predicates("SELECT ?this { ?this ?p ?o }")
    """
    known, waiting, found = declared(text), [read(text)], set[str]()
    try:
        while waiting:
            group = waiting.pop()
            waiting += group.inner
            if group.words & _OTHER:
                return None
            for pattern in patterns(group, known):
                if pattern.path is None or pattern.path.may_stay:
                    return None
                found |= set(pattern.path.iris())
    except UnclearError:
        return None
    return found


def ways(text: str) -> list[Path] | None:
    """The paths from ?this over which a query looks at triples: what it finds for a node rests on these triples alone.

    None where that is not clear: where it has more than triples, FILTER, BIND, OPTIONAL and EXISTS, or triples that no
    others lead to.

    >>> [path.sparql() for path in ways("SELECT ?this { ?this <x:p> ?o . ?s <x:q> ?o FILTER NOT EXISTS { ?s a ?c } }")]
    ['<x:p>', '<x:p> / ^<x:q>', '<x:p> / ^<x:q> / <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>']
    >>> ways("SELECT ?this { ?this <x:p> ?o . ?other <x:q> 1 }")
    """
    known, whole = declared(text), read(text)
    if len(whole.inner) != 1:
        return None
    (where,) = whole.inner
    inner = where.inner
    if any(group.inner or group.kind not in ("EXISTS", "OPTIONAL") for group in inner):
        return None
    try:
        certain = patterns(where, known)
        found, reached = _led(certain, {"?this": ()})
        for group in inner:
            is_filter = group.kind == "EXISTS" and len(group.end) == 2  # evaluated once all triples are
            before = [one for one in certain if is_filter or one.begin < group.begin]
            names = {"?this", *(one.subject for one in before), *(one.object for one in before)}
            more, _ = _led(patterns(group, known), {name: way for name, way in reached.items() if name in names})
            found += more
    except UnclearError:
        return None
    return found


def _led(
    triples: Sequence[Pattern], reached: Mapping[str, tuple[Path, ...]]
) -> tuple[list[Path], dict[str, tuple[Path, ...]]]:
    """The paths to triples, and those to their variables, beyond some that are reached."""
    found, known, left = [], dict(reached), list(triples)
    while left:
        later = []
        for one in left:
            if one.path is None or not {one.subject, one.object} & known.keys():
                later.append(one)
                continue
            turned = one.subject not in known
            if one.path.may_stay:  # whether there is such a node, any triple decides
                raise UnclearError
            near, far = (one.object, one.subject) if turned else (one.subject, one.object)
            way = (*known[near], Path("inverse", parts=(one.path,)) if turned else one.path)
            found.append(way[0] if len(way) == 1 else Path("sequence", parts=way))
            if far.startswith("?"):
                known.setdefault(far, way)
        if len(later) == len(left):
            raise UnclearError
        left = later
    return found, known
