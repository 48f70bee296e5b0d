"""Edition: how to cite a release as a whole, by its name, which stands for all that it publishes."""

import json
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kg.query.citation import bibtex, csl, on_day, ris
from kg.rdf import iris
from kg.release.dcat import cited
from kg.release.reader import Release


class Edition(NamedTuple):
    """A release as a work: its title, who made it, its day ("" where its project says none), its address."""

    title: str
    authors: str
    version: str
    date: str
    url: str
    description: str
    license: str

    @property
    def key(self) -> str:
        """A short name for lists of references."""
        return f"release-{self.version}"


def edition(release: Release) -> Edition:
    """A release as it is cited."""
    manifest: Mapping[str, Any] = release.manifest
    base, name = manifest["base"], release.path.name
    return Edition(
        _in_line(manifest.get("title") or manifest.get("name") or base),
        _in_line(manifest.get("curators") or f"The curators of {manifest.get('name') or base}"),
        name,
        release.date,
        iris.release(base, name),
        _in_line(manifest.get("description", "")),
        manifest.get("license", ""),
    )


def _in_line(text: str) -> str:
    """A text on one line, without control characters, which not all of the formats can hold."""
    return " ".join("".join(" " if unicodedata.category(one) == "Cc" else one for one in text).split())


def as_text(work: Edition) -> str:
    """A sentence for a list of references."""
    return cited(work.authors, work.date, work.title, work.version, work.url)


def as_bibtex(work: Edition) -> str:
    """An entry of BibLaTeX, `@dataset`."""
    fields = {"title": work.title, "author": work.authors, "date": work.date, "version": work.version, "url": work.url}
    return bibtex("dataset", work.key, fields)


def as_ris(work: Edition) -> str:
    """A record of RIS."""
    return ris(
        {
            "TY": "DATA",
            "ID": work.key,
            "TI": work.title,
            "AU": work.authors,
            "PY": work.date[:4],
            "DA": work.date.replace("-", "/"),
            "ET": work.version,
            "UR": work.url,
        }
    )


def as_csl(work: Edition) -> str:
    """An item of CSL-JSON."""
    return csl(
        {
            "id": work.key,
            "type": "dataset",
            "title": work.title,
            "author": [{"literal": work.authors}],
            "issued": on_day(work.date),
            "version": work.version,
            "URL": work.url,
        }
    )


def as_cff(work: Edition) -> str:
    """CITATION.cff (Citation File Format 1.2.0), which GitHub and Zenodo read; JSON strings are strings of YAML."""
    said = {
        "cff-version": "1.2.0",
        "message": "If you use this graph, please cite the release that you used.",
        "type": "dataset",
        "title": work.title,
        "abstract": work.description,
        "version": work.version,
        "date-released": work.date,
        "url": work.url,
        "license-url": work.license,
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items() if value]
    return "\n".join([*lines, "authors:", f"  - name: {json.dumps(work.authors, ensure_ascii=False)}", ""])


STYLES: dict[str, Callable[[Edition], str]] = {
    "text": as_text,
    "bibtex": as_bibtex,
    "ris": as_ris,
    "csl": as_csl,
    "cff": as_cff,
}
# The files of citations, by their suffixes: the style, what it is called, and the media type.
FILES = {
    ".bib": ("bibtex", "BibTeX", "application/x-bibtex; charset=utf-8"),
    ".ris": ("ris", "RIS", "application/x-research-info-systems; charset=utf-8"),
    ".json": ("csl", "CSL-JSON", "application/vnd.citationstyles.csl+json"),
    ".cff": ("cff", "CITATION.cff", "application/yaml"),
}
