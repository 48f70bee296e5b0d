"""Paper: the lines of printed pages as running text, without what belongs to the paper and not to the text."""

import re
import unicodedata
from collections import Counter

_ITEM = re.compile(r"(?:[•‣◦–—*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")


def raw_lines(text: str) -> list[str]:
    """The lines of a page as they are printed; one that ends within a word ends in DIVIDED."""
    text = re.sub("\ufffe(\r\n)?", "\ufffe\n", text)  # a hyphen at the end of a line, as the reader tells it
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n|\f", text)]
    return [tidy(line.replace("\ufffe", "")) + (DIVIDED if line.endswith("\ufffe") else "") for line in lines]


DIVIDED = "\u00ad"  # a soft hyphen


def is_unreadable(text: str) -> bool:
    """Whether a page is of signs that are no letters, as of a font that does not say which they are."""
    signs = [c for c in text if not c.isspace()]
    return len(signs) > 400 and sum(map(str.isalnum, signs)) < 0.5 * len(signs)


def without_furniture(pages: list[list[str]]) -> list[list[str]]:
    """The pages without what belongs to the paper: heads and feet that come back but for a number, numbers of pages and
    of lines.

    >>> pages = [[f"The offices {n}", f"Text of “{n * 'ab'}” and more.", f"- {n} -"] for n in range(1, 9)]
    >>> without_furniture(pages)[2]
    ['Text of “ababab” and more.']
    """
    numbered = [_without_numbers(lines) for lines in pages]
    counted = Counter(key for at, lines in enumerate(numbered) for key in {_key(line, at) for line in _edges(lines)})
    often = {key for key, count in counted.items() if count >= max(FEWEST, SHARE * len(pages))}
    return [_trimmed(lines, at, often) for at, lines in enumerate(numbered)]


FEWEST, SHARE = 5, 0.12  # on how many pages, and on what share of them, a head comes back
EDGE = 4  # lines at either end of a page that may belong to the paper
WIDEST = 120  # characters of such a line


def _edges(lines: list[str]) -> list[str]:
    filled = [line for line in lines if line]
    return [*filled[:EDGE], *filled[-EDGE:]]


def _key(line: str, page: int) -> str:
    """A line without what differs from page to page; a number alone is told by how far it is from the page's."""
    alone = re.fullmatch(r"\W*(\d{1,4})\W*", line)
    if alone:
        return f"# {int(alone[1]) - page}"
    return re.sub(r"\b[ivxlc]+\b|\d+", "#", line.casefold()).strip()


def _trimmed(lines: list[str], page: int, often: set[str]) -> list[str]:
    """A page without the heads at its ends, each once; what stands within the text stays."""
    for _ in range(2):  # at its beginning, and then, turned round, at its end
        seen: set[str] = set()
        while lines and (not lines[0] or ((key := _key(lines[0], page)) in often - seen and len(lines[0]) < WIDEST)):
            seen |= {key} if lines[0] else set()
            lines = lines[1:]
        lines = lines[::-1]
    return lines


def _without_numbers(lines: list[str]) -> list[str]:
    """A page without runs of eight or more lines that count: 1, 2, 3, … as at the side of a proof."""
    kept: list[str] = []
    run: list[str] = []
    for line in [*lines, ""]:
        number = re.fullmatch(r"\D?(\d{1,3})\D?", line)
        last = re.fullmatch(r"\D?(\d{1,3})\D?", run[-1]) if run else None
        if number and (last is None or int(number[1]) == int(last[1]) + 1):
            run.append(line)
            continue
        kept += [] if len(run) >= 8 else run
        run = [line] if number else []
        kept += [] if number else [line]
    return kept[:-1]


def reflowed(lines: list[str]) -> str:
    """The lines of a page put together to paragraphs: a line that is full goes on.

    >>> reflowed(["It was established in the", "year of the flood", "by few.", "1. One"])
    'It was established in the year of the flood by few.\\n1. One'
    """
    full = sorted(len(line) for line in lines if line)
    wide = full[int(len(full) * 0.75)] if full else 0
    told: list[str] = []
    ended = True
    for line in lines:
        if not line:
            ended = True
            continue
        if told and told[-1].endswith(DIVIDED):
            told[-1] = told[-1].removesuffix(DIVIDED) + line
        elif ended or _ITEM.match(line):
            told.append(line)
        else:
            told[-1] = f"{told[-1]} {line}"
        ended = len(line) < 0.75 * wide and bool(re.search(r"[.!?:;”\"')\]]$", line) or len(line) < 0.5 * wide)
    return re.sub(DIVIDED + "$", "-", "\n".join(told))  # a word that goes on on the next page


def printed_numbers(pages: list[list[str]]) -> list[str]:
    """The number that is printed on each page; [7] for the seventh where none is, as librarians write it. Empty where
    pages have no numbers that count with them.

    >>> printed_numbers([["Title"], ["To all"], *([f"{n} MY BOOK", "words"] for n in range(1, 9))])[:4]
    ['[1]', '[2]', '1', '2']
    """
    offsets = []
    for at, lines in enumerate(pages):
        edges = " ".join(line for line in _edges(_without_numbers(lines)) if len(line) < WIDEST)
        offsets.append({int(number) - at for number in re.findall(r"(?<!\d)\d{1,4}(?!\d)", edges)})
    found: list[str] = []
    last = 0
    for at in range(len(pages)):
        near = offsets[max(0, at - NEAR) : at + NEAR + 1]
        votes = Counter(offset for one in near for offset in one if at + offset > last)
        own = [offset for offset in offsets[at] if votes[offset] >= NEAR]
        offset, most = max(((one, votes[one]) for one in own or votes), key=lambda pair: pair[1], default=(0, 0))
        last = at + offset if most >= NEAR else last
        found.append(str(last) if most >= NEAR else f"[{at + 1}]")
    bare = [at for at in range(NEAR, len(found)) if all(label[0] == "[" for label in found[at - NEAR : at])]
    found[: bare[-1] if bare else 0] = [f"[{at + 1}]" for at in range(bare[-1] if bare else 0)]  # what counts by itself
    return found if sum(label[0] != "[" for label in found) * 2 >= len(pages) >= FEWEST else []


NEAR = 4  # pages before and behind, of which as many must have numbers that count with a page's


def tidy(text: str) -> str:
    """A text as sources have it: plain line ends, letters in one form, nothing that cannot be published."""
    text = re.sub(r"\r\n?|[\f\v\x85\u2028\u2029]", "\n", text)
    text = unicodedata.normalize("NFC", text.translate(_LIGATURES))
    text = "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip("\n")


_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\ufeff": "", "\u00ad": ""}
)
