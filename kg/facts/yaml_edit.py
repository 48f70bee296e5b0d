"""YAML edited as text: a change touches its own lines alone, and reads back as what was meant.

No library that writes YAML anew is used, since each rewrites lines that nobody changed. The parser says where every
node stands; a change is a piece of text put there, read again before it is given back.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from kg.errors import KgError

WIDE = 100  # characters of a list that stands in one line

Plain = str | list["Plain"] | dict[str, "Plain"] | None
Path = Sequence[str | int]  # of a node: keys of mappings and places in lists

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class EditError(KgError):
    """A change that cannot be made in this text without another one."""


class Span(NamedTuple):
    """A scalar of a text: its path, its value, and the characters [start, end) that it is written with."""

    path: tuple[str | int, ...]
    value: str
    start: int
    end: int


def read_plain(text: str) -> Any:
    """What a YAML text says, as lists, dictionaries and texts; what is empty is "".

    >>> read_plain("a: [1, two]\\nb:\\n")
    {'a': ['1', 'two'], 'b': ''}
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  (the base loader makes texts alone)


def append(text: str, key: str, record: dict[str, Plain]) -> str:
    """The text with a record at the end of the list under a key of the top.

    >>> print(append("facts:\\n- id: a  # one\\n# the end\\n", "facts", {"id": "b", "note": "x: y"}), end="")
    facts:
    - id: a  # one
    - id: b
      note: "x: y"
    # the end
    """
    edited = _Text(text)
    before = read_plain(text) or {}
    listed = edited.entry(edited.root, key) if edited.root is not None else None
    after = {**before, key: [*(before.get(key) or []), _read_back(record)]}
    if listed is None:
        new = edited.put(
            len(text.rstrip()), f"{edited.nl if text.strip() else ''}{key}:{edited.nl}{_item(record, 0, edited.nl)}"
        )
    elif isinstance(listed[1], yaml.SequenceNode) and not listed[1].flow_style:
        new = edited.after(listed[1], record)
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
    edited = _Text(text)
    mapping = edited.node(path)
    if not isinstance(mapping, yaml.MappingNode):
        raise EditError(f"{_shown(path)} is not a mapping; only a mapping has keys")
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
    edited = _Text(text)
    parent = edited.node(parents)
    after = read_plain(text)
    del _at(after, parents)[last]
    if parent.flow_style:  # the brackets are written anew, and nothing else
        start, end = edited.at(parent.start_mark), edited.at(parent.end_mark)
        return _checked(f"{text[:start]}{_flow(_at(after, parents))}{text[end:]}", after)
    if len(parent.value) == 1 and isinstance(last, str):
        raise EditError(f"{_shown(path)} is the only one there; remove what holds it")
    place = next(n for n, (key, _) in enumerate(parent.value) if key.value == last) if isinstance(last, str) else last
    if isinstance(last, str):
        start = edited.at(parent.value[place][0].start_mark)
        if place + 1 < len(parent.value):  # the next key takes its place, behind a dash too
            following = edited.at(parent.value[place + 1][0].start_mark)
            between = text[edited.line_end(edited.last(parent.value[place][1])) : following]
            kept = "" if not between.strip() else between.strip("\r\n")
            if kept:
                raise EditError(f"a comment stands behind {_shown(path)}; take it away first")
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
    edited = _Text(text)
    if edited.root is not None:
        yield from edited.scalars(edited.root, ())


def lines_of(text: str, key: str) -> list[int]:
    """The lines, from 1, on which the items of the list under a key of the top begin.

    >>> lines_of("facts:\\n- id: a\\n\\n- id: b\\n", "facts")
    [2, 4]
    """
    edited = _Text(text)
    entry = edited.entry(edited.root, key) if edited.root is not None else None
    listed = entry[1].value if entry and isinstance(entry[1], yaml.SequenceNode) else []
    return [node.start_mark.line + 1 for node in listed]


