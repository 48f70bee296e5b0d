"""Numbers and dates in the languages of the sources."""

import pytest

from kg.facts.reading import missing, number_in, unjudged
from kg.rdf.edtf import read_edtf


@pytest.mark.parametrize(
    ("tag", "value", "words"),
    [
        ("fr", "60", "la soixantième ratification"),
        ("fr", "71", "soixante-et-onze États"),
        ("fr", "1", "la première session"),
        ("fr", "2500", "2 500 organisations"),
        ("fr", "1.5", "1,5 kilomètre"),
        ("fr", "1500000", "1,5 million de membres"),
        ("fr", "24", "deux douzaines"),
        ("es", "16", "dieciséis países"),
        ("es", "2000000", "dos millones"),
        ("de", "21", "einundzwanzig Staaten"),
        ("de", "3", "die dritte Sitzung"),
        ("de", "2500000", "2,5 Millionen"),
        ("de", "2500", "2.500 Mitglieder"),
        ("it", "2500", "duemilacinquecento soci"),
        ("it", "5", "la quinta sessione"),
        ("nl", "25", "vijfentwintig landen"),
        ("pt", "3", "a terceira sessão"),
        ("pt", "122", "cento e vinte e dois"),
        ("en", "1000000", "1 million people"),
        ("en", "5000000", "five million"),
        ("en", "24", "two dozen states"),
        ("en", "12", "a dozen"),
        ("en", "-5", "It was -5 degrees"),
        ("en", "-5", "minus five degrees"),
        ("en", "1918", "1914-1918"),
        ("en", "5", "pages 3-5"),
        ("en", "19", "COVID-19"),
    ],
)
def test_a_number_is_read_in_the_language_of_its_source(tag: str, value: str, words: str) -> None:
    assert number_in(value, words, [tag])


@pytest.mark.parametrize(
    ("tag", "value", "words"),
    [
        ("en", "5", "It was -5 degrees"),
        ("en", "5", "(-5)"),
        ("en", "5", "minus five"),
        ("en", "5", "5 million"),
        ("en", "1", "1 million people"),
        ("en", "2", "two dozen"),
        ("en", "1.5", "1,5"),
        ("de", "5", "5 Millionen"),
        ("fr", "1.5", "1,5 million"),
        ("de", "20", "einundzwanzig"),
        ("fr", "60", "soixante-et-onze"),
        ("fr", "4", "quatre-vingts"),
        ("fr", "40", "forty"),
        ("pt", "20", "vinte e dois"),
        ("en", "500", "dos mil quinientos"),
    ],
)
def test_what_says_another_number_is_not_read(tag: str, value: str, words: str) -> None:
    assert not number_in(value, words, [tag])


@pytest.mark.parametrize(
    ("tag", "date", "words"),
    [
        ("fr", "1999-02-01", "le 1er février 1999"),
        ("fr", "1999-03", "en mars 1999"),
        ("es", "1999-02-17", "el 17 de febrero de 1999"),
        ("de", "1999-03-03", "am 3. März 1999"),
        ("it", "1999-05-01", "il 1º maggio 1999"),
        ("nl", "1999-05-01", "1 mei 1999"),
        ("pt", "1999-03-17", "17 de março de 1999"),
        ("en", "1999-02-17", "17/2/1999"),
        ("en", "1999-02-17", "2/17/1999"),
        ("en", "1914/1918", "the war of 1914–18"),
        ("en", "1998", "in nineteen ninety-eight"),
        ("en", "1998-05-02", "on the second of May 1998"),
        ("en", "-0043-03-15", "on 15 March 44 BC"),
        ("en", "0000", "in 1 BCE"),
        ("fr", "-0043", "en 44 av. J.-C."),
        ("de", "-0043", "44 v. Chr."),
    ],
)
def test_a_date_is_read_in_the_language_of_its_source(tag: str, date: str, words: str) -> None:
    assert missing(read_edtf(date), words, [tag]) == []


@pytest.mark.parametrize(
    ("tag", "date", "words", "lacking"),
    [
        ("en", "-0044-03-15", "on 15 March 44 BC", ["the year 45 BC, which EDTF writes -0044"]),
        ("en", "-0043", "44 ships", ["“BC”"]),
        ("en", "0044", "44 BC ships", []),
        ("fr", "1999-02", "en mars 1999", ["the month février or 02"]),
        ("en", "1914/1919", "the war of 1914–18", ["the year 1919"]),
        ("fr", "2001-21", "printemps 2001", ["the season 21, which kg can judge in English alone,"]),
        ("tlh", "1999-02", "1999", ["the month 02, whose name kg does not know in tlh,"]),
    ],
)
def test_what_a_date_says_otherwise_is_named(tag: str, date: str, words: str, lacking: list[str]) -> None:
    assert missing(read_edtf(date), words, [tag]) == lacking


def test_two_languages_are_read_as_either() -> None:
    for words in ("forty", "veertig"):
        assert number_in("40", words, ["en", "nl"])
    assert missing(read_edtf("1999-05"), "mei 1999", ["en", "nl"]) == []
    assert unjudged(["en", "fr", "es", "de", "it", "nl", "pt"]) == []
