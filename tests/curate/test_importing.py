"""What tools and people said elsewhere becomes drafts: each quote proved, each value checked, nothing lost in silence."""

import json
from pathlib import Path
from typing import Any

import pytest

from kg.curate.drafts import accept, chosen, drop, read_drafts
from kg.curate.importing import import_drafts, read_map
from kg.errors import FactError, QueryError
from kg.project import read_project
from kg.release.reader import current
from tests.conftest import inside

TEXT = (Path(__file__).parents[2] / "kg/new_project/data/sources/notice.txt").read_text(encoding="utf-8")


def put(tmp_path: Path, name: str, content: Any) -> Path:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def extraction(
    kind: str, words: str, attributes: dict[str, Any] | None = None, start: int | None = -1
) -> dict[str, Any]:
    at = TEXT.find(words) if start == -1 else start
    place = None if at is None else {"start_pos": at, "end_pos": at + len(words)}
    return {
        "extraction_class": kind,
        "extraction_text": words,
        "char_interval": place,
        "attributes": attributes,
        "alignment_status": "match_exact",
        "extraction_index": 1,
        "group_index": 0,
        "description": None,
    }


def langextract(tmp_path: Path, *extractions: dict[str, Any]) -> Path:
    return put(tmp_path, "extracted.jsonl", {"extractions": extractions, "text": TEXT, "document_id": "notice"})


def test_langextract_becomes_drafts_that_are_accepted_one_by_one(project: Path, tmp_path: Path) -> None:
    file = langextract(
        tmp_path,
        extraction("event", "its lamp was first lit on 3 March 1852", {"date": "3 March 1852", "mood": "solemn"}),
        extraction("engineer", "Ada Merrow", {"otherName": "the engineer"}, start=TEXT.find("Ada Merrow")),
        extraction("event", "A fog horn is added", {"date": "1901"}),
    )
    by = put(tmp_path, "map.yaml", "drafted: LangExtract 1.7\nclasses:\n  engineer: Person\n")
    settings = read_project(project)
    found = import_drafts(settings, file, read_map(by, "", ""))
    assert (found.drafts, found.known, found.refused) == (3, 0, ())
    one, two, three = read_drafts(settings)
    assert one.record == {
        "quote": "its lamp was first lit on 3 March 1852",
        "id": "its-lamp-was-first-lit-on",
        "type": "Event",
        "name": "its lamp was first lit on 3 March 1852",
        "date": "1852-03-03",
        "drafted": "LangExtract 1.7",
    }
    assert one.remarks == ("mood: solemn (no word is for it)",)
    assert two.record["id"] == "ada-merrow", "a name that is known is that thing"
    assert "type" not in two.record
    assert (three.record["basis"], three.record["note"]) == ("inferred", ""), "1901 does not stand there"
    assert inside("build", cwd=project).returncode == 0, "drafts are not read"
    taken = accept(settings, chosen(settings, []))
    assert [draft.number for draft in taken.accepted] == [0]
    assert "the note is empty" in {draft.number: fault.message for draft, fault in taken.refused}[2]
    assert len(read_drafts(settings)) == 2
    assert inside("build", cwd=project).returncode == 0
    dataset = (current(project / "build").path / "dataset.nq").read_text(encoding="utf-8")
    assert 'ontology#draftedBy> "LangExtract 1.7"' in dataset
    drop(settings, chosen(settings, ["extracted"]))
    assert not list((project / "data" / "drafts").iterdir())


def test_what_does_not_stand_in_the_source_is_said_and_not_drafted(project: Path, tmp_path: Path) -> None:
    file = langextract(
        tmp_path,
        extraction("Event", "was lit first on 3 March", start=4),
        extraction("Event", "the", start=None),
        extraction("Event", "", start=0),
        extraction("Event", "A  fog horn\nis ADDED", {"date": "soon"}, start=7),
    )
    found = import_drafts(read_project(project), file, read_map(None, "notice", ""))
    assert [why for _, why in found.refused] == [
        "stands nowhere in the source",
        found.refused[1][1],
        "no words",
    ]
    assert "times in the source, and nothing says which is meant" in found.refused[1][1]
    (draft,) = read_drafts(read_project(project))
    assert draft.record["quote"] == "A fog horn is added", "the source's own words"
    assert any("soon" in remark for remark in draft.remarks), draft
    refused = accept(read_project(project), [draft]).refused
    assert "soon" in refused[0][1].message


def test_labels_without_a_class_are_named_all_at_once(project: Path, tmp_path: Path) -> None:
    file = langextract(tmp_path, extraction("evnt", "Ada Merrow"), extraction("mood", "Ada Merrow"))
    with pytest.raises(QueryError) as error:
        import_drafts(read_project(project), file, read_map(None, "", ""))
    assert '"evnt": Event' in str(error.value)
    assert '"mood": # which class?' in str(error.value)
    by = put(tmp_path, "map.yaml", 'classes: {evnt: "", mood: ""}\n')
    assert import_drafts(read_project(project), file, read_map(by, "", "")).drafts == 0, "left out as the map says"
    for wrong in ("classes: [a]\n", "clases: {}\n", "a: [\n", "words: {x: nothing}\n"):
        with pytest.raises(QueryError, match="map"):
            import_drafts(read_project(project), file, read_map(put(tmp_path, "bad.yaml", wrong), "", ""))