class _Text:
    """A text with its nodes, and where they stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.root: Any = yaml.compose(text, Loader=_LOADER)
        except yaml.YAMLError as error:
            raise EditError(f"not one YAML document: {error}") from None
        if self.root is not None and not isinstance(self.root, yaml.MappingNode):
            raise EditError("not a mapping at the top; a file of facts begins with source, facts or skip")
        self.nl = "\r\n" if "\r\n" in text else "\n"
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    def at(self, mark: Any) -> int:
        """The offset of a mark, in code points."""
        start: int = self._starts[min(mark.line, len(self._starts) - 1)]
        return min(start + int(mark.column), len(self.text))

    def column(self, node: Any) -> int:
        """The column of a node, from 0."""
        column: int = node.start_mark.column
        return column

    def entry(self, mapping: Any, key: str) -> tuple[Any, Any] | None:
        """The nodes of a key and its value, None where the mapping has none."""
        if not isinstance(mapping, yaml.MappingNode):
            return None
        return next(((name, value) for name, value in mapping.value if name.value == key), None)

    def node(self, path: Path) -> Any:
        """The node at a path; EditError where there is none."""
        node = self.root
        for number, step in enumerate(path):
            found = None
            if isinstance(step, int) and isinstance(node, yaml.SequenceNode) and step < len(node.value):
                found = node.value[step]
            elif isinstance(step, str) and (entry := self.entry(node, step)):
                found = entry[1]
            if found is None:
                raise EditError(f"there is no {_shown(path[: number + 1])} in the file")
            node = found
        return node

    def last(self, node: Any) -> Any:
        """The node within a block that is written last; a flow collection is one piece."""
        while not isinstance(node, yaml.ScalarNode) and not node.flow_style and node.value:
            node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
        return node

    def end(self, node: Any) -> int:
        """The offset at which a node ends as it is written, without the empty lines and comments behind it."""
        node = self.last(node)
        end = self.at(node.end_mark)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            start = self.at(node.start_mark)
            written = self.text[start:end]
            kept = written if re.match(r"[|>]\d?\+", written) else written.rstrip()
            return start + len(kept)
        return end

    def line_end(self, node: Any) -> int:
        """The offset of the end of the line on which a node ends, before its line end."""
        end = self.end(node)
        found = _BREAK.search(self.text, end)
        return found.start() if found else len(self.text)

    def put(self, offset: int, piece: str, *, rest: bool = False) -> str:
        """The text with a piece at an offset; the last line has an end."""
        behind = self.text[offset:]
        return f"{self.text[:offset]}{piece}{behind if rest or behind.strip(' ') else behind or self.nl}"

    def after(self, listed: Any, record: dict[str, Plain]) -> str:
        """The text with a record behind the last item of a block list, as far from it as the others are apart."""
        gaps = [
            self.text[self.line_end(one) : self.at(other.start_mark)].count("\n") > 1
            for one, other in zip(listed.value, listed.value[1:], strict=False)
        ]
        gap = self.nl if gaps and 2 * sum(gaps) > len(gaps) else ""
        piece = f"{self.nl}{gap}{_item(record, self.column(listed), self.nl)}"
        return self.put(self.line_end(listed), piece)

    def scalars(self, node: Any, path: tuple[str | int, ...]) -> Iterator[Span]:
        """The scalars within a node."""
        if isinstance(node, yaml.ScalarNode):
            yield Span(path, node.value, self.at(node.start_mark), self.end(node))
        elif isinstance(node, yaml.SequenceNode):
            for number, item in enumerate(node.value):
                yield from self.scalars(item, (*path, number))
        else:
            for key, value in node.value:
                yield from self.scalars(value, (*path, key.value))


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
    return max((found.end() for found in _BREAK.finditer(text, 0, offset)), default=0)


def _shown(path: Path) -> str:
    return " › ".join(str(step + 1) if isinstance(step, int) else step for step in path) or "the file"


def _checked(text: str, expected: object) -> str:
    """A text that reads as was meant; EditError where it does not."""
    if not _reads(text, expected):
        raise EditError("this change cannot be made here as text; make it by hand")
    return text
