"""Reading: whether a name, a text, a number or a date can be read in words, which is what a fact claims of its quotes.

Words are read in the languages of the source, digits in any. What has no words that kg knows is told from what is not
there: it cannot be judged, and is not passed as stated.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from kg.facts.languages import LARGEST, Language, fold, language
from kg.rdf.edtf import Date, Edtf

ENGLISH = ("en",)
_MINUS = "-\u2212\u2013"
_ENGLISH_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|è|ème|º|ª|°)$", re.IGNORECASE)
_ORDINAL = r"(?:st|nd|rd|th|er|re|e|è|ème|º|ª|°|\.)?"
_GROUPS = (",", ".", " ", "’", "'", "\u00a0", "\u202f")


_SAME = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("–—", " "),
        **dict.fromkeys("\u2010\u2011", "-"),
        **dict.fromkeys("\u00ad\u200b\u200d\ufeff"),
    }
)
_GENITIVES = {"de": ("s", "es"), "nl": ("s",), "da": ("s",), "sv": ("s",), "nb": ("s",), "no": ("s",)}


def folded(words: str) -> str:
    """Words as names and texts are compared: case, white space, hyphens, quotation marks, forms of accents aside.

    >>> folded("The  Harbour’s co‐owner, Ann")
    "the harbour's co-owner ann"
    """
    return re.sub(r"[\s,]+", " ", unicodedata.normalize("NFC", words).translate(_SAME).lower()).strip()


def name_in(name: str, words: str, languages: Iterable[str] = ENGLISH) -> bool:
    """Whether a name stands in words, both folded, as whole words; a genitive's ending may follow it.

    >>> name_in("oslo", folded("Oslo’s harbour")), name_in("ann", folded("Anna")), name_in("court", "the courts")
    (True, False, False)
    >>> name_in("berlin", "berlins straßen", ["de"])
    True
    """
    return any(True for _ in name_at(name, words, languages))


def named_in(name: str, words: str, languages: Iterable[str] = ENGLISH) -> bool:
    """Whether a name stands in words, both folded, in the singular or the plural.

    >>> named_in("ngos", "ngo participation"), named_in("ngo", "the ngos"), named_in("ngo", "no one")
    (True, True, False)
    """
    return any(name_in(form, words, languages) for form in (name, f"{name}s", name.removesuffix("s")))


def name_at(name: str, words: str, languages: Iterable[str] = ENGLISH) -> Iterator[tuple[int, int]]:
    """Where a name stands in words, from and to, as `name_in` reads it."""
    endings = ("", *(ending for tag in languages for ending in _GENITIVES.get(tag.split("-")[0].lower(), ())))
    at = words.find(name)
    while at >= 0 and name:
        end = at + len(name)
        if not (at and words[at - 1].isalnum() and name[0].isalnum()):
            for ending in endings:
                after = words[end + len(ending) : end + len(ending) + 1]
                if words.startswith(ending, end) and not (after.isalnum() and name[-1].isalnum()):
                    yield at, end + len(ending)
                    break
        at = words.find(name, at + 1)


def text_in(text: str, words: str) -> bool:
    """Whether a text stands in words, both folded, as whole words; what “…” leaves out may stand between its pieces.

    >>> text_in("eleven ships", "the eleven ships in"), text_in("a … c", "a b c")
    (True, True)
    """
    pieces = [piece.strip() for piece in re.split(r"\[?(?:…|\.\.\.)\]?", text) if piece.strip()]
    for piece in pieces:
        if not name_in(piece, words):
            return False
        words = words[words.find(piece) + len(piece) :]
    return bool(pieces)


def number_in(value: str, words: str, languages: Iterable[str] = ENGLISH, *, counted: bool = False) -> bool:
    """Whether the number stands in the words: in digits, grouped or not, as a word, an ordinal, or with a million.

    A number that something is `counted` by is no ordinal.

    >>> number_in("2500", "over 2,500 members"), number_in("11", "its eleven principles")
    (True, True)
    >>> number_in("45", "grown to 450 organizations"), number_in("60", "la soixantième ratification", ["fr"])
    (False, True)
    >>> number_in("1", "the first 18 judges"), number_in("1", "the first 18 judges", counted=True)
    (True, False)
    """
    return bool(number_at(value, words, languages, counted=counted))


def number_at(
    value: str, words: str, languages: Iterable[str] = ENGLISH, *, counted: bool = False
) -> list[tuple[int, int]]:
    """Where the number stands in the words, from and to, as `number_in` reads it."""
    number = Decimal(value)
    if not number.is_finite():
        at = words.lower().find(value.lstrip("+-").lower())
        return [(at, at + len(value))] if at >= 0 else []
    known = [language(tag) for tag in languages]
    places = _places(abs(number), words, known, counted)
    return [(start, end) for start, end in places if _negative(words, start) == (number < 0)]


def qualifier(words: str, start: int, end: int, languages: Iterable[str] = ENGLISH) -> str:
    """What qualifies the number, or the year, that stands in words from start to end; "" where it stands alone.

    >>> qualifier("nearly 500 participants", 7, 10), qualifier("some 40", 5, 7), qualifier("has 500 members", 4, 7)
    ('nearly', 'some', '')
    >>> qualifier("50 or more", 0, 2), qualifier("plus de 1 000 voix", 8, 13, ["fr"])
    ('or more', 'plus de')
    """
    for one in map(language, languages):
        before, after = _qualifiers(one)
        if (before and (found := before.search(words[:start]))) or (after and (found := after.match(words[end:]))):
            return " ".join(found[1].split())
    return ""


@lru_cache
def _qualifiers(one: Language) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """What can stand before a number of a language and what can stand after it."""
    before, after = one.qualifiers
    return (
        re.compile(rf"(?<!\w)({_spaced(before)})[\s(~]*(?:the\s|de\s|d['’])?$", re.IGNORECASE) if before else None,
        re.compile(rf"\s({_spaced(after)})(?!\w)", re.IGNORECASE) if after else None,
    )


def _spaced(phrases: Iterable[str]) -> str:
    return _any(phrases).replace(r"\ ", r"\s+")


def unjudged(languages: Iterable[str]) -> list[str]:
    """The languages whose words for numbers kg does not know.

    >>> unjudged(["en", "tlh"])
    ['tlh']
    """
    return [tag for tag in languages if not language(tag).spells]


def _places(
    number: Decimal, words: str, languages: Sequence[Language], counted: bool = False
) -> Iterator[tuple[int, int]]:
    """Where a number that is not negative stands in words, from and to; where it is counted, ordinals left out."""
    larger = _larger(tuple(languages))
    for found in re.finditer(_digits(number, languages), words, re.IGNORECASE):
        if not larger.match(words, found.end()) and not (counted and _ENGLISH_ORDINAL.search(found[0])):
            yield found.span()
    spelled = fold(words)
    for one in languages:
        for size, names in one.scales.items():
            if number >= size and len((share := number / size).normalize().as_tuple().digits) <= 4:
                pattern = rf"(?<![\d.,]){_written(share, [one])}[\s\u00ad-](?:{_any(names)})\b"
                yield from (found.span() for found in re.finditer(pattern, words, re.IGNORECASE))
        if number == number.to_integral_value() and number <= LARGEST:
            for start, end in _spelled_at(int(number), spelled, one, counted):
                at = _unfolded(words, spelled, start)
                yield at, at + end - start


def _unfolded(words: str, spelled: str, at: int) -> int:
    """Where in words an offset of the folded words is: the same, or where the word there begins."""
    return at if len(words) == len(spelled) else max(0, words.lower().find(spelled[at:].split(" ")[0]))


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
    """A pattern of a number in digits that is not a part of other digits."""
    after = r"(?!\d|[.,]\d|[ \u00a0\u202f]\d{3}(?!\d))"
    return rf"(?<![\d.,])(?<!\d[ \u00a0\u202f]){_written(number, languages)}{_ORDINAL}{after}"


@lru_cache
def _larger(languages: tuple[Language, ...]) -> re.Pattern[str]:
    """What makes digits before it part of a larger number: a hundred, a million."""
    more = {"hundred", *(word for one in languages for names in one.scales.values() for word in names)}
    more |= {one.dozen for one in languages if one.dozen}
    return re.compile(rf"[\s\u00ad-](?:{_any(more)})\b", re.IGNORECASE)


def _spelled_at(number: int, words: str, one: Language, counted: bool = False) -> Iterator[tuple[int, int]]:
    """Where a whole number stands in folded words, from and to, not as part of a larger one."""
    before, after = _beside_a_part(one)
    for form in one.spelled(number) - (one.ordinals(number) if counted else frozenset()):
        if form not in words:
            continue
        for found in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", words):
            if not before.search(words[: found.start()]) and not after.match(words[found.end() :]):
                yield found.span()


@lru_cache
def _beside_a_part(one: Language) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before words for a number, and behind them, where they are part of a larger number."""
    parts = _any(one.parts)
    return (
        re.compile(rf"(?<!\w)(?:{parts}) (?:and |et |y |e )?$"),
        re.compile(rf" (?:and |et |y |e )?(?:{parts})(?!\w)"),
    )


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


