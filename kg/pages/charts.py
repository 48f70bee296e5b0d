"""Charts: where everything stands in a timeline, a step line, a diagram of connections and a map of countries.

Plain numbers in the units of an SVG, which templates draw; each chart has the same content as text beside it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kg.pages.model import Dated, Name
from kg.rdf.edtf import Day

LETTER = 6.6  # how wide a letter of the labels is, about, at 13 px


LANE, TOP = 26, 40


class Tick(NamedTuple):
    """A line of an axis with its label."""

    x: float
    label: str


class Mark(NamedTuple):
    """A dated thing in the timeline, from x to `end`; its label is to the right or, with anchor "end", to the left."""

    name: Name
    dated: Dated
    x: float
    end: float
    y: float
    label: str
    anchor: str


class Timeline(NamedTuple):
    """Marks in lanes below an axis of years."""

    width: float
    height: float
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]


def timeline(items: Iterable[tuple[Name, Dated]], width: float = 1160) -> Timeline | None:
    """Dated things in greedy lanes, so that no label stands on another; None for fewer than two."""
    dated = [(_days(d.earliest), _days(d.latest or d.earliest), n, d) for n, d in items if d.earliest]
    if len({start for start, *_ in dated}) < 2:
        return None
    dated.sort(key=lambda item: (item[0], item[1], item[2].label))
    first, last = date.fromordinal(dated[0][0]).year, date.fromordinal(max(item[1] for item in dated)).year + 1
    start = date(first, 1, 1).toordinal()
    days = (date(last, 1, 1) if last <= date.max.year else date.max).toordinal() - start
    scale = (width - 30) / days
    free: list[float] = []  # where each lane is free again
    marks = []
    for from_, to, name, when in dated:
        x, end = 10 + (from_ - start) * scale, 10 + (to - start) * scale
        label = name.label if len(name.label) <= 36 else f"{name.label[:18].rstrip()}…{name.label[-16:].lstrip()}"
        long = len(label) * LETTER + 14
        left = end + long > width
        begin, over = (x - long, end + 10) if left else (x - 6, end + long)
        lane = next((n for n, edge in enumerate(free) if edge <= begin), len(free))
        free[lane : lane + 1] = [over]
        y = TOP + lane * LANE
        marks.append(Mark(name, when, round(x, 1), round(end, 1), y, label, "end" if left else "start"))
    step = max(1, (last - first) // 12)
    ticks = tuple(
        Tick(round(10 + (date(year, 1, 1).toordinal() - start) * scale, 1), str(year))
        for year in range(first, last, step)
    )
    return Timeline(width, TOP + len(free) * LANE, ticks, tuple(marks))


def _days(day: Day | None) -> int:
    """A day as a number, held to the years that calendars of computers know."""
    if day is None:
        return 1
    year, month, number = day
    return date(min(9999, max(1, year)), month, number).toordinal()


class Point(NamedTuple):
    """A dated number of a step line, with its label and the name of the thing that says it."""

    x: float
    y: float
    label: str
    name: Name | None
    date: str


# A dated number: its day, the number, its label, the thing that says it, the date in words.
Number = tuple[Day | None, float, str, Name | None, str]


class Steps(NamedTuple):
    """Dated numbers as a line that steps up and down: the points, and the path through them."""

    width: float
    height: float
    path: str
    points: tuple[Point, ...]


def steps(numbers: Iterable[Number], width: float = 560) -> Steps | None:
    """A step line of numbers, each with its day, label, thing and date in words; None for fewer than three days."""
    known = sorted(
        ((_days(day), value, label, name, said) for day, value, label, name, said in numbers if day),
        key=lambda n: n[:3],
    )
    if len({day for day, *_ in known}) < 3:
        return None
    height, left, right, top, bottom = 190.0, 16, 60, 30, 34
    first, last = known[0][0], known[-1][0]
    most = max(value for _, value, *_ in known) or 1
    points = tuple(
        Point(
            round(left + (day - first) * (width - left - right) / (last - first), 1),
            round(height - bottom - value * (height - top - bottom) / most, 1),
            label,
            name,
            said,
        )
        for day, value, label, name, said in known
    )
    path = f"M{points[0].x} {points[0].y}" + "".join(f"H{point.x}V{point.y}" for point in points[1:]) + f"H{width - 8}"
    return Steps(width, height, path, points)


class Arm(NamedTuple):
    """One side of a connection: the property, whom it leads to, where the label stands, and the path to it."""

    label: str
    text: str
    href: str
    kind: str
    x: float
    y: float
    path: str


class Connections(NamedTuple):
    """A thing in the middle, what points at it on the left, what it points at on the right."""

    width: float
    height: float
    middle: float
    title: str
    incoming: tuple[Arm, ...]
    outgoing: tuple[Arm, ...]


def connections(
    title: str, incoming: Mapping[str, Sequence[Name]], outgoing: Mapping[str, Sequence[Name]], width: float = 820
) -> Connections | None:
    """The things around one, grouped by property, at most twelve a side; None where there are none."""
    if not (incoming or outgoing):
        return None
    sides = [list(side.items())[:12] for side in (incoming, outgoing)]
    height = max(2, *map(len, sides)) * 44.0 + 10
    middle = height / 2
    arms: list[tuple[Arm, ...]] = []
    for side, (edge, x, near) in zip(
        sides, ((330.0, 320.0, width / 2 - 85), (width - 330, width - 320, width / 2 + 85)), strict=True
    ):
        gap = height / (len(side) + 1)
        found = []
        for number, (label, names_) in enumerate(side, start=1):
            y = round(number * gap, 1)
            first, more = names_[0], len(names_) - 1
            most = 34 if more else 44
            text = first.label if len(first.label) <= most else f"{first.label[: most - 1].rstrip()}…"
            text += f" and {more} more" if more else ""
            bend = (edge + near) / 2
            path = f"M{near} {middle}C{bend} {middle} {bend} {y} {edge} {y}"
            found.append(Arm(label, text, first.href, first.kind, x, y, path))
        arms.append(tuple(found))
    short = title if len(title) <= 25 else f"{title[:24].rstrip()}…"
    return Connections(width, height, middle, short, arms[0], arms[1])


class Country(NamedTuple):
    """A country of the map: its path, or a dot where it is small; its name where the graph mentions it."""

    code: str
    path: str
    x: float
    y: float
    small: bool
    name: Name | None


class World(NamedTuple):
    """The map: a plane `width` wide from `top` to `bottom`, and the countries that the graph mentions by name."""

    width: float
    top: float
    bottom: float
    rest: str
    mentioned: tuple[Country, ...]
    missing: tuple[Name, ...]


@cache
def _atlas() -> dict[str, object]:
    found: dict[str, object] = json.loads((Path(__file__).parent / "static" / "world.json").read_bytes())
    return found


def world(countries: Mapping[str, Name]) -> World | None:
    """The map of countries by ISO 3166-1 alpha-3 code; `missing` are those that it does not have. None without any."""
    if not countries:
        return None
    atlas = _atlas()
    shapes: dict[str, dict[str, object]] = atlas["countries"]  # type: ignore[assignment]  # kg's own file
    rest = "".join(str(shape["path"]) for code, shape in shapes.items() if code not in countries)
    known = {code: name for code, name in sorted(countries.items()) if code in shapes}
    mentioned = tuple(
        Country(
            code,
            str(shapes[code]["path"]),
            float(str(shapes[code]["x"])),
            float(str(shapes[code]["y"])),
            bool(shapes[code]["small"]),
            name,
        )
        for code, name in known.items()
    )
    missing = tuple(name for code, name in sorted(countries.items()) if code not in shapes)
    width, top, bottom = (float(str(atlas[key])) for key in ("width", "top", "bottom"))
    return World(width, top, bottom, rest, mentioned, missing)
