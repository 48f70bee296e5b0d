"""Dataset: the page of downloads and releases."""

from typing import NamedTuple

from kg.errors import StoreError
from kg.pages.render import alternates, show
from kg.pages.schema_org import of_dataset
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.formats import FORMATS, GRAPHS
from kg.rdf.terms import text_of
from kg.release.reader import open_release
from kg.release.void import VOID


class Download(NamedTuple):
    """A file with the whole graph: its format, for what it is good, its size and hash."""

    name: str
    href: str
    use: str
    size: int
    sha256: str


class Version(NamedTuple):
    """A release that is still on the disk: its name, its quads, and what changed since the one before it."""

    name: str
    quads: int
    before: str
    added: int
    removed: int


def versions(opened: Opened, most: int = 20) -> list[Version]:
    """The release and those before it, as far as they are kept, newest first."""
    found: list[Version] = []
    name, manifest = opened.name, opened.release.manifest
    while len(found) < most:
        since = manifest.get("since") or {}
        before = str(since.get("release", ""))
        quads = manifest["counts"].get("quads", 0)
        found.append(Version(name, quads, before, since.get("added", 0), since.get("removed", 0)))
        try:
            if not before or before in {version.name for version in found}:
                break
            name, manifest = before, open_release(opened.release.path.parent / before).manifest
        except StoreError:
            break
    return found


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
        versions=versions(opened),
        counts=manifest["counts"],
        void={key.removeprefix(VOID): value for key, value in said.get(base, {}).items() if key.startswith(VOID)},
        manifest=manifest,
        base=opened.base,
        iri=base,
        alternates=alternates(f"{root}dataset"),
        data=of_dataset(opened),
    )
