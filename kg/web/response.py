"""Response: what an address answers with, ready to send; errors as problems (RFC 9457)."""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import KgError, QueryError
from kg.pages.render import POLICY
from kg.query.results import UnansweredError

COMMON = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Link, ETag, Location, Content-Location, Retry-After, Allow, Memento-Datetime"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"Accept, Accept-Encoding"),
)


SMALL = 1000  # bytes below which compressing is not worth its header


class Packed(NamedTuple):
    """A response ready to be sent: its status, header lines, body and ETag, the route that made it, and the path that
    was asked for as the log notes it, in JSON.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: bytes
    route: str
    path: str
    part: tuple[int, int] = (0, 1 << 62)  # of a file, what is sent


class Reply(NamedTuple):
    """What an address answers with: status, Content-Type, body and further headers.

    The body is made by a call where that takes more than a moment; it is in `file` where it is large; `temporary`:
    deleted when it is sent. `cacheable`: identical until the next release, and dependent on nothing but the path, the
    type, the headers and `fields`, those of the query string that matter.
    """

    status: int
    type: str
    body: bytes | Callable[[], bytes] = b""
    headers: tuple[tuple[str, str], ...] = ()
    file: Path | None = None
    temporary: bool = False
    cacheable: bool = False
    digest: str = ""  # SHA-256 of what is in `file`, where it is known
    framed: bool = False  # other sites may show it within a page of theirs
    seconds: float | None = None  # that a query took
    fields: tuple[tuple[str, str], ...] = ()


# RFC 9110, 15.5, whose names for these Python knows from 3.13 on only.
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


class ProblemError(Exception):
    """An error as the client sees it: HTTP status, what happened and what to do, and members of its own."""

    def __init__(self, status: int, detail: str, headers: Iterable[tuple[str, str]] = (), **members: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.members = status, detail, tuple(headers), members

    @property
    def title(self) -> str:
        """The status in words."""
        return _TITLES.get(self.status) or HTTPStatus(self.status).phrase

    def document(self) -> dict[str, Any]:
        """The problem details object (RFC 9457, 3.1)."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }


_STATUS = {"call": 400, "syntax": 400, "refused": 403, "limit": 422, "format": 406, "unwritable": 422}


_UNANSWERED = {"time": 504, "memory": 503, "busy": 503, "lost": 503}


def problem(error: KgError) -> ProblemError:
    """The problem that an error is to a client."""
    if isinstance(error, QueryError):
        place: dict[str, Any] = {"line": error.line, "column": error.column} if error.line else {}
        return ProblemError(_STATUS[error.kind], str(error), **place)
    if isinstance(error, UnansweredError):
        again = (("Retry-After", "5"),) if error.reason in ("busy", "lost") else ()
        return ProblemError(_UNANSWERED[error.reason], str(error), again, reason=error.reason)
    return ProblemError(503, "the release cannot be read at the moment; the operator of this server has to look at it")


def pack(reply: Reply, route: str, path: str, compressed: bool) -> Packed:
    """A reply with its header lines and a strong ETag of the bytes that are sent (RFC 9110, 8.8.3)."""
    body = reply.body if isinstance(reply.body, bytes) else reply.body()
    headers = [*COMMON] if reply.status == 204 else [*COMMON, (b"content-type", reply.type.encode())]
    headers += [(name.lower().encode(), _line(value)) for name, value in reply.headers]
    if reply.type.startswith("text/html"):
        ancestors = "*" if reply.framed else "'self'"
        policy = f"{POLICY}; frame-ancestors {ancestors}"
        headers += [(b"content-security-policy", policy.encode()), (b"referrer-policy", b"no-referrer")]
    if compressed and len(body) > SMALL and reply.status == 200:
        body = gzip.compress(body, 6, mtime=0)
        headers.append((b"content-encoding", b"gzip"))
    digest = reply.digest if reply.file else hashlib.sha256(body).hexdigest()
    etag = f'"{digest[:32]}"'.encode() if reply.status == 200 and digest else b""
    if etag:
        headers += [(b"etag", etag), (b"cache-control", b"max-age=0, must-revalidate")]
    else:
        headers.append((b"cache-control", b"no-store"))
    size = reply.file.stat().st_size if reply.file else len(body)
    if reply.file:
        headers.append((b"accept-ranges", b"bytes"))
    if reply.status != 204:
        headers.append((b"content-length", str(size).encode()))
    return Packed(reply.status, headers, body, etag, route, json.dumps(path[:300]))


def _line(value: str) -> bytes:
    """A header's value on one line of Latin-1, whatever was put into it."""
    return value.replace("\r", " ").replace("\n", " ").replace("\0", " ").encode("latin-1", "replace")


def unchanged(packed: Packed) -> Packed:
    """The answer that what the client has is still the same: 304, without the headers of a body (RFC 9110, 15.4.5)."""
    kept = [
        (name, value)
        for name, value in packed.headers
        if name not in (b"content-length", b"content-type", b"content-encoding")
    ]
    return Packed(304, kept, b"", packed.etag, packed.route, packed.path)


_RANGE = re.compile(rb"bytes=(\d*)-(\d*)")


def ranged(header: bytes, size: int) -> tuple[int, int] | None:
    """The one range of bytes that a Range header asks for, its end exclusive; None where all is sent instead.

    RFC 9110, 14.1. A range that begins behind the end is empty: (size, size).

    >>> ranged(b"bytes=2-4", 10), ranged(b"bytes=-3", 10), ranged(b"bytes=10-", 10), ranged(b"bytes=0-1,3-4", 10)
    ((2, 5), (7, 10), (10, 10), None)
    """
    found = _RANGE.fullmatch(header.strip())
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start, end = int(found[1]), int(found[2] or size) + 1
    if found[2] and end <= start:
        return None
    return (start, min(end, size)) if start < size else (size, size)


def partly(packed: Packed, part: tuple[int, int], size: int) -> Packed:
    """A response with a part of its file (206), or that there is no such part (416)."""
    start, end = part
    kept = [(name, value) for name, value in packed.headers if name != b"content-length"]
    if start == end:
        headers = [*kept, (b"content-range", f"bytes */{size}".encode()), (b"content-length", b"0")]
        return packed._replace(status=416, headers=headers, part=(0, 0))
    place = f"bytes {start}-{end - 1}/{size}".encode()
    headers = [*kept, (b"content-range", place), (b"content-length", str(end - start).encode())]
    return packed._replace(status=206, headers=headers, part=part)


def matches(names: bytes, etag: bytes, *, weakly: bool = True) -> bool:
    """Whether If-None-Match (weakly compared) or If-Match (strongly) names an ETag (RFC 9110, 13.1.1 and 13.1.2)."""
    if not etag:
        return False
    return (
        names == etag
        or names.strip() == b"*"
        or etag in (name.strip().removeprefix(b"W/" if weakly else b"") for name in names.split(b","))
    )
