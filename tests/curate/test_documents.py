"""Documents of many kinds become sources: their sentences stand verbatim on one line, their originals are kept, and what
cannot be read is said with nothing written.
"""

import hashlib
import zipfile
from pathlib import Path

import pytest

from kg.curate.documents import Told, add_source, check_sources
from kg.curate.extract import ExtractError, _pdf, extract
from kg.errors import QueryError
from kg.facts.sources import read_sources
from kg.facts.yaml_text import read_plain
from kg.project import read_project
from tests.conftest import inside

SENTENCES = [
    "The harbour office was established in the spring of 1887 by a small group of shipowners.",
    "It was efficient, and its officials were of fine reputation.",
    "Nearly 40 ships a year took shelter there, as the “Almanac” says.",
    "A second lamp, bought in Oslo, was lit on 3 March 1902.",
]

HTML = f"""<!doctype html><html lang="en"><head><title>The  harbour
office</title><style>p {{ color: red }}</style></head><body><nav>Home | News</nav><main><h1>The harbour office</h1>
<p>The harbour office was <b>established</b> in the spring
of&nbsp;1887 by a <a href="#f1">small group</a> of shipowners.</p><p>{SENTENCES[1].replace("efficient", "e&#xfb00;icient".replace("ff", ""))}</p>
<p>{SENTENCES[2]}<br>{SENTENCES[3]}</p><table><tr><th>Year</th><td>Ships</td></tr><tr><td>1901</td><td>39</td></tr></table>
<p hidden>never shown</p><script>document.write("no")</script><ol><li id="f1">A note. <a href="#">↑</a></li></ol></main></body></html>"""


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_html_is_read_a_block_a_line(tmp_path: Path) -> None:
    found = extract(put(tmp_path, "office.html", HTML))
    lines = found.text.split("\n")
    for sentence in (SENTENCES[0].replace("of 1887", "of\u00a01887"), *SENTENCES[1:]):
        assert sentence in lines, found.text
    assert {"Year\tShips", "1901\t39", "A note.", "The harbour office", "Home | News"} <= set(lines)
    assert "never shown" not in found.text
    assert "document.write" not in found.text
    assert (found.title, found.language, found.recipe["tool"]) == ("The harbour office", "en", "selectolax")
    part = extract(tmp_path / "office.html", "main")
    assert "Home" not in part.text
    assert part.recipe["select"] == "main"
    with pytest.raises(ExtractError, match="nothing in it is '#none'"):
        extract(tmp_path / "office.html", "#none")


def docx(folder: Path) -> Path:
    """A Word document made by hand: two paragraphs, of which one is in runs, a table, a footnote."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def paragraph(*runs: str) -> str:
        told = [f"<w:r><w:t xml:space='preserve'>{run}</w:t></w:r>" for run in runs]
        return f"<w:p>{''.join(told)}</w:p>"

    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("1901", "39"))
    body = (
        paragraph(SENTENCES[0][:30], SENTENCES[0][30:])
        + paragraph(SENTENCES[1])
        + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    )
    path = folder / "office.docx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        packed.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        packed.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    return path


def test_word_documents_are_read_with_their_tables(tmp_path: Path) -> None:
    lines = extract(docx(tmp_path)).text.split("\n")
    assert SENTENCES[0] in lines
    assert SENTENCES[1] in lines
    assert "1901" in " ".join(lines)


def epub(folder: Path) -> Path:
    path = folder / "office.epub"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        )
        packed.writestr(
            "OEBPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The office</dc:title><dc:language>fr</dc:language></metadata><manifest><item id="b" href="b.xhtml"/><item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
        )
        packed.writestr("OEBPS/a.xhtml", f"<html><body><p>{SENTENCES[0]}</p></body></html>")
        packed.writestr("OEBPS/b.xhtml", f"<html><body><p>{SENTENCES[1]}</p></body></html>")
    return path


def test_books_are_read_in_their_order(tmp_path: Path) -> None:
    found = extract(epub(tmp_path))
    assert found.text == f"{SENTENCES[0]}\n\n{SENTENCES[1]}"
    assert (found.title, found.language) == ("The office", "fr")


def pdf(folder: Path, lines: list[list[str]], name: str = "office.pdf") -> Path:
    """A PDF made by hand: a page for each list of lines."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for page in lines:
        rows = " ".join(f"({line.replace('(', '').replace(')', '')}) Tj 0 -14 Td" for line in page)
        stream = f"BT /F1 11 Tf 72 720 Td {rows} ET"
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF".encode()
    return put(folder, name, out)


