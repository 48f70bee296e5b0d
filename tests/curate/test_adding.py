"""A fact is added as a person would have written it, and only where it builds."""

import hashlib
from pathlib import Path

import pytest

from kg.curate.adding import Wanted, add, citing, date_in, proper_name, propose
from kg.errors import FactError, QueryError
from kg.facts.sources import Source
from kg.facts.yaml_text import read_plain
from kg.project import TEMPLATE, read_project
from kg.rdf.ontology import read_vocabulary
from tests.conftest import inside


def notice(project: Path) -> Path:
    return project / "data" / "facts" / "notice.yaml"


def test_a_fact_is_proposed_from_its_words(project: Path) -> None:
    found = propose(read_project(project), Wanted(("its lamp was  FIRST lit on 3 march 1852",), type="Event"))
    assert found.record == {
        "quote": "its lamp was first lit on 3 March 1852",
        "id": "its-lamp-was-first-lit-on",
        "type": "Event",
        "name": "its lamp was first lit on 3 March 1852",
        "date": "1852-03-03",
    }
    assert found.path == notice(project)


def test_an_added_fact_builds_and_no_other_line_changes(project: Path) -> None:
    before = notice(project).read_text(encoding="utf-8")
    line = add(
        read_project(project),
        propose(
            read_project(project),
            Wanted(
                ("a fog horn is ADDED",),
                id="fog-horn",
                said=(("otherName", "fog horn"),),
                basis="inferred",
                note="The horn.",
            ),
        ),
    )
    after = notice(project).read_text(encoding="utf-8")
    new = [one for one in after.split("\n") if one not in before.split("\n")]
    assert after.split("\n")[line - 1] == "- quote: A fog horn is added"
    assert [one for one in before.split("\n") if one not in after.split("\n")] == []
    assert len(new) <= 5
    assert inside("build", cwd=project).returncode == 0


def test_what_does_not_build_is_not_written(project: Path) -> None:
    before = notice(project).read_bytes()
    proposed = propose(
        read_project(project), Wanted(("Visitors are asked",), type="Event", said=(("about", "lighthouse"),))
    )
    with pytest.raises(FactError) as error:
        add(read_project(project), proposed)
    assert all(fault.file == "data/facts/notice.yaml" for fault in error.value.faults)
    assert notice(project).read_bytes() == before
    assert [path.name for path in notice(project).parent.iterdir()] == ["notice.yaml"]


def test_a_new_file_is_made_for_a_source_without_one_and_goes_with_what_does_not_build(project: Path) -> None:
    wanted = Wanted(
        ("Visitors are asked to close the gate",),
        type="Event",
        file="data/facts/second.yaml",
        said=(("agent", "nobody"),),
    )
    proposed = propose(read_project(project), wanted)
    with pytest.raises(FactError):
        add(read_project(project), proposed)
    assert not proposed.path.exists()
    good = propose(
        read_project(project),
        wanted._replace(said=(("date", "1900"),), basis="inferred", note="The notice hung there in 1900."),
    )
    assert add(read_project(project), good) == 1
    assert read_plain(good.path.read_text(encoding="utf-8"))["source"] == "notice"
    assert inside("build", cwd=project).returncode == 0


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(("its lamp was first lit",)), "give --type for a new thing"),
        (Wanted(("its lamp was first lit",), type="Evnt"), "no class is called 'Evnt'; did you mean 'Event'"),
        (
            Wanted(("its lamp was first lit",), type="Event", said=(("abuot", "x"),)),
            "no word is called 'abuot'; did you mean 'about'",
        ),
        (Wanted(("zzz qqq",)), "nothing in notice is like"),
        (Wanted(("the",), type="Event"), "stands more than once; choose with --pick"),
        (Wanted(("its lamp",), source="notise"), "no source is called 'notise'; did you mean 'notice'"),
        (
            Wanted(("its lamp was first lit",), type="Event", file="../x.yaml"),
            "facts are added to .yaml files in data/facts",
        ),
        (Wanted(("its lamp was first lit",), type="Event", file="data/facts/x.csv"), "facts are added to .yaml files"),
    ],
)
def test_what_is_missing_or_wrong_is_said_with_what_there_is(project: Path, wanted: Wanted, words: str) -> None:
    with pytest.raises(QueryError) as error:
        propose(read_project(project), wanted)
    assert words in str(error.value)


def test_words_that_stand_twice_are_quoted_so_that_one_place_is_meant(project: Path) -> None:
    first, second = (
        propose(read_project(project), Wanted(("the",), type="Event", picks=(pick,), id="x")).record["quote"]
        for pick in (1, 2)
    )
    assert first != second
    assert isinstance(first, dict)


