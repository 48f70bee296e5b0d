"""RDF becomes records in the project's words; what these cannot say is counted and told, never dropped in silence."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kg.curate.graphs import Taken, import_graph, is_graph
from kg.errors import FactError, QueryError
from kg.facts.yaml_text import read_plain
from kg.project import read_project

PREFIXES = """
@prefix id: <https://example.org/id/> . @prefix kg: <https://example.org/ontology#> . @prefix x: <https://x.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix schema: <https://schema.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


def taken(project: Path, text: str, name: str = "register.ttl") -> Taken:
    path = project.parent / name
    path.write_text(PREFIXES + text if name.endswith(".ttl") else text, encoding="utf-8")
    return import_graph(read_project(project), path, "E")


def records(found: Taken) -> dict[str, Any]:
    said = read_plain(found.path.read_text(encoding="utf-8"))["facts"]
    assert len(said) == found.records
    return {one.pop("id"): {key: value for key, value in one.items() if key != "evidence"} for one in said}


def test_what_no_word_takes_is_counted_by_the_words_and_why(project: Path) -> None:
    found = taken(
        project,
        """
        id:ada-merrow skos:altLabel "A."@en , "Ä."@de , "B."@en ; skos:prefLabel "Ada"@de , "Adda"@de , "Ada"@fr ; schema:description ""@en .
        id:ada-merrow x:nothing "1" , "2" , x:b ; a schema:Person , schema:Event ; schema:about "a text" .
        id:lighthouse a schema:Event ; schema:description "_:b0 is no thing"@en ; kg:value 5 .
        id:bay a [] .
        """,
    )
    assert records(found) == {
        "ada-merrow": {"otherName": ["A.", "B."], "nameIn": {"de": ["Ada", "Adda"], "fr": "Ada"}, "description": ""},
        "lighthouse": {"description": "_:b0 is no thing", "value": "5"},
    }
    assert found.left_out == {
        'about does not take values such as {"@value": "a text"}': 1,
        "ada-merrow is of the class Person here, not Event": 1,
        "lighthouse is of the class Building here, not Event": 1,
        "no word is for http://www.w3.org/1999/02/22-rdf-syntax-ns#type": 1,
        "no word is for https://x.org/nothing": 3,
        'otherName does not take values such as {"@value": "Ä.", "@language": "de"}': 1,
    }


def test_a_thing_without_a_name_stands_within_the_one_that_speaks_of_it(project: Path) -> None:
    found = taken(
        project,
        """
        id:lighthouse schema:about [ schema:description "inner"@en ; schema:location [ schema:description "inmost"@en ] ] , id:bay .
        id:bay schema:about _:two ; kg:near _:says-nothing . id:skerry-point schema:about _:two .
        _:two schema:description "of two"@en .
        id:bay kg:of [ x:nothing "a" ] ; schema:description [ skos:altLabel "under no word for things"@en ] .
        _:round schema:about _:round ; schema:description "of itself"@en .
        [] schema:description "of nobody"@en .
        """,
    )
    (one,) = records(found).values()
    assert one["about"] == ["bay", {"description": "inner", "place": {"description": "inmost"}}] or one["about"] == [
        {"description": "inner", "place": {"description": "inmost"}},
        "bay",
    ]
    assert found.left_out == {
        "a thing without a name, of which not just one other speaks": 5,
        "about leads to a thing without a name": 2,
        "description leads to a thing without a name": 1,
        "of leads to a thing without a name": 1,
        "no word is for https://x.org/nothing": 1,
        "near leads to a thing without a name": 1,
    }


def test_things_within_things_end_where_records_do(project: Path) -> None:
    chain = "".join(f'_:n{n} schema:about _:n{n + 1} ; schema:description "d"@en . ' for n in range(1200))
    found = taken(project, f'id:bay schema:about _:n0 ; schema:description "d"@en . {chain}')
    said = str(records(found))
    assert (said.count("'about'"), said.count("'description'")) == (8, 9)
    assert sum(found.left_out.values()) == 2402 - 17, "each statement is said or left out"


