"""What a fact claims of its words: names, texts, concepts, numbers, dates and headings, each held against the quote."""

from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as px
import pytest

from kg.build.coverage import read_readable
from kg.errors import FactError, Fault
from kg.facts.attestation import Attestation, Words, words_of
from kg.facts.checks import Checks, check, checks
from kg.facts.naming import called, class_lines, name_line, read_unjudged, settled
from kg.facts.quotes import Passage, Quote, find
from kg.facts.records import Record
from kg.facts.sources import Source
from kg.facts.values import Mapping, Text
from kg.facts.yaml_file import read_yaml
from kg.project import TEMPLATE, read_project
from kg.query.opened import Opened
from kg.rdf.ontology import Vocabulary, read_vocabulary, vocabulary
from kg.rdf.parse import parse

BASE = "https://example.org/"
SCHEME = f"""
@prefix kg: <{BASE}ontology#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
kg:Bound a skos:ConceptScheme .
kg:exact a skos:Concept ; skos:inScheme kg:Bound ; skos:prefLabel "exact"@en ; kg:unsaid true .
kg:nearly a skos:Concept ; skos:inScheme kg:Bound ; skos:prefLabel "nearly"@en ; skos:hiddenLabel "almost"@en , "presque"@fr .
kg:more a skos:Concept ; skos:inScheme kg:Bound ; skos:prefLabel "more than"@en ; skos:hiddenLabel "exceeds"@en .
kg:position rdfs:subPropertyOf schema:position .
kg:near kg:readAfter "to"@en , "towards"@en . schema:worksFor kg:readBefore "hosts"@en .
schema:Event kg:unnamed true . kg:Fair rdfs:subClassOf schema:Event .
kg:Regatta rdfs:subClassOf kg:Fair ; kg:unnamed false . kg:Cup rdfs:subClassOf kg:Regatta , kg:Fair .
"""
TERMS = {
    "bound": {"@id": "kg:bound", "@type": "@vocab"},
    "position": {"@id": "kg:position", "@type": "xsd:integer"},
    "built": {"@id": "kg:built", "@type": "xsd:gYear"},
}
TEXT = """Harbour Notes

12 May 1851
The lighthouse of Skerry Point was built by Ada Merrow’s firm, with nearly 40 men.

3 March 1852
The lamp is lit for the first time. The first 18 ships pass. Membership now exceeds 2,000.
Merrow’s co-owner, Zoé Blanc, speaks: “It is done”.

The horn is heard.
"""


def made() -> tuple[Vocabulary, Words, Checks]:
    found = read_vocabulary(TEMPLATE / "ontology", BASE)
    context = found.context
    terms = {**context.terms}
    for name, term in TERMS.items():
        terms[name] = context.terms["value"]._replace(
            iri=context.expand(term["@id"]),
            type=term["@type"] if term["@type"] == "@vocab" else context.expand(term["@type"]),
        )
    statements = [*found.statements, *parse(SCHEME.encode(), px.RdfFormat.TURTLE, "scheme", BASE)]
    whole = vocabulary(context._replace(terms=terms), statements)
    return whole, words_of(whole, BASE), checks(whole, BASE)


VOCABULARY, WORDS, CHECKS = made()


def said(
    tmp_path: Path,
    text: str,
    quotes: Sequence[str],
    *,
    languages: str = "en",
    basis: str = "stated",
    note: str = "",
    source: str = TEXT,
    known: str = "",
) -> list[str]:
    """What is wrong with a record that quotes a source, and with the names in it, where other records say more."""
    document = Source("notes", "notes.txt", "", source, "", "", "", "", "", languages)
    lines: list[bytes] = []
    faults: list[Fault] = []
    for number, written in enumerate((text, *known.split("\n---\n"))):
        (tmp_path / "a.yaml").write_text(written, encoding="utf-8")
        content = read_yaml(tmp_path / "a.yaml") if written else Mapping()
        assert isinstance(content, Mapping)
        parts = tuple(Quote(Text(quote)) for quote in quotes)
        record = Record("a.yaml", 1, 1, "notes", parts, basis, note, "", content)
        checked = check(record, CHECKS)
        assert not checked.faults
        lines += [name_line(one.of, one.value) for one in checked.said if one.of and one.key in WORDS.names]
        lines += [line for named in checked.named for line in class_lines(named.iri, named.types)]
        if number == 0:
            passages: list[Passage] = [find(document, quote) for quote in parts]
            attestation = Attestation(record, passages, document, VOCABULARY, WORDS)
            attestation.read(checked.said, BASE)
            faults, lines = [*attestation.faults], [*lines, *attestation.lines]
    lines.sort()
    return [
        fault.message
        for fault in (
            *faults,
            *settled(lines, WORDS.unnamed, called(lines, WORDS.unnamed, [document]), tmp_path / "unjudged").faults,
        )
    ]


