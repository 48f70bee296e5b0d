"""Files: RDF that people bring, in whatever format, with what is left out of it said and its subjects' lines known."""

import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin

import pyoxigraph as px

from kg.errors import QueryError, printable
from kg.rdf.formats import FORMATS, GRAPHS, READ
from kg.rdf.parse import no_base, parse
from kg.rdf.terms import DEFAULT_GRAPH, XSD, Quad, is_iri

_BOM = b"\xef\xbb\xbf"


class RdfFile(NamedTuple):
    """A file of RDF: its name, its quads, what was left out of it, and its text where that has lines to point to."""

    name: str
    quads: tuple[Quad, ...]
    notes: tuple[str, ...] = ()
    text: bytes = b""

    def subjects(self) -> "Subjects":
        """Where each subject stands, and the prefixes declared; none where the format does not tell."""
        return subjects(self.text)


class Subjects(NamedTuple):
    """The line on which each IRI first stands as a subject of a file, and the namespaces of its prefixes."""

    lines: dict[str, int]
    prefixes: dict[str, str]


def read(
    path: Path, base: str | None = None, *, syntax: str | None = None, contexts: Mapping[str, Path] | None = None
) -> RdfFile:
    """An RDF file, plain or gzipped; "-" is stdin. QueryError where it cannot be read.

    The format is `syntax`, a name of `kg.rdf.formats`, or told by the file's ending, or by its content. `contexts` are
    local copies of JSON-LD contexts by the URL that files name them by.
    """
    name = str(path)
    data = _bytes(path).removeprefix(_BOM)
    kind = syntax or READ.get(_ending(path)) or sniff(data)
    if kind is None:
        endings = " ".join(sorted({FORMATS[known].suffix for known in GRAPHS} | set(READ)))
        raise QueryError(f"{name}: neither its ending nor its content is that of RDF; the endings are {endings}")
    where = base or (Path.cwd() / "stdin" if name == "-" else path.absolute()).as_uri()
    notes: list[str] = []
    if kind == "jsonld":
        document = _json(data, name)
        if (inlined := _inline(document, name, contexts or {}, ())) != document:
            document, data = inlined, json.dumps(inlined).encode()
        notes += _dropped(document, name, where)
    kept = []
    for quad in _quads(data, kind, name, where):
        _check(quad, kind, name)
        if not isinstance(quad.object, px.Triple):
            kept.append(quad)
        elif not any(note.startswith(f"{name}: triple terms") for note in notes):
            notes.append(f"{name}: triple terms of RDF 1.2 are left out; what is said of them is not checked")
    text = data if kind in ("turtle", "ntriples", "nquads", "trig") else b""
    return RdfFile(name, tuple(kept), tuple(notes), f"@base <{where}> . ".encode() + text)


def is_lines(path: Path, syntax: str | None = None) -> bool:
    """Whether a file is N-Triples as it lies there, which need not be read to be passed on."""
    kind = syntax or READ.get(_ending(path))
    return kind == "ntriples" and str(path) != "-" and not path.name.endswith(".gz") and path.is_file()


def _quads(data: bytes, kind: str, name: str, base: str) -> Iterable[Quad]:
    if kind == "hext":
        return _hextuples(data, name)
    if kind == "n3":
        return parse(data, px.RdfFormat.N3, name, base)
    return parse(no_base(data) if kind == "rdfxml" else data, FORMATS[kind].syntax, name, base)


def _check(quad: Quad, kind: str, name: str) -> None:
    """Raise QueryError for what a graph of RDF 1.1 cannot hold and must not lose."""
    if kind == "n3" and quad.graph_name != DEFAULT_GRAPH:
        raise QueryError(f"{name}: holds formulas of N3 ({{ … }}), which state nothing by themselves; take them out")
    if isinstance(quad.object, px.Literal) and quad.object.direction:
        raise QueryError(
            f"{name}: {printable(str(quad.object))[:80]} has a direction, which RDF 1.1 and SHACL do not know; "
            "take it off (--ltr, --rtl), or write it another way"
        )


def apart(files: Iterable[RdfFile]) -> list[Quad]:
    """The quads of files, in which a blank node of one is none of another."""
    quads: list[Quad] = []
    for number, file in enumerate(files):
        quads += apart_by(file.quads, number)
    return quads


def apart_by(quads: Iterable[Quad], number: int) -> Iterator[Quad]:
    """The quads of the file with a number from 0, with blank nodes that no file with another has."""
    return (_renamed(quad, f"f{number}") for quad in quads) if number else iter(quads)


