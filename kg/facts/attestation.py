"""Attestation: whether a number or a date can be read in quoted words, which is what a stated fact claims of them.

Words are read in the languages of the source, digits in any. What has no words that kg knows is told from what is not
there: it cannot be judged, and is not passed as stated.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from kg.facts.languages import LARGEST, Language, fold, language
from kg.rdf.edtf import Date, Edtf

ENGLISH = ("en",)
_MINUS = "-\u2212\u2013"
_ORDINAL = r"(?:st|nd|rd|th|er|re|e|è|ème|º|ª|°|\.)?"
_GROUPS = (",", ".", " ", "’", "'", "\u00a0", "\u202f")


def number_in(value: str, words: str, languages: Iterable[str] = ENGLISH) -> bool:
    """Whether the number stands in the words: in digits, grouped or not, as a word, an ordinal, or with a million.

    >>> number_in("2500", "over 2,500 members"), number_in("11", "its eleven principles")
    (True, True)
    >>> number_in("45", "grown to 450 organizations"), number_in("60", "la soixantième ratification", ["fr"])
    (False, True)
    """
    number = Decimal(value)
    if not number.is_finite():
        return value.lstrip("+-").lower() in words.lower()
    known = [language(tag) for tag in languages]
    return any(_negative(words, found) == (number < 0) for found in _places(abs(number), words, known))


def unjudged(languages: Iterable[str]) -> list[str]:
    """The languages whose words for numbers kg does not know.

    >>> unjudged(["en", "tlh"])
    ['tlh']
    """
    return [tag for tag in languages if not language(tag).spells]


def _places(number: Decimal, words: str, languages: Sequence[Language]) -> Iterator[int]:
    """Where a number that is not negative stands in words."""
    for found in re.finditer(_digits(number, languages), words, re.IGNORECASE):
        yield found.start()
    folded = fold(words)
    for one in languages:
        for size, names in one.scales.items():
            if number >= size and len((share := number / size).normalize().as_tuple().digits) <= 4:
                pattern = rf"(?<![\d.,]){_written(share, [one])}[\s\u00ad-](?:{_any(names)})\b"
                yield from (found.start() for found in re.finditer(pattern, words, re.IGNORECASE))
        if number == number.to_integral_value() and number <= LARGEST:
            yield from (_unfolded(words, folded, at) for at in _spelled_at(int(number), folded, one))


def _unfolded(words: str, folded: str, at: int) -> int:
    """Where in words an offset of the folded words is: the same, or where the word there begins."""
    return at if len(words) == len(folded) else max(0, words.lower().find(folded[at:].split(" ")[0]))


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def _written(number: Decimal, languages: Sequence[Language]) -> str:
    """A pattern of a number in digits, grouped or not."""
    whole, _, fraction = f"{number:f}".partition(".")
    whole = whole.lstrip("0") or "0"
    grouped = f"{int(whole):,}" if len(whole) <= 300 else whole
    forms = {whole, *(grouped.replace(",", mark) for mark in _GROUPS)}
    comma = any(one.decimal_comma for one in languages)
    point = "[.,]" if comma else "[.]"
    tail = rf"{point}{fraction.rstrip('0')}0*" if fraction.strip("0") else r"(?:[.,]0+)?"
    return rf"(?:{_any(forms)}){tail}"


def _digits(number: Decimal, languages: Sequence[Language]) -> str:
    """A pattern of a number in digits that is not part of a larger number."""
    more = {"hundred", *(word for one in languages for names in one.scales.values() for word in names)}
    more |= {one.dozen for one in languages if one.dozen}
    after = rf"(?!\d|[.,]\d|[\s\u00ad-](?:{_any(more)})\b|[ \u00a0\u202f]\d{{3}}(?!\d))"
    return rf"(?<![\d.,])(?<!\d[ \u00a0\u202f]){_written(number, languages)}{_ORDINAL}{after}"


def _spelled_at(number: int, folded: str, one: Language) -> Iterator[int]:
    """Where a whole number stands in words, not as part of a larger one."""
    parts = _any(one.parts)
    for form in one.spelled(number):
        for found in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", folded):
            before, after = folded[: found.start()], folded[found.end() :]
            alone = not re.search(rf"(?<!\w)(?:{parts}) (?:and |et |y |e )?$", before)
            if alone and not re.match(rf" (?:and |et |y |e )?(?:{parts})(?!\w)", after):
                yield found.start()


def _negative(words: str, at: int) -> bool:
    """Whether a number that begins at an offset has a sign: a minus behind a space, or the word."""
    before = words[:at]
    return bool(re.search(rf"(?:(?:^|[\s(\[“\"]))[{_MINUS}]\s?$|\b(?:minus|moins|menos|meno|min)\s$", before, re.I))


def missing(date: Edtf, words: str, languages: Iterable[str] = ENGLISH) -> list[str]:
    """The parts of a date that cannot be read in the words, as they would have to stand there.

    >>> from kg.rdf.edtf import read_edtf
    >>> missing(read_edtf("1999-02"), "in February 1999"), missing(read_edtf("1999-02-17"), "in 1999")
    ([], ['the month February or 02', 'the day 17'])
    >>> missing(read_edtf("-0043-03"), "en mars 44 av. J.-C.", ["fr"])
    []
    """
    known = [language(tag) for tag in languages]
    return [part for one in date.dates for part in _missing(one, words, known)]


def _missing(date: Date, words: str, languages: Sequence[Language]) -> Iterator[str]:
    folded = words.lower()
    if date.year != "XXXX":
        yield from _missing_year(date.year, folded, languages)
    if date.month.isdigit():
        yield from _missing_month(date.month, folded, languages)
    if date.day.isdigit():
        day = int(date.day)
        digits = rf"(?<!\d)0?{day}{_ORDINAL}(?!\d)"
        spelled = any(True for one in languages for _ in _spelled_at(day, fold(words), one))
        if not re.search(digits, folded) and not spelled:
            yield f"the day {day}"


def _missing_year(written: str, words: str, languages: Sequence[Language]) -> Iterator[str]:
    """What of a year cannot be read; year 0 is 1 BC (ISO 8601)."""
    number = int(written.lstrip("Y").replace("X", "0"))
    if number <= 0 and "X" not in written:
        year = 1 - number
        marks = _any({mark for one in languages for mark in one.before_christ} or {"bc"})
        if not re.search(rf"(?<!\d){year}(?!\d)", words):
            yield f"the year {year} BC, which EDTF writes {number:05}"
        elif not re.search(rf"(?<!\d){year}\s?(?:{marks})", words):
            yield "“BC”"
        return
    digits = str(number if number > 0 else -number)
    short = rf"|(?<!\d){digits[:2]}\d\d\s?[-–—/]\s?{digits[2:]}(?!\d)" if len(digits) == 4 else ""
    if not re.search(rf"(?<!\d){digits}s?(?!\d){short}", words):
        spelled = any(True for one in languages for _ in _spelled_at(int(digits), fold(words), one))
        if not spelled:
            yield f"the year {digits}"


def _missing_month(month: str, words: str, languages: Sequence[Language]) -> Iterator[str]:
    """What of a month or a season cannot be read, or that it cannot be judged."""
    if int(month) > 12:
        seasons = [one.seasons.get(month, ()) for one in languages]
        if not any(re.search(rf"\b{word}\b", words) for names in seasons for word in names):
            name = next((names[0] for names in seasons if names), "")
            yield f"the season {name}" if name else f"the season {month}, which kg can judge in English alone,"
        return
    number = int(month)
    if re.search(rf"\d[-/.]\s?0?{number}(?!\d)|(?<!\d)0?{number}[-/.]\s?\d", words):
        return
    names = {name for one in languages for name in one.months(number)}
    if any(_month_at(name, words) for name in names):
        return
    shown = next((one.month_name(number) for one in languages if one.month_name(number)), "")
    unknown = ", ".join(one.tag for one in languages if not one.month_name(number))
    yield f"the month {shown} or {month}" if shown else f"the month {month}, whose name kg does not know in {unknown},"


def _month_at(name: str, words: str) -> bool:
    """Whether the name of a month stands in words; may, march and mars are words of other kinds too."""
    if name in ("may", "march", "mars", "mar", "set", "mai", "dec"):
        return bool(re.search(rf"\d\w*\.?,?\s+(?:of\s+|de\s+|di\s+)?{name}\b|\b{name}\.?,?\s+(?:de\s+)?\d", words))
    return bool(re.search(rf"\b{re.escape(name)}\b", words))
