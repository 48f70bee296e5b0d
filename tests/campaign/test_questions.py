"""What a journalist, a historian and an NGO researcher would ask: each question is answered by one query over links,
numbers and dates, and no query looks into texts.
"""

import re
from typing import NamedTuple

import pyoxigraph as px
import pytest

from kg.query.sparql import run
from kg.rdf.iris import graph
from kg.rdf.terms import text_of
from kg.release.nquads import load
from kg.release.reader import Release

COALITION = "Coalition for the International Criminal Court"
ASP = "Assembly of States Parties"
ICC = "International Criminal Court"
UN = "United Nations"
NAME = "skos:prefLabel"


class Question(NamedTuple):
    """A question, what a query selects for it, where, and the answer: its rows, each a line of values."""

    asked: str
    select: str
    where: str
    answer: tuple[str, ...]


def names(asked: str, where: str, *answer: str) -> Question:
    """A question that the names of some ?x answer."""
    return Question(asked, "?name", f"{where} ?x {NAME} ?name", answer)


JOURNALIST = (
    names("Who promotes the campaign?", "id:campaign kg:promoter ?x .", "World Federalist Movement"),
    names("Who runs it?", "id:campaign kg:agent ?x .", COALITION),
    Question("Since when?", "?date", "id:campaign kg:date ?date", ("1995/",)),
    Question(
        "How many organizations support it?",
        "?n ?bound",
        "?count kg:of id:campaign ; kg:counted kg:supporting-organizations ; kg:value ?n ; kg:bound/skos:prefLabel ?bound",
        ("2500 as given",),
    ),
    Question(
        "Which fields of its infobox are blank?",
        "?field",
        "id:page kg:blankField ?field",
        ("From", "Official web site"),
    ),
    names(
        "Who made major contributions to the Coalition?",
        "?grant schema:fundedItem id:coalition ; kg:tier kg:major-contribution ; schema:funder ?x .",
        "European Commission",
        "Ford Foundation",
        "John D. and Catherine T. MacArthur Foundation",
    ),
    names(
        "Which other funders are no governments?",
        "?grant kg:tier kg:important-grant ; schema:funder ?x . FILTER NOT EXISTS { ?x a kg:Government }",
        "Open Society Institute",
        "Paul and Daisy Soros Foundation",
        "Reebok Foundation",
        "Third Millennium Foundation",
    ),
    Question(
        "How many governments paid?",
        "(COUNT(DISTINCT ?x) AS ?n)",
        "?grant schema:funder ?x . ?x a kg:Government",
        ("17",),
    ),
    names(
        "Which government both paid and was called on?",
        "?grant schema:funder ?x . ?call a kg:Call ; kg:addressee ?x .",
        "government of the Netherlands",
    ),
    names("Who leads the secretariat?", "?x org:headOf id:coalition-secretariat .", "William R. Pace"),
    Question(
        "Which posts does he hold, and where?",
        "?post ?in",
        "?m org:member id:william-r-pace ; kg:post/skos:prefLabel ?post ; org:organization/skos:prefLabel ?in",
        (
            f"Convenor of the CICC {COALITION}",
            "Executive Director of the World Federalist Movement-Institute for Global Policy "
            "World Federalist Movement-Institute for Global Policy",
        ),
    ),
    names("Where is the secretariat?", "id:coalition-secretariat schema:location ?x .", "New York", "The Hague"),
    Question(
        "How many members in 2003, and in which words?",
        "?n ?words",
        'id:coalition ^kg:of ?c . ?c kg:date "2003"^^edtf:EDTF ; kg:value ?n ; kg:qualifier ?words',
        ("2000 exceeds",),
    ),
    Question(
        "From how many countries do they come?",
        "?bound ?n ?date",
        "?c kg:counted kg:countries-of-members ; kg:value ?n ; kg:bound/skos:prefLabel ?bound ; kg:date ?date",
        ("more than 150 2005",),
    ),
    Question(
        "How often was the Coalition nominated, and for what?",
        "?n ?prize",
        "{ SELECT (SUM(?size) AS ?n) ?prize { ?x kg:nominee id:coalition ; kg:award/skos:prefLabel ?prize ; kg:size ?size } "
        "GROUP BY ?prize }",
        ("4 Nobel Peace Prize",),
    ),
    Question(
        "Who spoke of the Coalition, of which country, in which post?",
        "?who ?country ?post",
        "?q a schema:Quotation ; schema:about id:coalition ; kg:speaker ?p . ?p skos:prefLabel ?who ; "
        "kg:ofCountry/skos:prefLabel ?country . ?m org:member ?p ; kg:post/skos:prefLabel ?post",
        (f"Allieu I. Kanu Sierra Leone Vice-President of the {ASP}",),
    ),
    Question(
        "On which occasion, and when?",
        "?occasion ?date",
        "id:kanu-remark kg:occasion ?e . ?e skos:prefLabel ?occasion ; kg:date ?date",
        ("introduction of resolution ICC-ASP/2/Res.8 2003-09",),
    ),
    Question(
        "Who took the photograph, and for whom?",
        "?by ?for",
        "?p a schema:Photograph ; schema:creator/skos:prefLabel ?by ; schema:sourceOrganization/skos:prefLabel ?for",
        ("Filippo Monteforte ANSA",),
    ),
    Question(
        "What did Amnesty International hold, when, and around what?",
        "?what ?date ?around",
        "?e schema:organizer id:amnesty-international ; skos:prefLabel ?what ; kg:date ?date ; "
        "schema:location/kg:around/skos:prefLabel ?around",
        ("lie-down 1998 Coliseum",),
    ),
    Question(
        "Whom did Kofi Annan call on, what for, and when?",
        "?whom ?what ?date",
        "?c a kg:Call ; kg:agent id:kofi-annan ; kg:addressee/skos:prefLabel ?whom ; kg:callsFor/skos:prefLabel ?what ; "
        "kg:date ?date",
        ("all UN member states all UN member states to promptly ratify the Rome Statute 2000-09",),
    ),
    Question(
        "What did the United States announce, and to whom?",
        "?what ?whom",
        "?a kg:agent id:the-united-states ; kg:announces/skos:prefLabel ?what ; kg:addressee/skos:prefLabel ?whom",
        (f"intention of the United States not to ratify {UN}",),
    ),
    names(
        "Which states signed on the final day?",
        "id:rome-statute kg:finalDayForSignature ?d . ?a kg:kind kg:signature ; kg:date ?d ; kg:state ?x .",
        "Iran",
        "Israel",
        "United States",
    ),
    Question(
        "How many signatories were there then, and which goal was surpassed?",
        "?n ?goal",
        "?c kg:counted kg:signatories ; kg:value ?n ; kg:surpasses/kg:value ?goal",
        ("139 120",),
    ),
)

