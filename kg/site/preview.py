"""Preview: a site shown on this machine, as a host of files would."""

import contextlib
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.rdf.formats import FORMATS


class _Handler(SimpleHTTPRequestHandler):
    """Files of a folder below a path; what is not found is answered with the page of that."""

    extensions_map = {  # noqa: RUF012  (what the standard library has a class say)
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        **{format_.suffix: format_.content_type for format_ in FORMATS.values() if format_.suffix != ".html"},
    }

    def __init__(self, *args: Any, below: str, **named: Any) -> None:
        self.below = below
        super().__init__(*args, **named)

    def translate_path(self, path: str) -> str:
        """The file at a path."""
        inside = path.startswith(self.below)
        return super().translate_path("/" + path.removeprefix(self.below)) if inside else f"{self.directory}/nothing/"

    def list_directory(self, path: Any) -> None:
        """A folder without a page of its own is not listed."""
        self.send_error(404)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is not found is answered with the page of that."""
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            return super().send_error(code, message, explain)
        data = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        return None

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each request."""


def serve_folder(folder: Path, below: str, port: int, told: Callable[[str], object]) -> None:
    """Show the files of a folder below a path of http://127.0.0.1:PORT until Ctrl-C; `told` is given the address."""
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, below=below, directory=str(folder)))
    except OSError as error:
        raise StoreError(f"port {port}: {error.strerror}; choose another with --port") from None
    with server, contextlib.suppress(KeyboardInterrupt):
        told(f"http://127.0.0.1:{server.server_port}{below}")
        server.serve_forever()
