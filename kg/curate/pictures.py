"""Pictures: a page of a PDF as it is printed, with frames where some words stand on it; in a process of its own."""

import base64
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.curate.extract import ExtractError, limit_memory
from kg.curate.passages import fold

SECONDS = 20  # for one page
SCALE = 1.6  # pixels for a point

Frame = tuple[float, float, float, float]


class Picture(NamedTuple):
    """A page as PNG, and the frames of words on it: left, top, width and height, from 0 to 1 of the page's."""

    png: bytes
    frames: tuple[Frame, ...]


def picture(path: Path, number: int, words: Sequence[str]) -> Picture:
    """The page of a PDF with a number, from 1; ExtractError says why there is none."""
    command = [sys.executable, "-P", "-m", "kg.curate.pictures", str(path), str(number)]
    try:
        given = json.dumps(list(words)).encode()
        done = subprocess.run(command, input=given, capture_output=True, timeout=SECONDS, check=False)
        said: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise ExtractError(f"page {number} of {path.name} cannot be drawn") from None
    return Picture(base64.b64decode(said["png"]), tuple(map(tuple, said["frames"])))


def draw(path: Path, number: int, words: Sequence[str]) -> Picture:
    """The same, drawn here."""
    import pypdfium2

    page = pypdfium2.PdfDocument(path)[number - 1]
    left_, bottom_, right_, top_ = page.get_cropbox()  # what is drawn of the page
    width, height = right_ - left_, top_ - bottom_
    text = page.get_textpage()
    frames = [
        _turned(
            ((left - left_) / width, (top_ - top) / height, (right - left) / width, (top - bottom) / height),
            page.get_rotation(),
        )
        for left, bottom, right, top in _rectangles(text, words)
    ]
    bitmap = page.render(scale=SCALE, rev_byteorder=True)
    rows = bytes(bitmap.buffer)
    size = 3 * bitmap.width
    lines = (rows[at * bitmap.stride : at * bitmap.stride + size] for at in range(bitmap.height))
    return Picture(_png(bitmap.width, bitmap.height, lines), tuple(frames))


def _turned(frame: Frame, degrees: int) -> Frame:
    """A frame on a page that is shown turned to the right.

    >>> _turned((0.25, 0.5, 0.125, 0.0625), 90)
    (0.4375, 0.25, 0.0625, 0.125)
    """
    for _ in range(degrees // 90):
        left, top, width, height = frame
        frame = (1 - top - height, left, height, width)
    return frame


def _rectangles(text: Any, words: Sequence[str]) -> Iterator[tuple[float, float, float, float]]:
    """Where words stand on a page, however its lines break and its words are divided."""
    count = text.count_chars()
    letters, places = fold(text.get_text_range(0, count))
    kept = [(letter, place) for letter, place in zip(letters, places, strict=True) if not _broken(letter)]
    page = "".join(letter for letter, _ in kept)
    for one in words:
        sought = "".join(letter for letter in fold(one)[0] if not _broken(letter))
        at = page.find(sought) if sought else -1
        if at >= 0:
            start, end = kept[at][1], kept[at + len(sought) - 1][1] + 1
            yield from (text.get_rect(number) for number in range(text.count_rects(start, end - start)))


def _broken(letter: str) -> bool:
    """Whether a letter is one at which lines break: a space, a hyphen, or what pdfium puts for one."""
    return letter.isspace() or letter in "-\ufffe\x02"


def _png(width: int, height: int, lines: Iterator[bytes]) -> bytes:
    """Rows of red, green and blue as PNG (W3C PNG, third edition, 11.2)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(b"\x00" + line for line in lines), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _main() -> None:
    limit_memory()
    drawn = draw(Path(sys.argv[1]), int(sys.argv[2]), json.load(sys.stdin))
    said = {"png": base64.b64encode(drawn.png).decode(), "frames": drawn.frames}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    _main()
