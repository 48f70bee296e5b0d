"""A client's share: so many at a time, the rest wait their turn or are told to come back; others wait for none of it."""

import asyncio

import pytest

from kg.web import shares
from kg.web.shares import BusyError, Shares
from tests.conftest import in_a_loop


def test_a_client_has_so_many_at_a_time_and_others_have_theirs() -> None:
    async def use() -> tuple[int, int]:
        turns, now, most, others = Shares(2, 5), 0, 0, 0

        async def work(client: str) -> None:
            nonlocal now, most, others
            async with turns.of(client):
                if client == "other":
                    others = max(others, now)
                    return
                now += 1
                most = max(most, now)
                await asyncio.sleep(0.01)
                now -= 1

        await asyncio.gather(*(work("one") for _ in range(10)), work("other"))
        return most, others

    assert in_a_loop(use()) == (2, 2)


def test_who_waits_too_long_or_too_often_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "WAITING", 3)

    async def use() -> list[type[BaseException] | None]:
        turns = Shares(1, 0.05)

        async def work(seconds: float) -> None:
            async with turns.of("one"):
                await asyncio.sleep(seconds)

        held = asyncio.create_task(work(0.2))
        await asyncio.sleep(0)
        outcomes = await asyncio.gather(*(work(0) for _ in range(4)), return_exceptions=True)
        await held
        await asyncio.sleep(0.3)
        await work(0)  # the turn has come back
        return [type(outcome) if outcome else None for outcome in outcomes]

    assert in_a_loop(use()) == [BusyError] * 4


def test_a_turn_comes_back_where_the_work_fails_or_is_given_up() -> None:
    async def use() -> None:
        turns = Shares(1, 0.5)
        with pytest.raises(ValueError, match="work"):
            async with turns.of("one"):
                raise ValueError("work")

        async def wait() -> None:
            async with turns.of("one"):
                await asyncio.sleep(10)

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with turns.of("one"):
            pass

    in_a_loop(use())
