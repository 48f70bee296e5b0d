"""The calendar of dates: proleptic Gregorian, with a year 0, as ISO 8601 and XML Schema 1.1 have it."""


def month_length(year: int, month: int) -> int:
    """The days of a month.

    >>> month_length(2000, 2), month_length(-100, 2), month_length(0, 2)
    (29, 28, 29)
    """
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def days(year: int, month: int, day: int) -> int:
    """The days from the first of March of year 0.

    >>> days(0, 3, 1), days(2000, 1, 1) - days(1999, 1, 1)
    (0, 365)
    """
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1