ADA = "id: ada\ntype: Person\nname: Ada Merrow"


@pytest.mark.parametrize(
    ("text", "quote", "known"),
    [
        ("id: ada\ntype: Person\nname: Ada Merrow", "built by Ada Merrow’s firm", ""),
        (
            "id: skerry\nagent: ada",
            "Skerry Point was built by Ada Merrow’s firm",
            ADA + "\n---\nid: skerry\nname: Skerry Point",
        ),
        ("id: lit\ntype: Event\nname: lighting of the lamp", "The lamp is lit", ""),
        ("id: fair\ntype: kg:Fair\nname: a fair", "The lamp is lit", ""),
        ("id: zoe\ntype: Person\nname: Zoe\u0301 Blanc", "Zoé Blanc, speaks", ""),
        ("id: zoe\ntype: Person\nname: co\u2010owner", "Merrow’s co-owner", ""),
        ("id: ada\ndescription: speaks … done", "Zoé Blanc, speaks: “It is done”", "id: ada\nname: Zoé Blanc"),
        (
            'id: ada\ndescription: "speaks: \\"It is done\\""',
            "Zoé Blanc, speaks: “It is done”",
            "id: ada\nname: Zoé Blanc",
        ),
        (
            "id: ada\nnear: {type: Place, name: Skerry Point}",
            "Skerry Point was built by Ada Merrow",
            "id: ada\nname: Ada Merrow",
        ),
        ("id: c\ntype: kg:Count\nname: x\nvalue: 40\nbound: nearly", "with nearly 40 men", "id: c\ntype: Event"),
        ("id: c\nvalue: 40\nqualifier: nearly", "with nearly 40 men", "id: c\ntype: Event"),
        ("id: c\nvalue: 2000\nbound: more", "Membership now exceeds 2,000", "id: c\ntype: Event"),
        ("id: c\nvalue: 18\nbound: exact", "The first 18 ships pass", "id: c\ntype: Event"),
        ("id: c\nposition: 1", "for the first time", "id: c\ntype: Event"),
    ],
)
def test_what_the_words_say_may_be_stated(tmp_path: Path, text: str, quote: str, known: str) -> None:
    assert said(tmp_path, text, [quote], known=known) == []


@pytest.mark.parametrize(
    ("text", "quote", "known", "fault"),
    [
        (
            "id: ada\ntype: Person\nname: Ada Marrow",
            "built by Ada Merrow’s firm",
            "",
            "name “Ada Marrow” does not stand",
        ),
        (
            "id: p\nagent: ada",
            "Skerry Point",
            ADA + "\n---\nid: p\nname: Skerry Point",
            "agent ada: the quoted words have none",
        ),
        (
            "id: ada\nplace: p",
            "Skerry Point",
            ADA + "\n---\nid: p\nname: Skerry Point",
            "ada: the quoted words have none of its",
        ),
        ("id: x\ntype: Person\nname: Merr", "built by Ada Merrow’s firm", "", "name “Merr” does not stand"),
        ("id: ada\ndescription: an engineer", "Ada Merrow’s firm", ADA, "description “an engineer” does not stand"),
        ("id: ada\ndescription: firm … Ada", "Ada Merrow’s firm", ADA, "description “firm … Ada” does not stand"),
        ("near: {type: Place, name: Skerry Hill}", "Skerry Point", "", "name “Skerry Hill” does not stand"),
        (
            "id: c\nvalue: 40",
            "with nearly 40 men",
            "id: c\ntype: Event",
            "value 40 stands as “nearly 40” in the quoted words, and the record does not say “nearly”; add",
        ),
        ("id: c\nvalue: 40\nbound: exact", "with nearly 40 men", "id: c\ntype: Event", "stands as “nearly 40”"),
        (
            "id: c\nvalue: 40\nbound: more",
            "with nearly 40 men",
            "id: c\ntype: Event",
            "bound more stands in words as “more than”, “exceeds”, and no quote has any of these",
        ),
        ("id: c\nvalue: 1", "The first 18 ships pass", "id: c\ntype: Event", "value 1 cannot be read"),
        ("id: c\nvalue: 41", "with nearly 40 men", "id: c\ntype: Event", "value 41 cannot be read"),
        ("id: c\ndate: 1853", "with nearly 40 men", "id: c\ntype: Event", "date 1853 cannot be read"),
    ],
)
def test_what_the_words_do_not_say_is_a_fault(tmp_path: Path, text: str, quote: str, known: str, fault: str) -> None:
    found = said(tmp_path, text, [quote], known=known)
    assert any(fault in message for message in found), found


