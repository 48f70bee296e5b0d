"""Patterns: XPath's regular expressions, which SHACL and SPARQL have (SPARQL 1.1, 17.4.3.14), as Python's and RE2's."""

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kg.errors import ProjectError

SECONDS = 10  # that a pattern may take with all the texts it is held against, where it may take for ever

_PLAIN = re.compile(
    r"\^?(?:[A-Za-z0-9/:#@_ -]|\[\^?(?:[A-Za-z0-9]|[a-z]-[a-z]|[A-Z]-[A-Z]|0-9)+\]|\{\d+\}|[+*?](?![+*?]))*\$?"
)
_PARTS = re.compile(r"\\[wWdDsSiIcC]|\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
_END = r"$(?!\n\Z)"  # of a text, as elementpath writes it for Python


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
    try:
        return re.compile(_translated(pattern, flags, compiled), compiled)
    except (re.error, IndexError, ValueError) as error:
        raise ValueError(f"{pattern!r} is not an XPath regular expression: {error}") from None


def _translated(pattern: str, flags: str, compiled: int) -> str:
    """A pattern of XPath as Python writes it; ValueError where it is none."""
    if "q" in flags:
        return re.escape(pattern)
    if "x" in flags:
        pattern = re.sub(r"(\[[^\]]*\])|[\t\n\r ]+", lambda found: found[1] or "", pattern)
    if _PLAIN.fullmatch(pattern):  # what Python and XPath read alike, but for the end
        return pattern[:-1] + r"\Z" if pattern.endswith("$") and "m" not in flags else pattern
    from elementpath.regex import RegexError, translate_pattern  # loads for a tenth of a second

    # Within brackets \w and its like are taken for what XML Schema means by them, and not for Python's.
    pattern = _PARTS.sub(lambda found: f"[{found[0]}]" if found[0][1:] in tuple("wWdDsSiIcC") else found[0], pattern)
    try:
        return translate_pattern(pattern, compiled, "1.1")
    except RegexError as error:
        raise ValueError(str(error)) from None


def in_re2(pattern: re.Pattern[str]) -> str:
    """An expression as RE2 may take it, which takes no longer than the texts are long; "" where it means another thing.

    >>> in_re2(expression("^(a+)+$"))
    '^(a+)+\\\\z'
    """
    if pattern.flags & (re.IGNORECASE | re.MULTILINE | re.DOTALL):
        return ""
    return pattern.pattern.replace(_END, r"\z").replace(r"\Z", r"\z")


@contextmanager
def limited(pattern: str) -> Iterator[None]:
    """Have Python hold a pattern against texts for so long at most; ProjectError where that does not suffice.

    It is limited on Linux and macOS, in the main thread.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        way = "write it without repetitions within repetitions"
        raise ProjectError(f"shapes: the pattern {pattern!r} took more than {SECONDS} s; {way}")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
