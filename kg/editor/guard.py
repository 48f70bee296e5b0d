"""Guard: who may speak to the editor: the browser of the person who started it, from the editor's own page.

The address that is printed holds a token that works once; it becomes a cookie that no script can read. Each request is
held against the Host that the editor listens on, so that no name that leads here by DNS works; each change has to come
from the editor's own page (Origin, Sec-Fetch-Site), as JSON, with a second token that only that page has.
"""

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADER = b"x-kg-edit"  # which holds the page's token
LARGEST = 1 << 20  # bytes of a request
HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]


class Guard:
    """An application on a port of this machine that lets in whoever has the address that it was started with.

    `first` is the token of that address, which works once; `page` is that of the page, of which the application behind
    the guard is made.
    """

    def __init__(self, making: Callable[[str], Application], port: int) -> None:
        self._hosts = {f"127.0.0.1:{port}".encode(), f"localhost:{port}".encode()}
        self._cookie = f"kg-edit-{port}"
        self._session = secrets.token_urlsafe(32)
        self.first: str | None = secrets.token_urlsafe(32)
        self.page = secrets.token_urlsafe(32)
        self._inner = making(self.page)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            return

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        headers = dict(scope["headers"])  # of two with one name the last
        if [name for name, _ in scope["headers"]].count(b"host") != 1 or headers[b"host"] not in self._hosts:
            await _refuse(guarded, 421, "this editor answers on its own address alone")
        elif scope["path"] == "/" and (given := self._given(scope)) is not None and not self._known(headers):
            await self._enter(given, guarded)
        elif (
            scope["path"] == "/" and scope["query_string"] and self._known(headers)
        ):  # the same browser opens the address again
            await _send_on(guarded, [])
        elif not self._known(headers):
            await _refuse(guarded, 403, "open the address that kg edit printed; it works once, in one browser")
        elif why := self._foreign(scope, headers):
            await _refuse(guarded, 403, why)
        else:
            await self._inner(scope, receive, guarded)

    def _given(self, scope: Scope) -> str | None:
        """The token of the address, None where it has none."""
        found = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        return found[0] if found else None

    async def _enter(self, given: str, send: Send) -> None:
        """Make the token of the address a cookie; it works once."""
        if self.first is None or not hmac.compare_digest(given.encode(), self.first.encode()):
            await _refuse(send, 403, "this address has been used, or is not whole; start kg edit again")
            return
        self.first = None
        cookie = f"{self._cookie}={self._session}; Path=/; HttpOnly; SameSite=Strict"
        await _send_on(send, [(b"set-cookie", cookie.encode())])

    def _known(self, headers: dict[bytes, bytes]) -> bool:
        try:
            found = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(self._cookie)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(), self._session.encode())

    def _foreign(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """Why a request is not one of the editor's own page, "" where it is."""
        if scope["method"] in ("GET", "HEAD"):
            site = headers.get(b"sec-fetch-site", b"same-origin")
            return "" if site in (b"same-origin", b"none") else "another page asks for this"
        origin = headers.get(b"origin", b"")
        if scope["method"] != "POST" or origin.removeprefix(b"http://") != headers[b"host"]:
            return "changes come from the editor's own page alone"
        if headers.get(b"content-type", b"").split(b";")[0].strip() != b"application/json":
            return "a change is JSON"
        if not hmac.compare_digest(headers.get(HEADER, b""), self.page.encode()):
            return "the page's token is missing; load the page again"
        length = headers.get(b"content-length", b"")
        return "" if length.isdigit() and int(length) <= LARGEST else f"a change has at most {LARGEST:,} bytes"


async def _send_on(send: Send, more: list[tuple[bytes, bytes]]) -> None:
    """Send a browser to the page, without the token in its address."""
    headers = [(b"location", b"/"), (b"content-length", b"0"), *more]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, status: int, why: str) -> None:
    body = json.dumps({"message": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
