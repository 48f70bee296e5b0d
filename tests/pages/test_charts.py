"""Where things stand in pictures."""

from hypothesis import given
from hypothesis import strategies as st

from kg.pages.charts import LETTER, connections, steps, timeline, world
from kg.pages.model import Because, Dated, Name
from kg.rdf.edtf import Day

WHY = Because("stated", "", "", "", (), "")
days = st.tuples(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 28))


def dated(first: Day, last: Day | None = None) -> Dated:
    return Dated("then", "1995", first, last or first, WHY)


def name(label: str) -> Name:
    return Name(f"http://x/{label}", label, f"../id/{label}.html", "event")


@given(st.lists(st.tuples(days, st.text(min_size=1, max_size=60)), max_size=40))
def test_no_label_of_a_timeline_stands_on_another(items: list[tuple[Day, str]]) -> None:
    found = timeline([(name(label), dated(day)) for day, label in items])
    if len({day for day, _ in items}) < 2:
        assert found is None
        return
    assert found
    assert len(found.marks) == len(items)
    lanes: dict[float, list[tuple[float, float]]] = {}
    for mark in found.marks:
        assert 0 <= mark.x <= mark.end <= found.width
        long = len(mark.label) * LETTER
        span = (mark.end, mark.end + long) if mark.anchor == "start" else (mark.x - long, mark.x)
        lanes.setdefault(mark.y, []).append(span)
    for spans in lanes.values():
        for one, other in zip(sorted(spans), sorted(spans)[1:], strict=False):
            assert one[1] <= other[0] + 14


def test_a_span_is_as_long_as_its_days() -> None:
    found = timeline([(name("a"), dated((1995, 1, 1), (1995, 12, 31))), (name("b"), dated((1996, 1, 1)))])
    assert found
    first, second = found.marks
    assert abs(second.x - first.end) < 2


@given(st.lists(st.tuples(days, st.floats(0, 1e9)), max_size=20))
def test_steps_stay_within_their_picture(numbers: list[tuple[Day, float]]) -> None:
    found = steps([(day, value, "n", None, "then") for day, value in numbers])
    if len({day for day, _ in numbers}) < 3:
        assert found is None
        return
    assert found
    assert all(0 <= point.x <= found.width and 0 <= point.y <= found.height for point in found.points)
    assert [point.x for point in found.points] == sorted(point.x for point in found.points)


def test_connections_say_how_many_more_there_are() -> None:
    many = [name(f"a thing with a rather long name, number {n}") for n in range(5)]
    found = connections("A thing", {"as": many}, {"to": [name("one")]})
    assert found
    assert found.incoming[0].text.endswith("… and 4 more")
    assert found.outgoing[0].text == "one"
    assert connections("A thing", {}, {}) is None


def test_the_map_names_what_it_does_not_have() -> None:
    found = world({"SEN": name("Senegal"), "AND": name("Andorra"), "XXX": name("Nowhere")})
    assert found
    assert [(country.code, country.small) for country in found.mentioned] == [("AND", True), ("SEN", False)]
    assert [missing.label for missing in found.missing] == ["Nowhere"]
    assert found.rest.startswith("M")
    assert world({}) is None


def test_a_label_stands_to_the_left_only_where_there_is_no_room_to_the_right() -> None:
    found = timeline([(name("first"), dated((1900, 1, 1))), (name("last"), dated((2000, 12, 31)))])
    assert found
    first, last = found.marks
    assert (first.anchor, last.anchor) == ("start", "end")
    assert first.end + len(first.label) * LETTER < found.width
