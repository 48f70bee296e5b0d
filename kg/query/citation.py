"""Citation: how to cite the words that a fact rests on, the source first and then this graph and its release."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kg.query.why import words_of
from kg.rdf import iris
from kg.rdf.terms import DCTERMS, PROV, RDF, SCHEMA, text_of
from kg.release.nquads import Dataset

_DC = "http://purl.org/dc/elements/1.1/"


class Citation(NamedTuple):
    """Words of one source as a fact quotes them, with what is known of the source, "" where it is not.

    `words` are in the order of the source, `pages` those on which they stand, and `fragment` leads to the first of them
    in a PDF ("page=12"); `graph` is the title of the graph, `release` its release, `fact` the IRI.
    """

    title: str
    publisher: str
    url: str
    retrieved: str
    language: str
    words: tuple[str, ...]
    graph: str
    release: str
    fact: str
    pages: tuple[str, ...] = ()
    fragment: str = ""

    @property
    def key(self) -> str:
        """A short name for lists of references: "fact-", and the end of the fact's IRI."""
        return f"fact-{iris.local(self.fact)}"

    @property
    def quoted(self) -> str:
        """The words in quotation marks, an ellipsis between what stands apart."""
        return f"“{' … '.join(' '.join(words.split()) for words in self.words)}”"

    @property
    def address(self) -> str:
        """The address of the source, to the page where it is a PDF."""
        is_pdf = self.fragment and self.url.partition("?")[0].lower().endswith(".pdf")
        return f"{self.url}#{self.fragment}" if is_pdf else self.url

    @property
    def through(self) -> str:
        """Where the words were found: the graph, its release, and the fact's address."""
        return f"{self.graph or 'a graph'}, release {self.release}, {self.fact}"


def citations(dataset: Dataset, manifest: Mapping[str, Any], release: str, fact: str) -> list[Citation]:
    """The citations of a fact, one for each source that it quotes; none of a fact that quotes none."""
    base = manifest["base"]
    passages = [text_of(q.object) for q in dataset.about(fact) if q.predicate.value == PROV + "wasQuotedFrom"]
    quoted: dict[str, list[tuple[int, str, str, str]]] = {}
    for passage in passages:
        one = words_of(passage, dataset, base)
        start, end = iris.offsets(passage) or (0, 0)
        selector = iris.selector(iris.source(base, one.source), "page", start, end)
        fragment = next((text_of(q.object) for q in dataset.about(selector) if q.predicate.value == RDF + "value"), "")
        quoted.setdefault(one.source, []).append((start, one.exact, one.page, fragment))
    found = []
    for source, parts in sorted(quoted.items()):
        said = {quad.predicate.value: text_of(quad.object) for quad in dataset.about(iris.source(base, source))}
        about = (
            said.get(DCTERMS + "title", source),
            said.get(_DC + "publisher", ""),
            said.get(SCHEMA + "url", ""),
            said.get(iris.ontology(base) + "retrieved", ""),
            said.get(_DC + "language", ""),
        )
        _, words, pages, fragments = zip(*sorted(parts), strict=True)
        cited = Citation(*about, words, manifest.get("title", ""), release, fact)
        found.append(cited._replace(pages=tuple(dict.fromkeys(filter(None, pages))), fragment=fragments[0]))
    return found


def as_text(cited: Citation) -> str:
    """A citation as a sentence, for a footnote."""
    told = ", ".join(cited.pages)
    pages = told and f"{'pp' if {*told} & {',', '–'} else 'p'}. {told}"
    retrieved = cited.retrieved and f"retrieved {cited.retrieved}"
    origin = ", ".join(filter(None, (cited.publisher, pages, cited.address, retrieved)))
    return f"{cited.quoted}, {cited.title}{f' ({origin})' if origin else ''}. Cited through {cited.through}."


def as_bibtex(cited: Citation) -> str:
    """A citation as an entry of BibTeX, `@online` of BibLaTeX."""
    fields = {
        "title": cited.title,
        "organization": cited.publisher,
        "pages": ", ".join(cited.pages).replace("–", "--"),
        "url": cited.address or cited.fact,
        "urldate": cited.retrieved,
        "langid": cited.language,
        "note": f"{cited.quoted}. Cited through {cited.through}",
    }
    return bibtex("online", cited.key, fields)


def bibtex(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """An entry of BibTeX with the fields that are not empty."""
    written = ((name, _in_tex(text, name)) for name, text in fields.items() if text)
    lines = (f"  {name} = {{{text}}}," for name, text in written)
    return "\n".join((f"@{kind}{{{key},", *lines, "}"))


def _in_tex(text: str, name: str) -> str:
    """A text that TeX shows as it is; addresses are written as they are."""
    if name == "url":
        return re.sub(r"[{}\\]", lambda m: f"%{ord(m[0]):02X}", text)
    if name == "author":  # an organization, which is not taken apart into names
        return f"{{{_in_tex(text, '')}}}"
    names = {"\\": "backslash", "~": "asciitilde", "^": "asciicircum", "{": "braceleft", "}": "braceright"}
    special = {sign: rf"\text{name}{{}}" for sign, name in names.items()}  # a brace that BibTeX does not count
    return re.sub(r"[\\{}$&#%_~^]", lambda m: special.get(m[0], "\\" + m[0]), text)


def as_ris(cited: Citation) -> str:
    """A citation as a record of RIS."""
    fields = {
        "TY": "ELEC",
        "ID": cited.key,
        "TI": cited.title,
        "PB": cited.publisher,
        "SP": ", ".join(cited.pages),
        "UR": cited.address or cited.fact,
        "Y2": cited.retrieved.replace("-", "/"),
        "LA": cited.language,
        "N1": f"{cited.quoted}. Cited through {cited.through}",
    }
    return ris(fields)


def ris(fields: Mapping[str, str]) -> str:
    """A record of RIS with the fields that are not empty, its lines ended as that format asks: CR and LF."""
    return "".join(f"{tag}  - {' '.join(text.split())}\r\n" for tag, text in fields.items() if text) + "ER  - \r\n"


def as_csl(cited: Citation) -> str:
    """A citation as an item of CSL-JSON."""
    item = {
        "id": cited.key,
        "type": "webpage",
        "title": cited.title,
        "publisher": cited.publisher,
        "page": ", ".join(cited.pages),
        "URL": cited.address or cited.fact,
        "accessed": on_day(cited.retrieved),
        "language": cited.language,
        "note": f"{cited.quoted}. Cited through {cited.through}",
    }
    return csl(item)


def on_day(day: str) -> dict[str, list[list[int]]] | None:
    """A day as CSL-JSON has it; None for ""."""
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else None


def csl(item: Mapping[str, Any]) -> str:
    """An item of CSL-JSON (citation-style-language.org, schema 1.0) with what is not empty."""
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2)


STYLES: dict[str, Callable[[Citation], str]] = {
    "text": as_text,
    "bibtex": as_bibtex,
    "ris": as_ris,
    "csl": as_csl,
}