def test_each_fault_says_what_to_do(tmp_path: Path) -> None:
    found = said(tmp_path, "id: ada\nplace: p", ["Skerry Point"], known=ADA + "\n---\nid: p\nname: Skerry Point")
    assert found == [
        "ada: the quoted words have none of its names (“Ada Merrow”); quote the words that name it, leave it out, or set "
        "basis to inferred and say in a note by which words it is meant; if these are another name of the same thing, say so "
        "once"
    ]


LATER = "The horn is heard."
LIT, BUILT = "The lamp is lit for the first time", "The lighthouse of Skerry Point was built"


@pytest.mark.parametrize(
    ("date", "quotes", "note", "fault"),
    [
        ("1852-03-03", ["3 March 1852", LIT], "", ""),
        ("1851-05-12", ["12 May 1851", BUILT], "", ""),
        ("1852-03-04", ["3 March 1852", LIT], "", "cannot be read in a quoted heading above the words"),
        ("1852-03-03", [LIT], "", "cannot be read in a quoted heading above the words"),
        ("1852-03-03", [BUILT, "3 March 1852"], "", "cannot be read in a quoted heading above the words"),
        (
            "1851-05-12",
            ["12 May 1851", LIT],
            "",
            "is the date of a heading, and “3 March 1852” stands nearer above the words",
        ),
        ("1851-05-12", ["12 May 1851", LIT], "The whole page is of that day.", ""),
        ("1852-03-03", ["3 March 1852", LATER], "", "stand in a later paragraph than the one below it"),
        ("1852-03-03", ["3 March 1852", LATER], "The heading dates both paragraphs.", ""),
        ("1852", ["1852", LIT], "", "cannot be read in a quoted heading above the words"),
    ],
)
def test_a_date_of_the_layout_stands_in_the_heading_above(
    tmp_path: Path, date: str, quotes: list[str], note: str, fault: str
) -> None:
    found = said(tmp_path, f"id: c\ndate: {date}", quotes, basis="layout", note=note, known="id: c\ntype: Event")
    assert (fault in found[0]) if fault else found == []


@pytest.mark.parametrize(
    ("text", "quote", "languages", "lacking"),
    [
        ("value: 40", "Nearly forty ships a year", "fr", "(40 is not there)"),
        ("date: 1852-04", "on 3 March 1852", "en", "the month April or 04"),
        ("date: 1852-03", "am 3. März 1852", "de", ""),
        ("date: 1852-04", "am 3. März 1852", "de", "the month April or 04"),
        ("built: 1852", "am 3. März 1852", "de", ""),
        ("built: 1853", "am 3. März 1852", "de", "the year 1853"),
        ("value: 40", "une quarantaine de navires", "fr", "(40 is not there)"),
        ("value: 40", "quarante navires", "fr", ""),
        ("value: 40", "presque 40 navires", "fr", "stands as “presque 40”"),
        ("value: 40\nbound: nearly", "presque 40 navires", "fr", ""),
        ("value: 40", "veertig schepen", "en nl", ""),
        ("value: 40", "forty ships", "en nl", ""),
        ("value: 40", "loSmaH Duj", "tlh", "kg does not know the words of tlh, so what they say cannot be judged"),
        ("value: 40", "40 Duj", "tlh", ""),
        ("date: 1852-03", "1852 wej", "tlh", "the month 03, whose name kg does not know in tlh"),
    ],
)
def test_words_are_read_in_the_languages_of_the_source(
    tmp_path: Path, text: str, quote: str, languages: str, lacking: str
) -> None:
    found = said(tmp_path, f"id: c\n{text}", [quote], languages=languages, source=quote, known="id: c\ntype: Event")
    assert (lacking in found[0]) if lacking else found == []