def test_what_a_language_model_gives_by_the_small_schema_is_read(project: Path, tmp_path: Path) -> None:
    facts = [
        {
            "quote": ["its lamp was first lit on 3 March 1852"],
            "id": "lamp-lit",
            "type": "Event",
            "says": [{"word": "name", "value": "first lighting of the lamp"}, {"word": "date", "value": "1852-03-03"}],
            "basis": "stated",
            "note": None,
        },
        {"quote": ["no such words"], "id": "x", "type": None, "says": [], "basis": "stated", "note": None},
    ]
    found = import_drafts(
        read_project(project), put(tmp_path, "out.json", {"facts": facts}), read_map(None, "", "a model 1")
    )
    assert [words for words, _ in found.refused] == ["no such words"]
    assert found.drafts == 1
    (draft,) = read_drafts(read_project(project))
    assert draft.record["id"] == "lamp-lit"
    assert accept(read_project(project), [draft]).refused == ()


def test_annotations_and_tables_are_read(project: Path, tmp_path: Path) -> None:
    quote = {"type": "TextQuoteSelector", "exact": "the", "prefix": "of ", "suffix": " gate"}
    at = TEXT.index("close the gate")
    quote["prefix"] = TEXT[at - 20 : at + 6]
    hypothesis = {
        "rows": [
            {"tags": ["Event"], "text": "", "target": [{"source": "x", "selector": [{"type": "RangeSelector"}, quote]}]}
        ]
    }
    found = import_drafts(read_project(project), put(tmp_path, "hypothesis.json", hypothesis), read_map(None, "", ""))
    assert (found.drafts, found.refused) == (1, ())
    assert read_drafts(read_project(project))[0].record["quote"] == {"exact": "the", "suffix": " gate"}
    w3c = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "body": [{"type": "TextualBody", "value": "Event", "purpose": "tagging"}],
        "target": {"selector": {"type": "TextQuoteSelector", "exact": "A fog horn is added"}},
    }
    assert import_drafts(read_project(project), put(tmp_path, "w3c.jsonld", w3c), read_map(None, "", "")).drafts == 1
    start = TEXT.index("A fog horn")
    for name, text in (
        ("a.csv", f"text,start,end,label\nA fog horn,{start},{start + 10},Event\n"),
        ("b.csv", f"\ufefftext;start;end;label\nA fog horn;{start};{start + 10};Event\n"),
        ("c.tsv", f"text\tstart\tend\tlabel\nA fog horn\t{start}\t{start + 10}\tEvent\n"),
    ):
        assert import_drafts(read_project(project), put(tmp_path, name, text), read_map(None, "", "")).drafts == 1
    for name, text in (("x.txt", "hello"), ("x.json", "[1, 2]"), ("x.json", '{"facts": [1]}'), ("y.csv", "a,b\n1,2\n")):
        with pytest.raises(QueryError):
            import_drafts(read_project(project), put(tmp_path, name, text), read_map(None, "", ""))


def test_the_verbs_say_what_they_did(project: Path, tmp_path: Path) -> None:
    file = langextract(
        tmp_path,
        extraction("Event", "its lamp was first lit on 3 March 1852", {"date": "1852-03-03"}),
        extraction("Event", "nowhere"),
    )
    done = inside("import", file, "--by", "LangExtract 1.7", cwd=project)
    assert done.stdout.decode() == "data/drafts/extracted.yaml: 1 draft; kg drafts shows them\n", done.stderr
    assert "left out: “nowhere” stands nowhere in the source" in done.stderr.decode()
    assert inside("drafts", cwd=project).stdout.decode().startswith("extracted:1  (notice)\n- quote: its lamp")
    assert inside("drafts", "accept", cwd=project).returncode == 2
    assert b"no draft is called 'extracted:7'" in inside("drafts", "accept", "extracted:7", cwd=project).stderr
    assert inside("drafts", "accept", "extracted:1", cwd=project).stdout == b"1 draft accepted, 0 not\n"
    assert inside("drafts", cwd=project).stdout == b""
    (project / "data" / "drafts").mkdir(exist_ok=True)
    (project / "data" / "drafts" / "broken.yaml").write_text("facts: [\n", encoding="utf-8")
    with pytest.raises(FactError, match="not a file of drafts"):
        read_drafts(read_project(project))
    assert inside("build", cwd=project).returncode == 0


def test_drafts_of_one_name_are_of_one_source(project: Path, tmp_path: Path) -> None:
    file = langextract(tmp_path, extraction("Event", "A fog horn is added"))
    import_drafts(read_project(project), file, read_map(None, "", ""))
    drafts = project / "data" / "drafts" / "extracted.yaml"
    drafts.write_text(drafts.read_text(encoding="utf-8").replace("source: notice", "source: other"), encoding="utf-8")
    with pytest.raises(QueryError, match="has drafts of other; rename the file"):
        import_drafts(read_project(project), file, read_map(None, "", ""))
    with pytest.raises(QueryError, match="no source is called 'other'"):
        accept(read_project(project), read_drafts(read_project(project)))


def test_rdf_becomes_reference_data_with_its_evidence(project: Path, tmp_path: Path) -> None:
    context = json.loads((project / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    assert "sameAs" in context, context.keys()
    graph = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix schema: <https://schema.org/> .
<https://example.org/id/ada-merrow> skos:altLabel "A. Merrow"@en ; schema:nothing "x" ; skos:altLabel "drei"@de .
[] skos:altLabel "nobody"@en .
"""
    done = inside("import", put(tmp_path, "register.ttl", graph), "--evidence", "The register, 1901", cwd=project)
    said = done.stderr.decode()
    assert done.stdout == b"data/reference/register.yaml: 1 record\n", said
    assert "no word is for schema:nothing" in said
    assert "without a name" in said
    assert (project / "data/reference/register.yaml").read_text(encoding="utf-8") == (
        "facts:\n- id: ada-merrow\n  otherName: A. Merrow\n  evidence: The register, 1901\n"
    )
    assert inside("build", cwd=project).returncode == 0
    again = inside("import", tmp_path / "register.ttl", cwd=project)
    assert b"is there already" in again.stderr
