"""YAML edited as text: a change touches its own lines alone, and reads back as what was meant.

No library that writes YAML anew is used, since each rewrites lines that nobody changed. The parser says where every
node stands; a change is a piece of text put there, read again before it is given back.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import yaml

from kg.facts.yaml_text import BREAK, EditError, Nodes, Path, Span, read_plain, shown

WIDE = 100  # characters of a list that stands in one line

Plain = str | list["Plain"] | dict[str, "Plain"] | None


def append(text: str, key: str, record: dict[str, Plain]) -> str:
    """The text with a record at the end of the list under a key of the top.

    >>> print(append("facts:\\n- id: a  # one\\n# the end\\n", "facts", {"id": "b", "note": "x: y"}), end="")
    facts:
    - id: a  # one
    - id: b
      note: "x: y"
    # the end
    """
    edited = Nodes(text)
    before = read_plain(text) or {}
    listed = edited.entry(edited.root, key) if edited.root is not None else None
    after = {**before, key: [*(before.get(key) or []), _read_back(record)]}
    if listed is None:
        new = edited.put(
            len(text.rstrip()), f"{edited.nl if text.strip() else ''}{key}:{edited.nl}{_item(record, 0, edited.nl)}"
        )
    elif isinstance(listed[1], yaml.SequenceNode) and not listed[1].flow_style:
        new = edited.after(listed[1], lambda column: _item(record, column, edited.nl))
    elif isinstance(listed[1], yaml.SequenceNode) and listed[1].value:
        inside = edited.end(listed[1]) - 1
        new = edited.put(inside, f", {_flow(record)}", rest=True)
    else:  # nothing, or []
        start, end = edited.at(listed[1].start_mark), edited.end(listed[1])
        head = text[:start].rstrip(" \t")
        item = _item(record, edited.column(listed[0]), edited.nl)
        new = f"{head}{edited.nl}{item}{text[end:].lstrip(' ') or edited.nl}"
    return _checked(new, after)


def change(text: str, path: Path, record: dict[str, Plain], last: Collection[str] = ()) -> str:
    """The text with the mapping at a path saying what a record says; what is the same stays as it is written.

    New keys come behind the others, but before those of `last`.

    >>> print(change("facts:\\n- id: a # x\\n  note: old\\n", ["facts", 0], {"id": "a", "date": "1"}, ["note"]), end="")
    facts:
    - id: a # x
      date: 1
    """
    before = _at(read_plain(text), path)
    for key, value in record.items():
        if key not in before or before[key] != _read_back(value):
            text = set_value(text, path, key, value, last)
    for key in before.keys() - record.keys():
        text = remove(text, [*path, key])
    return text


def set_value(text: str, path: Path, key: str, value: Plain, last: Collection[str] = ()) -> str:
    """The text with a value for a key of the mapping at a path: in the place of the one there, or behind the others,
    but before those of `last`.

    >>> print(set_value("facts:\\n- id: a # x\\n  note: old\\n", ["facts", 0], "note", "new"), end="")
    facts:
    - id: a # x
      note: new
    """
    edited = Nodes(text)
    mapping = edited.node(path)
    if not isinstance(mapping, yaml.MappingNode):
        raise EditError(f"{shown(path)} is not a mapping; only a mapping has keys")
    after = read_plain(text)
    _at(after, path)[key] = _read_back(value)
    entry = edited.entry(mapping, key)
    if entry:
        start, end = edited.at(entry[1].start_mark), edited.end(entry[1])
        indent = edited.column(entry[0])
        said = _flow(value) if mapping.flow_style else _value(value, indent, edited.nl)
        if edited.nl in said and text[end : edited.line_end(entry[1])].strip():  # a comment behind it stays behind it
            said = f" {_flow(value)}"
        head = text[:start] if said.startswith(edited.nl) is False else text[:start].rstrip(" \t")
        if start == end and not head.endswith((" ", "\n")):  # nothing stands behind the colon
            head += "" if said.startswith(edited.nl) else " "
        if said.startswith(" "):
            said = said[1:] if head.endswith(" ") else said
        return _checked(f"{head}{said}{text[end:]}", after)
    if mapping.flow_style:
        inside = edited.end(mapping) - 1
        return _checked(
            edited.put(inside, f"{', ' if mapping.value else ''}{_scalar(key)}: {_flow(value)}", rest=True), after
        )
    column = edited.column(mapping.value[0][0])
    line = f"{' ' * column}{_scalar(key)}:{_value(value, column, edited.nl)}"
    behind = next((n for n, (name, _) in enumerate(mapping.value) if name.value in last), 0)
    if behind:
        return _checked(
            edited.put(edited.line_end(edited.last(mapping.value[behind - 1][1])), f"{edited.nl}{line}"), after
        )
    return _checked(edited.put(edited.line_end(edited.last(mapping)), f"{edited.nl}{line}"), after)


def remove(text: str, path: Path) -> str:
    """The text without the item of a list, or the key of a mapping, at a path; comments above what follows stay.

    >>> print(remove("facts:\\n- id: a\\n  note: x\\n- id: b\\n", ["facts", 0, "id"]), end="")
    facts:
    - note: x
    - id: b
    """
    *parents, last = path
    edited = Nodes(text)
    parent = edited.node(parents)
    after = read_plain(text)
    del _at(after, parents)[last]
    if parent.flow_style:  # the brackets are written anew, and nothing else
        start, end = edited.at(parent.start_mark), edited.at(parent.end_mark)
        return _checked(f"{text[:start]}{_flow(_at(after, parents))}{text[end:]}", after)
    if len(parent.value) == 1 and isinstance(last, str):
        raise EditError(f"{shown(path)} is the only one there; remove what holds it")
    place = next(n for n, (key, _) in enumerate(parent.value) if key.value == last) if isinstance(last, str) else last
    if isinstance(last, str):
        start = edited.at(parent.value[place][0].start_mark)
        if place + 1 < len(parent.value):  # the next key takes its place, behind a dash too
            following = edited.at(parent.value[place + 1][0].start_mark)
            between = text[edited.line_end(edited.last(parent.value[place][1])) : following]
            kept = "" if not between.strip() else between.strip("\r\n")
            if kept:
                raise EditError(f"a comment stands behind {shown(path)}; take it away first")
            return _checked(text[:start] + text[following:], after)
        return _checked(
            text[: _line_start(text, start) - len(edited.nl)]
            + text[edited.line_end(edited.last(parent.value[place][1])) :],
            after,
        )
    item = parent.value[place]
    start = _line_start(text, edited.at(item.start_mark))
    end = edited.line_end(edited.last(item))
    end += len(edited.nl) if text.startswith(edited.nl, end) else 0
    if len(parent.value) == 1:  # what is left is an empty list, behind the colon
        *above, key = parents
        entry = edited.entry(edited.node(above), str(key))
        colon = text.index(":", edited.end(entry[0])) + 1 if entry else start
        return _checked(f"{text[:colon]} []{text[colon:start]}{text[end:]}", after)
    return _checked(text[:start] + text[end:], after)


def replace_scalars(text: str, wanted: Sequence[Span], value: str) -> str:
    """The text with a value in the place of some of its scalars, as `scalars` gives them."""
    after = read_plain(text)
    new = text
    for span in sorted(wanted, key=lambda span: -span.start):
        *parents, last = span.path
        _at(after, parents)[last] = value
        new = f"{new[: span.start]}{_in_place(value, text[span.start : span.end])}{new[span.end :]}"
    return _checked(new, after)


def scalars(text: str) -> Iterator[Span]:
    """The scalars of a text that stand as values, in their order."""
    edited = Nodes(text)
    if edited.root is not None:
        yield from edited.scalars(edited.root, ())


def _item(record: dict[str, Plain], column: int, nl: str) -> str:
    """A record as an item of a block list whose dashes stand at a column."""
    lines = [f"{_scalar(key)}:{_value(value, column + 2, nl)}" for key, value in record.items()]
    return f"{' ' * column}- " + f"{nl}{' ' * (column + 2)}".join(lines)


def _value(value: Plain, indent: int, nl: str) -> str:
    """A value behind the colon of a key at an indent: on its line, or below it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f" {_scalar(value, indent, nl)}"
    flow = _flow(value)
    if len(flow) + indent <= WIDE or not value:
        return f" {flow}"
    if isinstance(value, dict):
        lines = [f"{' ' * (indent + 2)}{_scalar(key)}:{_value(one, indent + 2, nl)}" for key, one in value.items()]
        return nl + nl.join(lines)
    if all(isinstance(one, str) for one in value):
        return nl + nl.join(f"{' ' * indent}- {_scalar(str(one), indent, nl)}" for one in value)
    return f" {flow}"


