"""App: the addresses of the editor, each a call to the desk; and the process that answers them."""

import contextlib
import json
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kg.curate.changes import ConflictError
from kg.curate.desk import Desk
from kg.editor.guard import Guard
from kg.errors import FactError, KgError, StoreError

HERE = Path(__file__).parent / "static"
STYLE = Path(__file__).parent.parent / "pages" / "static"
FILES = {
    "edit.js": (HERE / "edit.js", "text/javascript"),
    "edit.css": (HERE / "edit.css", "text/css"),
    "style.css": (STYLE / "style.css", "text/css"),
    "icon.svg": (STYLE / "icon.svg", "image/svg+xml"),
}


def edit(root: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the editor of a project on this machine until SIGTERM or SIGINT; `ready` is told its address.

    StoreError where the port is taken; FactError or ProjectError where the project cannot be read.
    """
    desk = Desk(root)
    desk.known()
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError as error:
        raise StoreError(f"127.0.0.1:{port} cannot be listened on: {error.strerror}; choose another --port") from None
    bound.listen()  # what comes from now on waits
    port = bound.getsockname()[1]
    guard = Guard(lambda token: application(desk, token), port)
    config = uvicorn.Config(
        guard, ws="none", lifespan="off", access_log=False, log_level="error", server_header=False, timeout_keep_alive=5
    )
    ready(f"http://127.0.0.1:{port}/?token={guard.first}")
    uvicorn.Server(config).run(sockets=[bound])


def application(desk: Desk, token: str) -> Starlette:
    """The editor of a desk; `token` is written into its page, which sends it with each change."""
    lock = threading.Lock()  # one change at a time; requests for what stands do not wait for each other

    async def page(_: Request) -> Response:
        text = (HERE / "edit.html").read_text(encoding="utf-8")
        return Response(text.replace("{token}", token), media_type="text/html")

    routes = [Route("/", page), Route("/static/{name}", _file)]
    routes += [Route(path, _reading(desk, ask)) for path, ask in READS.items()]
    free = contextlib.nullcontext()
    routes += [Route(path, _writing(desk, ask, free), methods=["POST"]) for path, ask in ASKED.items()]
    routes += [Route(path, _writing(desk, ask, lock), methods=["POST"]) for path, ask in WRITES.items()]
    return Starlette(routes=routes)


async def _file(request: Request) -> Response:
    found = FILES.get(request.path_params["name"])
    if found is None:
        return JSONResponse({"message": "no such file"}, 404)
    return Response(found[0].read_bytes(), media_type=found[1])


Handler = Callable[[Request], Awaitable[Response]]


def _reading(desk: Desk, ask: Callable[[Desk, Request], Any]) -> Handler:
    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_answer, lambda: ask(desk, request))

    return answer


def _writing(
    desk: Desk, ask: Callable[[Desk, dict[str, Any]], Any], lock: contextlib.AbstractContextManager[Any]
) -> Handler:
    def alone(said: dict[str, Any]) -> Any:
        with lock:
            return ask(desk, said)

    async def answer(request: Request) -> Response:
        try:
            said = json.loads(await request.body())
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            return JSONResponse({"message": "expected a JSON object"}, 400)
        return await run_in_threadpool(_answer, lambda: alone(said))

    return answer


def _propose(desk: Desk, said: dict[str, Any]) -> Any:
    return desk.propose(str(said.get("source")), said.get("spans") or [], said.get("words") or [])


def _answer(ask: Callable[[], Any]) -> Response:
    """What a call comes to as JSON: its faults and errors too, each with the status that tells what to do."""
    try:
        return JSONResponse(ask())
    except FactError as error:
        faults = [fault._asdict() for fault in error.faults]
        return JSONResponse({"message": "this does not build", "faults": faults}, 422)
    except ConflictError as error:
        return JSONResponse({"message": str(error)}, 409)
    except KgError as error:
        return JSONResponse({"message": str(error)}, 400)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return JSONResponse({"message": f"this cannot be understood: {error}"}, 400)


READS: dict[str, Callable[[Desk, Request], Any]] = {
    "/api/overview": lambda desk, _: desk.overview(),
    "/api/form": lambda desk, _: desk.form(),
    "/api/stamp": lambda desk, _: {"stamp": desk.stamp()},
    "/api/source/{ident}": lambda desk, request: desk.source(
        request.path_params["ident"], request.query_params.get("have", "")
    ),
}
ASKED: dict[str, Callable[[Desk, dict[str, Any]], Any]] = {
    "/api/propose": _propose,
    "/api/page": lambda desk, said: desk.page(str(said.get("source")), said.get("spans") or []),
    "/api/preview": Desk.preview,
}
WRITES: dict[str, Callable[[Desk, dict[str, Any]], Any]] = {
    "/api/change": Desk.apply,
    "/api/undo": lambda desk, _: desk.undo(),
}
