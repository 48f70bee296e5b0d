"""Serve: the process that runs the application until it is told to end."""

import logging
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import uvicorn

from kg.errors import StoreError
from kg.query.pool import Settings
from kg.web.app import Agents, Front
from kg.web.reload import Reload
from kg.web.settings import Options
from kg.web.slow_clients import PATIENCE, Connection
from kg.web.telemetry import Log

SEND_BUFFER = 1 << 18  # bytes: in a large one a slow client's progress would be seen in steps of minutes


def _sweep(folder: Path) -> None:
    """Delete what servers that were killed left behind."""
    for path in folder.glob("kg-serve-*-*"):
        pid = path.name.split("-")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            shutil.rmtree(path, ignore_errors=True)


def _agents(front: Front, host: str) -> Agents:
    """What answers agents, over the release and the workers of the server."""
    from kg.agents.server import make_app, make_server

    server = make_server(front.follower.opened, front.pool)
    app = make_app(server, host, front.follower.opened().base)
    return Agents(app, server.session_manager.run)


def serve(build: Path, settings: Settings, options: Options, ready: Callable[[str], None]) -> None:
    """Serve the current release of a build folder until SIGTERM or SIGINT, then answer what has been asked and end.

    `ready` is told the address. Raises StoreError where nothing has been built or the address is taken.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn drains, and then raises it once more
    sys.setswitchinterval(0.001)  # a page that is made in a thread holds up the others no longer
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"kg-serve-{os.getpid()}-") as spool:
        front = Front(build, settings, Path(spool), Log(options))
        if options.mcp:
            front.agents = _agents(front, options.host)
        if options.reload:
            front.reload = Reload(front.follower)
        config = uvicorn.Config(
            front,
            host=options.host,
            port=options.port,
            root_path=options.root_path.rstrip("/"),
            proxy_headers=options.proxy_headers,
            http=Connection,
            ws="none",
            access_log=False,
            log_level="warning",
            log_config=None,
            server_header=False,
            date_header=True,
            timeout_keep_alive=int(PATIENCE),
            timeout_graceful_shutdown=int(settings.timeout) + 5,
            backlog=2048,
        )
        config.load()
        try:
            bound = config.bind_socket()
        except SystemExit:
            raise StoreError(
                f"{options.host}:{options.port} cannot be listened on; choose another --host or --port"
            ) from None
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # which accepted connections take over
        host, port = bound.getsockname()[:2]
        ready(f"http://{f'[{host}]' if ':' in host else host}:{port}{config.root_path}/")
        logging.getLogger("uvicorn").addHandler(front.log.handler())
        server = uvicorn.Server(config)
        front.connections = server.server_state.connections
        if front.reload:
            front.reload.ending = lambda: server.should_exit
        server.run(sockets=[bound])
