"""Patterns: XPath's regular expressions, which are SHACL's and SPARQL's (SPARQL 1.1, 17.4.3.14), as Python's."""

import re

_PLAIN = re.compile(
    r"\^?(?:[A-Za-z0-9/:#@_ -]|\[\^?(?:[A-Za-z0-9]|[a-z]-[a-z]|[A-Z]-[A-Z]|0-9)+\]|\{\d+\}|[+*?](?![+*?]))*\$?"
)


def is_plain(pattern: str, flags: str = "") -> bool:
    """Whether a pattern is the same in XPath, in Python (but for its end) and in RE2.

    >>> is_plain("^[a-z]+$"), is_plain("[a-z-[aeiou]]")
    (True, False)
    """
    return not flags and bool(_PLAIN.fullmatch(pattern))


def expression(pattern: str, flags: str = "") -> re.Pattern[str]:
    """An XPath regular expression compiled (XPath Functions 3.1, 5.6); ValueError says what is wrong with it.

    >>> bool(expression("^[a-z-[aeiou]]{2}$").search("xy"))
    True
    >>> bool(expression("^abc$").search("abc\\n"))
    False
    """
    if unknown := set(flags) - set("smixq"):
        raise ValueError(f"the flags {flags!r} hold {', '.join(sorted(unknown))}; they are s m i x q")
    compiled = 0
    for flag, value in (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL)):
        compiled |= value if flag in flags else 0
    if "q" in flags:
        return re.compile(re.escape(pattern), compiled)
    if "x" in flags:
        pattern = re.sub(r"(\[[^\]]*\])|[\t\n\r ]+", lambda found: found[1] or "", pattern)
    if _PLAIN.fullmatch(pattern):  # what Python and XPath read alike, but for the end
        end = pattern.endswith("$") and "m" not in flags
        return re.compile(pattern[:-1] + r"\Z" if end else pattern, compiled)
    from elementpath.regex import RegexError, translate_pattern  # loads for a tenth of a second

    try:
        return re.compile(translate_pattern(pattern, compiled, "1.1"), compiled)
    except (RegexError, re.error, IndexError) as error:
        raise ValueError(f"{pattern!r} is not an XPath regular expression: {error}") from None
