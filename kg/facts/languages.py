"""Languages: the words for numbers, months and eras, from the Unicode CLDR (Babel, unicode-rbnf).

What a language has no data for is None or empty, so that whoever asks can say that it cannot be judged.
"""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

# A dozen, which the CLDR does not spell, and what else English says for a number.
_DOZEN = {
    "en": "dozen",
    "fr": "douzaine",
    "es": "docena",
    "de": "dutzend",
    "it": "dozzina",
    "nl": "dozijn",
    "pt": "dúzia",
}
_ENGLISH = {1: {"once", "a single"}, 2: {"twice", "both"}}
_SEASONS = {"21": ("spring",), "22": ("summer",), "23": ("autumn", "fall"), "24": ("winter",)}
# What qualifies a number, before it and behind it: the CLDR has no such words.
_QUALIFIERS = {
    "en": (
        "about|above|almost|approaching|approx|approx.|approximately|around|as many as|as much as|"
        "at least|at most|barely|below|beyond|circa|close to|exceed|exceeded|exceeding|exceeds|fewer than|"
        "hardly|in excess of|just over|just under|less than|more than|most of|near|nearly|no fewer than|"
        "no less than|no more than|not quite|over|roughly|scarcely|some|surpass|surpassed|surpasses|"
        "surpassing|under|up to|upwards of|well over|c.|ca.",
        "and more|or fewer|or less|or more|or so|or thereabouts|plus",
    ),
    "fr": (
        "à peine|à peu près|au moins|au plus|autour de|dépasse|dépassent|environ|jusqu'à|jusqu’à|moins de|"
        "pas moins de|plus de|près de|presque|quelque|vers",
        "environ|ou moins|ou plus",
    ),
    "es": (
        "al menos|alrededor de|aproximadamente|apenas|cerca de|casi|hasta|más de|menos de|no menos de|"
        "por lo menos|supera|superan|unas|unos",
        "aproximadamente|o más|o menos",
    ),
    "de": (
        "an die|annähernd|beinahe|bis zu|circa|ca.|etwa|fast|gegen|höchstens|kaum|knapp|mehr als|"
        "mindestens|nahezu|nicht weniger als|rund|übersteigt|um die|ungefähr|über|unter|weniger als|"
        "wenigstens|zirka",
        "oder mehr|oder weniger",
    ),
    "it": (
        "almeno|appena|circa|fino a|intorno a|meno di|non meno di|oltre|più di|pressoché|quasi|supera|"
        "superano|un po' più di",
        "circa|o meno|o più",
    ),
    "nl": (
        "bijna|boven de|circa|ca.|hooguit|meer dan|minder dan|minstens|nagenoeg|omstreeks|ongeveer|rond|"
        "ruim|tegen de|ten minste|zo'n|zo’n",
        "of meer|of minder",
    ),
    "pt": (
        "acima de|ao menos|aproximadamente|até|cerca de|mais de|menos de|perto de|pelo menos|quase|supera|uns|umas",
        "ou mais|ou menos",
    ),
}
# What makes a date the last one that is meant, by language.
_UNTIL = {
    "en": "before|by|no later than|not later than|till|until|up to",
    "fr": "avant|d'ici|d’ici|jusqu'à|jusqu’à|jusqu'en|jusqu’en",
    "es": "antes de|hasta|para",
    "de": "bis|bis zu|spätestens|vor",
    "it": "entro|entro il|fino al|prima del",
    "nl": "tegen|tot|uiterlijk|vóór|voor",
    "pt": "antes de|até",
}
_BC = ("bc", "bce", "b.c.", "b.c.e.")
LARGEST = 10**15  # above which no number is spelled


