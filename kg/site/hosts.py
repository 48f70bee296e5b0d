"""Hosts: what hosts of files are told: media types, redirects, which form of a document to give."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from kg.errors import QueryError
from kg.pages.render import POLICY_OF_FILES as POLICY
from kg.query.opened import Opened
from kg.rdf.formats import FORMATS
from kg.site.contents import RDF

# Addresses of documents that have several forms, without the suffix of one, as regular expressions of PCRE.
_FORMS = "".join(f"(?<!\\{FORMATS[kind].suffix})" for kind in ("html", *RDF, "csv", "text"))
NEGOTIATED = f"(id|fact|source|graph)/([^/]+){_FORMS}$"


class Place(NamedTuple):
    """Where a site is published: its address, and the path of that, which begins and ends with a slash.

    >>> Place.of("https://example.org/icc/"), Place.of("https://example.org/", "/kg")
    (Place(url='https://example.org/icc/', path='/icc/'), Place(url='https://example.org/', path='/kg/'))
    """

    url: str
    path: str

    @classmethod
    def of(cls, url: str, path: str = "") -> "Place":
        """The place at an address, or where a path is given, below that path; QueryError for what is not one."""
        if not re.fullmatch(r"https?://[\w.~:\[\]-]+(/[\w./~%-]*)?", url):
            raise QueryError(f"--url {url!r}: is not the address of a site; write it as in https://example.org/icc/")
        found = (path or urlsplit(url).path).strip("/")
        if not re.fullmatch(r"[\w./~%-]*", found) or {"", ".", ".."} & set(found.split("/")[bool(not found) :]):
            raise QueryError(f"--base-path {path!r}: is not a path; write it as in /icc/")
        return cls(url if url.endswith("/") else f"{url}/", f"/{found}/" if found else "/")


def rules(opened: Opened, place: Place) -> Iterator[tuple[str, bytes]]:
    """The files that hosts read: Apache, Netlify, Cloudflare Pages, GitHub Pages; those for nginx and w3id.org, which
    stand elsewhere, in the folder `hosts`.
    """
    renamed = sorted(opened.release.manifest.get("renamed", {}).items())
    things = (address.removeprefix("id/") for address in opened.gone if address.startswith("id/"))
    gone = [slug for slug in things if slug not in dict(renamed)]
    yield ".nojekyll", b""
    yield ".htaccess", _apache(renamed, gone, place.path).encode()
    yield (
        "_redirects",
        "".join(f"{place.path}id/{quote(old)} {place.path}id/{quote(new)}.html 301\n" for old, new in renamed).encode(),
    )
    yield "_headers", _headers(place.path).encode()
    yield "hosts/nginx.conf", _nginx(renamed, gone, place.path).encode()
    yield "hosts/w3id.htaccess", _w3id(place.url).encode()


def _types() -> dict[str, str]:
    """The media types of the suffixes that hosts do not know."""
    return {FORMATS[kind].suffix: FORMATS[kind].content_type for kind in (*RDF, "nquads", "trig", "rdfxml", "csv")}


def _apache(renamed: list[tuple[str, str]], gone: list[str], path: str) -> str:
    lines = ["# Apache: media types, and for an IRI the form that a client asks for."]
    lines += [f"AddType '{type_}' {suffix}" for suffix, type_ in _types().items()]
    lines += [
        "AddType application/gzip .gz",
        "RemoveEncoding .gz",
        f"ErrorDocument 404 {path}404.html",
        "DirectorySlash Off",
    ]
    lines += [
        "<IfModule mod_headers.c>",
        f'Header always set Content-Security-Policy "{POLICY}"',
        "Header always set Access-Control-Allow-Origin *",
        "Header always merge Vary Accept",
        "</IfModule>",
    ]
    lines += ["RewriteEngine On", f"RewriteBase {path}", "RewriteRule ^release/([0-9a-z]+)$ release/$1/ [R=301,L]"]
    lines += [f"RewriteRule ^id/{_escaped(old)}(\\.[a-z]+)?$ id/{new}$1 [R=301,L]" for old, new in renamed]
    lines += [f"RewriteRule ^id/{_escaped(slug)}(\\.[a-z]+)?$ - [G,L]" for slug in gone]
    lines += ["RewriteCond %{REQUEST_FILENAME} !-f", *_negotiating(f"^{NEGOTIATED}", "$1/$2{0}", "R=303,L")]
    lines += [
        "RewriteCond %{REQUEST_FILENAME} !-f",
        "RewriteCond %{REQUEST_FILENAME}.html -f",
        "RewriteRule ^(.+[^/])$ $1.html [L]",
    ]
    return "\n".join(lines) + "\n"


def _negotiating(pattern: str, target: str, flags: str) -> Iterator[str]:
    """Rules of Apache that lead from an IRI to a form of its document; the page where no other is asked for."""
    for number, kind in enumerate(RDF):
        if number:
            yield "RewriteCond %{REQUEST_FILENAME} !-f"
        yield f"RewriteCond %{{HTTP_ACCEPT}} {_escaped(FORMATS[kind].media_type)}"
        yield f"RewriteRule {pattern} {target.format(FORMATS[kind].suffix)} [{flags}]"
    yield "RewriteCond %{REQUEST_FILENAME} !-f"
    yield f"RewriteRule {pattern} {target.format('.html')} [{flags}]"


def _w3id(url: str) -> str:
    """For a folder of w3id.org, whose addresses lead to the site."""
    lines = [
        "# For the folder of this project at https://github.com/perma-id/w3id.org",
        "Options -MultiViews",
        "RewriteEngine On",
    ]
    for kind in RDF:
        lines += [
            f"RewriteCond %{{HTTP_ACCEPT}} {_escaped(FORMATS[kind].media_type)}",
            f"RewriteRule ^{NEGOTIATED} {url}$1/$2{FORMATS[kind].suffix} [R=303,L]",
        ]
    lines += [
        f"RewriteRule ^{NEGOTIATED} {url}$1/$2.html [R=303,L]",
        f"RewriteRule ^(.*)$ {url}$1 [R=302,L]",
    ]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{one}" if one in ".+*?^$()[]{}|\\" else one for one in text)


def _headers(path: str) -> str:
    """The `_headers` of Netlify and Cloudflare Pages."""
    lines = [
        f"{path}*",
        f"  Content-Security-Policy: {POLICY}",
        "  Access-Control-Allow-Origin: *",
        "  X-Content-Type-Options: nosniff",
    ]
    for suffix, type_ in _types().items():
        lines += [f"{path}*{suffix}", f"  Content-Type: {type_}"]
    return "\n".join(lines) + "\n"


def _nginx(renamed: list[tuple[str, str]], gone: list[str], path: str) -> str:
    """A configuration that nginx includes within `http`: the form that a client asks for, and a server of the files."""
    types = "\n".join(f"    {type_.partition(';')[0]} {suffix[1:]};" for suffix, type_ in _types().items())
    forms = "\n".join(f'    "~*{_escaped(FORMATS[kind].media_type)}" {FORMATS[kind].suffix};' for kind in RDF)
    moved = "\n".join(
        f"    location ~ ^{_escaped(path)}id/{_escaped(old)}(?<form>\\.[a-z]+)?$ {{ return 301 {path}id/{new}$form; }}"
        for old, new in renamed
    )
    ended = "\n".join(
        f"    location ~ ^{_escaped(path)}id/{_escaped(slug)}(\\.[a-z]+)?$ {{ return 410; }}" for slug in gone
    )
    return f"""# For nginx, within `http`: `include` this file, and set `root` so that {path} is the folder of the site.
map $http_accept $kg_form {{
    default .html;
{forms}
}}
server {{
    listen 127.0.0.1:8000;
    root /srv/site;
    include mime.types;
    types {{
{types}
    }}
    charset utf-8;
    add_header Content-Security-Policy "{POLICY}" always;
    add_header Access-Control-Allow-Origin * always;
    add_header Vary Accept always;
    error_page 404 {path}404.html;
    absolute_redirect off;
{moved}
{ended}
    location ~ ^{_escaped(path)}release/[0-9a-z]+$ {{ return 301 $uri/; }}
    location ~ ^{_escaped(path)}{NEGOTIATED} {{ try_files $uri @form; }}
    location @form {{ return 303 $uri$kg_form; }}
    location {path} {{ try_files $uri $uri/index.html $uri.html =404; }}
}}
"""
