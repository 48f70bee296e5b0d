"""Formatting: files of facts in the style of the house, so that two who write them differ in what they say alone.

What a record says of itself and of its thing comes in one order, no line ends in spaces, and one line is empty at most
between two records. Comments stay where they belong, and every value as it is written.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from kg.curate.changes import content, make
from kg.facts import records
from kg.facts.records import fact_files
from kg.facts.yaml_text import EditError, Nodes, read_plain
from kg.project import Project

FIRST = ("quote", "from", "to", "id", "type", "name")
LAST = ("reason", *records.LAST)


def format_files(project: Project, *, check: bool = False) -> tuple[list[Path], list[Path]]:
    """The files of facts and reference data that were not in the style of the house, and are now; with `check` nothing
    is written. And those that cannot be read, which are left alone.
    """
    found: dict[Path, bytes | None] = {}
    unread: list[Path] = []
    for path in fact_files(project.data, project.root)[0]:
        if path.suffix not in (".yaml", ".yml"):
            continue
        try:
            text = path.read_bytes().decode("utf-8")
            made = formatted(text)
        except (EditError, UnicodeDecodeError, yaml.YAMLError):  # why, the build says
            unread.append(path)
            continue
        if made != text:
            found[path] = made.encode()
    if found and not check:
        make(project, {path: content(path) for path in found}, found)
    return list(found), unread


def formatted(text: str) -> str:
    """A file of facts in the style of the house, which says the same.

    >>> print(formatted("facts:\\n- note: why   # so\\n  id: a  \\n\\n\\n- id: b"), end="")
    facts:
    - id: a
      note: why   # so
    <BLANKLINE>
    - id: b
    """
    nodes = Nodes(text)
    for key in ("skip", "facts"):
        entry = nodes.entry(nodes.root, key) if nodes.root is not None else None
        if entry and isinstance(entry[1], yaml.SequenceNode) and not entry[1].flow_style:
            for number in range(len(entry[1].value)):
                text = _ordered(text, key, number)
    return _spaced(text)


def order(keys: Sequence[str]) -> list[str]:
    """The keys of a record in the order of the house; those of things keep theirs.

    >>> order(["note", "date", "id", "agent"])
    ['id', 'date', 'agent', 'note']
    """
    between = [key for key in keys if key not in FIRST and key not in LAST]
    return [key for key in (*FIRST, *between, *LAST) if key in keys]


def _ordered(text: str, key: str, number: int) -> str:
    """The text with the keys of one record in their order; a record whose lines cannot be moved stays as it is."""
    nodes = Nodes(text)
    record = nodes.node([key, number])
    if not isinstance(record, yaml.MappingNode) or record.flow_style or not record.value:
        return text
    keys = [name.value for name, _ in record.value]
    wanted = order(keys)
    if wanted == keys or len(set(keys)) < len(keys):
        return text
    parts = dict(zip(keys, _parts(nodes, record), strict=True))
    if any(
        "#" in line.lstrip()[:1] for line in parts[wanted[0]].split(nodes.nl)
    ):  # a comment that stands above the key
        return text
    start, end = nodes.at(record.value[0][0].start_mark), nodes.line_end(nodes.last(record.value[-1][1]))
    indent = " " * nodes.column(record.value[0][0])
    lines = [parts[wanted[0]].strip(), *(f"{indent}{parts[name].strip()}" for name in wanted[1:])]
    made = f"{text[:start]}{nodes.nl.join(lines)}{text[end:]}"
    return made if _same(made, text) else text


def _parts(nodes: Nodes, record: Any) -> Iterator[str]:
    """The pieces of a record: each key with its value, what stands behind it on its line, and the comments above it."""
    begin = nodes.at(record.value[0][0].start_mark)
    for _, value in record.value:
        end = nodes.line_end(nodes.last(value))
        yield nodes.text[begin:end].strip("\r\n")
        begin = end


def _spaced(text: str) -> str:
    """The text without spaces at the ends of lines, two empty lines in a row, or a last line without its end; wherever
    these are part of a value, that stays.
    """
    nl = "\r\n" if "\r\n" in text else "\n"
    kept: list[str] = []
    for line in text.split(nl):
        kept.append(line.rstrip(" \t"))
        if len(kept) > 1 and not kept[-1] and not kept[-2]:
            kept.pop()
    made = nl.join(kept).strip("\r\n") + nl
    if _same(made, text):
        return made
    lines = text.split(nl)
    for number, line in enumerate(lines):  # one by one: some spaces are part of a value
        tried = [*lines[:number], line.rstrip(" \t"), *lines[number + 1 :]]
        if line != line.rstrip(" \t") and _same(nl.join(tried), text):
            lines = tried
    made = nl.join(lines)
    return made if made.endswith(nl) or not _same(made + nl, text) else made + nl


def _same(made: str, text: str) -> bool:
    try:
        return bool(read_plain(made) == read_plain(text))
    except yaml.YAMLError:
        return False
