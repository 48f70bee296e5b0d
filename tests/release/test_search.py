"""The search index, made and asked."""

from pathlib import Path

import pytest

from kg.errors import QueryError, StoreError
from kg.release import search
from kg.release.search import ORDERS, Wanted, alike, choices, likeness, listed, most, number_of, things, words
from kg.release.search_index import Thing, Word, make_index

PERSON = "https://schema.org/Person"
THINGS = [
    Thing("http://x/ada", "Ada Lovelace", ("Countess of Lovelace",), (PERSON,), ("Ada wrote notes",), 9),
    Thing("http://x/adam", "Adam", (), (PERSON,), ("first", "with Ada"), 3),
    Thing("http://x/zoe", "Zoë Müller", (), ("http://x/Other",), (), 1),
    Thing("http://x/un", "UN", (), (), (), 20),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "search.sqlite"
    make_index(path, THINGS, [Word(PERSON, "person", "class", 2), Word("http://x/100%", "", "class", 1)])
    return path


def test_the_same_things_give_the_same_bytes(tmp_path: Path) -> None:
    for name, given in (("one", THINGS), ("two", THINGS[::-1])):
        make_index(tmp_path / name, given, [])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_every_thing_comes_once_in_portions(tmp_path: Path) -> None:
    many = [Thing(f"http://x/{n}", f"thing {n}", (), (), (), n % 7) for n in range(2_500)]
    make_index(tmp_path / "many", many, [])
    found = list(search.every(tmp_path / "many"))
    assert found == [hit.iri for hit in most(tmp_path / "many", -1)]
    assert len(set(found)) == 2_500


def test_lists_are_in_their_order_page_by_page(tmp_path: Path) -> None:
    places = (("basis", "stated"), ("year", "1995"))
    things = [
        Thing("http://x/b", "beta", (), (PERSON,), (), 5, day=2, facets=places),
        Thing("http://x/c", "Alpha", (), (PERSON,), (), 5, day=None, facets=places[:1]),
        Thing("http://x/d", "Alpha", (), (), (), 5, day=2, facets=places),
        Thing("http://x/a", "Gamma", (), (PERSON,), (), 7, day=1, facets=places),
    ]
    make_index(tmp_path / "index", things, [])

    def shown(facets: dict[str, str], order: str) -> str:
        whole = [listed(tmp_path / "index", Wanted(facets), order, 2, skip) for skip in range(0, len(things), 2)]
        return "".join(hit.iri[-1] for page in whole for hit in page)

    assert [shown({}, order) for order in ORDERS] == ["acdb", "cdba", "adbc"]
    assert [shown({"kind": PERSON}, order) for order in ORDERS] == ["acb", "cba", "abc"]
    assert [shown({"kind": PERSON, "year": "1995"}, order) for order in ORDERS] == ["ab", "ba", "ab"]
    assert number_of(tmp_path / "index", Wanted({"year": "1995", "basis": "stated"})) == 3
    assert choices(tmp_path / "index", "year", Wanted({"kind": PERSON})) == [("1995", 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada", ["ada", "adam"]),
        ("lovelace ada", ["ada"]),
        ("countess", ["ada"]),
        ("notes", ["ada"]),
        ("zoe muller", ["zoe"]),
        ("first ada", ["adam"]),
        ("un", ["un"]),
        ("nobody", []),
        ("", []),
        ('"*', []),
    ],
)
def test_every_word_is_found_in_names_and_quotes(index: Path, text: str, expected: list[str]) -> None:
    assert [hit.iri.removeprefix("http://x/") for hit in search.search(index, Wanted({}, text))] == expected


def test_a_type_narrows(index: Path) -> None:
    assert [hit.label for hit in search.search(index, Wanted({"kind": PERSON}, "z"))] == []
    assert [hit.label for hit in most(index, 9, PERSON)] == ["Ada Lovelace", "Adam"]


@pytest.mark.parametrize(
    ("text", "first"), [("Ada Lovlace", "ada"), ("MULLER, ZOE", "zoe"), ("UN", "un"), ("lovelace, ada", "ada")]
)
def test_a_name_with_a_slip_is_alike(index: Path, text: str, first: str) -> None:
    assert alike(index, text)[0].iri == f"http://x/{first}"


def test_words_are_found_as_they_are(index: Path) -> None:
    assert [word.iri for word in words(index, "class", "%")] == ["http://x/100%"]
    assert words(index, "property") == []


def test_things_are_found_by_iri(index: Path) -> None:
    assert things(index, ["http://x/ada", "http://x/nobody"]).keys() == {"http://x/ada"}


def test_likeness_knows_no_order_and_no_case() -> None:
    assert likeness("Kofi Annan", "annan, KOFI") == 100
    assert likeness("", "") == 100


def test_a_search_that_takes_long_is_stopped(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SECONDS", 0.05)
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(QueryError, match="took more than"):  # which the query, without end, could not be otherwise
        search._rows(index, slow, ())


def test_a_damaged_index_is_named(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match=r"search\.sqlite"):
        search.search(path, Wanted({}, "a"))
    with pytest.raises(StoreError, match=r"missing\.sqlite"):
        search.search(tmp_path / "missing.sqlite", Wanted({}, "a"))
