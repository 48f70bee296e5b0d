"""Dataset: the page of downloads and releases."""

from typing import NamedTuple

from kg.pages.render import alternates, show
from kg.pages.schema_org import of_dataset
from kg.query.edition import STYLES, edition
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.formats import FORMATS, GRAPHS
from kg.rdf.terms import text_of
from kg.release.void import VOID


class Download(NamedTuple):
    """A file with the whole graph: its format, for what it is good, its size and hash."""

    name: str
    href: str
    use: str
    size: int
    sha256: str


def dataset_page(opened: Opened, root: str) -> bytes:
    """Downloads, how to cite, and what the dataset holds."""
    dcat, spdx = "http://www.w3.org/ns/dcat#", "http://spdx.org/rdf/terms#"
    said: dict[str, dict[str, str]] = {}
    for quad in opened.turtle("void.ttl"):
        said.setdefault(text_of(quad.subject), {})[quad.predicate.value] = text_of(quad.object)
    base = iris.dataset(opened.base)
    found = []
    for alternate, kind in zip(alternates("dataset"), GRAPHS, strict=True):
        part = said.get(iris.part(base, "distribution", kind))
        if part is None:  # the format cannot hold this graph
            continue
        sha = said.get(iris.part(base, "checksum", kind), {}).get(spdx + "checksumValue", "")
        href = f"{root}downloads/{alternate.href}"
        found.append(Download(alternate.name, href, FORMATS[kind].use, int(part.get(dcat + "byteSize", 0)), sha))
    manifest = opened.release.manifest
    return show(
        "dataset",
        opened,
        root,
        "Downloads",
        place="downloads",
        downloads=found,
        versions=opened.versions,
        kept={one.name: f"{root}release/{one.name}/" for one in opened.versions},
        cited=STYLES["text"](edition(opened.release)),
        feed=f"{root}releases.atom" if opened.release.date else "",
        counts=manifest["counts"],
        void={key.removeprefix(VOID): value for key, value in said.get(base, {}).items() if key.startswith(VOID)},
        manifest=manifest,
        base=opened.base,
        iri=base,
        alternates=alternates(f"{root}dataset"),
        data=of_dataset(opened),
    )
