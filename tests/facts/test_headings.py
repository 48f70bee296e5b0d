"""A date of the layout stands in the heading above its words; with records around it, tests/facts/test_attestation."""

import pytest

from kg.facts.headings import misplaced
from kg.facts.quotes import Passage
from kg.facts.sources import Source
from kg.rdf.edtf import read_edtf

TEXT = "# 1850\nA rock.\n\nA reef.\n\n1851\n\nA tower, in 1849.\n\n* 1852\nA lamp.\n"
SOURCE = Source("s", "s.txt", "", TEXT, "", "", "", "", "", "en")


@pytest.mark.parametrize(
    ("date", "quotes", "note", "said"),
    [
        ("1850", ["1850", "A rock."], "", ""),
        ("1851", ["1851", "A tower"], "", ""),
        ("1852", ["1852", "A lamp."], "", ""),
        ("1850", ["1850", "A rock.", "A reef."], "", ""),
        ("1850", ["1850", "A reef."], "", "stand in a later paragraph"),
        ("1850", ["1850", "A reef."], "Both are headed so.", ""),
        ("1850", ["1850", "A lamp."], "", "“1852” stands nearer above the words"),
        ("1851", ["1850", "A rock."], "", "cannot be read in a quoted heading"),
        ("1850", ["A rock."], "", "cannot be read in a quoted heading"),
        ("1849", ["in 1849", "A lamp."], "", "cannot be read in a quoted heading"),
        ("1852", ["1852", "A tower"], "", "cannot be read in a quoted heading"),
    ],
)
def test_the_nearest_heading_dates_the_paragraph_below_it(date: str, quotes: list[str], note: str, said: str) -> None:
    passages = [Passage("s", TEXT.index(quote), TEXT.index(quote) + len(quote)) for quote in quotes]
    found = misplaced(read_edtf(date), passages, SOURCE, note)
    assert (said in found[0] and found[1]) if said and found else not said and found is None


def test_a_line_of_prose_that_begins_with_a_year_is_no_heading() -> None:
    text = "# Minutes of 2019\n\nThe association received what five members paid, and spent it all. By the end of\n2018, five more had paid theirs, and four had paid again in\nthe spring.\n"
    source = SOURCE._replace(text=text)
    passages = [Passage("s", text.index(q), text.index(q) + len(q)) for q in ("Minutes of 2019", "the spring")]
    assert misplaced(read_edtf("2019"), passages, source, "") is None
