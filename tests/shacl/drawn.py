"""Shapes and small graphs, drawn for property tests."""

from hypothesis import strategies as st

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <https://x.org/> .
"""
NODES = [":a", ":b", ":c", ":d", "_:m", "_:n"]
CLASSES = [":C", ":D", ":E"]
PROPERTIES = [":p", ":q", ":r"]
LITERALS = [
    *('"1"^^xsd:integer', '"01"^^xsd:integer', '"-3"^^xsd:integer', '"2.50"^^xsd:decimal', '"2.5"^^xsd:decimal'),
    *('"1e0"^^xsd:double', '"NaN"^^xsd:double', '"x"^^xsd:integer', '"12345678901234567890123"^^xsd:integer'),
    *('"2000-02-29"^^xsd:date', '"2001-02-29"^^xsd:date', '"2000-03-01"^^xsd:date', '"2000-03-01Z"^^xsd:date'),
    *('"2000-03-01T10:00:00"^^xsd:dateTime', '"2000-03-01T10:00:00Z"^^xsd:dateTime', '"2000"^^xsd:gYear'),
    *('"abc"', '"abc"@en', '"abd"@en', '"abc"@en-GB', '"a\\"b\\\\c\\n"', '"é🪸"', '""', '"true"^^xsd:boolean', '"1"'),
]
DATATYPES = [
    "xsd:integer",
    "xsd:decimal",
    "xsd:double",
    "xsd:date",
    "xsd:dateTime",
    "xsd:string",
    "xsd:boolean",
    ":own",
]
KINDS = ["IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]
PATTERNS = ["^a", "b$", "[0-9]{2}", "a.c", "^(ab|é)", "\\\\d"]
SHAPES = [":S0", ":S1", ":S2"]

subjects = st.sampled_from(NODES)
values = st.one_of(st.sampled_from(NODES), st.sampled_from(LITERALS))
properties = st.sampled_from(PROPERTIES)


@st.composite
def graphs(draw: st.DrawFn) -> str:
    """A small graph in Turtle."""
    triples = draw(st.lists(st.tuples(subjects, properties, values), max_size=14))
    typed = draw(st.lists(st.tuples(subjects, st.just("a"), st.sampled_from(CLASSES)), max_size=6))
    below = draw(
        st.lists(st.tuples(st.sampled_from(CLASSES), st.just("rdfs:subClassOf"), st.sampled_from(CLASSES)), max_size=2)
    )
    return HEAD + "".join(f"{s} {p} {o} .\n" for s, p, o in (*triples, *typed, *below))


paths = st.recursive(
    properties,
    lambda inner: st.one_of(
        inner.map(lambda path: f"[ sh:inversePath {path} ]"),
        st.tuples(inner, inner).map(lambda two: f"( {two[0]} {two[1]} )"),
        st.tuples(inner, inner).map(lambda two: f"[ sh:alternativePath ( {two[0]} {two[1]} ) ]"),
        st.tuples(st.sampled_from(["zeroOrMore", "oneOrMore", "zeroOrOne"]), inner).map(
            lambda two: f"[ sh:{two[0]}Path {two[1]} ]"
        ),
    ),
    max_leaves=3,
)
literals = st.sampled_from(LITERALS)
counts = st.integers(0, 3)
constraints = st.one_of(
    st.sampled_from(CLASSES).map(lambda one: f"sh:class {one}"),
    st.sampled_from(DATATYPES).map(lambda one: f"sh:datatype {one}"),
    st.sampled_from(KINDS).map(lambda one: f"sh:nodeKind sh:{one}"),
    st.tuples(st.sampled_from(["min", "max"]), st.sampled_from(["Inclusive", "Exclusive"]), literals).map(
        lambda three: f"sh:{three[0]}{three[1]} {three[2]}"
    ),
    st.tuples(st.sampled_from(["min", "max"]), counts).map(lambda two: f"sh:{two[0]}Length {two[1]}"),
    st.sampled_from(PATTERNS).map(lambda one: f'sh:pattern "{one}"'),
    st.lists(st.sampled_from(["en", "fr", "en-gb"]), min_size=1, max_size=2).map(
        lambda tags: f"sh:languageIn ( {' '.join(f'{chr(34)}{tag}{chr(34)}' for tag in tags)} )"
    ),
    st.tuples(st.sampled_from(["equals", "disjoint"]), properties).map(lambda two: f"sh:{two[0]} {two[1]}"),
    values.filter(lambda value: not value.startswith("_")).map(lambda value: f"sh:hasValue {value}"),
    st.lists(values.filter(lambda value: not value.startswith("_")), max_size=3).map(
        lambda some: f"sh:in ( {' '.join(some)} )"
    ),
)
on_paths = st.one_of(
    constraints,
    st.tuples(st.sampled_from(["min", "max"]), counts).map(lambda two: f"sh:{two[0]}Count {two[1]}"),
    st.just("sh:uniqueLang true"),
    st.tuples(st.sampled_from(["lessThan", "lessThanOrEquals"]), properties).map(lambda two: f"sh:{two[0]} {two[1]}"),
)


def shape_of(parts: list[str], path: str = "") -> str:
    return f"[ {' ; '.join([f'sh:path {path}'] * bool(path) + parts) or 'a sh:NodeShape'} ]"


@st.composite
def bodies(draw: st.DrawFn, depth: int = 2, path: bool = False) -> list[str]:
    """Constraints of a shape."""
    parts = draw(st.lists(on_paths if path else constraints, max_size=2))
    if depth:
        for _ in range(draw(st.integers(0, 2))):
            parts.append(draw(uses(depth - 1, path)))
    if draw(st.integers(0, 9)) == 0:
        parts.append(f"sh:closed true ; sh:ignoredProperties ( {draw(properties)} )")
    return parts


@st.composite
def uses(draw: st.DrawFn, depth: int, path: bool) -> str:
    """A constraint that uses other shapes."""
    inner = st.one_of(st.sampled_from(SHAPES), bodies(depth).map(shape_of))
    kinds = ["property", "node", "not", "and", "or", "xone", *(["qualified"] if path else [])]
    kind = draw(st.sampled_from(kinds))
    if kind == "property":
        return f"sh:property {shape_of(draw(bodies(depth, True)), draw(paths))}"
    if kind in ("and", "or", "xone"):
        return f"sh:{kind} ( {' '.join(draw(st.lists(inner, min_size=1, max_size=3)))} )"
    if kind == "qualified":
        bound = draw(st.sampled_from(["Min", "Max"]))
        return f"sh:qualifiedValueShape {draw(inner)} ; sh:qualified{bound}Count {draw(counts)}"
    return f"sh:{kind} {draw(inner)}"


targets = st.one_of(
    st.sampled_from(CLASSES).map(lambda one: f"sh:targetClass {one}"),
    st.one_of(st.sampled_from(NODES[:4]), literals).map(lambda one: f"sh:targetNode {one}"),
    st.tuples(st.sampled_from(["Subjects", "Objects"]), properties).map(lambda two: f"sh:target{two[0]}Of {two[1]}"),
)


@st.composite
def shapes_graphs(draw: st.DrawFn) -> str:
    """Three shapes, which may use each other."""
    text = HEAD
    for name in SHAPES:
        parts = [draw(targets), *draw(bodies())]
        severity = draw(st.sampled_from(["", "sh:severity sh:Warning"]))
        text += f"{name} a sh:NodeShape ; {' ; '.join([*parts, *filter(None, [severity])])} .\n"
    return text
