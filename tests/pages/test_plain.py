"""A thing as plain text: what its page tells, with the words."""

from kg.pages.plain import plain_thing
from kg.query.opened import Opened
from kg.rdf import iris


def lines(opened: Opened, slug: str, most: int = 0) -> list[str]:
    return list(plain_thing(opened, iris.entity(opened.base, slug), most))


def test_a_thing_is_told_by_question_with_its_words(opened: Opened) -> None:
    told = lines(opened, "coalition")
    assert told[0] == "Coalition for the International Criminal Court (coalition), coalition"
    start = told.index("In numbers (8)")
    assert told[start + 1 : start + 3] == [
        "  1995 [worked out]  |  25  |  member organizations",
        "      “The Coalition was founded in 1995 … The CICC starts out with 25 member organizations”",
    ]
    assert any(
        line.startswith("  Major financial contribution: European Commission, Ford Foundation, ") for line in told
    )
    assert "  no date  |  research on “lessons learned” from the ICTY and ICTR" in told


def test_rows_of_a_section_can_be_so_many(opened: Opened) -> None:
    told = lines(opened, "coalition", 2)
    assert "  … and 5 more" in told
    assert not any("more than 1,000" in line for line in told)


def test_whose_act_it_is_and_what_is_reference_data_are_told_so(opened: Opened) -> None:
    told = lines(opened, "belgium")
    assert "  Coalition for the International Criminal Court  |  important grant  (government of Belgium)" in told
    assert told.index("Elsewhere (reference data)") < told.index("  ISO 3166-1 alpha-3: BEL")
    assert "      worked out: The sentence names no recipient; the one before says that the CICC has received." in told
