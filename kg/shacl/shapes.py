"""Shapes: what is wrong or passed over in a shapes graph, whatever engine reads it; and shapes read from files.

An engine passes over what it does not know: a misspelt term constrains nothing, an import is not followed. Here each is
an error or a warning that names the shape.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pyoxigraph as px

from kg.errors import ProjectError, QueryError, nearest
from kg.rdf.files import RdfFile, apart, read
from kg.rdf.terms import OWL, RDF, RDFS, SH, TYPE, Quad, Term, text_of

_IMPORTS = px.NamedNode(OWL + "imports")
_SUBCLASS, _CLASS = RDFS + "subClassOf", px.NamedNode(RDFS + "Class")
_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")
_SHAPES = ("property", "node", "not", "qualifiedValueShape")  # whose values are shapes
_LISTS = ("and", "or", "xone")  # whose values are lists of shapes
_DASH = "http://datashapes.org/dash#"
# Constraints that TopBraid's dash adds to SHACL; its other terms are notes for user interfaces.
_DASH_CONSTRAINTS = frozenset(
    "closedByTypes coExistsWith hasClass hasMaxExclusive hasMinExclusive hasValueIn hasValueWithClass maxListLength "
    "memberShape minListLength nonRecursive notEmptyList reifiableBy rootClass singleLine stem subSetOf symmetric "
    "uniqueMemberLanguages uniqueMembers uniqueValueForClass uniqueValuesForClass uriStart".split()
)
_UNDONE = {
    "rule": "rules are not run: what they add is not what is published",
    "js": "JavaScript (SHACL-JS) is not run",
}


# The terms of SHACL 1.0 and SHACL-AF.
_TERMS = frozenset(
    "AbstractResult AndConstraintComponent BlankNode BlankNodeOrIRI BlankNodeOrLiteral ClassConstraintComponent "
    "ClosedConstraintComponent ConstraintComponent DatatypeConstraintComponent DisjointConstraintComponent "
    "EqualsConstraintComponent ExpressionConstraintComponent Function HasValueConstraintComponent IRI IRIOrLiteral "
    "InConstraintComponent Info JSConstraint JSConstraintComponent JSExecutable JSFunction JSLibrary JSRule "
    "JSTarget JSTargetType JSValidator LanguageInConstraintComponent LessThanConstraintComponent "
    "LessThanOrEqualsConstraintComponent Literal MaxCountConstraintComponent MaxExclusiveConstraintComponent "
    "MaxInclusiveConstraintComponent MaxLengthConstraintComponent MinCountConstraintComponent "
    "MinExclusiveConstraintComponent MinInclusiveConstraintComponent MinLengthConstraintComponent "
    "NodeConstraintComponent NodeKind NodeKindConstraintComponent NodeShape NotConstraintComponent "
    "OrConstraintComponent Parameter Parameterizable PatternConstraintComponent PrefixDeclaration "
    "PropertyConstraintComponent PropertyGroup PropertyShape QualifiedMaxCountConstraintComponent "
    "QualifiedMinCountConstraintComponent ResultAnnotation Rule SPARQLAskExecutable SPARQLAskValidator "
    "SPARQLConstraint SPARQLConstraintComponent SPARQLConstructExecutable SPARQLExecutable SPARQLFunction "
    "SPARQLRule SPARQLSelectExecutable SPARQLSelectValidator SPARQLTarget SPARQLTargetType SPARQLUpdateExecutable "
    "Severity Shape Target TargetType TripleRule UniqueLangConstraintComponent ValidationReport ValidationResult "
    "Validator Violation Warning XoneConstraintComponent alternativePath and annotationProperty annotationValue "
    "annotationVarName ask class closed condition conforms construct datatype deactivated declare defaultValue "
    "description detail disjoint entailment equals expression filterShape flags focusNode group hasValue "
    "ignoredProperties in intersection inversePath js jsFunctionName jsLibrary jsLibraryURL labelTemplate "
    "languageIn lessThan lessThanOrEquals maxCount maxExclusive maxInclusive maxLength message minCount "
    "minExclusive minInclusive minLength name namespace node nodeKind nodeValidator nodes not object oneOrMorePath "
    "optional or order parameter path pattern predicate prefix prefixes property propertyValidator "
    "qualifiedMaxCount qualifiedMinCount qualifiedValueShape qualifiedValueShapesDisjoint result resultAnnotation "
    "resultMessage resultPath resultSeverity returnType rule select severity shapesGraph shapesGraphWellFormed "
    "sourceConstraint sourceConstraintComponent sourceShape sparql subject suggestedShapesGraph target targetClass "
    "targetNode targetObjectsOf targetSubjectsOf this union uniqueLang update validator value xone zeroOrMorePath "
    "zeroOrOnePath".split()
)
# Constraints and targets of the drafts of SHACL 1.2, none of which is checked here.
_DRAFTS = frozenset(
    "singleLine memberShape minListLength maxListLength uniqueMembers reifierShape reificationRequired someValue "
    "rootClass subsetOf nodeByExpression targetWhere uniqueValuesForClass".split()
)


class Shapes(NamedTuple):
    """Shapes to validate by: their quads, what is passed over in them, which the report says, their prefixes, and where
    in which file each IRI first stands as a subject.
    """

    quads: tuple[Quad, ...]
    warnings: tuple[str, ...] = ()
    prefixes: Mapping[str, str] = {}
    places: Mapping[str, str] = {}

    def placed(self, message: str) -> str:
        """A message about shapes, each line that begins with the name of one with its file and line.

        >>> Shapes((), places={"http://x/S": "shapes.ttl:3"}).placed("shapes: <http://x/S>: wrong")
        'shapes.ttl:3: <http://x/S>: wrong'
        """
        lines = message.split("\n")
        for number, line in enumerate(lines):
            found = re.match(r"shapes: <([^<>]*)>", line)
            if found and (place := self.places.get(found[1])):
                lines[number] = f"{place}{line.removeprefix('shapes')}"
        return "\n".join(lines)


def read_shapes(paths: Sequence[Path], read_file: Callable[[Path], RdfFile] = read) -> Shapes:
    """The shapes of files, with what they import from local files; QueryError names all that cannot be used."""
    waiting, seen, warnings, files = [path.absolute() for path in paths], set[Path](), list[str](), list[RdfFile]()
    prefixes: dict[str, str] = {}
    places: dict[str, str] = {}
    shown = {path.absolute(): path for path in paths}
    while waiting:
        if (path := waiting.pop(0)) in seen:
            continue
        seen.add(path)
        found = read_file(shown.get(path, path))
        warnings += found.notes
        files.append(found)
        subjects = found.subjects()
        prefixes.update(subjects.prefixes)
        for iri, line in subjects.lines.items():
            places.setdefault(iri, f"{found.name}:{line}")
        if path in shown and not any(
            quad.predicate.value.startswith(SH) or quad.predicate == _IMPORTS for quad in found.quads
        ):
            raise QueryError(f"{found.name}: holds no shapes; give a file with SHACL shapes to --shapes")
        for quad in found.quads:
            if quad.predicate == _IMPORTS:
                if local := _local(text_of(quad.object), path):
                    waiting.append(local)
                elif not any(q.subject == quad.object and q.predicate.value != SH + "declare" for q in found.quads):
                    iri = text_of(quad.object)
                    warnings.append(f"{found.name}: owl:imports <{iri}> is not followed; give a copy with --shapes")
    return Shapes(tuple(apart(files)), tuple(dict.fromkeys(warnings)), prefixes, places)


def _local(iri: str, importing: Path) -> Path | None:
    """The file that an import names: by a file address, or by a name beside the file that imports it."""
    parts = urlsplit(iri)
    path = Path(unquote(parts.path)) if parts.scheme == "file" else importing.parent / Path(parts.path).name
    return path.absolute() if path.is_file() else None


def check(shapes: Sequence[Quad]) -> list[str]:
    """What engines pass over in shapes, as warnings; ProjectError with all that makes them unusable."""
    graph = _Graph(shapes)
    faults = [*_unusable(graph)]
    imported = sorted(text_of(quad.object) for quad in shapes if quad.predicate == _IMPORTS)
    if not graph.shapes:
        hint = f" (owl:imports of <{imported[0]}> is not followed; give a copy with --shapes)" if imported else ""
        faults.append(f"there are no shapes; nothing would be checked{hint}")
    elif not graph.targeted:
        faults.append("no shape has a target; nothing would be checked: add sh:targetClass or another target")
    if faults:
        raise ProjectError("\n".join(f"shapes: {fault}" for fault in dict.fromkeys(faults)))
    return _grouped(dict.fromkeys(_passed_over(graph)))


def _grouped(warnings: Iterable[str]) -> list[str]:
    """Warnings, those that say the same of many shapes as one.

    >>> _grouped([f"<http://x/{n}>: sh:rule: rules are not run" for n in range(9)])
    ['9 shapes, <http://x/0> among them: sh:rule: rules are not run']
    """
    said: dict[str, list[str]] = {}
    for warning in warnings:
        shape, _, what = warning.partition(">")
        said.setdefault(what or warning, []).append(shape + ">" if what else "")
    grouped = []
    for what, shapes in said.items():
        if len(shapes) > MANY:
            grouped.append(f"{len(shapes):,} shapes, {shapes[0]} among them{what}")
        else:
            grouped += [shape + what for shape in shapes]
    return grouped


MANY = 5  # shapes of which the same is said, beyond which they are counted


class _Graph:
    """A shapes graph as it is looked up here."""

    def __init__(self, quads: Sequence[Quad]) -> None:
        self.about: dict[Term, list[tuple[str, Term]]] = {}
        self.into: dict[Term, list[Term]] = {}
        for quad in quads:
            self.about.setdefault(quad.subject, []).append((quad.predicate.value, quad.object))
            self.into.setdefault(quad.object, []).append(quad.subject)
        own = [(quad.predicate.value.removeprefix(SH), quad) for quad in quads if quad.predicate.value.startswith(SH)]
        types = {node: {text_of(o) for p, o in said if p == TYPE.value} for node, said in self.about.items()}
        expected: set[Term] = {quad.object for name, quad in own if name in _SHAPES}
        expected |= {item for name, quad in own if name in _LISTS for item in self.items(quad.object)}
        declared = {node for node, found in types.items() if found & {SH + "NodeShape", SH + "PropertyShape"}}
        with_target: set[Term] = {quad.subject for name, quad in own if name in _TARGETS}
        classes = {RDFS + "Class", OWL + "Class"}
        classes |= {text_of(node) for node, said in self.about.items() if (_SUBCLASS, _CLASS) in said}
        self.targeted = with_target | {node for node in declared if types[node] & classes}
        self.shapes = declared | with_target | expected
        self.used = expected

    def values(self, node: Term, name: str) -> list[Term]:
        """The values of a term of SHACL."""
        wanted = SH + name
        return [value for predicate, value in self.about.get(node, ()) if predicate == wanted]

    def items(self, members: Term) -> Iterator[Term]:
        """The items of a list, each node of it once."""
        seen = set()
        while members not in seen and members in self.about:
            seen.add(members)
            said = dict(self.about[members])
            if RDF + "first" in said:
                yield said[RDF + "first"]
            members = said.get(RDF + "rest", members)

    def name(self, node: Term) -> str:
        """The IRI of a shape, or of the one around it."""
        seen: set[Term] = set()
        while not isinstance(node, px.NamedNode) and node not in seen and node in self.into:
            seen.add(node)
            node = min(self.into[node], key=str)
        return text_of(node) if isinstance(node, px.NamedNode) else str(node)

    def shown(self, node: Term) -> str:
        """How a message names a shape."""
        name = self.name(node)
        inner = "" if isinstance(node, px.NamedNode) else ", a shape within it"
        return f"{name}{inner}" if name.startswith("_:") else f"<{name}>{inner}"


def _unusable(graph: _Graph) -> Iterator[str]:
    for node, said in graph.about.items():
        for predicate, value in said:
            if predicate == SH + "entailment":
                yield f"sh:entailment {value} is not supported (SHACL, 1.5); infer before, and take it out"
            if predicate.removeprefix(SH) in _DRAFTS and predicate.startswith(SH):
                term = predicate.removeprefix(SH)
                yield f"{graph.shown(node)}: sh:{term} is of SHACL 1.2, a draft that kg does not check; take it out"
            if predicate == SH + "property":
                paths = graph.values(value, "path")
                if not paths:
                    yield f"{graph.shown(node)}: a sh:property without sh:path; give it the path of its values"
                elif len(paths) > 1:
                    yield f"{graph.shown(node)}: a sh:property with {len(paths)} values of sh:path; give it one"


def _passed_over(graph: _Graph) -> Iterator[str]:
    parameters = {
        text_of(path)
        for node in graph.about
        for p in graph.values(node, "parameter")
        for path in graph.values(p, "path")
    }
    for node, said in graph.about.items():
        for predicate, value in said:
            term = predicate.removeprefix(SH) if predicate.startswith(SH) else ""
            if predicate == TYPE.value and text_of(value).startswith(SH):
                term = text_of(value).removeprefix(SH)
            if term and term not in _TERMS:
                hint = nearest(term, _TERMS).replace("'", "") or "; it constrains nothing here"
                yield f"{graph.shown(node)}: sh:{term} is not a term of SHACL 1.0{hint}"
            elif term in _UNDONE:
                yield f"{graph.shown(node)}: sh:{term}: {_UNDONE[term]}"
            elif (
                predicate not in parameters
                and predicate.removeprefix(_DASH) in _DASH_CONSTRAINTS
                and predicate.startswith(_DASH)
            ):
                name = predicate.removeprefix(_DASH)
                yield f"{graph.shown(node)}: dash:{name} is not a term of SHACL; it is not checked"
    for shape in sorted(graph.shapes - graph.used - graph.targeted, key=str):
        if not graph.into.get(shape):
            yield f"{graph.shown(shape)} has no target and no shape uses it; it checks nothing"