def test_the_facts_that_rest_on_words_are_found(project: Path) -> None:
    found = citing(read_project(project), "FIRST lit")
    assert {str(record.content["id"]) for record, _ in found} == {"first-lighting"}  # type: ignore[index]
    assert citing(read_project(project), "no such words") == []


def test_the_verbs_say_what_they_did(project: Path) -> None:
    done = inside("add", "its lamp was first lit on 3 March 1852", "--type", "Event", "--dry-run", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().startswith(
        "data/facts/notice.yaml\n- quote: its lamp was first lit on 3 March 1852\n  id: its"
    )
    cited = inside("cites", "first lit", cwd=project)
    assert b"data/facts/notice.yaml:" in cited.stdout
    assert inside("cites", "no such words", cwd=project).returncode == 1
    assert b"write WORD=VALUE" in inside("add", "x", "-p", "a", cwd=project).stderr


def test_line_ends_stay_as_they_are_and_come_back_as_they_were(project: Path) -> None:
    path = notice(project)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    refused = propose(
        read_project(project), Wanted(("Visitors are asked",), type="Event", said=(("about", "lighthouse"),))
    )
    with pytest.raises(FactError):
        add(read_project(project), refused)
    assert path.read_bytes() == before
    good = Wanted(
        ("A fog horn is added",), id="fog-horn", said=(("otherName", "fog horn"),), basis="inferred", note="So."
    )
    add(read_project(project), propose(read_project(project), good))
    after = path.read_bytes()
    assert b"\n" not in after.replace(b"\r\n", b"")
    assert len(after) > len(before)


def test_a_file_is_given_from_anywhere_and_no_link_leads_out(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = tmp_path / "by-a-link"
    link.symlink_to(project)
    for start in (f"../{project.name}" if project.parent == tmp_path else str(project), str(link)):
        done = inside(
            "-C",
            start,
            "add",
            "its lamp was first lit on 3 March 1852",
            "--type",
            "Event",
            "--file",
            "data/facts/zz.yaml",
            "--dry-run",
            cwd=elsewhere,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(b"data/facts/zz.yaml")
    outside = tmp_path / "outside.yaml"
    (project / "data" / "facts" / "out.yaml").symlink_to(outside)
    done = inside(
        "add", "its lamp was first lit on 3 March 1852", "--type", "Event", "--file", "data/facts/out.yaml", cwd=project
    )
    assert done.returncode == 2, done.stderr
    assert not outside.exists()


def test_several_words_are_several_passages_of_one_fact(project: Path) -> None:
    done = inside(
        "add",
        "1890",
        "a fog horn is added",
        "--id",
        "horn",
        "--type",
        "Event",
        "-p",
        "name=new horn",
        "--basis",
        "layout",
        cwd=project,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert (
        b"- quote: [1890, A fog horn is added]\n  id: horn\n  type: Event\n  name: new horn\n  date: 1890\n"
        in done.stdout
    )


def test_what_is_only_alike_is_never_taken_unasked(project: Path) -> None:
    done = inside("add", "Ada Merow, engineer", "--type", "Person", cwd=project)
    assert done.returncode == 2
    assert b"does not stand so in the source; choose with --pick" in done.stderr
    assert b"[Ada Merrow, engineer]" in done.stderr
    assert inside(
        "add", "Ada Merow, engineer", "--type", "Person", "--pick", "1", "--dry-run", cwd=project
    ).stdout.startswith(b"data/facts")


def test_a_dry_run_says_what_would_be_wrong_and_faults_have_no_place_that_is_not_there(project: Path) -> None:
    before = notice(project).read_bytes()
    words = (
        "add",
        "its lamp was first lit on 3 March 1852",
        "--type",
        "Event",
        "--id",
        "lamp",
        "-p",
        "date=1999-01-01",
    )
    for more, begins in (
        (("--dry-run",), b"date 1999-01-01 cannot be read"),
        ((), b"not written: date 1999-01-01 cannot be read"),
    ):
        done = inside(*words, *more, cwd=project)
        assert done.returncode == 1
        assert done.stderr.startswith(begins), done.stderr
        assert b"notice.yaml:" not in done.stdout + done.stderr
    assert notice(project).read_bytes() == before
    for wrong, said in (
        (("--type", "Event", "-p", "id=x"), b"give --id"),
        (("--type", "Event", "-p", "type=Event"), b"give --type"),
        (("--id", "a b"), b"not a valid id"),
        (("--type", "Fact"), b"no class is called 'Fact'"),
    ):
        done = inside("add", "its lamp was first lit", *wrong, cwd=project)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(
    ("words", "languages", "date"),
    [
        ("le 12 octobre 2017 à 19h", ("fr",), "2017-10-12"),
        ("3 mai 2018 à 18:00", ("fr",), "2018-05-03"),
        ("By 1935, there were a thousand stations", ("en",), "../1935"),
        ("in 1935 and 1936", ("en",), None),
        ("On November 5, 1935 at 9 o'clock", ("en",), "1935-11-05"),
        ("le 09/02/2019", ("fr",), "2019-02-09"),
    ],
)
def test_a_date_is_proposed_where_it_can_be_told(words: str, languages: tuple[str, ...], date: str | None) -> None:
    words_of = read_vocabulary(TEMPLATE / "ontology", "https://example.org/")
    source = Source("a", "a.txt", "", words, "a", "", "", "", "", " ".join(languages))
    assert (date_in(words_of, words, source, "Event") or ("date", None))[1] == date


def test_a_date_of_one_class_leaves_that_of_another_alone(project: Path) -> None:
    """A second word for dates, which only things of its class have."""
    begun = ("--of", "Place", "--takes", "date", "--label", "begun", "--definition", "When.", "--example", "1852.")
    assert inside("term", "begun", *begun, cwd=project).returncode == 0
    added = inside("add", "its lamp was first lit on 3 March 1852", "--type", "Event", "--dry-run", cwd=project)
    assert b"date: 1852-03-03" in added.stdout, added


def test_each_of_several_words_has_its_pick(project: Path) -> None:
    words = ("the", "its lamp", "the", "--type", "Event", "--id", "x", "--dry-run")
    told = inside("add", *words, "--pick", "2", cwd=project)
    assert (told.returncode, "“the” stands more than once; choose with --pick".encode() in told.stderr) == (2, True), (
        told
    )
    both = inside("add", *words, "--pick", "1", "--pick", "1", cwd=project)
    assert b"- quote:" in both.stdout, both
    more = inside("add", *words, *("--pick", "1") * 3, cwd=project)
    assert (more.returncode, b"leave it out" in more.stderr) == (2, True), more


def test_a_record_is_added_in_the_order_of_the_house(project: Path) -> None:
    said = ("-p", "near=bay", "-p", "name=The lamp", "--basis", "inferred", "--note", "It is said so.")
    added = inside("add", "its lamp was first lit", "--type", "Event", "--id", "x", *said, "--dry-run", cwd=project)
    keys = [line.strip("- ").partition(":")[0] for line in added.stdout.decode().splitlines()[1:]]
    assert [key for key in keys if key != "date"] == ["quote", "id", "type", "name", "near", "basis", "note"]


def test_a_name_in_another_language_says_in_which(project: Path) -> None:
    text = "La cloche fut fondue en 1852.\n"
    (project / "data" / "sources" / "cloche.txt").write_text(text, encoding="utf-8")
    with (project / "data" / "sources.yaml").open("a", encoding="utf-8") as listed:
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        listed.write(f"- {{id: cloche, file: cloche.txt, sha256: {sha256}, title: La cloche, language: fr}}\n")
    done = inside(
        "add", "la cloche fut fondue en 1852", "--source", "cloche", "--type", "Event", "--id", "cloche", cwd=project
    )
    assert done.returncode == 0, done.stderr
    assert b"  nameIn: {fr: La cloche fut fondue en 1852}\n" in done.stdout
    assert inside("build", cwd=project).returncode == 0, inside("build", cwd=project).stdout


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Edwin Howard Armstrong is one of many", "Edwin Howard Armstrong"),
        ("the Sonny Bono Copyright Term Extension Act was passed", "Sonny Bono Copyright Term Extension Act"),
        ("Donaldson v. Beckett drew crowds", "Donaldson v. Beckett"),
        ("RCA was the first of them", "RCA"),
        ("In 1656, it passed the Statute of Anne", "Statute of Anne"),
        ("the Licensing Act of 1662, had expired", "Licensing Act of 1662"),
        ("Jacob Tonson.1 Tonson was known", "Jacob Tonson"),
        ("James Thomson’s poem The Seasons", "James Thomson"),
        ("On July 17, the Rome Statute was adopted", "Rome Statute"),
        ("Le 12 mars, Vincent Mercadier est nommé", "Vincent Mercadier"),
        ("The lamp was lit", ""),
        ("Kofi Annan", ""),
    ],
)
def test_a_name_is_found_in_words(words: str, name: str) -> None:
    assert proper_name(words) == name


def test_a_name_that_is_known_is_not_proposed_again() -> None:
    assert proper_name("Kofi Annan met Adrien Pachkoff", {"kofi annan"}) == "Adrien Pachkoff"
