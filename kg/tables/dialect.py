"""Dialect: how CSVW metadata say that a file is written (Metadata Vocabulary, 5.9)."""

from collections.abc import Mapping
from typing import Any

from kg.tables.files import Dialect


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_codec(value: Any) -> bool:
    try:
        "".encode(value)
    except (LookupError, TypeError, ValueError):
        return False
    return True


_DIALECT: dict[str, tuple[str, Any]] = {
    "commentPrefix": ("comment", lambda value: value is None or _is_text(value)),
    "delimiter": ("delimiter", lambda value: _is_text(value) and len(value) == 1),
    "doubleQuote": ("double_quote", _is_flag),
    "encoding": ("encoding", _is_codec),
    "header": ("header", _is_flag),
    "headerRowCount": ("header_rows", _is_count),
    "lineTerminators": (
        "ends",
        lambda value: _is_text(value) or (isinstance(value, list) and all(map(_is_text, value))),
    ),
    "quoteChar": ("quote", lambda value: value is None or (_is_text(value) and len(value) == 1)),
    "skipBlankRows": ("skip_blank", _is_flag),
    "skipColumns": ("skip_columns", _is_count),
    "skipInitialSpace": ("skip_initial_space", _is_flag),
    "skipRows": ("skip_rows", _is_count),
    "trim": ("trim", lambda value: _is_flag(value) or value in ("true", "false", "start", "end")),
}


def read_dialect(said: Mapping[str, Any]) -> tuple[Dialect, list[str]]:
    """A dialect of its properties, and which of these are not valid and passed over.

    >>> dialect, wrong = read_dialect({"delimiter": ";", "header": 1})
    >>> dialect.delimiter, wrong
    (';', ['header'])
    """
    found: dict[str, Any] = {"comment": "#"}
    wrong = []
    for key, value in said.items():
        if key in _DIALECT:
            field, fits = _DIALECT[key]
            if fits(value):
                found[field] = value if value is not None else ""
            else:
                wrong.append(key)
    if "header" in found:
        header = found.pop("header")
        found.setdefault("header_rows", int(header))
    trim = found.get("trim", "start" if found.get("skip_initial_space") else "")
    found["trim"] = {True: "both", "true": "both", False: "", "false": ""}.get(trim, trim)
    if isinstance(found.get("ends"), str):
        found["ends"] = (found["ends"],)
    return Dialect(**found), wrong
