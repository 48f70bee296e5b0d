"""Release: the page of a release that is kept, and the feed of all of them."""

import re
from html import escape

from kg.pages.render import show
from kg.query.edition import FILES, STYLES, edition
from kg.query.opened import Opened
from kg.rdf import iris
from kg.release.history import Version


def release_page(opened: Opened, root: str, iri: str) -> bytes:
    """A release: how to cite it, its statements as a file, and what is told of those beside it."""
    version = {one.name: one for one in opened.versions}[iris.local(iri)]
    manifest, work = version.release.manifest, edition(version.release)
    return show(
        "release",
        opened,
        root,
        f"Release {version.name}",
        iri=iri,
        place="downloads",
        version=version,
        cited=STYLES["text"](work),
        styles=[(f"citation{suffix}", name) for suffix, (_, name, _) in FILES.items()],
        counts=manifest["counts"],
        sha256=manifest.get("sha256", ""),
        size=version.release.dataset.stat().st_size,
        kept={one.name: f"{root}release/{one.name}/" for one in opened.versions},
        current=version.name == opened.name,
        changes=(version.release.path / "changes.json").is_file(),
        alternates=(),
    )


def feed(opened: Opened) -> bytes | None:
    """The releases as an Atom feed (RFC 4287), newest first; None where their project gives no day, which an entry has
    to have.
    """
    dated = [version for version in opened.versions if version.release.date]
    if not dated:
        return None
    work = edition(opened.release)
    address = f"{opened.base}releases.atom"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{_text(address)}</id>",
        f"<title>{_text(work.title)}: releases</title>",
        f"<updated>{_moment(dated[0])}</updated>",
        f"<author><name>{_text(work.authors)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{_text(address)}"/>',
        f'<link rel="alternate" type="text/html" href="{_text(opened.base)}dataset"/>',
        *(line for version in dated for line in _entry(opened, version)),
        "</feed>",
    ]
    return "\n".join([*lines, ""]).encode()


def _entry(opened: Opened, version: Version) -> list[str]:
    iri = iris.release(opened.base, version.name)
    told = f"{version.release.manifest['counts'].get('triples', 0):,} statements"
    if version.before:
        told += f"; with their evidence, {version.added:,} added and {version.removed:,} removed since {version.before}"
    return [
        "<entry>",
        f"<id>{_text(iri)}</id>",
        f"<title>Release {version.name}</title>",
        f"<updated>{_moment(version)}</updated>",
        f"<summary>{_text(told)}</summary>",
        f'<link rel="alternate" type="text/html" href="{_text(iri)}"/>',
        f'<link rel="enclosure" type="application/n-quads" href="{_text(iri)}/dataset.nq"/>',
        "</entry>",
    ]


def _moment(version: Version) -> str:
    return f"{version.release.date}T00:00:00Z"


def _text(text: str) -> str:
    """A text of an edition, which has no control characters, in XML."""
    return escape(re.sub("[\ud800-\udfff\ufffe\uffff]", "", text))