def test_what_the_project_says_is_the_same_is_spoken_of_by_its_id_and_texts_stay(project: Path) -> None:
    context = project / "ontology" / "context.jsonld"
    document = json.loads(context.read_text(encoding="utf-8"))
    document["@context"]["owl"] = "http://www.w3.org/2002/07/owl#"
    document["@context"]["same"] = {"@id": "owl:sameAs", "@type": "@id"}
    context.write_text(json.dumps(document), encoding="utf-8")
    (project / "data" / "reference" / "same.yaml").write_text(
        "facts:\n- {id: bay, same: [https://x.org/bay, lighthouse]}\n- {id: ada-merrow, same: https://x.org/ada}\n",
        encoding="utf-8",
    )
    found = taken(
        project,
        'x:bay a schema:Place ; schema:about x:ada ; schema:description "https://x.org/ada"@en , "lighthouse"@en .',
    )
    about = {"about": "ada-merrow", "description": ["https://x.org/ada", "lighthouse"]}
    assert records(found) == {"bay": about}, "the class is the one that it has"
    assert found.left_out == {}


def test_a_new_thing_keeps_its_classes_and_one_without_a_class_gets_one(project: Path) -> None:
    found = taken(
        project,
        'x:new a schema:Event , schema:Place ; skos:prefLabel "new"@en ; kg:of x:new .',
    )
    assert records(found)["https://x.org/new"]["type"] == ["Event", "Place"]
    assert found.left_out == {}


def test_what_two_graphs_state_is_stated_once_and_what_the_reader_leaves_out_is_told(project: Path) -> None:
    line = '<https://example.org/id/bay> <https://schema.org/description> "d"@en'
    found = taken(project, f"{line} <https://x.org/1> .\n{line} <https://x.org/2> .\n{line} .\n", "a.nq")
    assert records(found) == {"bay": {"description": "d"}}
    triple = "<https://example.org/id/bay> <https://schema.org/about> <<( <https://x.org/a> <https://x.org/b> 1 )>> ."
    found = taken(project, f'VERSION "1.2"\n{triple}\n{line.replace(chr(34) + "d", chr(34) + "e")} .\n', "b.trig")
    assert list(found.left_out) == ["triple terms of RDF 1.2 are left out; what is said of them is not checked"]


def test_a_file_is_written_where_the_build_reads_it_or_not_at_all(project: Path) -> None:
    one = 'id:bay schema:description "d{}"@en .'
    for number, (name, target) in enumerate(
        {"~a.ttl": "a.yaml", ".b.ttl": "b.yaml", "c.v1.ttl": "c.yaml", ".~.ttl": "ttl.yaml"}.items()
    ):
        found = taken(project, one.format(number), name)
        assert found.path == project / "data" / "reference" / target
    with pytest.raises(QueryError, match=r"data/reference/c\.yaml is there already; rename c\.v2\.ttl, or it"):
        taken(project, one.format(9), "c.v2.ttl")
    with pytest.raises(QueryError, match="there are no statements in it"):
        taken(project, "", "d.ttl")
    with pytest.raises(QueryError, match=r"e\.ttl:\d+:\d+: not Turtle"):
        taken(project, "<a> <b>", "e.ttl")
    with pytest.raises(FactError, match="has no type"):
        taken(project, 'x:f schema:description "d"@en .', "f.ttl")
    assert taken(project, "id:bay a schema:Place .", "g.ttl").records == 0
    assert sorted(path.name for path in (project / "data" / "reference").iterdir()) == sorted(
        ["a.yaml", "b.yaml", "c.yaml", "ttl.yaml", "identifiers.csv"]
    )


@pytest.mark.parametrize(
    ("name", "graph"),
    [
        ("a.ttl", True),
        ("a.TTL", True),
        ("a.nq.gz", True),
        ("a.json", False),
        ("a.json.gz", False),
        ("a.jsonl", False),
        ("a.csv", False),
        ("a.jsonld", True),
        ("annotations.jsonld", False),
        ("late.jsonld", True),
    ],
)
def test_a_file_is_rdf_by_its_ending_and_no_annotations(tmp_path: Path, name: str, graph: bool) -> None:
    contexts: Mapping[str, str] = {
        "annotations.jsonld": '{"@context": "http://www.w3.org/ns/anno.jsonld"}',
        "late.jsonld": " " * 4096 + '{"@context": "http://www.w3.org/ns/anno.jsonld"}',
    }
    (tmp_path / name).write_text(contexts.get(name, "{}"), encoding="utf-8")
    assert is_graph(tmp_path / name) is graph