def _flow(value: Plain) -> str:
    """A value in one line, as it stands within brackets."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_scalar(key)}: {_flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    text = "" if value is None else value
    return text if text and _reads(f"[{text}]", [text]) and not set(text) & set(",[]{}") else _quoted(text)


def _scalar(text: str, indent: int = 0, nl: str = "\n") -> str:
    """A text as a scalar of a block: plain where it reads back, else in quotes; one of several lines as a block."""
    if "\n" in text and not re.search(
        r"[^\S\n]\n|[^\S\n]$|^\s|\n$|[^\n -~\u00a1-\ud7ff\ue000-\ufefe\uff00-\ufffd]", text
    ):
        return f"|-{nl}" + nl.join(f"{' ' * (indent + 2)}{line}" if line else "" for line in text.split("\n"))
    plain = bool(text) and text not in ("~", "null") and " #" not in text and not text.startswith("#")
    return text if plain and _reads(f"k: {text}\n", {"k": text}) and _printable(text) else _quoted(text)


def _in_place(value: str, written: str) -> str:
    """A text in the place of a scalar: in quotes where that was."""
    if written.startswith("'") and "\n" not in value and _printable(value):
        return "'" + value.replace("'", "''") + "'"
    if written.startswith('"'):
        return _quoted(value)
    return value if value and _reads(f"[{value}]", [value]) and not set(value) & set(",[]{}") else _quoted(value)


def _quoted(text: str) -> str:
    """A text in double quotes, with what is not seen escaped."""
    said = json.dumps(text, ensure_ascii=False)
    return "".join(c if _printable(c) else "".join(f"\\u{unit:04x}" for unit in _units(c)) for c in said)


def _units(character: str) -> list[int]:
    data = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[n : n + 2]) for n in range(0, len(data), 2)]


def _printable(text: str) -> bool:
    return not re.search("[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028\u2029\ufeff]", text)


def _reads(text: str, expected: object) -> bool:
    try:
        return bool(read_plain(text) == expected)
    except yaml.YAMLError:
        return False


def _read_back(value: Plain) -> Any:
    """What a value is when it is read: nothing is ""."""
    if isinstance(value, dict):
        return {key: _read_back(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_read_back(one) for one in value]
    return "" if value is None else value


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _line_start(text: str, offset: int) -> int:
    return max((found.end() for found in BREAK.finditer(text, 0, offset)), default=0)


def _checked(text: str, expected: object) -> str:
    """A text that reads as was meant; EditError where it does not."""
    if not _reads(text, expected):
        raise EditError("this change cannot be made here as text; make it by hand")
    return text
