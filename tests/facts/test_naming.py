"""What things are called, settled from the lines of all files; what records claim of it, tests/facts/test_attestation."""

from pathlib import Path

from kg.facts.naming import (
    Claim,
    Unjudged,
    called,
    claim_line,
    class_lines,
    name_line,
    read_unjudged,
    settled,
    unjudged_line,
)
from kg.facts.sources import Source

EVENT, PLACE = "https://schema.org/Event", "https://schema.org/Place"
NAMELESS = frozenset({EVENT})


def claim(key: str, text: str = "", quoted: str = "the port of skerry", basis: str = "stated") -> Claim:
    return Claim("a.yaml", 1, 2, key, "x", text, quoted, ("en",), basis)


def test_only_names_that_a_source_can_hold_are_kept() -> None:
    source = Source("s", "s.txt", "", "The Port of Skerry", "", "", "", "", "", "en")
    lines = [*class_lines("a", [PLACE]), name_line("a", "Port of Skerry"), name_line("b", "Port of Sker")]
    lines += [*class_lines("c", [EVENT]), name_line("c", "Skerry"), name_line("d", "port of\n skerry")]
    assert called(lines, NAMELESS, [source]) == {"port of skerry": {"a", "d"}}


def test_classes_come_before_names_and_names_before_claims() -> None:
    lines = [claim_line("a", claim("of")), name_line("a", "z"), *class_lines("a", [PLACE])]
    assert [line.split(b"\t")[1] for line in sorted(lines)] == [b"0", b"1", b"2"]


def test_each_claim_is_a_fault_or_a_statement_of_one_kind(tmp_path: Path) -> None:
    lines = [
        *class_lines("a", [PLACE]),
        name_line("a", "Skerry"),
        claim_line("a", claim("of")),  # readable
        claim_line("a", claim("of", basis="layout")),  # counted where it is read
        claim_line("a", claim("")),  # of whom the record speaks: no statement
        claim_line("a", claim("of", quoted="the rock")),  # a fault
        *class_lines("b", [EVENT]),
        name_line("b", "A fair at Skerry"),
        claim_line("b", claim("of")),  # unjudged
        claim_line("b", claim("name", "A fair at Skerry")),  # chosen
        *class_lines("c", [EVENT]),
        name_line("c", "Some war"),
        claim_line("c", claim("of")),  # a fault: no word of it is there
        unjudged_line("", Unjudged("b.yaml", 1, 1, "open true", "values of its datatype are not read")),
    ]
    found = settled(sorted(lines), NAMELESS, {}, tmp_path / "unjudged")
    assert found.counts == {"readable": 1, "unjudged": 2, "chosen": 1}
    assert [fault.line for fault in found.faults] == [1, 1]
    assert [one.reason for one in read_unjudged(tmp_path / "unjudged")] == [
        "things of its class have no name in a text",
        "values of its datatype are not read",
    ]
