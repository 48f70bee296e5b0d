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
        return super().translate_path("/" + path.removeprefix(self.below))

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