HISTORIAN = (
    Question(
        "When and where was the founding meeting?",
        "?date ?where",
        "?m a kg:Meeting ; schema:about id:coalition ; kg:date ?date ; schema:location/skos:prefLabel ?where",
        ("1995-02-10 New York",),
    ),
    Question(
        "With how many members did the Coalition start?",
        "?n",
        'id:coalition ^kg:of ?c . ?c kg:counted kg:member-organizations ; kg:date "1995"^^edtf:EDTF ; kg:value ?n',
        ("25",),
    ),
    names(
        "With whom were the guiding principles developed?",
        "?a prov:generated id:guiding-principles ; schema:attendee ?x .",
        "Like-Minded Governments",
    ),
    Question(
        "Who adopted how many principles, and when?",
        "?who ?n ?date",
        "?a kg:adopts id:eleven-principles ; kg:agent/skos:prefLabel ?who ; kg:date ?date . id:eleven-principles kg:size ?n",
        ("Steering Committee 11 1998-06-14",),
    ),
    Question(
        "When was the Rome Conference, and what did it bring about?",
        "?date ?what",
        "id:rome-conference kg:date ?date ; prov:generated/skos:prefLabel ?what",
        (f"1998-06-15/1998-07-17 {ICC}",),
    ),
    Question(
        "How large was the largest delegation, and who formed it?",
        "?bound ?n ?who",
        "?c kg:of id:rome-delegation ; kg:value ?n ; kg:bound/skos:prefLabel ?bound . id:rome-delegation foaf:member/skos:prefLabel ?who",
        ("nearly 500 CICC members at the Rome Conference",),
    ),
    Question(
        "Which state ratified first, halfway, and as the hundredth?",
        "?n ?state",
        "?a kg:kind kg:ratification ; kg:ordinal ?n ; kg:state/skos:prefLabel ?state",
        ("1 Senegal", "100 Mexico", "30 Andorra"),
    ),
    Question(
        "What triggered the entry into force, when, by how many countries?",
        "?date ?n",
        "?a kg:triggers ?e ; kg:date ?date ; kg:state/kg:size ?n . ?e kg:kind kg:entry-into-force",
        ("2002-04-11 10",),
    ),
    Question(
        "How many ratifications did it take?",
        "?n",
        "?t a kg:Threshold ; kg:of id:rome-statute ; kg:counted kg:ratifications ; kg:value ?n . ?c kg:goal ?t ; schema:about id:rome-statute",
        ("60",),
    ),
    names(
        "Whose collaboration led to the ceremony at the UN?",
        "id:deposit-ceremony kg:resultsFrom/kg:agent ?x .",
        COALITION,
        UN,
    ),
    Question(
        "What marked the entry into force, when, by whom, and who attended?",
        "?date ?by ?who",
        "?c kg:marks id:entry-into-force ; kg:date ?date ; schema:organizer/skos:prefLabel ?by ; schema:attendee/skos:prefLabel ?who",
        (f"2002-07-01 {COALITION} Kofi Annan",),
    ),
    Question(
        "Where and when did the Assembly first meet?",
        "?date ?where",
        "?m kg:series/kg:body id:assembly-of-states-parties ; kg:ordinal 1 ; kg:date ?date ; schema:location/skos:prefLabel ?where",
        ("2002-09 New York",),
    ),
    Question(
        "Which of its sessions was held in The Hague?",
        "?n ?date",
        "?m kg:series id:asp-meetings ; schema:location id:the-hague ; kg:ordinal ?n ; kg:date ?date",
        ("3 2004-09",),
    ),
    Question(
        "What did it adopt there, for which year?",
        "?what ?year",
        "?a kg:during id:asp-third-session ; kg:adopts ?d . ?d skos:prefLabel ?what ; schema:temporalCoverage ?year",
        ("the ICC’s budget for 2005 2005",),
    ),
    Question(
        "Who was elected to which post, by whom, and when?",
        "?date ?who ?post ?by",
        "?e kg:elects/skos:prefLabel ?who ; kg:post/skos:prefLabel ?post ; kg:agent/skos:prefLabel ?by ; kg:date ?date",
        (
            f"2003-02 the first 18 judges judge of the ICC {ASP}",
            f"2003-04 Luis Moreno Ocampo Chief Prosecutor of the ICC {ASP}",
            f"2004-09 Fatou Bensouda Deputy Prosecutor for Prosecutions {ASP}",
        ),
    ),
    Question("How many judges were elected?", "?n", "id:judges-election kg:elects/kg:size ?n", ("18",)),
    names(
        "Who gave the press conference?",
        "id:press-conference schema:attendee ?x .",
        "Convenor of the CICC",
        "ICC President",
        f"President of the {ASP}",
    ),
    Question(
        "When was the co-secretariat established, and where?",
        "?date ?where",
        "?a prov:generated id:hague-co-secretariat ; kg:date ?date . id:hague-co-secretariat schema:location/skos:prefLabel ?where",
        ("2002-05 The Hague",),
    ),
    names(
        "Which heading follows that of 14 June 1998?",
        '?x kg:follows/skos:prefLabel "14 June 1998"@en .',
        "15 June - 17 July 1998",
    ),
    names(
        "What happened in June and July 2002?",
        '?x a schema:Event ; kg:earliest ?d ; kg:latest ?e . FILTER(?d >= "2002-06-01"^^xsd:date && ?e <= "2002-07-31"^^xsd:date)',
        "US efforts to obtain a Security Council resolution",
        "adoption of the Security Council resolution exempting US peacekeepers",
        "opposition to US efforts to obtain a Security Council resolution",
        "reception to mark the entry into force of the Rome Statute",
    ),
    names(
        "What came after the election of the judges?",
        "?x kg:after id:judges-election .",
        "Inauguration of the ICC judges",
        "the first 18 judges as judges of the ICC",
    ),
    names(
        "What came before the signature of the United States?",
        "id:us-signature kg:after ?x .",
        "campaign for President Clinton’s signature of the ICC treaty",
    ),
    names("From which tribunals were lessons sought?", "id:lessons-learned-research schema:about ?x .", "ICTR", "ICTY"),
    Question(
        "From when on was Luis Moreno Ocampo in his post?",
        "?day",
        "?m org:member id:luis-moreno-ocampo ; kg:earliest ?day",
        ("2003-06-16",),
    ),
)

