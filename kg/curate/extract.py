"""Extract: the text of a document, by a recipe that can be run again, in a process of its own with limits.

python -m kg.curate.extract FILE [SELECTOR]     prints what was extracted as JSON
"""

import codecs
import importlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from kg.curate.paper import is_unreadable, printed_numbers, raw_lines, reflowed, tidy, without_furniture
from kg.errors import QueryError

SECONDS = 120  # that reading a document may take
MEMORY = 3 << 30  # bytes of the process that reads it
MOST = 50_000_000  # characters of a text
UNPACKED = 500_000_000  # bytes of what a packed document holds


class Extracted(NamedTuple):
    """The text of a document with plain line ends, how it was made, its title and language where it says them, and the
    offset at which each of its pages begins with its label, none where it has no pages."""

    text: str
    recipe: dict[str, str]
    title: str = ""
    language: str = ""
    pages: tuple[tuple[int, str], ...] = ()


class ExtractError(QueryError):
    """A document that cannot be read, with what to do."""


def extract(path: Path, select: str = "") -> Extracted:
    """The text of a document, read in a process of its own; ExtractError says why there is none."""
    command = [sys.executable, "-P", "-m", "kg.curate.extract", str(path), select]  # -P: nothing of this folder is run
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ExtractError(f"{path.name}: reading it took more than {SECONDS} s; take a part of it") from None
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        what = "it needs more memory than kg gives to one document" if done.returncode else "it gave nothing"
        raise ExtractError(f"{path.name} cannot be read: {what}; take a part of it, or give its text") from None
    if "error" in said:
        raise ExtractError(f"{path.name}: {said['error']}")
    return Extracted(said["text"], said["recipe"], said["title"], said["language"], tuple(map(tuple, said["pages"])))


def read(path: Path, select: str = "") -> Extracted:
    """The text of a document, read here."""
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise ExtractError(f"documents are {', '.join(KINDS)}; save it as one of these")
    found = kind(path, select)
    if not found.text.strip():
        raise ExtractError("it holds no text; a scan needs OCR first, as by ocrmypdf")
    if len(found.text) > MOST:
        raise ExtractError(f"it holds {len(found.text):,} characters, at most {MOST:,} are read; take a part of it")
    return found


def _plain(path: Path, select: str) -> Extracted:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExtractError(f"not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8") from None
    return Extracted(tidy(text), {"tool": "text"}, _markdown_title(text) if path.suffix.lower() == ".md" else "")


def _markdown_title(text: str) -> str:
    """The title of a Markdown document: that of its front matter (YAML or TOML), or its first heading; "" for none.

    >>> _markdown_title('+++\\ntitle = "Les statuts"\\n+++\\n\\n# Statuts')
    'Les statuts'
    """
    front = re.match(r"(---|\+\+\+)[ \t]*\r?\n(.*?)\r?\n\1", text, re.S)
    said = re.search(r"(?m)^title[ \t]*[:=][ \t]*(\S.*?)[ \t]*\r?$", front[2]) if front else None
    found = said or re.search(r"(?m)^#[ \t]+(.+?)[ \t#]*\r?$", text)
    return found[1].strip("\"'") if found else ""


def _html(path: Path, select: str) -> Extracted:
    text, title, language = _walked(path.read_bytes(), select)
    recipe = {"tool": "selectolax", "version": _version("selectolax"), **({"select": select} if select else {})}
    return Extracted(text, recipe, title, language)


def _docx(path: Path, select: str) -> Extracted:
    mammoth = _needed("mammoth")
    _check_packed(path)
    try:
        made = mammoth.convert_to_html(io.BytesIO(path.read_bytes())).value
    except Exception:  # noqa: BLE001  (whatever a broken file makes the reader raise)
        raise ExtractError("it cannot be read as a Word document; open it there and save it again") from None
    text, title, _ = _walked(f"<body>{made}</body>".encode(), select)
    recipe = {"tool": "mammoth, selectolax", "version": f"{_version('mammoth')}, {_version('selectolax')}"}
    return Extracted(text, recipe, title)


def _epub(path: Path, select: str) -> Extracted:
    _check_packed(path)
    try:
        with zipfile.ZipFile(path) as packed:
            container = ElementTree.fromstring(_safe(packed.read("META-INF/container.xml")))  # noqa: S314  (no doctype: _safe)
            opf = next(e.attrib["full-path"] for e in container.iter() if e.tag.endswith("rootfile"))
            package = ElementTree.fromstring(_safe(packed.read(opf)))  # noqa: S314  (likewise)
            items = {e.attrib["id"]: e.attrib["href"] for e in package.iter() if e.tag.endswith("}item")}
            spine = [items[e.attrib["idref"]] for e in package.iter() if e.tag.endswith("}itemref")]
            titles = [e.text or "" for e in package.iter() if e.tag.endswith("}title")]
            languages = [e.text or "" for e in package.iter() if e.tag.endswith("}language")]
            folder = opf.rpartition("/")[0]
            parts = [packed.read(f"{folder}/{name}" if folder else name) for name in spine]
    except ExtractError:
        raise
    except Exception:  # noqa: BLE001  (whatever a broken file makes the reader raise)
        raise ExtractError("it cannot be read as EPUB") from None
    texts = [_walked(part, select)[0] for part in parts]
    recipe = {"tool": "selectolax", "version": _version("selectolax")}
    title, language = (found[0].strip() if found else "" for found in (titles, languages))
    return Extracted("\n\n".join(filter(None, texts)), recipe, title, language)


def _safe(data: bytes) -> bytes:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ExtractError("it declares entities, which no book needs")
    return data


