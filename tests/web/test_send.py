"""A response on its way: whole, in part, or to a client that leaves or does not take it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kg.web import send
from kg.web.response import Packed, Reply
from tests.conftest import in_a_loop

BODY = bytes(range(256)) * 1024  # four chunks


async def never() -> None:
    await asyncio.Event().wait()


async def at_once() -> None:
    return None


def sent(packed: Packed, reply: Reply | None, method: str = "GET", gone: send.Gone = never) -> tuple[Any, bytes]:
    """What `send_reply` tells of it, and the body that the client got."""
    got: list[dict[str, Any]] = []

    async def take(message: Any) -> None:
        got.append(message)
        await asyncio.sleep(0)

    told = in_a_loop(send.send_reply(packed, reply, method, take, gone))
    assert got[0]["type"] == "http.response.start"
    return told, b"".join(message.get("body", b"") for message in got)


def packed(part: tuple[int, int] = (0, 0), body: bytes = b"") -> Packed:
    return Packed(200, [], body, b"", "", "", part)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "body").write_bytes(BODY)
    return tmp_path / "body"


def test_a_body_is_sent_whole_and_not_to_who_asks_for_the_head() -> None:
    assert sent(packed(body=b"abc"), None) == ((3, True), b"abc")
    assert sent(packed(body=b"abc"), None, "HEAD") == ((0, True), b"")


def test_a_file_is_sent_whole_or_in_the_part_that_is_asked_for(file: Path) -> None:
    reply = Reply(200, "text/plain", file=file)
    assert sent(packed((0, len(BODY))), reply) == ((len(BODY), True), BODY)
    assert sent(packed((100, 100_000)), reply) == ((99_900, True), BODY[100:100_000])
    assert sent(packed((0, len(BODY))), reply, "HEAD") == ((0, True), b"")
    assert file.exists()


def test_a_file_that_was_made_for_one_answer_is_deleted_however_it_ends(file: Path) -> None:
    reply = Reply(200, "text/plain", file=file, temporary=True)
    (count, whole), _ = sent(packed((0, len(BODY))), reply)
    assert (count, whole, file.exists()) == (len(BODY), True, False)
    file.write_bytes(BODY)
    (count, whole), _ = sent(packed((0, len(BODY))), reply, gone=at_once)
    assert (whole, file.exists()) == (False, False)
    assert count < len(BODY)


def test_who_takes_nothing_for_too_long_is_left(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "SLOWEST", 0.05)

    async def stuck(message: Any) -> None:
        if message.get("more_body"):
            await never()

    told = in_a_loop(send.send_reply(packed((0, len(BODY))), Reply(200, "text/plain", file=file), "GET", stuck, never))
    assert told == (0, False)


def test_a_client_has_left_once_it_says_so() -> None:
    messages = iter([{"type": "http.request"}, {"type": "http.disconnect"}, {"type": "never"}])

    async def receive() -> Any:
        return next(messages)

    in_a_loop(send.left(receive))
    assert next(messages) == {"type": "never"}