def apart(date: Edtf, passages: Sequence[str], languages: Iterable[str] = ENGLISH) -> list[str]:
    """The days of a date that no passage gives together with their month.

    >>> from kg.rdf.edtf import read_edtf
    >>> apart(read_edtf("2002-06-12"), ["June-July 2002", "on July 12"])
    ['the day 12 of the month 06']
    >>> apart(read_edtf("2002-07-12"), ["June-July 2002", "on July 12"])
    []
    """
    known = [language(tag) for tag in languages]
    found = []
    for one in date.dates:
        day = one._replace(year="XXXX")
        if one.day.isdigit() and one.month.isdigit() and all(any(_missing(day, words, known)) for words in passages):
            found.append(f"the day {int(one.day)} of the month {one.month}")
    return found


def until(date: Edtf, words: str, languages: Iterable[str] = ENGLISH) -> str:
    """What makes the year of a date in the words the last one that is meant, wherever it stands; "" where nothing does.

    >>> from kg.rdf.edtf import read_edtf
    >>> until(read_edtf("2002"), "achieved by 2002"), until(read_edtf("2002"), "in 2002")
    ('by', '')
    """
    years = {one.year for one in date.dates}
    if len(date.dates) != 1 or not all(year.isdigit() for year in years):
        return ""
    (year,) = years
    found = ""
    places = [match.start() for match in re.finditer(rf"(?<!\d){year}(?!\d)", words)]
    for place in places:
        said = (match for one in map(language, languages) if (match := _until(one).search(words[:place])))
        if not (found := next((match[1] for match in said), "")):
            return ""
    return found


