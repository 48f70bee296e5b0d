"""In words: numbers, durations and dates as people write them."""

import re


def thousands(text: str) -> str:
    """A whole number with separators; what is none as it is.

    >>> thousands("2500"), thousands("150"), thousands("0.5")
    ('2,500', '150', '0.5')
    """
    return f"{int(text):,}" if re.fullmatch(r"[+-]?\d{4,}", text) else text


_MONTHS = "January February March April May June July August September October November December".split()


def duration_in_words(text: str) -> str:
    """A duration as people say it; one with a time, or none, as it is.

    >>> duration_in_words("P1Y"), duration_in_words("P2Y6M"), duration_in_words("PT4H")
    ('1 year', '2 years 6 months', 'PT4H')
    """
    found = re.fullmatch(r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?", text)
    parts = zip(found.groups(), ("year", "month", "day"), strict=True) if found else ()
    said = [f"{number} {unit}{'' if number == '1' else 's'}" for number, unit in parts if number]
    return " ".join(said) or text


_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}


_QUALIFIERS = {"?": "uncertain", "~": "about", "%": "about, uncertain"}


def date_in_words(written: str) -> str:
    """An EDTF date as people write it; what cannot be said shortly stays as it is.

    >>> date_in_words("1999-02-17"), date_in_words("1999-02"), date_in_words("1998-06-15/1998-07-17")
    ('17 February 1999', 'February 1999', '15 June 1998 – 17 July 1998')
    >>> date_in_words("1995/.."), date_in_words("1997~"), date_in_words("XXXX-07-17")
    ('since 1995', 'about 1997', '17 July, no year given')
    """
    start, slash, end = written.partition("/")
    if slash:
        if end in ("..", ""):
            return f"since {date_in_words(start)}"
        return (
            f"no later than {date_in_words(end)}"
            if start in ("..", "")
            else f"{date_in_words(start)} – {date_in_words(end)}"
        )
    body = written.rstrip("?~%")
    qualifier = _QUALIFIERS.get(written[len(body) :], "")
    found = re.fullmatch(r"(-?\d{4}|XXXX)(?:-(\d\d))?(?:-(\d\d))?", body)
    if not found:
        return written
    year, month, day = found.groups()
    named = _SEASONS.get(month or "") or (_MONTHS[int(month) - 1] if month and 1 <= int(month) <= 12 else "")
    known = " ".join(filter(None, (str(int(day)) if day else "", named, "" if year == "XXXX" else year)))
    return f"{qualifier} {known}".strip() + (", no year given" if year == "XXXX" else "")