def test_a_genitive_is_read_in_its_language(tmp_path: Path) -> None:
    text, source = "id: b\ntype: Place\nname: Berlin", "die Straßen Berlins"
    assert said(tmp_path, "id: b\ndescription: Straßen", [source], languages="de", source=source, known=text) == []
    assert said(tmp_path, "id: b\ndescription: Straßen", [source], languages="en", source=source, known=text)


def test_a_thing_without_a_name_is_not_looked_for(tmp_path: Path) -> None:
    assert (
        said(tmp_path, "id: x\nagent: y", ["The lamp is lit"], known="id: x\ntype: Place\n---\nid: y\ntype: Person")
        == []
    )


def test_what_is_in_no_entity_of_the_project_is_not_looked_for(tmp_path: Path) -> None:
    text = "id: ada\nsameAs: https://elsewhere.org/ada"
    assert said(tmp_path, text, ["Ada Merrow’s firm"], known=ADA) == []


def test_lists_are_held_against_the_words_one_by_one(tmp_path: Path) -> None:
    found = said(tmp_path, "id: x\ntype: Person\nname: [Ada Merrow, Zoé Blanc]", ["Ada Merrow’s firm"])
    assert ["Zoé Blanc" in message for message in found] == [True]


def test_each_statement_is_of_one_kind(template: Path, tmp_path: Path) -> None:
    manifest = Opened(template / "build").release.manifest
    assert manifest["readable"] == {
        "readable": 17,
        "layout": 1,
        "inferred": 2,
        "reference": 1,
        "chosen": 12,
        "unjudged": 0,
    }
    assert sum(manifest["readable"].values()) == manifest["counts"]["statements"]
    assert read_readable(read_project(TEMPLATE)) == (manifest["readable"], [])


def test_what_cannot_be_judged_is_listed_with_its_reason(tmp_path: Path) -> None:
    text = "id: ada\nagent: [lit, https://elsewhere.org/x]\nbound: exact\nabout: nameless"
    known = f"{ADA}\n---\nid: lit\ntype: Event\nname: lighting by the firm\n---\nid: nameless\ntype: Place"
    assert said(tmp_path, text, ["Ada Merrow’s firm"], known=known) == []
    assert [(one.line, one.said, one.reason) for one in read_unjudged(tmp_path / "unjudged")] == [
        (2, "agent lit", "things of its class have no name in a text"),
        (2, "agent https://elsewhere.org/x", "it leads out of the project"),
        (3, "bound exact", "no words say it"),
        (4, "about nameless", "it has no name"),
    ]


@pytest.mark.parametrize(
    ("text", "quote", "note", "fault"),
    [
        ("id: lamp\nagent: ada", LIT, "Ada Merrow is read as the one who lights it.", ""),
        (
            "id: lamp\nagent: ada",
            LIT,
            "So it is read.",
            "agent ada: neither the quotes nor the note name it (“Ada Merrow”)",
        ),
        ("id: lamp\ndate: 1852", LIT, "The year after 1851 is 1852.", ""),
        (
            "id: lamp\ndate: 1852",
            LIT,
            "The year after 1851.",
            "date 1852 cannot be read in the quoted words or the note",
        ),
        ("id: lamp\nvalue: 9", LIT, "Half of 18 is 9.", ""),
        ("id: lamp\nvalue: 9", LIT, "Half of 18.", "value 9 cannot be read in the quoted words or the note"),
        ("id: lamp\nbound: nearly", LIT, "Almost all.", ""),
        ("id: lamp\nbound: nearly", LIT, "All.", "neither the quotes nor the note has any of these"),
        ("id: lamp\nvalue: 40", "nearly 40 men", "As it says.", ""),
        ("id: lamp\nname: the great lamp\ndescription: bright", LIT, "As the curator has it.", ""),
    ],
)
def test_an_inferred_fact_says_in_its_note_what_its_words_do_not(
    tmp_path: Path, text: str, quote: str, note: str, fault: str
) -> None:
    known = f"{ADA}\n---\nid: lamp\ntype: Place\nname: the lamp"
    found = said(tmp_path, text, [quote], basis="inferred", note=note, known=known)
    assert (fault in found[0]) if fault else found == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id: ada\nagent: firm", ""),
        ("id: ada\nagent: port", "agent port: stands in the quoted words only within “"),
        ("id: ada\nagent: port\nabout: house", ""),
    ],
)
def test_a_name_within_the_longer_name_of_another_is_none(tmp_path: Path, text: str, fault: str) -> None:
    source = "Ada Merrow leads the Port of Skerry Office."
    known = "\n---\n".join(
        (
            ADA,
            "id: firm\nname: Port of Skerry Office",
            "id: port\nname: Port of Skerry",
            "id: house\nname: Port of Skerry Office",
        )
    )
    found = said(tmp_path, text, [source], source=source, known=known)
    assert (fault in found[0]) if fault else found == []


