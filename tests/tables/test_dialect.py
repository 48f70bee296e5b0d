"""The dialect of a table as its metadata say it (Metadata Vocabulary, 5.9)."""

from typing import Any

import pytest

from kg.tables.dialect import read_dialect
from kg.tables.files import Dialect


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, {"comment": "#"}),
        (
            {"delimiter": "\t", "quoteChar": None, "commentPrefix": None},
            {"delimiter": "\t", "quote": "", "comment": ""},
        ),
        ({"header": False}, {"header_rows": 0}),
        ({"header": False, "headerRowCount": 2}, {"header_rows": 2}),
        ({"skipInitialSpace": True}, {"skip_initial_space": True, "trim": "start"}),
        ({"skipInitialSpace": True, "trim": False}, {"skip_initial_space": True, "trim": ""}),
        ({"trim": "true"}, {"trim": "both"}),
        ({"trim": "end"}, {"trim": "end"}),
        ({"lineTerminators": "\r\n"}, {"ends": ("\r\n",)}),
        (
            {"encoding": "latin-1", "skipRows": 3, "skipColumns": 1},
            {"encoding": "latin-1", "skip_rows": 3, "skip_columns": 1},
        ),
    ],
)
def test_what_is_said_is_taken(said: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_dialect(said) == (Dialect(**{"comment": "#", "trim": "", **expected}), [])


@pytest.mark.parametrize(
    "said",
    [
        {"delimiter": ";;"},
        {"delimiter": 1},
        {"header": 1},
        {"headerRowCount": -1},
        {"headerRowCount": True},
        {"encoding": "no-such-codec"},
        {"lineTerminators": [1]},
        {"quoteChar": "''"},
        {"trim": "both"},
        {"doubleQuote": "yes"},
    ],
)
def test_what_is_not_valid_is_named_and_passed_over(said: dict[str, Any]) -> None:
    assert read_dialect(said) == (read_dialect({})[0], list(said))
