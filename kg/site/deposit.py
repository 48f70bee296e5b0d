"""Deposit: what archives are told of a site that is left with them: how to cite it, and which files it has."""

import json
from collections.abc import Iterator

from kg.query.labels import label
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.formats import FORMATS


def deposits(opened: Opened) -> Iterator[tuple[str, bytes]]:
    """The files that archives read: a citation for GitHub and Zenodo, and an RO-Crate."""
    yield "CITATION.cff", _citation(opened).encode()
    yield "ro-crate-metadata.json", _crate(opened)


def _title(opened: Opened) -> str:
    manifest = opened.release.manifest
    return str(manifest.get("title") or manifest.get("name") or opened.base)


def _citation(opened: Opened) -> str:
    """CITATION.cff (Citation File Format 1.2.0), which GitHub and Zenodo read; JSON strings are strings of YAML."""
    manifest = opened.release.manifest
    said = {
        "cff-version": "1.2.0",
        "message": "If you use this graph, please cite the release that you used.",
        "type": "dataset",
        "title": _title(opened),
        "abstract": manifest.get("description", ""),
        "version": opened.name,
        "date-released": opened.release.date,
        "url": opened.base,
        "license-url": manifest.get("license", ""),
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items() if value]
    return "\n".join([*lines, "authors:", f"  - name: {json.dumps(_authors(opened), ensure_ascii=False)}", ""])


def _authors(opened: Opened) -> str:
    manifest = opened.release.manifest
    return label(opened.store, iris.curators(opened.base)) or f"The curators of {manifest.get('name') or opened.base}"


def _crate(opened: Opened) -> bytes:
    """The site as an RO-Crate (1.1): the dataset with its downloads."""
    manifest = opened.release.manifest
    files = [("downloads/dataset.nq", "nquads")] + [
        (f"downloads/{file.name}", next(kind for kind, one in FORMATS.items() if one.suffix == file.suffix))
        for file in sorted((opened.release.path / "downloads").iterdir())
    ]
    parts = [
        {"@id": name, "@type": "File", "name": FORMATS[kind].title, "encodingFormat": FORMATS[kind].media_type}
        for name, kind in files
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": _title(opened),
        "description": manifest.get("description") or _title(opened),
        "datePublished": opened.release.date,
        "identifier": opened.base,
        "version": opened.name,
        "license": {"@id": manifest["license"]} if manifest.get("license") else None,
        "creator": {"@id": "#curators"},
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        {key: value for key, value in root.items() if value},
        {"@id": "#curators", "@type": "Organization", "name": _authors(opened)},
        *parts,
    ]
    said = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"