PAGES = [
    [
        "The harbour office was established in the spring of 1887",
        "by a small group of shipowners.",
        "It was efficient, and its officials were of fine reputa-",
        "tion.",
    ],
    [
        "Nearly 40 ships a year took shelter there, as the \x93Almanac\x94".encode("latin-1").decode("cp1252"),
        "says.",
        "A second lamp, bought in Oslo, was lit on 3 March 1902.",
    ],
]


def test_a_pdf_is_read_with_its_pages_and_its_sentences_whole(tmp_path: Path) -> None:
    found = extract(pdf(tmp_path, PAGES))
    lines = found.text.split("\n")
    standing = [sentence for sentence in SENTENCES if any(sentence in line for line in lines)]
    assert len(standing) >= 3, found.text
    assert found.text[found.pages[1][0] :].startswith("Nearly 40 ships")
    assert found.recipe["tool"] == "pypdfium2"


def test_a_document_becomes_a_source_that_facts_can_quote(project: Path, tmp_path: Path) -> None:
    path = pdf(tmp_path, PAGES)
    done = inside(
        "source",
        "add",
        path,
        "--title",
        "The office",
        "--url",
        "https://example.org/office.pdf",
        "--language",
        "en",
        cwd=project,
    )
    assert done.returncode == 0, done.stderr
    (entry,) = [
        one
        for one in read_plain((project / "data" / "sources.yaml").read_text(encoding="utf-8"))["sources"]
        if one["id"] == "office"
    ]
    assert entry["original"] == "originals/office.pdf"
    assert entry["recipe"]["tool"] == "pypdfium2"
    assert len(entry["retrieved"]) == 10
    assert (project / "data" / "originals" / "office.pdf").read_bytes() == path.read_bytes()
    assert (
        (project / "data" / "originals" / "office.pages.csv")
        .read_text(encoding="utf-8")
        .startswith("page,label,start\n1,1,0\n2,2,")
    )
    added = inside(
        "add",
        "nearly 40 ships a year took",
        "--source",
        "office",
        "--type",
        "Event",
        "-p",
        "date=1887",
        "--basis",
        "inferred",
        "--note",
        "Of 1887.",
        cwd=project,
    )
    assert added.returncode == 0, added.stderr
    assert inside("build", cwd=project).returncode == 0
    assert b"office: The office" in inside("source", "list", cwd=project).stdout
    assert b"Nearly 40 ships" in inside("source", "show", "office", cwd=project).stdout
    assert inside("source", "check", cwd=project).returncode == 0
    (project / "data" / "originals" / "office.pdf").write_bytes(b"other")
    assert b"has changed" in inside("source", "check", cwd=project).stdout