@lru_cache
def _until(one: Language) -> re.Pattern[str]:
    months = {name for month in range(1, 13) for name in one.months(month)}
    between = rf"(?:the end of\s+|early\s+|late\s+|\d{{1,2}}\.?\s+|(?:{_any(months) or 'zzz'})\.?,?\s+)*"
    return re.compile(rf"(?<!\w)({_spaced(one.until) or 'zzz'})\s+{between}$", re.IGNORECASE)


def _missing(date: Date, words: str, languages: Sequence[Language]) -> Iterator[str]:
    folded = words.lower()
    if date.year != "XXXX":
        yield from _missing_year(date.year, folded, languages)
    if date.month.isdigit():
        yield from _missing_month(date.month, folded, languages)
    if date.day.isdigit():
        day = int(date.day)
        digits = rf"(?<!\d)0?{day}{_ORDINAL}(?!\d)"
        if not re.search(digits, folded) and not _is_spelled(day, words, languages):
            yield f"the day {day}"
        elif not any(_missing_month(date.month, folded, languages)) and (turned := _turned(date, folded, languages)):
            yield f"the day {day} of the month {date.month}, as “{turned}” is another day,"


_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")


def _turned(date: Date, words: str, languages: Sequence[Language]) -> str:
    """The date in numbers of the same year that words give instead of a date, "" where there is none.

    In numbers the day stands before the month, but in English it may stand behind it (CLDR, short dates).
    """
    if not (date.year.isdigit() and date.month.isdigit()) or any(
        _month_at(name, words) for one in languages for name in one.months(int(date.month))
    ):
        return ""
    wanted = int(date.day), int(date.month)
    found = [match for match in _NUMERIC.finditer(words) if match[4] == date.year]
    either = any(one.tag.partition("-")[0] == "en" for one in languages)
    said = [(int(match[1]), int(match[3])) for match in found]
    fits = any(pair == wanted or (either and pair[::-1] == wanted) for pair in said)
    return found[0][0] if found and not fits else ""


def _is_spelled(number: int, words: str, languages: Sequence[Language]) -> bool:
    return any(True for one in languages for _ in _spelled_at(number, fold(words), one))


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
    if not re.search(rf"(?<!\d){digits}s?(?!\d){short}", words) and not _is_spelled(int(digits), words, languages):
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