@pytest.mark.parametrize(
    ("text", "quote", "fault"),
    [
        ("id: skerry\notherName: Skerry Rock", "Skerry Point, or Skerry Rock, lies there", ""),
        (
            "id: skerry\notherName: Skerry Rock",
            "to Skerry Rock",
            "skerry: the quoted words have none of its names (“Skerry Point”)",
        ),
        ("id: skerry\ntype: Place\nname: Skerry Rock", "to Skerry Rock", ""),
    ],
)
def test_another_name_stands_beside_one_that_is_known(tmp_path: Path, text: str, quote: str, fault: str) -> None:
    found = said(tmp_path, text, [quote], source=quote, known="id: skerry\nname: Skerry Point")
    assert (fault in found[0]) if fault else found == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id: skerry\nagent: ada\nnear: zoe", ""),
        (
            "id: skerry\nnear: ada",
            "near ada: stands in the quoted words, but not behind “to”, “towards”; who does what to whom?",
        ),
        ("id: skerry\nworksFor: ada", ""),
        ("id: skerry\nworksFor: zoe", "worksFor zoe: stands in the quoted words, but not before “hosts”"),
    ],
)
def test_who_does_what_to_whom_is_told_by_words_of_the_vocabulary(tmp_path: Path, text: str, fault: str) -> None:
    source = "Ada Merrow hosts and writes of Skerry Point to Zoé Blanc"
    known = f"{ADA}\n---\nid: zoe\nname: Zoé Blanc\n---\nid: skerry\nname: Skerry Point"
    found = said(tmp_path, text, [source], source=source, known=known)
    assert (fault in found[0]) if fault else found == []


@pytest.mark.parametrize("kind", ["kg:Regatta", "kg:Cup"])
def test_a_class_below_one_without_names_may_have_them(tmp_path: Path, kind: str) -> None:
    text = f"id: race\ntype: {kind}\nname: the great race"
    assert "does not stand in the quoted words" in said(tmp_path, text, [LIT])[0]


@pytest.mark.parametrize(
    ("quote", "fault"),
    [
        ("nearly 40 men and 40 women", ""),
        ("nearly 40 men and almost 40 women", "stands as “nearly 40”"),
        ("the 40th ship", "value 40 cannot be read"),
        ("the fortieth ship", "value 40 cannot be read"),
    ],
)
def test_a_number_is_qualified_where_it_stands(tmp_path: Path, quote: str, fault: str) -> None:
    found = said(tmp_path, "id: c\nvalue: 40", [quote], source=quote, known="id: c\ntype: Event")
    assert (fault in found[0]) if fault else found == []


def test_the_nearest_of_several_headings_is_named(tmp_path: Path) -> None:
    source = "1850\nA rock.\n\n1851\nA tower.\n\n1852\nA lamp.\n"
    found = said(
        tmp_path, "id: c\ndate: 1850", ["1850", "A lamp."], basis="layout", source=source, known="id: c\ntype: Event"
    )
    assert "“1852” stands nearer above the words" in found[0]


def test_a_name_of_several_lines_is_one_name(project: Path) -> None:
    notice = project / "data" / "facts" / "notice.yaml"
    text = notice.read_text(encoding="utf-8")
    named = text.replace("  name: Ada Merrow\n", '  name: "Ada\\n\\t0 Merrow"\n')
    assert named != text
    notice.write_text(named, encoding="utf-8")
    with pytest.raises(FactError) as caught:
        read_readable(read_project(project))
    assert any("Ada⏎" in fault.message for fault in caught.value.faults)
    notice.write_text(
        text.replace("name: building of", 'name: "building\\n\\tof').replace(
            "of the lighthouse\n  date", 'of the lighthouse"\n  date'
        ),
        encoding="utf-8",
    )
    counts, _ = read_readable(read_project(project))
    assert sum(counts.values()) == 33
