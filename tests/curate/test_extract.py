"""Documents as publishers make them (`kg.curate.extract`, `kg.curate.paper`): of the sentences known to be there, at least nine of ten stand on one line.

A printed page is made by a real browser: two columns, hyphens at the ends of lines, ligatures, footnotes, a table, running
heads and numbers of pages.
"""

import random
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kg.curate.extract import extract
from kg.curate.paper import DIVIDED, printed_numbers, raw_lines, reflowed
from tests.browser import CHROMIUM
from tests.conftest import needs

CHANCE = random.Random(7)
NOUNS = "administration organization establishment representative responsibility confederation jurisdiction efficiency negotiation configuration".split()
VERBS = "recommended strengthened investigated acknowledged coordinated financed implemented classified affected discussed".split()
PLACES = (
    "in Geneva|at the headquarters|before the Committee|throughout the region|for the affiliates|with difficulty".split(
        "|"
    )
)


def sentence(number: int) -> str:
    """A sentence with long words, which break at the ends of lines, a ligature and a number of its own."""
    one, other = CHANCE.sample(NOUNS, 2)
    return f"In {1900 + number} the official {one} {CHANCE.choice(VERBS)} the first {other} of {number + 3},{number:03} offices {CHANCE.choice(PLACES)}."


SENTENCES = [sentence(number) for number in range(90)]
NOTES = [f"Report {number} of the office, 1{number:03}, page {number}." for number in range(100, 104)]
ROWS = [(f"Station {number}", str(number * 37), f"{number} March 1902") for number in range(1, 6)]


def page(columns: int) -> str:
    """The document as a web page: paragraphs of six sentences, a table, and notes at the end."""
    paragraphs = "".join(
        f"<p>{' '.join(SENTENCES[at : at + 6])}{f'<sup>{at // 24 + 1}</sup>' if at % 24 == 0 else ''}</p>"
        for at in range(0, len(SENTENCES), 6)
    )
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    notes = "".join(f"<p class='note'><sup>{number}</sup> {note}</p>" for number, note in enumerate(NOTES, 1))
    return f"""<!doctype html><html lang="en"><head><title>The offices</title><style>
    @page {{ size: A4; margin: 22mm 18mm; }}
    body {{ font: 10.5pt/1.4 "Liberation Serif", serif; }}
    main {{ columns: {columns}; column-gap: 9mm; text-align: justify; hyphens: auto; font-variant-ligatures: common-ligatures; }}
    .note {{ font-size: 8pt; }}
    </style></head><body><h1>The offices of the region</h1><main>{paragraphs}</main><table>{rows}</table>{notes}</body></html>"""


def share(text: str, sentences: list[str]) -> float:
    """How many of the sentences stand in a line of a text, as they are."""
    lines = text.split("\n")
    return sum(any(one in line for line in lines) for one in sentences) / len(sentences)


@pytest.mark.long
@needs("Chromium", CHROMIUM is not None)
@pytest.mark.parametrize("columns", [1, 2, 3])
def test_of_a_printed_page_nine_of_ten_sentences_stand_on_a_line(
    browser: Browser, tmp_path: Path, columns: int
) -> None:
    printed = browser.new_page()
    printed.set_content(page(columns))
    path = tmp_path / "offices.pdf"
    head = "<span style='font-size: 7pt; width: 100%; text-align: center'>The offices <span class='pageNumber'></span></span>"
    printed.pdf(
        path=path,
        display_header_footer=True,
        header_template=head,
        footer_template="<span></span>",
        prefer_css_page_size=True,
    )
    printed.close()
    found = extract(path)
    assert len(found.pages) >= 3
    assert share(found.text, SENTENCES) >= 0.9, share(found.text, SENTENCES)
    assert share(found.text, NOTES) >= 0.75, found.text[-1500:]
    assert share(found.text, [cell for row in ROWS for cell in row]) == 1


def test_of_a_web_page_and_of_a_word_document_all_do(tmp_path: Path) -> None:
    web = tmp_path / "offices.html"
    web.write_text(page(2), encoding="utf-8")
    word = tmp_path / "offices.docx"
    write_docx(word)
    for path in (web, word):
        found = extract(path)
        assert share(found.text, [*SENTENCES, *NOTES]) == 1, path
        assert all("\t".join(row) in found.text for row in ROWS), path


def write_docx(path: Path) -> None:
    """The document as Word keeps it: runs that break words, a table, footnotes in a part of their own."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def runs(text: str) -> str:
        parts = [text[at : at + 17] for at in range(0, len(text), 17)]
        return "".join(f"<w:r><w:t xml:space='preserve'>{part}</w:t></w:r>" for part in parts)

    def note(number: int) -> str:
        return f"<w:r><w:footnoteReference w:id='{number}'/></w:r>"

    body = "".join(
        f"<w:p>{runs(' '.join(SENTENCES[at : at + 6]))}{note(at // 24 + 1) if at % 24 == 0 else ''}</w:p>"
        for at in range(0, len(SENTENCES), 6)
    )
    rows = "".join(f"<w:tr>{''.join(f'<w:tc><w:p>{runs(cell)}</w:p></w:tc>' for cell in row)}</w:tr>" for row in ROWS)
    notes = "".join(
        f"<w:footnote w:id='{number}'><w:p>{runs(text)}</w:p></w:footnote>" for number, text in enumerate(NOTES, 1)
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{kinds}.document.main+xml"/><Override PartName="/word/footnotes.xml" ContentType="{kinds}.footnotes+xml"/></Types>',
        )
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{relation}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        packed.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r2" Type="{relation}/footnotes" Target="footnotes.xml"/></Relationships>',
        )
        packed.writestr(
            "word/document.xml", f"<w:document {space}><w:body>{body}<w:tbl>{rows}</w:tbl></w:body></w:document>"
        )
        packed.writestr("word/footnotes.xml", f"<w:footnotes {space}>{notes}</w:footnotes>")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('+++\ntitle = "Réunion AG"\ndate = 2019-01-26\n+++\n\n# Procès-verbal\n', "Réunion AG"),
        ("---\nlang: fr\ntitle: Les statuts\n---\n# Autre\n", "Les statuts"),
        ("---\nlang: fr\n---\n\nMots.\n\n# Les statuts #\n", "Les statuts"),
        ("Mots.\n## Un titre plus bas\n", ""),
    ],
)
def test_a_markdown_document_has_the_title_that_it_says(tmp_path: Path, text: str, title: str) -> None:
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert extract(tmp_path / "a.md").title == title


def test_a_page_has_the_number_that_is_printed_on_it_and_its_words_are_whole() -> None:
    """Pages of a book whose numbers skip two leaves, with heads that come back; a word that goes on past a page's end."""
    pages = [["Title"], ["To all"]]
    pages += [
        [f"{n} FREE BOOK" if n % 2 else f"A chapter {n}", "The words of it", f"go on cre{DIVIDED}"]
        for n in range(1, 13)
    ]
    pages += [[f"{n} FREE BOOK" if n % 2 else f"A chapter {n}", "ative words."] for n in range(15, 31)]
    assert printed_numbers(pages) == ["[1]", "[2]", *map(str, range(1, 13)), *map(str, range(15, 31))]
    assert printed_numbers([["words"], ["more"]] * 9) == []
    assert raw_lines("By a two-to-one ma\ufffe92 FREE BOOK") == [f"By a two-to-one ma{DIVIDED}", "92 FREE BOOK"]
    assert reflowed([f"an indus{DIVIDED}", "try of one", f"who cre{DIVIDED}"]) == "an industry of one who cre-"
