"""YAML as a text with nodes: each scalar stands where it is said to stand, whatever the line ends and letters before it."""

import pytest

from kg.facts.yaml_text import EditError, Nodes, read_plain

TEXT = """# 𝒜 comment – with letters beyond the first plane
source: page
facts:
- id: ada
  quote: "She wrote: “notes”"
  type: [Person, 'Agent']   # two
  note: |
    first 🙂
    second

- id: zoë
  label: {en: Zoë, fr: 'Zoé'}
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_each_scalar_is_written_where_it_stands(ends: str) -> None:
    text = TEXT.replace("\n", ends)
    nodes = Nodes(text)
    spans = list(nodes.scalars(nodes.root, ()))
    assert [span.path for span in spans if span.path[:2] == ("facts", 1)] == [
        ("facts", 1, "id"),
        ("facts", 1, "label", "en"),
        ("facts", 1, "label", "fr"),
    ]
    for span in spans:
        written = text[span.start : span.end]
        if written[:1] == "|":
            assert written.split(ends) == ["|", "    first 🙂", "    second"]
        else:
            assert written.strip("\"'") == span.value


def test_a_node_is_found_by_its_path_and_what_is_not_there_is_named() -> None:
    nodes = Nodes(TEXT)
    assert nodes.node(("facts", 1, "label", "fr")).value == "Zoé"
    with pytest.raises(EditError, match="there is no facts › 3 in the file"):
        nodes.node(("facts", 2, "id"))
    with pytest.raises(EditError, match="there is no facts › 1 › kind in the file"):
        nodes.node(("facts", 0, "kind"))


@pytest.mark.parametrize(("between", "gap"), [("", ""), ("\n", "\n")])
def test_an_item_comes_behind_the_others_as_far_from_them_as_they_are(between: str, gap: str) -> None:
    text = f"facts:\n  - a: 1 # one\n{between}  - b: 2 # two\n{between}  - c: 3 # three\n# the end\n"
    nodes = Nodes(text)
    changed = nodes.after(nodes.node(("facts",)), lambda column: f"{' ' * column}- d: 4")
    assert changed == text.replace("# three\n", f"# three\n{gap}  - d: 4\n")
    assert read_plain(changed)["facts"][-1] == {"d": "4"}


@pytest.mark.parametrize(("text", "words"), [("- a\n", "not a mapping at the top"), ("a: [", "not one YAML document")])
def test_what_is_no_file_of_facts_is_said(text: str, words: str) -> None:
    with pytest.raises(EditError, match=words):
        Nodes(text)
