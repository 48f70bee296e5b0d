"""A page is drawn with a frame where words stand on it, however it is turned and cut, or it is said that it cannot be."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.curate.extract import ExtractError
from kg.curate.pictures import Picture, _png, _rectangles, _turned, draw, picture
from tests.curate.test_documents import pdf

PAGE = ["Ahead of it", "the officials were of fine reputa-", "tion, and of Alpha.", "Alpha"]


class Printed:
    """The text of a page, a character of which is 1 wide and 1 high."""

    def __init__(self, text: str) -> None:
        self.text = text

    def count_chars(self) -> int:
        return len(self.text)

    def get_text_range(self, start: int, count: int) -> str:
        return self.text[start : start + count]

    def count_rects(self, start: int, count: int) -> int:
        self.start, self.end = start, start + count
        return 1

    def get_rect(self, _: int) -> tuple[int, int, int, int]:
        return self.start, 0, self.end, 1


def framed(text: str, words: Sequence[str]) -> list[str]:
    """The characters in the frames of words on a page."""
    return [text[int(left) : int(right)] for left, _, right, _ in _rectangles(Printed(text), words)]


def test_words_are_framed_however_lines_break_and_where_they_stand_first() -> None:
    page = "Of fine repu\x02\r\nta\ufffetion, and “Café Alpha”. Café Alpha"
    assert framed(page, ["fine reputation,"]) == ["fine repu\x02\r\nta\ufffetion,"]
    assert framed(page, ["CAFE\u0301  al-pha", "Of"]) == ["Café Alpha", "Of"]
    assert framed(page, ["nowhere", "", " - ", "\ud800", "a\0"]) == []
    assert framed("", ["a"]) == framed("-", ["-"]) == []
    assert framed("alpha ALPHA", ["Alpha"]) == ["alpha"]
    assert framed("a b", ["a b", "a b"]) == ["a b", "a b"]


@given(st.text("aé \n-\x02b", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_what_is_cut_from_a_page_is_found_on_it(page: str, start: int, end: int) -> None:
    def bare(text: str) -> str:
        return "".join(text.replace("-", "").replace("\x02", "").split())

    words = page[start:end]
    assert [bare(one) for one in framed(page, [words])] == ([bare(words)] if bare(words) else [])


def dark(drawn: Picture, frame: Sequence[float], colour: int = 1) -> int:
    """How many pixels a picture has within a frame that are without red (0) or green (1)."""
    width, height = struct.unpack(">II", drawn.png[16:24])
    (size,) = struct.unpack(">I", drawn.png[33:37])
    rows = zlib.decompress(drawn.png[41 : 41 + size])
    left, top, wide, high = frame
    columns = range(round(left * width), round((left + wide) * width))
    lines = range(round(top * height), round((top + high) * height))
    return sum(rows[y * (3 * width + 1) + 1 + 3 * x + colour] < 128 for y in lines for x in columns)


@pytest.mark.parametrize(
    ("turned", "cut"),
    [(90, ""), *((turned, "/CropBox [50 650 250 730]") for turned in (0, 90, 180, 270, -90, 450))],
)
def test_the_frame_is_where_the_words_are_drawn_however_the_page_is_turned_and_cut(
    tmp_path: Path, turned: int, cut: str
) -> None:
    path = pdf(tmp_path, [["", "", "Alpha"]])
    red = path.read_bytes().replace(b"() Tj 0 -14 Td", b"1 0 0 rg      ", 1)
    path.write_bytes(red.replace(b"/Type /Page /", f"/Type /Page /Rotate {turned} {cut} /".encode()))
    drawn = draw(path, 1, ["Alpha"])
    (frame,) = drawn.frames
    assert dark(drawn, frame) > 100
    assert dark(drawn, frame, 0) == 0, "they are red"
    assert dark(drawn, frame) > 0.9 * dark(drawn, (0, 0, 1, 1)) - 60, "and hardly any stand elsewhere"
    assert all(0 <= one <= 1 for one in frame)


@given(st.tuples(*[st.integers(0, 8)] * 4), st.sampled_from([0, 90, 180, 270]))
def test_a_page_turned_wholly_round_is_as_it_was(eighths: tuple[int, int, int, int], degrees: int) -> None:
    left, top, width, height = (number / 8 for number in eighths)
    frame = (left, top, width, height)
    assert _turned(_turned(frame, degrees), 360 - degrees) == frame


def test_a_picture_is_a_png_that_says_its_size_and_its_rows() -> None:
    made = _png(2, 1, iter([b"\xff\x00\x00\x00\x00\xff"]))
    assert made[:16] == b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
    assert struct.unpack(">IIBBBBB", made[16:29]) == (2, 1, 8, 2, 0, 0, 0)
    assert struct.unpack(">I", made[29:33])[0] == zlib.crc32(made[12:29])
    assert zlib.decompress(made[41:-16]) == b"\0\xff\x00\x00\x00\x00\xff"


def test_a_page_that_there_is_not_cannot_be_drawn(tmp_path: Path) -> None:
    path = pdf(tmp_path, [PAGE, ["Beta"]])
    drawn = picture(path, 2, ["Beta", "Alpha"])
    assert (drawn.png[:4], len(drawn.frames)) == (b"\x89PNG", 1)
    with pytest.raises(ExtractError, match=r"page 0 of office\.pdf cannot be drawn"):
        picture(path, 0, [])
    for number in (-1, 3):
        with pytest.raises(Exception, match="page"):
            draw(path, number, [])
