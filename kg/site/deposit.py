"""Deposit: what archives are told of a site that is left with them: how to cite it, and which files it has."""

import json
from collections.abc import Iterator

from kg.query.edition import as_cff, edition
from kg.query.opened import Opened
from kg.rdf.formats import FORMATS


def deposits(opened: Opened) -> Iterator[tuple[str, bytes]]:
    """The files that archives read: a citation for GitHub and Zenodo, and an RO-Crate."""
    yield "CITATION.cff", as_cff(edition(opened.release)).encode()
    yield "ro-crate-metadata.json", _crate(opened)


def _crate(opened: Opened) -> bytes:
    """The site as an RO-Crate (1.1): the dataset with its downloads."""
    manifest, work = opened.release.manifest, edition(opened.release)
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
        "name": work.title,
        "description": manifest.get("description") or work.title,
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
        {"@id": "#curators", "@type": "Organization", "name": work.authors},
        *parts,
    ]
    said = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"
