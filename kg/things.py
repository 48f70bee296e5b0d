"""Things: the pages of what the graph speaks of. Entities, facts, sources, the vocabulary, named graphs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kg import documents, names, pictures, reading, search
from kg.live import Live
from kg.rdf import DCTERMS, PROV, RDFS, SCHEMA, SKOS, TYPE, text_of
from kg.show import Alternate, alternates, show, title_of
from kg.view import HIDDEN, NUMBERS, Dated, Group, Name, Page, Value, schema_org


def document(live: Live, root: str, iri: str) -> bytes:
    """The page of an entity, a fact, a source, the vocabulary or the curators."""
    page = Page(live, root)
    if iri.startswith(names.fact(live.base, "")):
        return _fact(page, iri)
    if iri.startswith(names.source(live.base, "")):
        return _source(page, iri)
    if iri == names.ontology(live.base).rstrip("#"):
        return _ontology(page)
    return _entity(page, iri)


def _entity(page: Page, iri: str) -> bytes:
    live = page.live
    reasons = [r for r in page.reasons(live.dataset.about(iri)) if r.statement.predicate.value not in HIDDEN]
    stated = [reason for reason in reasons if reason.fact and reason.basis != "reference"]
    groups = tuple(sorted(page.groups(stated), key=lambda group: group.label in _NAMES))
    mentions = _mentions(page, iri)
    hit = search.things(live.index, [iri]).get(iri)
    name = page.name(iri)
    related = [(n, d) for n, d in _related(groups, mentions) if n.iri != iri]
    own = page.dated(iri)
    stem = iri.rpartition("/")[2]
    return show(
        "entity",
        live,
        page.root,
        name.label,
        description=_description(name, groups),
        name=name,
        types=[page.name(type_) for type_ in (hit.types if hit else page.types(iri))[:1]],
        others=hit.others if hit else (),
        dated=own,
        glance=_glance(groups),
        groups=groups,
        mentions=mentions,
        reference=page.groups(r for r in reasons if r.basis == "reference"),
        follows=page.groups(r for r in reasons if not r.fact),
        words=len({quote.href for group in groups for e in group.entries for quote in e.because.quotes}),
        count=len(stated),
        steps=pictures.steps(_numbers(page, mentions)),
        connections=pictures.connections(name.label, _sides(mentions), _sides(groups)),
        dates=sorted(related, key=lambda pair: (pair[1].earliest or (9999, 1, 1), pair[0].label)),
        canonical=iri,
        alternates=alternates(stem),
        data=schema_org(page, iri, reasons, hit),
        ask=f"DESCRIBE <{iri}>",
    )


_NAMES = ("name", "other name", "type")  # in the head of the page already, and so last in its table


def _mentions(page: Page, iri: str) -> tuple[Group, ...]:
    """What other things say of a thing."""
    quads = []
    for subject in sorted({text_of(quad.subject) for quad in documents.incoming(page.live.store, iri)}):
        if subject.startswith(names.entity(page.base, "")):
            quads += [q for q in page.live.dataset.about(subject) if text_of(q.object) == iri and subject != iri]
    return page.groups((reason for reason in page.reasons(quads) if reason.fact), of="subject")


def _related(*sides: Sequence[Group]) -> Iterable[tuple[Name, Dated]]:
    """The dated things among what a page names, each once."""
    seen = set()
    for value in (value for side in sides for group in side for entry in group.entries for value in entry.values):
        if value.name and value.dated and value.name.iri not in seen:
            seen.add(value.name.iri)
            yield value.name, value.dated


def _glance(groups: Sequence[Group]) -> list[tuple[Group, Value]]:
    """At most five properties that are said in one short value; each leads to where its words stand."""
    found = []
    for group in groups:
        values = [value for entry in group.entries for value in entry.values]
        text = values[0].text or (values[0].name.label if values[0].name else "")
        if len(values) == 1 and len(text) <= 40 and group.label not in _NAMES:
            found.append((group, values[0]))
    return found[:5]


def _description(name: Name, groups: Sequence[Group]) -> str:
    """A sentence for search engines and link previews: the first words that speak of the thing."""
    for group in groups:
        for entry in group.entries:
            if entry.because.quotes:
                return f"{name.label}: “{entry.because.quotes[0].exact.strip()[:180]}”"
    return name.label


def _sides(groups: Sequence[Group]) -> dict[str, list[Name]]:
    """The things by property, for the diagram of connections."""
    found: dict[str, list[Name]] = {}
    for group in groups:
        things = [
            value.name for entry in group.entries for value in entry.values if value.name and group.label != "type"
        ]
        if things:
            found[group.label] = list(dict.fromkeys(things))
    return found


def _numbers(page: Page, mentions: Sequence[Group]) -> list[pictures.Number]:
    """The dated numbers that other things give for one: of those with one number each, of the most frequent kind."""
    kinds: dict[tuple[str, ...], list[pictures.Number]] = {}
    for name, dated in _related(mentions, ()):
        quads = page.live.dataset.about(name.iri)
        numbers = {
            text_of(q.object) for q in quads if getattr(getattr(q.object, "datatype", None), "value", "") in NUMBERS
        }
        concepts = sorted(
            text_of(q.object)
            for q in quads
            if not text_of(q.graph_name)
            and q.predicate.value != names.ontology(page.base) + "bound"  # "more than" is no other kind
            and q.predicate.value.startswith(names.ontology(page.base))
            and page.is_concept(q.object)
        )
        if len(numbers) == 1:
            kinds.setdefault(tuple(concepts), []).append(
                (dated.earliest, float(numbers.pop()), name.label, name, dated.text)
            )
    return max(kinds.values(), key=len, default=[])


def _fact(page: Page, iri: str) -> bytes:
    said = {quad.predicate.value: text_of(quad.object) for quad in page.live.dataset.about(iri)}
    told = list(reading.facts_told(page, iri))
    title = f"A fact about {told[0].subject.label}" if told else "A fact"
    source = said.get(PROV + "wasDerivedFrom", "")
    return show(
        "fact",
        page.live,
        page.root,
        title,
        told=told,
        source=page.name(source)._replace(label=title_of(page, source.rpartition("/")[2])) if source else None,
        canonical=iri,
        alternates=alternates(iri.rpartition("/")[2]),
    )


def _source(page: Page, iri: str) -> bytes:
    ident = iri.rpartition("/")[2]
    live = page.live
    said = {quad.predicate.value: text_of(quad.object) for quad in live.dataset.about(iri)}
    text = live.file(f"sources/{ident}.txt").decode()
    covered = live.release.manifest["coverage"][ident]
    title = said.get(DCTERMS + "title", ident)
    return show(
        "source",
        live,
        page.root,
        title,
        place="sources",
        reading=reading.read(page, ident, text),
        characters=len(text),
        publisher=said.get("http://purl.org/dc/elements/1.1/publisher", ""),
        rights=said.get("http://purl.org/dc/elements/1.1/rights", ""),
        language=said.get("http://purl.org/dc/elements/1.1/language", "en"),
        retrieved=said.get(names.ontology(live.base) + "retrieved", ""),
        url=said.get(SCHEMA + "url", ""),
        sha256=said.get(SCHEMA + "sha256", ""),
        quoted=100 * covered["quoted"] / max(1, covered["characters"]),
        skipped=100 * covered["skipped"] / max(1, covered["characters"]),
        canonical=iri,
        alternates=(*alternates(ident), Alternate("text", "text/plain", f"{ident}.txt")),
        data={"@context": "https://schema.org", "@id": iri, "@type": "CreativeWork", "name": title},
    )


class Defined(NamedTuple):
    """A term of the vocabulary: its name, anchor, definition, example, what it is below, and how often it is used."""

    name: Name
    anchor: str
    kind: str
    definition: str
    example: str
    above: tuple[Name, ...]
    uses: int


def _ontology(page: Page) -> bytes:
    live = page.live
    iri = names.ontology(live.base).rstrip("#")
    said: dict[str, dict[str, list[str]]] = {}
    for quad in live.dataset.within(iri):
        if not text_of(quad.graph_name):
            said.setdefault(text_of(quad.subject), {}).setdefault(quad.predicate.value, []).append(text_of(quad.object))
    uses = {
        word.iri: word.uses for kind in ("class", "property") for word in search.words(live.index, kind, most=10_000)
    }
    shapes: dict[str, list[str]] = {}
    for quad in live.turtle("shapes.ttl"):
        if text_of(quad.subject).startswith(f"{iri}#") and text_of(quad.subject) not in said:
            shapes.setdefault(text_of(quad.subject), [])
            if quad.predicate.value == RDFS + "label":
                shapes[text_of(quad.subject)].append(text_of(quad.object))
    terms = [_defined(page, term, found, uses) for term, found in sorted(said.items())]
    return show(
        "ontology",
        live,
        page.root,
        "Vocabulary",
        kinds=[(kind, [term for term in terms if term.kind == kind]) for kind in ("Classes", "Properties", "Concepts")],
        shapes=[
            (shape.rpartition("#")[2], (labels or [shape.rpartition("#")[2]])[0])
            for shape, labels in sorted(shapes.items())
        ],
        canonical=iri,
        alternates=alternates("ontology"),
    )


def _defined(page: Page, iri: str, said: Mapping[str, list[str]], uses: Mapping[str, int]) -> Defined:
    types = "".join(said.get(TYPE.value, ()))
    kind = "Classes" if "Class" in types else "Properties" if "Property" in types else "Concepts"
    above = (
        *said.get(RDFS + "subClassOf", ()),
        *said.get(RDFS + "subPropertyOf", ()),
        *said.get(SKOS + "inScheme", ()),
    )
    definition = (said.get(SKOS + "definition") or said.get(RDFS + "comment") or [""])[0]
    example = said.get(SKOS + "example", [""])[0]
    named = tuple(page.name(up) for up in sorted(above))
    return Defined(page.name(iri), iri.rpartition("#")[2], kind, definition, example, named, uses.get(iri, 0))


def graph(live: Live, root: str, stem: str) -> bytes:
    """The page of one of the graphs that are kept beside the facts."""
    said = {
        "provenance": "what each fact rests on: its basis, its words, and where they stand",
        "inferred": "what the build made: supertypes, superproperties, the first and last day of each date",
        "ontology": "the vocabulary",
    }
    iri = names.graph(live.base, stem)
    ask = f"SELECT * WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 100"
    title = f"The graph of {stem}"
    return show(
        "graph", live, root, title, said=said[stem], iri=iri, ask=ask, canonical=iri, alternates=alternates(stem)
    )
