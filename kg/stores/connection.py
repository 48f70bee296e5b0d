"""Connection: requests to a SPARQL endpoint, tried again where that may help, never longer than they may take.

Who asks is told by the environment alone: KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_HEADER, as in
"Authorization: Bearer ...". KG_ENDPOINT_TIMEOUT is what a request may take, in seconds.
"""

import os
import re
import time
import weakref
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import IO, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx

from kg.errors import QueryError, StoreError, printable

SECONDS = 60.0  # that a request may take, where the environment does not say
TRIES = 5
PAUSE = 0.25  # seconds before the second try; each further one waits twice as long
AGAIN = frozenset({429, 502, 503, 504})  # statuses after which the same request may be answered
MOST = 1 << 30  # bytes of an answer that is held in memory


class _Request(NamedTuple):
    """What is asked of an address: a form, the media types that are taken, at most so many bytes, until a moment."""

    url: str
    fields: Mapping[str, Sequence[str]]
    accept: str
    most: int | None
    end: float
    once: bool = False  # whether it is never sent again

    @property
    def shown(self) -> str:
        """The address, without what may be a key."""
        return shown(self.url)


class Connection:
    """Requests to the addresses of one endpoint."""

    def __init__(self, url: str) -> None:
        self.url = checked(url)
        self._seconds = _seconds()
        self._client = httpx.Client(
            auth=_credentials(),
            headers=_header(),
            timeout=httpx.Timeout(self._seconds, connect=min(self._seconds, 10.0)),
            trust_env=False,
        )
        weakref.finalize(self, self._client.close)

    def ask(self, fields: Mapping[str, Sequence[str]], accept: str) -> tuple[str, bytes]:
        """The media type and the body of the answer to a query, sent as a form (SPARQL 1.1 Protocol, 2.1.2)."""
        body = BytesIO()
        return self.stream(fields, accept, body, MOST), body.getvalue()

    def stream(self, fields: Mapping[str, Sequence[str]], accept: str, out: IO[bytes], most: int | None = None) -> str:
        """Have the answer to a query written to a file; gives its media type. At most `most` bytes are taken."""
        return self._send(_Request(self.url, fields, accept, most, time.monotonic() + self._seconds), out)

    def update(self, url: str, text: str, *, once: bool = False) -> None:
        """Send an update as a form (SPARQL 1.1 Protocol, 2.2.1); it may take ten times as long as a query.

        One that does something else the second time is sent once, and may have been done where this raises an error.
        """
        end = time.monotonic() + 10 * self._seconds
        self._send(_Request(checked(url), {"update": [text]}, "*/*", MOST, end, once), BytesIO())

    def error(self, message: str) -> StoreError:
        """An error that names the endpoint."""
        return StoreError(f"{shown(self.url)}: {message}")

    def _send(self, request: _Request, out: IO[bytes]) -> str:
        start, tries = out.tell(), 0
        while True:
            tries += 1
            try:
                out.seek(start)
                out.truncate()
                with self._reaching(request):
                    return self._once(request, out)
            except _AgainError as error:
                pause = max(PAUSE * 2 ** (tries - 1), error.pause)
                if request.once or tries == TRIES or time.monotonic() + pause > request.end:
                    raise StoreError(
                        f"{request.shown}: {error}, after {tries} tr{'y' if tries == 1 else 'ies'}"
                    ) from None
            time.sleep(pause)

    def _once(self, request: _Request, out: IO[bytes]) -> str:
        taken = 0
        asked = self._client.stream("POST", request.url, data=request.fields, headers={"Accept": request.accept})
        with asked as response:
            if not response.is_success:
                self._refused(response, request)
            for chunk in response.iter_bytes():
                taken += len(chunk)
                if request.most is not None and taken > request.most:
                    raise StoreError(f"{request.shown}: it answers with more than {request.most:,} bytes; add a LIMIT")
                if time.monotonic() > request.end:
                    raise httpx.ReadTimeout("slow")
                out.write(chunk)
            return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @contextmanager
    def _reaching(self, request: _Request) -> Iterator[None]:
        """Turn what goes wrong on the way into what a user can do about it."""
        try:
            yield
        except httpx.ConnectTimeout:
            raise _AgainError("no connection") from None
        except httpx.TimeoutException:
            message = f"no whole answer within {self._seconds:g} s; ask for less, or set KG_ENDPOINT_TIMEOUT to more"
            raise StoreError(f"{request.shown}: {message}") from None
        except httpx.RemoteProtocolError as error:
            raise _AgainError(f"the answer was cut off ({_said(str(error))})") from None
        except httpx.TransportError as error:
            raise _AgainError(f"no connection ({_said(str(error)) or type(error).__name__})") from None
        except httpx.DecodingError as error:
            raise StoreError(f"{request.shown}: the answer cannot be unpacked ({_said(str(error))})") from None
        except (KeyError, NotImplementedError, ValueError) as error:
            # httpx raises these for a Digest challenge of an algorithm or qop that it does not know, and for a host
            # that cannot be written in ASCII
            raise StoreError(f"{request.shown}: it cannot be asked so ({_said(str(error))})") from None

    def _refused(self, response: httpx.Response, request: _Request) -> None:
        """Raise what an answer other than the wanted one means."""
        if response.is_redirect:
            place = shown(response.headers.get("location", "")) or "another address"
            raise StoreError(f"{request.shown}: it redirects to {printable(place)}; give that address")
        said = f"{response.status_code} {response.reason_phrase}{_told(response, request.end)}"
        if response.status_code in AGAIN:
            raise _AgainError(said, _pause(response.headers))
        if response.status_code in (401, 403):
            known = "KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_HEADER"
            raise StoreError(f"{request.shown}: {said}; set {known} to what lets you in")
        raise RefusedError(f"{request.shown}: {said}")


