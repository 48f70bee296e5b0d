"""A term is added to context, vocabulary and shapes at once, with what it means, and at once facts can say it."""

from pathlib import Path

import pytest

from kg.curate.terms import Term, add_term, table_of
from kg.errors import QueryError
from kg.project import read_project
from tests.conftest import ROOT, copy_project, inside

MEANT = ("colour", "The colour of a building.", 'White, as in "the white tower".')


def add(project: Path, text: str) -> None:
    path = project / "data" / "facts" / "notice.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("skip:", f"{text}skip:", 1), encoding="utf-8")


def test_a_property_is_added_and_facts_can_say_it_at_once(project: Path) -> None:
    before = {path.name: path.read_text(encoding="utf-8") for path in (project / "ontology").iterdir()}
    changed = add_term(read_project(project), Term("colour", *MEANT, of="Building"))
    assert [path.name for path in changed] == ["context.jsonld", "vocabulary.ttl", "shapes.ttl"]
    for name, text in before.items():
        after = (project / "ontology" / name).read_text(encoding="utf-8")
        gone = [
            line
            for line in text.split("\n")
            if line not in after.split("\n") and line.rstrip() + "," not in after.split("\n")
        ]
        assert gone == [], name
    add(project, "- {quote: The lighthouse, id: lighthouse, colour: white, basis: inferred, note: It is white.}\n")
    assert inside("build", cwd=project).returncode == 0, inside("build", cwd=project).stdout
    add(project, "- {quote: The lighthouse was, id: lighthouse, colour: red, basis: inferred, note: It is red.}\n")
    done = inside("build", cwd=project)
    assert "A thing of the class Building has at most one of “colour”." in done.stdout.decode()
    why = inside("why", "lighthouse", "colour", cwd=project).stdout.decode()
    assert "white" in why


@pytest.mark.long
@pytest.mark.parametrize(
    ("takes", "value"),
    [
        ("number", "3"),
        ("date", "1851-02"),
        ("day", "1851-02-03"),
        ("thing", "bay"),
        ("Place", "bay"),
        ("boolean", "true"),
        ("decimal", "2.5"),
        ("address", "https://example.org/a"),
    ],
)
def test_what_a_property_takes_is_checked(project: Path, takes: str, value: str) -> None:
    add_term(
        read_project(project),
        Term("mark", "mark", "A mark.", "One.", of="Building", takes=takes, several=True, needed=True),
    )
    assert "needs" not in inside("build", "--no-validate", cwd=project).stderr.decode()
    assert inside("build", cwd=project).returncode == 1, "each needs one"
    add(
        project,
        f"- {{quote: The lighthouse, id: lighthouse, mark: {value!r}, basis: inferred, note: So it is for the bay, {value}.}}\n".replace(
            "note: So it is for the bay, ", "note: The bay and "
        ).replace("'", '"'),
    )
    done = inside("build", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    if takes not in ("thing", "address"):
        add(project, '- {quote: The lighthouse was, id: lighthouse, mark: "no such", basis: inferred, note: no such}\n')
        assert inside("build", cwd=project).returncode == 1


def test_a_class_is_added_below_another(project: Path) -> None:
    add_term(read_project(project), Term("Fair", "fair", "A fair.", "The fair of 1890.", below="Event"))
    add(
        project,
        "- {quote: A fog horn is added, id: fair, type: Fair, name: A fog horn is added, date: 1901, basis: inferred, note: In 1901.}\n",
    )
    assert inside("build", cwd=project).returncode == 0, inside("build", cwd=project).stdout
    assert b"fair" in inside("query", "timeline", cwd=project).stdout.lower()
    assert table_of(read_project(project), "Fair", ["agent"]) == "source,quote,id,type,name,date,agent,basis,note"


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (Term("date", *MEANT), "is a term already"),
        (Term("Count", *MEANT), "is a word that kg itself uses .“A number of things"),
        (Term("a b", *MEANT), "not a valid name"),
        (Term("x", "", "d", "e"), "needs a label"),
        (Term("x", "l", "  ", "e"), "needs a definition"),
        (Term("x", *MEANT, of="Buildng"), "did you mean 'Building'"),
        (Term("x", *MEANT, takes="nubmer"), "or takes thing, concept, text, date"),
        (Term("X", *MEANT, of="Event"), "is a class by its capital"),
        (Term("x", *MEANT, below="Event"), "is a property"),
    ],
)
def test_what_is_no_term_is_said_and_nothing_changes(project: Path, term: Term, words: str) -> None:
    before = {path: path.read_bytes() for path in (project / "ontology").iterdir()}
    with pytest.raises(QueryError, match=words):
        add_term(read_project(project), term)
    assert {path: path.read_bytes() for path in (project / "ontology").iterdir()} == before


def test_terms_are_added_to_another_ontology_too(tmp_path: Path) -> None:
    copy_project(ROOT, tmp_path)
    add_term(read_project(tmp_path), Term("motto", "motto", "A motto of an organization.", "Peace.", of="Organization"))
    assert inside("build", "--no-validate", cwd=tmp_path).returncode == 0


def test_the_verbs_ask_for_what_is_missing(project: Path) -> None:
    done = inside(
        "term", "colour", "--of", "Building", cwd=project, given=b"colour\nThe colour of a building.\nWhite.\n"
    )
    assert done.returncode == 0, done.stderr
    assert b"ontology/shapes.ttl" in done.stdout
    assert (
        inside("new-table", "Event", "agent", cwd=project).stdout
        == b"source,quote,id,type,name,date,agent,basis,note\n"
    )
    assert b"did you mean 'Event'" in inside("new-table", "Evnt", cwd=project).stderr
