"""Attestation: whether a number or a date can be read in quoted words, which is what a stated fact claims of them.

Words and months are read in English; in a source in another language, only digits are.
"""

import re
from decimal import Decimal

from kg.rdf.edtf import Date, Edtf

_MONTHS = "january february march april may june july august september october november december".split()


_SEASON_WORDS = {"21": ("spring",), "22": ("summer",), "23": ("autumn", "fall"), "24": ("winter",)}


_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()


_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


_OTHERWISE = {1: {"once", "a single"}, 2: {"twice", "both"}, 12: {"a dozen"}, 100: {"a hundred"}, 1000: {"a thousand"}}


_ORDINAL = r"(?:st|nd|rd|th)?"


def number_in(value: str, words: str, english: bool = True) -> bool:
    """Whether the number stands in the words: in digits, grouped or not, as a word, or as an ordinal.

    >>> number_in("2500", "over 2,500 members"), number_in("11", "its eleven principles")
    (True, True)
    >>> number_in("45", "grown to 450 organizations")
    False
    """
    number = Decimal(value)
    if not number.is_finite():
        return value.lstrip("+-").lower() in words.lower()
    whole, point, fraction = f"{abs(number):f}".partition(".")
    whole = whole.lstrip("0") or "0"
    grouped = f"{int(whole):,}" if len(whole) <= 300 else whole
    forms = {whole, grouped, grouped.replace(",", "."), grouped.replace(",", " "), grouped.replace(",", "’")}
    tail = re.escape(point + fraction.rstrip("0")) + "0*" if fraction.strip("0") else r"(?:[.,]0+)?"
    no_more = r"(?![\d]|[.,]\d|\s(?:hundred|thousand|million|billion|dozen)\b|[ \u00a0\u202f]\d{3}(?!\d))"
    digits = rf"(?:{'|'.join(map(re.escape, sorted(forms)))}){tail}{_ORDINAL}{no_more}"
    if number < 0:
        return bool(re.search(rf"(?:[-−–]|minus )\s?{digits}", words, re.IGNORECASE))
    if re.search(rf"(?<![\d.,])(?<!\d[ \u00a0\u202f]){digits}", words, re.IGNORECASE):
        return True
    return english and not fraction.strip("0") and len(whole) <= 6 and _spelled_in(int(whole), words)


def _spelled_in(number: int, words: str) -> bool:
    folded = _fold(words)
    more = rf"(?:{'|'.join((*_UNITS, *_TENS[2:], 'hundred', 'thousand', 'million', 'billion'))})"
    return any(
        not re.search(rf"\b{more} (?:and )?$", folded[: found.start()])
        and not re.match(rf" (?:and )?{more}\b", folded[found.end() :])
        for form in _spelled(number)
        for found in re.finditer(rf"\b{re.escape(form)}\b", folded)
    )


def cardinal(number: int) -> str:
    """The English words of a number below a million.

    >>> cardinal(11), cardinal(120), cardinal(2500)
    ('eleven', 'one hundred twenty', 'two thousand five hundred')
    """
    for size, word in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = f" {cardinal(number % size)}" if number % size else ""
            return f"{cardinal(number // size)} {word}{rest}"
    if number < 20:
        return _UNITS[number]
    return f"{_TENS[number // 10]} {_UNITS[number % 10]}" if number % 10 else _TENS[number // 10]


def ordinal(words: str) -> str:
    """The ordinal of a number in English words.

    >>> ordinal("twenty one"), ordinal("twelve"), ordinal("thirty")
    ('twenty first', 'twelfth', 'thirtieth')
    """
    head, space, last = words.rpartition(" ")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return f"{head}{space}{_ORDINALS.get(last, regular)}"


def _spelled(number: int) -> set[str]:
    """The ways to write a number in English words, in lower case, hyphens and commas as spaces."""
    words = cardinal(number)
    with_and = re.sub(r"(hundred|thousand) (?!\w+ hundred)", r"\1 and ", words)
    forms = {words, with_and, ordinal(words), ordinal(with_and)}
    if words.startswith("one "):
        forms |= {f"a {form.removeprefix('one ')}" for form in forms}
    return forms | _OTHERWISE.get(number, set())


def _fold(words: str) -> str:
    return re.sub(r"[\s,\-‐‑]+", " ", words.lower())


def missing(date: Edtf, words: str, english: bool = True) -> list[str]:
    """The parts of a date that cannot be read in the words, as they would have to stand there.

    >>> from kg.rdf.edtf import read_edtf
    >>> missing(read_edtf("1999-02"), "in February 1999"), missing(read_edtf("1999-02-17"), "in 1999")
    ([], ['the month February or 02', 'the day 17'])
    """
    folded = words.lower()
    return [part for one in date.dates for part in _missing(one, folded, english)]


def _missing(date: Date, words: str, english: bool) -> list[str]:
    lacking = []
    year = date.year.lstrip("Y-").replace("X", "0").lstrip("0") or "0"
    if date.year != "XXXX" and not re.search(rf"(?<!\d){year}s?(?!\d)", words):
        lacking.append(f"the year {year}")
    if date.year.lstrip("Y").startswith("-") and not re.search(r"\bb\.?\s?c\b|\bbce\b|[-−]\d", words):
        lacking.append("“BC”")
    if english and date.month.isdigit() and not _month_in(date.month, words):
        lacking.append(_month_expected(date.month))
    if date.day.isdigit() and not re.search(rf"(?<!\d)0?{int(date.day)}{_ORDINAL}(?!\d)", words):
        lacking.append(f"the day {int(date.day)}")
    return lacking


def _month_in(month: str, words: str) -> bool:
    if month in _SEASON_WORDS:
        return any(re.search(rf"\b{word}\b", words) for word in _SEASON_WORDS[month])
    name = _MONTHS[int(month) - 1]
    beside = rf"(?:\d\w*,?\s+(?:of\s+)?{name}\b|\b{name},?\s+\d)"  # may and march are words of other kinds too
    return bool(
        re.search(beside if name in ("may", "march") else rf"\b(?:{name}|{name[:3]}|{name[:4]})\b", words)
        or re.search(rf"\d[-/.]0?{int(month)}(?!\d)|(?<!\d)0?{int(month)}[-/.]\d", words)
    )


def _month_expected(month: str) -> str:
    if month in _SEASON_WORDS:
        return f"the season {_SEASON_WORDS[month][0]}"
    return f"the month {_MONTHS[int(month) - 1].capitalize()} or {month}"
