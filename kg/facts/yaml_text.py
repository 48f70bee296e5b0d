"""YAML as a text with nodes: where each is written, found by libyaml's marks, which count code points."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from kg.errors import KgError

Path = Sequence[str | int]  # of a node: keys of mappings and places in lists

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


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


class Nodes:
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
        self._starts = [0, *(found.end() for found in BREAK.finditer(text))]

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
                raise EditError(f"there is no {shown(path[: number + 1])} in the file")
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
        found = BREAK.search(self.text, end)
        return found.start() if found else len(self.text)

    def put(self, offset: int, piece: str, *, rest: bool = False) -> str:
        """The text with a piece at an offset; the last line has an end."""
        behind = self.text[offset:]
        return f"{self.text[:offset]}{piece}{behind if rest or behind.strip(' ') else behind or self.nl}"

    def after(self, listed: Any, item: Callable[[int], str]) -> str:
        """The text with an item, made for its column, at the end of a block list, as far from it as the others are."""
        gaps = [
            self.text[self.line_end(one) : self.at(other.start_mark)].count("\n") > 1
            for one, other in zip(listed.value, listed.value[1:], strict=False)
        ]
        gap = self.nl if gaps and 2 * sum(gaps) > len(gaps) else ""
        piece = f"{self.nl}{gap}{item(self.column(listed))}"
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


def shown(path: Path) -> str:
    """A path in words."""
    return " › ".join(str(step + 1) if isinstance(step, int) else step for step in path) or "the file"


def lines_of(text: str, key: str) -> list[int]:
    """The lines, from 1, on which the items of the list under a key of the top begin.

    >>> lines_of("facts:\\n- id: a\\n\\n- id: b\\n", "facts")
    [2, 4]
    """
    edited = Nodes(text)
    entry = edited.entry(edited.root, key) if edited.root is not None else None
    listed = entry[1].value if entry and isinstance(entry[1], yaml.SequenceNode) else []
    return [node.start_mark.line + 1 for node in listed]
