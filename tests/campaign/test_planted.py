"""Mistakes that a careless curator makes, each an edit of one record of the campaign: the build stops each of them, and
no edit that says the same in another way.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.build.checking import check_project
from kg.project import read_project
from kg.shacl.report import Report
from tests.conftest import ROOT


class Edit(NamedTuple):
    """Words of the record that begins with `id: ...`, in one of its places, and what stands there instead."""

    what: str
    record: str
    old: str
    new: str


# What the quoted words do not say.
PLANTED = (
    Edit("a state swapped", "senegal-ratification", "state: senegal", "state: mexico"),
    Edit("another body elects", "judges-election", "agent: assembly-of-states-parties", "agent: security-council"),
    Edit("another speaker", "kanu-remark", "speaker: allieu-i-kanu", "speaker: kofi-annan"),
    Edit("another place", "founding-meeting", "place: new-york", "place: the-hague"),
    Edit("another country", "allieu-i-kanu", "ofCountry: sierra-leone", "ofCountry: the-gambia"),
    Edit("a signature as a ratification", "iran-signature", "kind: signature", "kind: ratification"),
    Edit("a ratification as a signature", "mexico-ratification", "kind: ratification", "kind: signature"),
    Edit("nearly as exact", "rome-delegation-500", "bound: nearly\n  qualifier: nearly", "bound: unqualified"),
    Edit("another bound", "coalition-members-2000", "bound: more-than", "bound: nearly"),
    Edit(
        "a qualifier left out", "coalition-ngos-1000", "bound: more-than\n  qualifier: more than", "bound: unqualified"
    ),
    Edit("a digit too many", "coalition-members-800", "value: 800", "value: 8000"),
    Edit("another month", "worldwide-ratification-campaign", "date: 1999-05-13/", "date: 1999-01-13/"),
    Edit("another day than the heading's", "eleven-principles-adoption", "date: 1998-06-14", "date: 1998-06-15"),
    Edit(
        "the date of another heading",
        "engagement",
        'quote: [{exact: September 2003, suffix: "\\n"}, The Coalition becomes fully engaged with all aspects of the ICC]\n'
        "  id: engagement\n  entry: entry-september-2003",
        "quote: [16 June 2003, The Coalition becomes fully engaged with all aspects of the ICC]\n"
        "  id: engagement\n  date: 2003-06-16",
    ),
    Edit("a heading that is not quoted", "tenth-anniversary", "[10 February 2005, The Coalition", "[The Coalition"),
    Edit("another person elected", "prosecutor-election", "elects: luis-moreno-ocampo", "elects: fatou-bensouda"),
    Edit("a title from memory", "allieu-i-kanu", "title: Ambassador", "title: President"),
    Edit("another funder", "grant-macarthur-foundation", "funder: macarthur-foundation", "funder: reebok-foundation"),
    Edit(
        "words not in the source",
        "asp-monitoring-increase",
        "description: increase activities",
        "description: lead activities",
    ),
    Edit("a name misspelt", "kofi-annan", "name: Kofi Annan", "name: Kofi Anan"),
    Edit("an ordinal as a count", "first-judges", "size: 18", "size: 1"),
    Edit("another number", "eleven-principles", "size: 11", "size: 12"),
    Edit("another ordinal", "asp-third-session", "ordinal: 3", "ordinal: 2"),
    Edit("another rank", "grant-ford-foundation", "tier: major-contribution", "tier: important-grant"),
    Edit("called for as announced", "world-day", "status: called-for", "status: announced"),
    Edit("another thing counted", "coalition-countries-150", "counted: countries-of-members", "counted: participants"),
    Edit("another addressee", "us-announcement", "addressee: united-nations", "addressee: security-council"),
    Edit("a treaty that is a nominee", "nobel-nomination", "nominee: coalition", "nominee: rome-statute"),
    Edit("another founder", "coalition", "founder: founding-ngos", "founder: like-minded-governments"),
    Edit("another year", "coalition", "founded: 1995", "founded: 1998"),
    Edit("members of another body", "un-member-states", "membersOf: united-nations", "membersOf: coalition"),
    Edit("a post in another body", "un-secretary-general", "postIn: united-nations", "postIn: icc"),
    Edit("an outcome from memory", "election-criteria-promotion", "outcome: succeeds", "outcome: fails"),
    Edit(
        "a purpose of another's", "hague-co-secretariat", "purpose: to closely monitor", "purpose: to strictly monitor"
    ),
    Edit(
        "a final day from memory",
        "rome-statute",
        "finalDayForSignature: 2000-12-31",
        "finalDayForSignature: 2000-12-30",
    ),
    Edit("within a longer name", "william-r-pace", "headOf: coalition-secretariat", "headOf: coalition"),
    Edit("a post within a longer one", "kanu-as-vice-president", "post: asp-vice-president", "post: asp-president"),
    Edit("another body's post", "wfm-igp-executive-director", "postIn: wfm-igp", "postIn: world-federalist-movement"),
    Edit("many of them as all", "darfur-referral", "advocatedBy: many-coalition-members", "advocatedBy: coalition"),
    Edit(
        "who refers to whom",
        "darfur-referral",
        "agent: security-council\n  addressee: icc",
        "agent: icc\n  addressee: security-council",
    ),
    Edit(
        "who calls on whom",
        "annan-ratification-call",
        "agent: kofi-annan\n  addressee: un-member-states",
        "agent: un-member-states\n  addressee: kofi-annan",
    ),
    Edit(
        "who guides whom",
        "coalition",
        "id: coalition\n  guidedBy: steering-committee",
        "id: steering-committee\n  guidedBy: coalition",
    ),
    Edit("who holds it", "deposit-ceremony", "participant: members-at-deposit", "organizer: members-at-deposit"),
    Edit(
        "another crime",
        "aim-national-laws",
        "id: genocide, type: Crime, name: genocide",
        "id: torture, type: Crime, name: torture",
    ),
    Edit("whom it exempts", "exemption-resolution", "exempts: us-peacekeepers", "exempts: un-peacekeepers"),
    Edit("a reason from memory", "renewal-withdrawal", "reason: a lack of support", "reason: a lack of time"),
    Edit("another year of the budget", "icc-budget-2005", "covers: 2005", "covers: 2004"),
    Edit("a field that is not there", "page", "blankField: Official web site", "blankField: Web site address"),
    Edit("formal for informal", "steering-committee", "classification: informal", "classification: ratification"),
    Edit("a part of a symbol", "recognition-resolution", "symbol: ICC-ASP/2/Res.8", "symbol: ICC-ASP/2"),
    Edit("by a year as in it", "by-2002-forecast", "date: ../2002", "date: 2002"),
    Edit(
        "who is only consulted",
        "guiding-principles-development",
        "agent: coalition",
        "agent: like-minded-governments",
    ),
    Edit("whose work it is for", "eleven-principles-adoption", "agent: steering-committee", "agent: coalition"),
    Edit("not the one behind by", "renewal-withdrawal", "agent: the-united-states", "agent: security-council"),
    Edit("an owner for the thing", "coliseum-streets", "around: coliseum", "around: rome"),
    Edit(
        "what includes what",
        "aim-establishing-icc",
        "id: aim-establishing-icc\n  includes: aim-guaranteeing-functioning",
        "id: aim-guaranteeing-functioning\n  includes: aim-establishing-icc",
    ),
    Edit("what a ceremony marks", "entry-into-force-reception", "marks: entry-into-force", "marks: ten-ratifications"),
    Edit(
        "a label of another body",
        "asp-second-session",
        "name: second session of the Assembly of States Parties",
        "name: second session of the Security Council",
    ),
    Edit(
        "a label of another rank",
        "grant-third-millennium-foundation",
        "name: important grants from",
        "name: major financial contributions from",
    ),
    Edit(
        "a label of another act",
        "objective-promoting-ratification",
        "name: promoting ratification and",
        "name: promoting signature and",
    ),
    Edit("inferred, not what the note comes to", "andorra-ratification", "ordinal: 30", "ordinal: 60"),
    Edit("inferred, a day of another month", "exemption-adoption", "date: 2002-07-12", "date: 2002-06-12"),
    Edit("inferred, another duration", "asp-meetings", "frequency: P1Y", "frequency: P2Y"),
    Edit("inferred, a year off", "coalition-members-450", "date: 1997", "date: 1998"),
    Edit("inferred, a day from memory", "prosecutor-election", "date: 2003-04", "date: 2003-04-21"),
    Edit("inferred, another recipient", "grant-government-of-denmark", "fundedItem: coalition", "fundedItem: icc"),
    Edit(
        "inferred for want of words",
        "sudan",
        "name: Sudan",
        "name: Sudan\n  containedIn: africa\n  basis: inferred\n  note: So it is.",
    ),
    Edit(
        "a heading above a later paragraph", "andorra-ratification", "entry: entry-31-december-2000", "date: 2000-12-31"
    ),
)


# What only all records together tell.
BETWEEN = (
    Edit("what is called for as an event", "diplomatic-conference", "type: Prospect", "type: Conference"),
    Edit("a prospect that nobody calls for", "world-day-call", "callsFor: world-day", "callsFor: prompt-ratification"),
    Edit("a call for nothing", "annan-ratification-call", "  callsFor: prompt-ratification\n", ""),
    Edit("inferred, the month it is counted from", "prosecutor-election", "date: 2003-04", "date: 2003-03"),
    Edit(
        "a result as a cause",
        "ten-ratifications",
        "id: ten-ratifications\n  triggers: entry-into-force",
        "id: entry-into-force\n  triggers: ten-ratifications",
    ),
    Edit(
        "a place in a list that is none",
        "objective-expanding-network",
        "position: 7\n  basis: inferred\n  note: It stands at place 7",
        "position: 8\n  basis: inferred\n  note: It stands at place 8",
    ),
    Edit("an objective as an act", "objective-monitoring-court", "type: Objective", "type: Activity"),
    Edit("a state swapped under the same quote", "us-signature", "state: the-united-states", "state: israel"),
    Edit(
        "an order turned round",
        "senegal-ratification",
        "ordinal: 1\n",
        "ordinal: 1\n  after: worldwide-ratification-campaign\n",
    ),
    Edit("an election before the Court", "deputy-prosecutor-election", "date: 2004-09", "date: 1994-09"),
    Edit("an ordinal held by two", "andorra-ratification", "ordinal: 30", "ordinal: 100"),
    Edit("an event after itself", "judges-inauguration", "after: judges-election", "after: judges-inauguration"),
    Edit("a person as a country", "argentina", "type: Country", "type: Person"),
    Edit("a funder twice", "grant-european-commission", "funder: european-commission", "funder: ford-foundation"),
    Edit(
        "a meeting with a nominee", "lmg-meeting", "type: Meeting", "type: Meeting\n  nominee: like-minded-governments"
    ),
)


HARMLESS = (
    Edit(
        "a note reworded",
        "coalition-members-450",
        "note: Two years after 1995, the",
        "note: Two years after the year 1995, the",
    ),
    Edit("a note added", "senegal", "name: Senegal", "name: Senegal\n  note: The page names it once."),
    Edit(
        "keys reordered",
        "senegal-ratification",
        "treaty: rome-statute\n  state: senegal",
        "state: senegal\n  treaty: rome-statute",
    ),
    Edit("a list for one", "us-signature", "state: the-united-states", "state: [the-united-states]"),
    Edit(
        "a longer quote",
        "senegal",
        "quote: Senegal became the first state to ratify the ICC treaty\n",
        "quote: after Senegal became the first state to ratify the ICC treaty\n",
    ),
    Edit("a shorter quote", "sudan", "quote: the situation in Darfur, Sudan", 'quote: "Darfur, Sudan"'),
    Edit("an inferred date moved", "coalition-members-800", "date: 1998", "date: 1998-07/1998-08"),
    Edit("a label of an event", "lie-down", "name: lie-down", "name: the lie-down of 1998"),
    Edit(
        "a label of a count",
        "coalition-members-450",
        "name: 450 organizations",
        "name: 450 organizations of the Coalition",
    ),
    Edit(
        "a label of a prospect",
        "us-intention",
        "name: intention of the United States",
        "name: the stated intention of the United States",
    ),
    Edit(
        "a label of a grant",
        "grant-ford-foundation",
        "name: major financial contributions from the",
        "name: contributions of the",
    ),
    Edit(
        "another form of a quotation mark",
        "coliseum-streets",
        "name: streets around Rome’s Coliseum",
        "name: streets around Rome's Coliseum",
    ),
    Edit("a capital letter", "regional-coordinators", "name: regional coordinators", "name: Regional coordinators"),
    Edit("white space", "founding-ngos", "name: a small group of NGOs", 'name: "a small  group of NGOs"'),
    Edit(
        "an elision",
        "coalition",
        "description: organizations around the world working",
        "description: organizations … working",
    ),
    Edit(
        "a hyphen of another kind",
        "wfm-igp",
        "name: World Federalist Movement-Institute",
        "name: World Federalist Movement\u2010Institute",
    ),
    Edit(
        "a part of a text",
        "asp-monitoring-increase",
        "to monitor the ASP during the early stages of the ICC’s establishment\n",
        "to monitor the ASP\n",
    ),
    Edit("another name said", "asp-third-session", "ordinal: 3", "ordinal: 3\n  otherName: session of 2004"),
    Edit("basis written out", "iran", "name: Iran", "name: Iran\n  basis: stated"),
    Edit(
        "a stated fact inferred",
        "the-gambia",
        "name: The Gambia",
        "name: The Gambia\n  basis: inferred\n  note: As the page has it.",
    ),
    Edit("an equivalent day", "lie-down", "date: 1998", "date: 1998-XX-XX"),
    Edit("a range to its whole", "rome-delegation-500", "date: 1998-06-15/1998-07-17", "date: 1998-06-15/1998-07"),
    Edit("a less exact date", "us-signature", "date: 2000-12-31", "date: 2000-12"),
    Edit("a year alone", "mexico-ratification", "date: 2005-10-27", "date: 2005"),
    Edit("another qualifier of the words", "coalition-ngos-1000", "qualifier: more than", "qualifier: More than"),
    Edit("a number with a sign", "signatories-139", "value: 139", "value: +139"),
    Edit("a number with zeros", "coalition-members-25", "value: 25", 'value: "025"'),
    Edit("a value in quotation marks", "first-judges", "size: 18", 'size: "18"'),
    Edit("a name in quotation marks", "israel", "name: Israel", 'name: "Israel"'),
    Edit("an id as a whole IRI", "icc-judge", "postIn: icc", "postIn: https://icc-campaign.example.org/id/icc"),
    Edit("a comment", "africa", "name: Africa", "name: Africa  # a continent"),
    Edit("an empty value", "middle-east", "name: Middle East", "name: Middle East\n  description: ~"),
    Edit(
        "another description of the words",
        "network-expansion",
        "agent: coalition",
        "agent: coalition\n  description: expands its networks",
    ),
    Edit(
        "a list in lines",
        "us-signature-campaign",
        "about: [rome-statute, clinton]",
        "about:\n  - rome-statute\n  - clinton",
    ),
    Edit(
        "participants reordered",
        "press-conference",
        "participant: [icc-president, asp-president]",
        "participant: [asp-president, icc-president]",
    ),
    Edit(
        "a prefix for the quote",
        "reebok-foundation",
        "quote: Reebok Foundation",
        'quote: {exact: Reebok Foundation, prefix: "Foundation, "}',
    ),
    Edit("a title without its full stop", "luis-moreno-ocampo", "title: Mr.", "title: Mr"),
    Edit(
        "an outcome more of the words",
        "election-criteria-promotion",
        "outcome: succeeds",
        "outcome: succeeds in promoting",
    ),
    Edit(
        "a goal named otherwise",
        "ratifications-goal-100",
        "name: 100 ratifications that the",
        "name: the 100 ratifications that the",
    ),
    Edit("a purpose cut short", "steering-committee", "goals, policies and strategies\n", "goals\n"),
)


def files() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "data" / "facts").glob("*.yaml"))}


def blocks(text: str) -> Iterator[tuple[int, int]]:
    """Where each record of a file begins and ends."""
    starts = [found.start() for found in re.finditer(r"^- quote:", text, re.MULTILINE)]
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


def edited(edits: Iterable[Edit]) -> dict[str, str]:
    """The files of facts with some edits, which do not touch each other."""
    found = files()
    for edit in edits:
        places = [
            (name, start, end)
            for name, text in found.items()
            for start, end in blocks(text)
            if re.search(rf"^  id: {edit.record}$", text[start:end], re.MULTILINE) and edit.old in text[start:end]
        ]
        assert places, f"{edit.what}: {edit.record} has no “{edit.old}”"
        name, start, end = places[0]
        record = found[name][start:end].replace(edit.old, edit.new, 1)
        found[name] = found[name][:start] + record + found[name][end:]
    return found


def report(folder: Path, edits: Iterable[Edit]) -> Report:
    """What is found in a copy of the campaign with these edits."""
    for name in ("data", "ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    for name, text in edited(edits).items():
        (folder / "data" / "facts" / name).write_text(text, encoding="utf-8")
    return check_project(read_project(folder), None)[0]


def test_what_the_words_do_not_say_is_stopped(tmp_path: Path) -> None:
    places = {(place.file, place.line) for finding in report(tmp_path, PLANTED).findings for place in finding.places}
    for edit in PLANTED:
        file, lines = where(tmp_path, edit)
        assert any((file, line) in places for line in lines), edit.what


def where(folder: Path, edit: Edit) -> tuple[str, range]:
    """The file and the lines of the record that was edited."""
    for path in (folder / "data" / "facts").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        for start, end in blocks(text):
            if edit.new in text[start:end] and (f"  id: {edit.record}\n" in text[start:end] or "id: " in edit.new):
                first = text.count("\n", 0, start) + 1
                return path.relative_to(folder).as_posix(), range(first, first + text.count("\n", start, end))
    raise AssertionError(edit)


@pytest.mark.long
@pytest.mark.parametrize("edit", BETWEEN, ids=lambda edit: edit.what)
def test_what_records_contradict_is_stopped(tmp_path: Path, edit: Edit) -> None:
    assert report(tmp_path, [edit]).fails(), edit


def test_no_edit_that_says_the_same_is_stopped(tmp_path: Path) -> None:
    found = report(tmp_path, HARMLESS)
    assert not found.findings, [(finding.message, finding.focus) for finding in found.findings]
