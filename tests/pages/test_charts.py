"""Where things stand in pictures."""

from hypothesis import given
from hypothesis import strategies as st

from kg.pages.charts import LETTER, Number, connections, numbers, world, years
from kg.pages.model import Because, Dated, Name
from kg.rdf.edtf import Day

WHY = Because("stated", "", "", "", (), "")
days = st.tuples(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 28))


def dated(first: Day, last: Day | None = None) -> Dated:
    return Dated("then", "1995", first, last or first, WHY)


def name(label: str) -> Name:
    return Name(f"http://x/{label}", label, f"../id/{label}.html", "event")


@given(st.lists(st.tuples(days, st.sampled_from("abcdefg")), max_size=80))
def test_dots_of_years_stand_apart_and_in_order(items: list[tuple[Day, str]]) -> None:
    found = years([(name(str(index)), dated(day), kind) for index, (day, kind) in enumerate(items)])
    if len({day[0] for day, _ in items}) < 2:
        assert found is None
        return
    assert found
    assert len({(dot.x, dot.y) for dot in found.dots}) == len(found.dots) == len(items)
    assert all(0 <= dot.x <= found.width and 0 <= dot.y <= found.height for dot in found.dots)
    assert [dot.x for dot in found.dots] == sorted(dot.x for dot in found.dots)
    assert len({dot.x for dot in found.dots}) <= 60
    assert {dot.kind for dot in found.dots} == set(range(len(found.kinds)))
    assert len(found.kinds) <= 5


def test_a_dot_stands_above_its_year() -> None:
    found = years([(name(str(n)), dated((1995 + n, 6, 1)), "meeting") for n in (0, 3, 3)])
    assert found
    assert [tick.label for tick in found.ticks] == ["1995", "1996", "1997", "1998"]
    at = {tick.label: tick.x for tick in found.ticks}
    assert [dot.x for dot in found.dots] == [at["1995"], at["1998"], at["1998"]]
    assert found.dots[1].y > found.dots[2].y
    assert found.kinds == ("meeting",)


def number(value: float, day: Day | None, kind: str = "members", sign: str = "") -> Number:
    return Number(value, sign, kind, dated(day) if day else None, name(f"{value}"))


@given(st.lists(st.tuples(st.none() | days, st.floats(0, 1e9), st.sampled_from(["members", "votes"])), max_size=20))
def test_numbers_stay_within_their_picture(items: list[tuple[Day | None, float, str]]) -> None:
    found = numbers(number(value, day, kind) for day, value, kind in items)
    most = max((len({day for day, _, kind in items if day and kind == one}) for one in ("members", "votes")), default=0)
    if most < 3:
        assert found is None
        return
    assert found
    assert all(0 <= point.x <= found.width and 0 <= point.y <= found.height for point in found.points)
    assert all(0 <= level.x <= found.height for level in found.levels)
    line = [point.x for point in found.points if not point.other and point.number.dated]
    assert line == sorted(line)
    assert len(found.points) == sum(day is not None or kind == found.kind for day, _, kind in items)


def test_numbers_say_what_they_are() -> None:
    """Bounds as signs, other kinds apart, what has no date at the side, and none of these in the line."""
    told = [
        number(25, (1995, 1, 1)),
        number(450, (1997, 1, 1)),
        number(2000, (2003, 9, 1), sign=">"),
        number(1000, (2000, 9, 1), "NGOs", ">"),
        number(2500, None),
    ]
    found = numbers(told)
    assert found
    labels = [(point.label, point.other) for point in found.points]
    assert labels[:4] == [("25", False), ("450", False), (">1,000 NGOs", True), (">2,000", False)]
    assert labels[4] == ("2,500, no date given", False)
    assert (found.first.text, found.last.text, found.kind) == ("25", ">2,000", "members")
    assert found.path.count("L") == 2
    assert [level.label for level in found.levels] == ["0", "1,000", "2,000"]
    by_value = sorted((point.number.value, point.y) for point in found.points)
    assert [y for _, y in by_value] == sorted((y for _, y in by_value), reverse=True)
    assert numbers(told[:2]) is None
    assert numbers([*told[:2], told[3]]) is None, "three numbers, but of two kinds"


def test_no_label_of_a_number_stands_on_another() -> None:
    found = numbers(number(100 + n, (1995, 1, 1 + n)) for n in range(4))
    assert found
    boxes = [(point.label_x, point.label_y, len(point.label) * LETTER / 2) for point in found.points]
    for index, (x, y, half) in enumerate(boxes):
        for other_x, other_y, other in boxes[index + 1 :]:
            assert abs(x - other_x) >= half + other or abs(y - other_y) >= 15


def test_connections_say_how_many_more_there_are() -> None:
    many = [name(f"a thing with a rather long name, number {n}") for n in range(5)]
    found = connections("A thing", {"as": many}, {"to": [name("one")]})
    assert found
    assert found.incoming[0].text.endswith("… and 4 more")
    assert found.outgoing[0].text == "one"
    assert connections("A thing", {}, {}) is None


def test_the_map_names_what_it_does_not_have() -> None:
    told = {"SEN": "acted", "AND": "paid", "XXX": "paid"}
    found = world({code: (name(code), role) for code, role in told.items()})
    assert found
    assert [(country.code, country.small) for country in found.mentioned] == [("AND", True), ("SEN", False)]
    assert [missing.label for missing in found.missing] == ["XXX"]
    assert [(country.code, found.roles[country.role]) for country in found.mentioned] == [
        ("AND", "paid"),
        ("SEN", "acted"),
    ]
    assert found.roles == ("paid", "acted"), "the most frequent first"
    assert found.rest.startswith("M")
    assert world({}) is None
