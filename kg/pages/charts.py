"""Charts: where everything stands in pictures of years, of numbers, of connections and of countries.

Plain numbers in the units of an SVG, which templates draw; each chart has the same content as text beside it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kg.pages.model import Dated, Name
from kg.rdf.edtf import Day

LETTER = 6.6  # how wide a letter of the labels is, about, at 13 px


class Tick(NamedTuple):
    """A line of an axis with its label."""

    x: float
    label: str


class Dot(NamedTuple):
    """A dated thing in the picture of the years: where it stands, and the number of its kind."""

    x: float
    y: float
    name: Name
    dated: Dated
    kind: int


class Years(NamedTuple):
    """Dated things as dots above the year, or the years, in which they begin; the kinds are told by their number."""

    width: float
    height: float
    ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...]
    kinds: tuple[str, ...]


DOT, COLUMNS, KINDS = 15.0, 60, 4  # how far dots are apart, most columns, and kinds beside "other"


def years(items: Iterable[tuple[Name, Dated, str]], width: float = 1160) -> Years | None:
    """Things with their dates and kinds by the year in which they begin; None for fewer than two years."""
    dated = sorted(
        ((d.earliest, name.label, name, d, kind) for name, d, kind in items if d.earliest), key=lambda item: item[:2]
    )
    if not dated or dated[0][0][0] == dated[-1][0][0]:
        return None
    first, last = dated[0][0][0], dated[-1][0][0]
    step = next(step for power in range(20) for step in (10**power, 5 * 10**power) if (last - first) // step < COLUMNS)
    first -= first % step
    columns = (last - first) // step + 1
    most = [kind for kind, _ in Counter(kind for *_, kind in dated).most_common(KINDS)]
    kinds = (*most, "other") if any(kind not in most for *_, kind in dated) else tuple(most)
    wide = width / columns
    above: Counter[int] = Counter()
    places = []
    for day, _, name, when, kind in dated:
        column = (day[0] - first) // step
        number = most.index(kind) if kind in most else len(most)
        places.append((round((column + 0.5) * wide, 1), above[column], name, when, number))
        above[column] += 1
    height = max(above.values()) * DOT + 34
    dots = tuple(Dot(x, height - 30 - up * DOT, name, when, number) for x, up, name, when, number in places)
    every = max(1, -(-columns // 16))  # labels that do not touch
    ticks = tuple(
        Tick(round((column + 0.5) * wide, 1), str(first + column * step)) for column in range(0, columns, every)
    )
    return Years(width, height, ticks, dots, kinds)


def _days(day: Day | None) -> int:
    """A day as a number, held to the years that calendars of computers know."""
    if day is None:
        return 1
    year, month, number = day
    return date(min(9999, max(1, year)), month, number).toordinal()


class Number(NamedTuple):
    """A number as it is said: with a sign such as ">" before it, what it counts, its date and what says it."""

    value: float
    sign: str
    kind: str
    dated: Dated | None
    name: Name | None

    @property
    def text(self) -> str:
        """The number with separators, behind its sign: ">2,000"."""
        return self.sign + (f"{int(self.value):,}" if self.value == int(self.value) else f"{self.value:,}")


class Point(NamedTuple):
    """A number in the chart: where it stands and its label, and whether it is of another kind than the line's."""

    x: float
    y: float
    number: Number
    label: str
    label_x: float
    label_y: float
    other: bool


class Numbers(NamedTuple):
    """Numbers over the years: lines of the axes, the line through those of the most frequent kind, and all points."""

    width: float
    height: float
    ticks: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    path: str
    points: tuple[Point, ...]
    kind: str
    first: Number
    last: Number
    undated: tuple[Number, ...]

    @property
    def line(self) -> str:
        """The first and the last number of the line, and those without a date, in a sentence."""
        ends = " to ".join(f"{one.text} in {one.dated.text}" for one in (self.first, self.last) if one.dated)
        apart = "".join(f"; {one.text} without a date" for one in self.undated)
        return f"From {ends}{f' ({self.kind})' if self.kind else ''}{apart}."