def _renamed(quad: Quad, end: str) -> Quad:
    subject, object_ = quad.subject, quad.object
    if isinstance(subject, px.BlankNode):
        subject = px.BlankNode(subject.value + end)
    if isinstance(object_, px.BlankNode):
        object_ = px.BlankNode(object_.value + end)
    return Quad(subject, quad.predicate, object_, quad.graph_name)


def _ending(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return "." + name.rpartition(".")[2] if "." in name else ""


def _bytes(path: Path) -> bytes:
    """What a file or stdin holds, unpacked."""
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise QueryError(f"{path}: not gzip: {error}; pack it again") from None
    except OSError as error:
        raise QueryError(f"{path}: {error.strerror}; give the path of a file that can be read") from None


def sniff(data: bytes) -> str | None:
    """The format that data look like, None where they look like no RDF.

    >>> sniff(b"<?xml version='1.0'?><rdf:RDF/>"), sniff(b"[{}]"), sniff(b"@prefix x: <http://x/> .")
    ('rdfxml', 'jsonld', 'turtle')
    """
    head = data[:4096].lstrip()
    if re.match(rb"<(\?xml|!DOCTYPE|!--|rdf:RDF|\w+:RDF)", head):
        return "rdfxml"
    if re.match(rb'\["[^"]*", *"', head):
        return "hext"
    if head[:1] in (b"{", b"[") and re.match(rb'[{\[]\s*["{\[\]}]', head):
        return "jsonld"
    code = re.sub(rb"(?m)^\s*#.*$", b"", head).lstrip()
    if re.match(rb"(_:\S+|<[^<>\s]+>)\s+<[^<>\s]+>\s+(.*\s)?<[^<>\s]+>\s*\.\s*\n", code):
        return "nquads"
    if re.match(rb"(?i)(@prefix|@base|prefix|base)\s|<[^<>\s]*>\s|_:\S+\s|\[|[\w.-]*:\S*\s", code):
        return "trig" if re.search(rb"(?m)^\s*(graph\s+)?(<[^<>\s]*>|[\w.-]*:[\w.-]*)?\s*\{", code) else "turtle"
    return None


def _json(data: bytes, name: str) -> Any:
    try:
        return json.loads(data)
    except UnicodeDecodeError as error:
        raise QueryError(f"{name}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise QueryError(f"{name}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise QueryError(f"{name}: its JSON nests too deep; kg reads no such file") from None


def _inline(node: Any, name: str, contexts: Mapping[str, Path], within: Sequence[str]) -> Any:
    """A JSON-LD document with the contexts that it names by URL in their places; QueryError where one has no copy."""
    if isinstance(node, list):
        return [_inline(item, name, contexts, within) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _context(value, name, contexts, within) if key == "@context" else _inline(value, name, contexts, within)
        for key, value in node.items()
    }


def _context(value: Any, name: str, contexts: Mapping[str, Path], within: Sequence[str]) -> Any:
    if isinstance(value, list):
        return [_context(item, name, contexts, within) for item in value]
    if not isinstance(value, str):
        return _inline(value, name, contexts, within)
    if value in within:
        raise QueryError(f"{name}: the context {value} names itself; kg reads no such file")
    if value not in contexts:
        raise QueryError(
            f"{name}: its @context is {printable(value)}, and kg fetches nothing; save it, and add --context "
            f"{printable(value)}=FILE"
        )
    copy = _json(_bytes(contexts[value]).removeprefix(_BOM), str(contexts[value]))
    found = copy.get("@context", {}) if isinstance(copy, dict) else {}
    return _context(found, str(contexts[value]), contexts, (*within, value))


def _dropped(document: Any, name: str, base: str) -> Iterator[str]:
    """The ids and types of JSON-LD that are not IRIs, which JSON-LD passes over in silence."""
    from pyld import jsonld  # loaded only for JSON-LD

    def loader(url: str, options: Any) -> Any:
        raise QueryError(f"{name}: names {printable(url)}, and kg fetches nothing")

    try:
        expanded = jsonld.expand(document, {"base": base, "documentLoader": loader})
    except (jsonld.JsonLdError, QueryError, ValueError, TypeError, RecursionError, KeyError, AttributeError):
        return  # the parser says what is wrong
    waiting = [expanded]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict) and "@value" not in node:
            types = node.get("@type", [])
            for key, iri in (("@id", node.get("@id")), *(("@type", iri) for iri in types)):
                if isinstance(iri, str) and not iri.startswith("_:") and not is_iri(iri):
                    shown = printable(iri.removeprefix(base.rpartition("/")[0] + "/"))
                    yield f"{name}: {key} {shown!r} is not an IRI; JSON-LD leaves out what is said of it"
            waiting.extend(value for value in node.values() if isinstance(value, dict | list))


def _hextuples(data: bytes, name: str) -> Iterator[Quad]:
    """The quads of HexTuples: a JSON array of subject, predicate, value, datatype, language and graph a line."""
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            subject, predicate, value, datatype, language, graph = json.loads(line)
            yield Quad(_node(subject), px.NamedNode(predicate), _value(value, datatype, language), _node(graph or None))
        except (ValueError, TypeError) as error:
            raise QueryError(
                f"{name}:{number}: not HexTuples: {error}; a line is an array of six texts: subject, predicate, value, "
                "datatype, language, graph"
            ) from None


def _node(text: str | None) -> Any:
    if text is None:
        return DEFAULT_GRAPH
    return px.BlankNode(text[2:]) if text.startswith("_:") else px.NamedNode(text)


def _value(value: str, datatype: str, language: str) -> Any:
    if datatype in ("globalId", "localId"):
        return _node(value if datatype == "globalId" or value.startswith("_:") else f"_:{value}")
    if language:
        return px.Literal(value, language=language)
    return px.Literal(value, datatype=px.NamedNode(datatype or XSD + "string"))


_SKIP = rb"\s+|\#[^\n]*"
_TEXT = (
    rb"\"{3}(?:\"{0,2}(?:[^\"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}"
    rb"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
)
_IRI = rb"<[^<>\s]*>"
_MARK = rb"<<\(?|\)?>>|\{\||\|\}|[.;,\[\](){}]"
_WORD = rb"(?:[^\s<>\"'.;,\[\](){}\#\\]|\\.|\.(?=[^\s<>\"';,\[\](){}\#]))+"
_TOKENS = re.compile(
    rb"(?P<skip>%b)|(?P<text>%b)|(?P<iri>%b)|(?P<mark>%b)|(?P<word>%b)|(?P<other>.)"
    % (_SKIP, _TEXT, _IRI, _MARK, _WORD),
    re.DOTALL,
)
_RUN = re.compile(rb"(?:%b|%b|%b|[;,]|%b)++" % (_SKIP, _TEXT, _IRI, _WORD), re.DOTALL)
_DIRECTIVES = ("@prefix", "prefix", "@base", "base")


def subjects(data: bytes, base: str = "") -> Subjects:
    """The subjects of Turtle, TriG, N-Triples or N-Quads that can be parsed.

    >>> subjects(b'@prefix x: <http://x/> .\\n\\nx:a x:p "x:b" .\\n<http://x/b> x:p x:a .').lines
    {'http://x/a': 3, 'http://x/b': 4}
    """
    found = Subjects({}, {})
    statement: list[str] = []
    line, depth = 1, 0

    def resolved(kind: str, word: str) -> str:
        if kind == "iri":
            return urljoin(base, word[1:-1])
        prefix, colon, local = word.partition(":")
        return found.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local) if colon and prefix in found.prefixes else ""

    end = 0
    while match := (
        (statement and statement[0].lower() not in _DIRECTIVES and _RUN.match(data, end)) or _TOKENS.match(data, end)
    ):
        at, line, end = line, line + match[0].count(b"\n"), match.end()
        if match.lastgroup in (None, "skip"):  # of a run: what a statement says of its subject, up to a bracket
            continue
        kind, word = str(match.lastgroup), match[0].decode(errors="replace")
        depth += (word in "[(") - (word in ")]") if kind == "mark" else 0
        if kind in ("iri", "word") and not statement and not depth and (iri := resolved(kind, word)):
            found.lines.setdefault(iri, at)
        if word in (".", "{", "}") and not depth:
            statement = []
            continue
        statement.append(word)
        directive = statement[0].lower()
        if kind == "iri" and len(statement) == 3 and directive in ("@prefix", "prefix"):
            found.prefixes[statement[1].removesuffix(":")] = resolved(kind, word)
        elif kind == "iri" and len(statement) == 2 and directive in ("@base", "base"):
            base = resolved(kind, word)
        else:
            continue
        statement = statement if directive.startswith("@") else []  # PREFIX and BASE end without a dot
    return found