def _check_packed(path: Path) -> None:
    """Refuse what would unpack to more than a document holds."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(info.file_size for info in packed.infolist())
    except zipfile.BadZipFile:
        raise ExtractError("it is broken: not a packed document") from None
    if size > UNPACKED:
        raise ExtractError(f"it unpacks to {size:,} bytes, at most {UNPACKED:,} are read")


_SKIPPED = {
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "head",
    "iframe",
    "object",
    "canvas",
    "audio",
    "video",
    "math",
}
_BLOCKS = set(
    "address article aside blockquote body caption dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody tfoot thead tr "
    "ul".split()
)


_CLOSED = re.compile(r"<(title|script|style|textarea|iframe|noscript|template)\b([^<>]*?)/>", re.IGNORECASE)


def _decoded(data: bytes) -> str:
    """The characters of a page, by its mark, its own word for them, or as UTF-8; ExtractError where they are not that.

    What XHTML closes within its tag is closed as HTML has it, so that nothing behind it is swallowed.
    """
    named = re.search(
        rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w-]+)""", data[:4096], re.I
    )
    encoding = (named[1] or named[2]).decode() if named else "utf-8"
    for mark, other in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        encoding = other if data.startswith(mark) else encoding
    try:
        text = data.decode("windows-1252" if encoding.lower() == "iso-8859-1" else encoding)  # as browsers read it
    except (UnicodeDecodeError, LookupError):
        raise ExtractError(f"its characters are not {encoding}; save it as UTF-8") from None
    return _CLOSED.sub(r"<\1\2></\1>", text)


def _walked(data: bytes, select: str) -> tuple[str, str, str]:
    """The text of HTML, a block a line and cells by tabs; its title and language."""
    _needed("selectolax")
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(_decoded(data))
    root = tree.css_first(select) if select else tree.body
    if root is None:
        raise ExtractError(f"nothing in it is {select!r}; give another selector" if select else "it has no body")
    lines = [""]

    def write(node: Any) -> None:
        if node.tag == "-text":
            lines[-1] += re.sub(r"[ \t\r\n\f]+", " ", node.text_content or "")
            return
        attributes = node.attributes or {}
        if node.tag in _SKIPPED or "hidden" in attributes or node.tag.startswith(("-", "!")):
            return
        block, cell = node.tag in _BLOCKS, node.parent is not None and node.parent.tag in ("td", "th")
        if node.tag == "br" or (
            block and not (cell and node.prev is None)
        ):  # a cell's first paragraph stays in its row
            lines.append("")
        if node.tag in ("td", "th") and lines[-1].strip():
            lines[-1] = f"{lines[-1].rstrip()}\t"
        child = node.child
        while child is not None:
            write(child)
            child = child.next
        if block and not (cell and node.next is None):
            lines.append("")

    write(root)
    kept = [re.sub(r" *\t *", "\t", line).strip(" ") for line in lines]
    text = tidy(
        "\n".join(
            re.sub(r"  +", " ", line).removesuffix(" ↑").removesuffix("↑").rstrip() for line in kept if line.strip()
        )
    )
    title = tree.css_first("title")
    html = tree.css_first("html")
    language = ((html.attributes or {}).get("lang") or "") if html else ""
    return text, " ".join((title.text() if title else "").split()), language


def _pdf(path: Path, select: str) -> Extracted:
    pdfium = _needed("pypdfium2")
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        locked = "assword" in str(error)
        raise ExtractError(
            "it needs a password; save it without one" if locked else "it is broken: not a PDF that can be read"
        ) from None
    found = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    if unread := [str(number) for number, text in enumerate(found, 1) if is_unreadable(text)]:
        told = ", ".join(unread[:8]) + (", …" if len(unread) > 8 else "")
        raise ExtractError(f"the fonts of page {told} do not tell letters; OCR it, as by ocrmypdf --force-ocr")
    raw = [raw_lines(text) for text in found]
    kept = without_furniture(raw)
    texts = [reflowed(lines) for lines in kept]
    pages, offset = [], 0
    labels = [document.get_page_label(number) for number in range(len(document))]
    if not any(labels):
        labels = printed_numbers(raw) or [str(number + 1) for number in range(len(document))]
    for number, text in enumerate(texts):
        pages.append((offset, labels[number] or str(number + 1)))
        offset += len(text) + 2
    title = (document.get_metadata_dict().get("Title") or "").strip()
    recipe = {"tool": "pypdfium2", "version": _version("pypdfium2"), "reflow": "3"}
    if kept != raw:
        recipe["without"] = "running heads, numbers of pages and lines"
    return Extracted("\n\n".join(texts), recipe, title, "", tuple(pages))


def _needed(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        raise ExtractError(f"reading it needs {module}; install it with: pip install 'kg-publisher[sources]'") from None


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


KINDS: dict[str, Callable[[Path, str], Extracted]] = {
    ".txt": _plain,
    ".csv": _plain,
    ".tsv": _plain,
    ".md": _plain,
    ".html": _html,
    ".htm": _html,
    ".docx": _docx,
    ".epub": _epub,
    ".pdf": _pdf,
}


def limit_memory() -> None:
    """Keep this process to the memory that one document may take, where the system has such limits."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):  # Windows, or a system that does not let us
        pass


def _main() -> None:
    """Print what is extracted from a document."""
    limit_memory()
    try:
        found = read(Path(sys.argv[1]), sys.argv[2])
        said: dict[str, Any] = found._asdict()
    except ExtractError as error:
        said = {"error": str(error)}
    except RecursionError:
        said = {"error": "it is nested too deep to be read"}
    except OSError as error:
        said = {"error": error.strerror or str(error)}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever a document or a selector makes a reader raise)
        said = {"error": f"it cannot be read: {error or type(error).__name__}"}
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode())


if __name__ == "__main__":
    _main()