def _told(response: httpx.Response, end: float) -> str:
    """What a server says of an error in its own words; nothing where it is a page."""
    body = b""
    with suppress(httpx.TransportError):
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > 10_000 or time.monotonic() > end:
                break
    said = body.decode("utf-8", "replace")
    for secret in _secrets(str(response.url)):
        said = said.replace(secret, "…")
    said = _said(said)
    return f": {said}" if said and not said.startswith("<") else ""


class RefusedError(StoreError):
    """What an endpoint does not take as it stands, and says so."""


class _AgainError(Exception):
    """What the same request may pass a moment later; `pause` is what the server asks for, in seconds."""

    def __init__(self, message: str, pause: float = 0) -> None:
        self.pause = pause
        super().__init__(message)


class _Challenged(httpx.Auth):
    """A name and a password, sent as the server's challenge asks for them (RFC 9110, 11), and not before it asks."""

    def __init__(self, name: str, password: str) -> None:
        self._schemes: Mapping[str, httpx.Auth] = {
            "digest": httpx.DigestAuth(name, password),
            "basic": httpx.BasicAuth(name, password),
        }
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request as it is, and again as the challenge asks."""
        if self._chosen is None:
            response = yield request
            offered = response.headers.get("www-authenticate", "").lower()
            self._chosen = next((auth for scheme, auth in self._schemes.items() if scheme in offered), None)
            if response.status_code != 401 or self._chosen is None:
                return
        yield from self._chosen.auth_flow(request)


def checked(url: str) -> str:
    """The address of an endpoint; QueryError where it is none, or has a password in it."""
    if "@" in url:
        instead = "set KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD instead"
        raise QueryError(f"{shown(url)}: a password in an address shows in logs; {instead}")
    try:
        parts = httpx.URL(url)
        port = 80 if parts.port is None else parts.port
        named = parts.scheme in ("http", "https") and bool(parts.host) and 0 < port < 1 << 16 and url.isprintable()
    except (httpx.InvalidURL, ValueError):
        named = False
    if not named:
        raise QueryError(f"{shown(url)}: not the address of an endpoint, as in http://localhost:7878/query")
    return url


def shown(url: str) -> str:
    """An address as it may be shown: without what stands before "@", and what may be a key.

    >>> shown("https://me:secret@example.org/query?key=secret")
    'https://example.org/query'
    """
    before, slashes, rest = url.partition("://") if "://" in url else ("", "", url)
    return printable(f"{before}{slashes}{rest.rpartition('@')[2]}".partition("?")[0])


def _secrets(url: str) -> list[str]:
    """What must not be shown, whoever says it."""
    words = re.split(r"[\s;,]+", os.environ.get("KG_ENDPOINT_HEADER", "").partition(":")[2])
    header = (part for word in words if word not in _SCHEMES for part in (word, word.partition("=")[2]))
    found = (
        os.environ.get("KG_ENDPOINT_PASSWORD", ""),
        *header,
        *(value for _, value in parse_qsl(urlsplit(url).query)),
    )
    return sorted({one for one in found if len(one) > 2}, key=len, reverse=True)


_SCHEMES = ("Basic", "Bearer", "Digest", "Token")


def _credentials() -> httpx.Auth | None:
    name, password = os.environ.get("KG_ENDPOINT_USER"), os.environ.get("KG_ENDPOINT_PASSWORD")
    if (name is None) != (password is None):
        raise QueryError("set both KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or neither")
    return None if name is None or password is None else _Challenged(name, password)


def _header() -> dict[str, str]:
    said = os.environ.get("KG_ENDPOINT_HEADER", "")
    name, colon, value = said.partition(":")
    if said and not (
        colon and re.fullmatch(r"[\w-]+", name, re.ASCII) and value.strip().isascii() and value.isprintable()
    ):
        raise QueryError("KG_ENDPOINT_HEADER: not a header; write it as in Authorization: Bearer KEY")
    return {name: value.strip()} if said else {}


def _seconds() -> float:
    said = os.environ.get("KG_ENDPOINT_TIMEOUT", "")
    if said and not re.fullmatch(r"\d{1,6}(\.\d+)?", said):
        raise QueryError(f"KG_ENDPOINT_TIMEOUT is {said!r}, expected a number of seconds")
    return float(said or SECONDS) or SECONDS


def _pause(headers: httpx.Headers) -> float:
    """The seconds after which a server wants to be asked again; 0 where it does not say."""
    said = headers.get("retry-after", "")
    return float(said) if said.isascii() and said.isdigit() else 0.0


def _said(text: str) -> str:
    return printable(" ".join(text.split())[:200])