class Language:
    """The words of one language, by its BCP 47 tag."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._code = tag.replace("_", "-").split("-")[0].lower()

    @cached_property
    def _rules(self) -> Any:
        """The rules that spell numbers (CLDR, rule-based number format), None where there are none."""
        from unicode_rbnf import RbnfEngine  # loaded where words for numbers are asked for

        try:
            return RbnfEngine.for_language(self._code)
        except ValueError:
            return None

    @cached_property
    def _locale(self) -> Any:
        from babel import Locale, UnknownLocaleError

        try:
            return Locale.parse(self._code)
        except (UnknownLocaleError, ValueError):
            return None

    @property
    def spells(self) -> bool:
        """Whether numbers can be spelled in this language."""
        return self._rules is not None

    def spelled(self, number: int) -> frozenset[str]:
        """The ways to write a whole number in words, cardinal and ordinal, folded as `fold` does."""
        return _spelled(self, number)

    def forms(self, number: int, *purposes: str) -> Iterator[str]:
        """The ways as the rules write them, for these purposes: cardinal, ordinal, year."""
        if self._rules is None or number > LARGEST:
            return
        from unicode_rbnf import FormatPurpose

        for purpose in purposes:
            try:
                yield from self._rules.format_number(number, FormatPurpose[purpose.upper()]).text_by_ruleset.values()
            except (ValueError, KeyError):
                continue

    def ordinals(self, number: int) -> frozenset[str]:
        """Those of the ways that are ordinals alone."""
        return _ordinals(self, number)

    @property
    def qualifiers(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What qualifies a number before it and behind it, none where it is not known."""
        before, after = _QUALIFIERS.get(self._code, ("", ""))
        return tuple(filter(None, before.split("|"))), tuple(filter(None, after.split("|")))

    @property
    def until(self) -> tuple[str, ...]:
        """What stands before a date that is the last one meant, none where it is not known."""
        return tuple(filter(None, _UNTIL.get(self._code, "").split("|")))

    @cached_property
    def parts(self) -> frozenset[str]:
        """The words that numbers are made of."""
        numbers = (*range(1, 21), *range(30, 101, 10), 1000, 2000, 10**6, 2 * 10**6, 10**9, 2 * 10**9)
        words = {word for number in numbers for form in self.spelled(number) for word in form.split()}
        return frozenset(word for word in words if len(word) > 2 or word in self.spelled(2)) - {"and", "und", "y", "et"}

    @cached_property
    def scales(self) -> dict[int, frozenset[str]]:
        """The words for a thousand, a million, a billion, in the singular and the plural."""
        found = {}
        for size in (10**3, 10**6, 10**9):
            words = {form.split()[-1] for number in (size, 2 * size, 5 * size) for form in self._cardinals(number)}
            found[size] = frozenset(words)
        return found

    def _cardinals(self, number: int) -> list[str]:
        if self._rules is None:
            return []
        return [
            fold(form)
            for name, form in self._rules.format_number(number).text_by_ruleset.items()
            if "ordinal" not in name
        ]

    @property
    def dozen(self) -> str:
        """The word for twelve of a kind, "" where it is not known."""
        return _DOZEN.get(self._code, "")

    @cached_property
    def decimal_comma(self) -> bool:
        """Whether a comma stands before the decimals."""
        return self._locale is not None and self._locale.number_symbols["latn"].get("decimal") == ","

    def months(self, month: int) -> frozenset[str]:
        """The names of a month, long and short, folded; none where they are not known."""
        if self._locale is None:
            return frozenset()
        names = {
            self._locale.months[context][width][month].lower().rstrip(".")
            for context in ("format", "stand-alone")
            for width in ("wide", "abbreviated")
        }
        longest = max(names, key=len)
        return frozenset(name for name in {*names, longest[:3], longest[:4]} if not name.isdigit())

    def month_name(self, month: int) -> str:
        """The name of a month, "" where it is not known."""
        return str(self._locale.months["format"]["wide"][month]) if self._locale else ""

    @property
    def seasons(self) -> dict[str, tuple[str, ...]]:
        """The names of the seasons of EDTF, for English alone; the CLDR has none."""
        return _SEASONS if self._code == "en" else {}

    @cached_property
    def before_christ(self) -> frozenset[str]:
        """The marks of a year before Christ, folded."""
        eras = [self._locale.eras[width][0].lower() for width in ("abbreviated", "wide")] if self._locale else []
        return frozenset({*_BC, *eras, *(era.replace(" ", "") for era in eras)})


@lru_cache(50_000)
def _spelled(language: Language, number: int) -> frozenset[str]:
    forms = {fold(form) for form in language.forms(number, "cardinal", "ordinal", "year")}
    if language.tag.startswith("en"):
        forms |= {re.sub(r"(hundred|thousand) (?!\w+ hundred)", r"\1 and ", form) for form in forms}
        forms |= {f"a {form.removeprefix('one ')}" for form in forms if form.startswith("one ")}
        forms |= _ENGLISH.get(number, set())
    if number and number % 12 == 0 and (dozen := language.dozen):
        forms |= {f"{one} {dozen}{end}" for one in language.spelled(number // 12) for end in ("", "s", "en")}
        forms |= {f"{number // 12} {dozen}{end}" for end in ("", "s", "en")}
        forms |= {f"a {dozen}"} if number == 12 and language.tag.startswith("en") else set()
    return frozenset(forms)


@lru_cache(50_000)
def _ordinals(language: Language, number: int) -> frozenset[str]:
    counted = {fold(form) for form in language.forms(number, "cardinal", "year")}
    return frozenset({fold(form) for form in language.forms(number, "ordinal")} - counted)


def fold(words: str) -> str:
    """Words in lower case, with hyphens, commas, soft hyphens and white space as one space."""
    return re.sub(r"[\s,\-\u2010\u2011]+", " ", words.lower().replace("\u00ad", ""))


@lru_cache
def language(tag: str) -> Language:
    """The language of a tag."""
    return Language(tag)