def numbers(items: Iterable[Number], width: float = 900) -> Numbers | None:
    """Numbers over time, those of other kinds apart; None where no kind has three with different dates."""
    told = list(items)
    kinds: dict[str, list[Number]] = {}
    for number in told:
        if number.dated and number.dated.earliest:
            kinds.setdefault(number.kind, []).append(number)
    kind = max(kinds, key=lambda kind: len({_from(n) for n in kinds[kind]}), default="")
    if len({_from(number) for number in kinds.get(kind, ())}) < LEAST:
        return None
    dated = sorted((n for found in kinds.values() for n in found), key=lambda n: (_from(n), n.value))
    undated = [number for number in told if not (number.dated and number.dated.earliest) and number.kind == kind]
    height, left, right, top, bottom = 260.0, 56.0, 190.0 if undated else 60.0, 34.0, 30.0
    first, last = date.fromordinal(_from(dated[0])).year, date.fromordinal(_from(dated[-1])).year + 1
    start = date(first, 1, 1).toordinal()
    days = (date(last, 1, 1) if last <= date.max.year else date.max).toordinal() - start
    level = _level(max(number.value for number in (*dated, *undated)))
    most = max(level, *(number.value for number in (*dated, *undated)))

    def x(number: Number) -> float:
        return round(left + (_from(number) - start) * (width - left - right) / days, 1)

    def y(value: float) -> float:
        return round(height - bottom - value * (height - top - bottom) / most, 1)

    step = max(1, (last - first) // 10)
    ticks = tuple(
        Tick(round(left + (date(year, 1, 1).toordinal() - start) * (width - left - right) / days, 1), str(year))
        for year in range(first, last, step)
    )
    levels = tuple(Tick(y(level * n), f"{round(level * n):,}") for n in range(int(most // level) + 1))
    points: list[Point] = []
    for number in (*dated, *undated):
        known = bool(number.dated and number.dated.earliest)
        other = number.kind != kind
        label = f"{number.text} {number.kind}" if other else number.text if known else f"{number.text}, no date given"
        at = (x(number), y(number.value)) if known else (width - right + 40, y(number.value))
        points.append(Point(*at, number, label, *_free(at, label, points, width), other))
    line = [point for point in points if not point.other and point.number.dated]
    path = "M" + "L".join(f"{point.x} {point.y}" for point in line)
    ends = [point.number for point in line]
    return Numbers(width, height, ticks, levels, path, tuple(points), kind, ends[0], ends[-1], tuple(undated))


LEAST = 3  # points of a line
LINE = 15  # how high a line of the labels is


def _from(number: Number) -> int:
    return _days(number.dated.earliest if number.dated else None)


def _level(most: float) -> float:
    """A round number of which the greatest holds two to five."""
    power = 10.0 ** (len(str(int(most))) - 1)
    return next(power * part for part in (2, 1, 0.5, 0.2) if most / (power * part) >= 2)


def _free(at: tuple[float, float], label: str, points: Sequence[Point], width: float) -> tuple[float, float]:
    """Where the middle of a label stands so that it is on no other: above its point, else below, higher or lower."""
    half = len(label) * LETTER / 2 + 3
    middle = min(max(at[0], half), width - half)
    others = [(point.label_x, len(point.label) * LETTER / 2 + 3, point.label_y) for point in points]
    for shift in (-11, 22, -27, 38, -43, 54):
        y = max(11.0, at[1] + shift)
        if not any(abs(middle - x) < half + wide and abs(y - other) < LINE for x, wide, other in others):
            return round(middle, 1), round(y, 1)
    return round(middle, 1), round(max(11.0, at[1] - 11), 1)


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
    title: str, incoming: Mapping[str, Sequence[Name]], outgoing: Mapping[str, Sequence[Name]], width: float = 1060
) -> Connections | None:
    """The things around one, grouped by property, at most twelve a side; None where there are none."""
    if not (incoming or outgoing):
        return None
    sides = [list(side.items())[:12] for side in (incoming, outgoing)]
    height = max(2, *map(len, sides)) * 44.0 + 10
    middle = height / 2
    arms: list[tuple[Arm, ...]] = []
    for side, (edge, x, near) in zip(
        sides, ((320.0, 310.0, width / 2 - 110), (width - 320, width - 310, width / 2 + 110)), strict=True
    ):
        gap = height / (len(side) + 1)
        found = []
        for number, (label, names_) in enumerate(side, start=1):
            y = round(number * gap, 1)
            first, more = names_[0], len(names_) - 1
            most = 28 if more else 38
            text = first.label if len(first.label) <= most else f"{first.label[: most - 1].rstrip()}…"
            text += f" and {more} more" if more else ""
            bend = (edge + near) / 2
            path = f"M{near} {middle}C{bend} {middle} {bend} {y} {edge} {y}"
            found.append(Arm(label, text, first.href, first.kind, x, y, path))
        arms.append(tuple(found))
    short = title if len(title) <= 30 else f"{title[:29].rstrip()}…"
    return Connections(width, height, middle, short, arms[0], arms[1])


class Country(NamedTuple):
    """A country of the map: its path, or a dot where it is small; its name where the graph mentions it."""

    code: str
    path: str
    x: float
    y: float
    small: bool
    name: Name | None
    role: int


class World(NamedTuple):
    """The map: a plane `width` wide from `top` to `bottom`, and the countries that the graph mentions by name."""

    width: float
    top: float
    bottom: float
    rest: str
    mentioned: tuple[Country, ...]
    roles: tuple[str, ...]
    missing: tuple[Name, ...]


@cache
def _atlas() -> dict[str, object]:
    found: dict[str, object] = json.loads((Path(__file__).parent / "static" / "world.json").read_bytes())
    return found


def world(countries: Mapping[str, tuple[Name, str]]) -> World | None:
    """The map of countries, each with what it did, by ISO 3166-1 alpha-3 code; None without any.

    `missing` are those that the map does not have; of the roles the most frequent comes first.
    """
    if not countries:
        return None
    atlas = _atlas()
    shapes: dict[str, dict[str, object]] = atlas["countries"]  # type: ignore[assignment]  # kg's own file
    rest = "".join(str(shape["path"]) for code, shape in shapes.items() if code not in countries)
    known = {code: told for code, told in sorted(countries.items()) if code in shapes}
    roles = tuple(role for role, _ in Counter(role for _, role in sorted(countries.values())).most_common())
    mentioned = tuple(
        Country(
            code,
            str(shapes[code]["path"]),
            float(str(shapes[code]["x"])),
            float(str(shapes[code]["y"])),
            bool(shapes[code]["small"]),
            name,
            roles.index(role),
        )
        for code, (name, role) in known.items()
    )
    missing = tuple(name for code, (name, _) in sorted(countries.items()) if code not in shapes)
    width, top, bottom = (float(str(atlas[key])) for key in ("width", "top", "bottom"))
    return World(width, top, bottom, rest, mentioned, roles, missing)
