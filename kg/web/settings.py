"""Settings: how the server listens and what it tells."""

from typing import NamedTuple


class Options(NamedTuple):
    """How the server listens and what it tells: the log holds addresses and queries only where asked.

    `mcp` is whether agents are answered at /mcp, `reload` whether open pages are told of new releases.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    root_path: str = ""
    proxy_headers: bool = False
    log_addresses: bool = False
    log_queries: bool = False
    mcp: bool = False
    reload: bool = False