RESEARCHER = (
    Question(
        "How many objectives does the Coalition list?",
        "(COUNT(?x) AS ?n)",
        "?x a kg:Objective ; kg:agent id:coalition",
        ("7",),
    ),
    names(
        "Which other aims does it have?",
        "?x a kg:Aim ; kg:agent id:coalition . FILTER NOT EXISTS { ?x a kg:Objective }",
        "advance stronger national laws that deliver justice to victims of war crimes, crimes against humanity and genocide",
        "ensure that the Court is fair, effective and independent",
        "establishing the ICC",
        "guaranteeing the Court's fair, effective and independent functioning",
        "make justice both visible and universal",
        "strengthen international cooperation with the ICC",
    ),
    names(
        "Which aim did the original one grow to include?",
        "id:aim-establishing-icc kg:includes ?x .",
        "guaranteeing the Court's fair, effective and independent functioning",
    ),
    names("Which crimes are named?", "?x a kg:Crime .", "crimes against humanity", "genocide", "war crimes"),
    Question(
        "Who guides the Coalition, formally or not?",
        "?who ?how",
        "id:coalition kg:guidedBy ?x . ?x skos:prefLabel ?who ; org:classification/skos:prefLabel ?how",
        ("Steering Committee informal",),
    ),
    names(
        "Which units does it have?",
        "?x org:unitOf id:coalition .",
        "Coalition Secretariat",
        "New York Secretariat",
        "Steering Committee",
        "budgetary working groups",
        "co-secretariat in The Hague",
        "other working groups",
    ),
    names(
        "With whom does it cooperate?",
        "id:coalition kg:cooperatesWith ?x .",
        "governments",
        "international organizations",
    ),
    Question(
        "When was it founded, and by whom?",
        "?date ?who",
        "id:coalition schema:foundingDate ?date ; schema:founder/skos:prefLabel ?who",
        ("1995 a small group of NGOs",),
    ),
    Question(
        "Which campaigns had which number for a goal?",
        "?n ?what ?campaign",
        "?c kg:goal ?g ; skos:prefLabel ?campaign . ?g kg:value ?n ; kg:counted/skos:prefLabel ?what",
        (
            "100 ratifications campaign to secure 100 ratifications",
            "120 signatures CICC campaign with a goal of 120 signatures",
            "60 ratifications multi-year campaign to secure the 60 ratifications",
        ),
    ),
    Question(
        "What did the Coalition itself call for, and whom did it address?",
        "?what ?whom",
        "?c a kg:Call ; kg:agent id:coalition ; kg:callsFor/kg:includes?/skos:prefLabel ?what . OPTIONAL { ?c kg:addressee/skos:prefLabel ?whom }",
        (
            "July 17th to be designated World Day for International Justice -",
            "establishment of an Advance Team Preparatory Commission",
            "establishment of an Advance Team government of the Netherlands",
            "governments to call for a diplomatic conference governments that the Coalition encourages",
            "to dramatically step up efforts to prepare for the ICC, including the establishment of an Advance Team "
            "Preparatory Commission",
            "to dramatically step up efforts to prepare for the ICC, including the establishment of an Advance Team "
            "government of the Netherlands",
        ),
    ),
    Question(
        "Whom did which resolutions exempt from prosecution?",
        "?symbol ?whom",
        "?r schema:legislationIdentifier ?symbol ; kg:exempts/skos:prefLabel ?whom",
        ("1422 UN peacekeepers from non-States Parties", "1487 UN peacekeepers from non-States Parties"),
    ),
    Question(
        "When was the exemption of US peacekeepers adopted, and by whom?",
        "?date ?by",
        "?r kg:exempts id:us-peacekeepers . ?a kg:adopts ?r ; kg:date ?date ; kg:agent/skos:prefLabel ?by",
        ("2002-07-12 Security Council",),
    ),
    Question(
        "Who organized opposition to it, and when?",
        "?who ?date",
        "?o schema:about id:us-efforts ; schema:organizer/skos:prefLabel ?who ; kg:date ?date",
        (f"{COALITION} 2002-06/2002-07",),
    ),
    Question(
        "Who withdrew the renewal, when, and why?",
        "?who ?date ?why",
        "?w schema:about id:renewal ; kg:reason ?why ; kg:agent/skos:prefLabel ?who ; kg:date ?date",
        ("United States 2004-01/2004-06 a lack of support",),
    ),
    Question(
        "Which resolution recognizes the Coalition, by whom, and when?",
        "?symbol ?by ?date",
        "?r kg:recognizes id:coalition ; schema:legislationIdentifier ?symbol ; schema:legislationPassedBy/skos:prefLabel ?by . "
        "?a kg:adopts ?r ; kg:date ?date",
        (f"ICC-ASP/2/Res.8 {ASP} 2003-09",),
    ),
    names(
        "Who forecast something about the 60 ratifications?",
        "?p kg:status kg:forecast ; schema:about id:entry-into-force-threshold ; kg:agent ?x .",
        "experts",
    ),
    Question(
        "Until when might they be reached, as what indicated?",
        "?date ?by",
        "?p kg:status kg:forecast ; kg:date ?date ; kg:indicatedBy/skos:prefLabel ?by",
        ("../2002 the Coalition’s global ratification campaign",),
    ),
    Question(
        "Who referred which situation to whom, when, and who advocated it?",
        "?by ?what ?to ?date ?who",
        "?r a kg:Referral ; kg:agent/skos:prefLabel ?by ; schema:about/skos:prefLabel ?what ; kg:addressee/skos:prefLabel ?to ; "
        "kg:date ?date ; kg:advocatedBy/skos:prefLabel ?who",
        (f"Security Council the situation in Darfur {ICC} 2005-03-31 many CICC members",),
    ),
    names(
        "In which regions did its networks grow?", "id:network-expansion schema:location ?x .", "Africa", "Middle East"
    ),
    Question(
        "How did the membership grow?",
        "?day ?n",
        "?c kg:of id:coalition ; kg:counted kg:member-organizations ; kg:value ?n ; kg:earliest ?day",
        ("1995-01-01 25", "1997-01-01 450", "1998-01-01 800", "2003-01-01 2000"),
    ),
    Question(
        "Which of these dates are the curators' reading?",
        "?n",
        "?c kg:of id:coalition ; kg:counted kg:member-organizations ; kg:value ?n . GRAPH ?fact { ?c kg:date ?date } "
        "GRAPH graph:provenance { ?fact kg:basis kg:inferred }",
        ("2000", "25", "450", "800"),
    ),
    Question(
        "Whose is the page?",
        "?who ?tax",
        "id:page schema:copyrightHolder ?o . ?o skos:prefLabel ?who ; schema:taxID ?tax",
        ("Centro Studi sul Federalismo 94067130016",),
    ),
    Question(
        "Which people and groups are named with a country?",
        "?who ?country",
        "?p kg:ofCountry/skos:prefLabel ?country ; skos:prefLabel ?who",
        (
            "Allieu I. Kanu Sierra Leone",
            "Fatou Bensouda The Gambia",
            "Luis Moreno Ocampo Argentina",
            "US peacekeepers United States",
        ),
    ),
    names(
        "At which stages of the Court's development did the secretariat and the membership work together?",
        "?a kg:agent id:coalition-secretariat , id:global-membership ; kg:stage ?x .",
        f"{ASP} meetings",
        "Rome Conference",
        "preparatory committees for the establishment of the Court",
    ),
)

QUESTIONS = (*JOURNALIST, *HISTORIAN, *RESEARCHER)


@pytest.fixture(scope="module")
def store(release: Release) -> px.Store:
    store = px.Store()
    store.extend(load(release.dataset))
    return store


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asked)
def test_a_question_is_answered_by_what_is_said(question: Question, store: px.Store, release: Release) -> None:
    text = f"SELECT DISTINCT {question.select} WHERE {{ {question.where}\n}}"
    prefixes = {**release.manifest["prefixes"], "graph": graph(release.manifest["base"], "")}
    rows = run(store, text, prefixes)
    found = [" ".join(text_of(value) if value is not None else "-" for value in row) for row in rows]
    assert sorted(found) == sorted(question.answer)


def test_no_question_looks_into_texts() -> None:
    assert len({question.asked for question in QUESTIONS}) >= 60
    for question in QUESTIONS:
        assert not re.search(r"\b(CONTAINS|REGEX|STRSTARTS|STRENDS|STRBEFORE|STRAFTER|LCASE|SUBSTR)\b", question.where)
        assert not re.search(r"schema:(description|text)\b", question.where)