def test_a_text_made_otherwise_today_is_said_and_nothing_is_changed(project: Path, tmp_path: Path) -> None:
    add_source(read_project(project), put(tmp_path, "page.html", HTML), Told())
    text = project / "data" / "sources" / "page.txt"
    listed, was = project / "data" / "sources.yaml", hashlib.sha256(text.read_bytes()).hexdigest()
    text.write_text(text.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    now = hashlib.sha256(text.read_bytes()).hexdigest()
    listed.write_text(listed.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")
    (changed,) = check_sources(read_project(project))
    assert "gives another text than data/sources/page.txt (made by selectolax" in changed.message


def test_markdown_and_text_are_taken_as_they_are_but_for_what_kg_refuses(project: Path, tmp_path: Path) -> None:
    path = put(tmp_path, "Mémo du Port.md", "\ufeff# The memo\r\n\r\n\r\n\r\nPage\fone\u2028two\r\n")
    source = add_source(read_project(project), path, Told())
    assert (source.id, source.title) == ("memo-du-port", "The memo")
    assert source.text == "# The memo\n\nPage\none\ntwo\n"
    assert not (project / "data" / "originals").exists()
    with pytest.raises(QueryError, match="is a source already"):
        add_source(read_project(project), path, Told())


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.4\nbroken", "broken: not a PDF that can be read"),
        ("a.docx", b"no zip", "broken: not a packed document"),
        ("a.epub", b"no zip", "broken: not a packed document"),
        ("a.txt", b"caf\xe9", "not UTF-8"),
        ("a.txt", b" \n ", "it holds no text; a scan needs OCR first"),
        ("a.xlsx", b"x", "documents are .txt, .csv, .tsv, .md, .html"),
        ("a.html", b"", "it holds no text"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(
    project: Path, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    done = inside("source", "add", put(tmp_path, name, content), cwd=project)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_a_packed_bomb_a_scan_and_entities_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(6):
            packed.writestr(f"word/{number}.xml", b"0" * 100_000_000)
    with pytest.raises(ExtractError, match="it unpacks to 600,000,000 bytes"):
        extract(bomb)
    with pytest.raises(ExtractError, match="a scan needs OCR first"):
        extract(pdf(tmp_path, [[], []], "scan.pdf"))
    path = tmp_path / "entities.epub"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("META-INF/container.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><container/>")
    with pytest.raises(ExtractError, match="declares entities"):
        extract(path)


def test_many_pages_are_read_in_bounded_time(tmp_path: Path) -> None:
    found = _pdf(pdf(tmp_path, [PAGES[0]] * 2000, "many.pdf"), "")
    assert len(found.pages) == 2000
    sources, faults = read_sources(tmp_path / "none", tmp_path)
    assert (sources, faults) == ({}, [])


def test_nothing_of_the_folder_that_one_is_in_is_run(project: Path, tmp_path: Path) -> None:
    put(tmp_path, "selectolax.py", "open('ran', 'w')")
    put(tmp_path, "a.html", HTML)
    assert inside("-C", str(project), "source", "add", "a.html", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "ran").exists()


def test_a_document_is_written_through_no_link(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.html"
    (project / "data" / "originals").mkdir()
    (project / "data" / "originals" / "a.html").symlink_to(outside)
    done = inside("source", "add", put(tmp_path, "a.html", HTML), cwd=project)
    assert done.returncode == 2
    assert not outside.exists()


def test_pages_are_read_in_the_characters_that_they_say(tmp_path: Path) -> None:
    page = '<html><head><meta charset="iso-8859-1"></head><body><p>caf\xe9 \x93A\x94</p></body></html>'.encode(
        "latin-1"
    )
    assert extract(put(tmp_path, "a.html", page)).text == "café “A”"
    with pytest.raises(ExtractError, match="its characters are not utf-8"):
        extract(put(tmp_path, "b.html", b"<p>caf\xe9</p>"))
    with pytest.raises(ExtractError, match="cannot be read"):
        extract(put(tmp_path, "c.html", HTML), "[")


def test_what_xhtml_closes_swallows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "short.epub"
    with zipfile.ZipFile(epub(tmp_path)) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, data.replace(b"<html>", b"<html><head><title/><script src='x'/></head>"))
    assert extract(path).text == f"{SENTENCES[0]}\n\n{SENTENCES[1]}"


def test_a_list_of_sources_that_is_wrong_is_said(project: Path) -> None:
    listed = project / "data" / "sources.yaml"
    listed.write_text(
        listed.read_text(encoding="utf-8") + "- id: x\n  original: originals/x.pdf\n  recipe: hand\n", encoding="utf-8"
    )
    done = inside("source", "check", cwd=project)
    assert b"the source has no file" in done.stderr
    assert b"its own fault" not in done.stderr


def test_what_belongs_to_the_paper_is_left_out_and_said(tmp_path: Path) -> None:
    """Running heads that alternate, numbers of pages and of lines, as at the side of a proof; what is text stays."""
    sentences = [
        f"The {word} of the office was opened in {1900 + number}."
        for number, word in enumerate("north south east west upper lower inner outer old new".split())
    ]
    lines = []
    for number, sentence in enumerate(sentences, 1):
        head = f"{number} THE HARBOUR OFFICE" if number % 2 else f"A HISTORY {number}"
        lines.append([head, sentence, "Year", "1901", "1902", f"- {number} -", *(str(line) for line in range(1, 11))])
    found = extract(pdf(tmp_path, lines))
    assert [
        line for line in found.text.split("\n") if "HARBOUR" in line or "HISTORY" in line or line in ("- 3 -", "7")
    ] == []
    assert all(sentence in found.text for sentence in sentences)
    assert found.text.count("1901 1902") + found.text.count("1901\n1902") == len(sentences), found.text
    assert found.recipe["without"] == "running heads, numbers of pages and lines"
    assert "without" not in extract(pdf(tmp_path, PAGES)).recipe, "nothing comes back in two pages"


def test_a_font_that_does_not_tell_its_letters_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="the fonts of page 2 do not tell letters; OCR it"):
        extract(pdf(tmp_path, [PAGES[0], ["%&'+,;:!?#$*=<>@[]^_`{|}~" * 4] * 6]))
