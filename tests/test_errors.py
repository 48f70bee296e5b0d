"""Errors: each has the exit code of who can fix it, says all faults in order, and forges no line."""

import pytest

from kg.errors import FactError, Fault, ProjectError, QueryError, StoreError, UnwritableError, nearest, printable


def test_each_error_ends_with_the_code_of_who_can_fix_it() -> None:
    codes = [error.exit_code for error in (ProjectError, FactError, QueryError, UnwritableError, StoreError)]
    assert codes == [1, 1, 2, 1, 3]
    assert issubclass(UnwritableError, QueryError)
    assert UnwritableError("x").kind == "unwritable"
    assert {"call", "syntax", "refused", "limit", "format", "unwritable"} == set(QueryError.KINDS)


def test_faults_are_said_once_and_in_order_of_place() -> None:
    first, second = Fault("a.yaml", 2, 1, "one"), Fault("a.yaml", 10, 1, "two")
    error = FactError([second, first, second])
    assert str(error).splitlines() == ["a.yaml:2:1: one", "a.yaml:10:1: two"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢", "plain é 漢"),
        ("a\nb", "a⏎b"),
        ("a\tb", "a b"),
        ("\x1b[2J", "�[2J"),
        ("\u202eabc", "�abc"),
        ("a\r", "a�"),
    ],
)
def test_nothing_that_is_printed_moves_a_cursor_or_forges_a_line(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert str(Fault("f", 1, 1, text)) == f"f:1:1: {shown}"


def test_only_what_is_near_is_suggested() -> None:
    assert nearest("fuonded", ["founded", "of"]) == "; did you mean 'founded'?"
    assert nearest("zzz", ["founded", "of"]) == ""
