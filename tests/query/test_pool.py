"""The pool, with real workers."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from kg.errors import QueryError, StoreError
from kg.query.pool import Pool, Settings
from kg.query.results import Limits, UnansweredError
from kg.release.reader import Release

Found = TypeVar("Found")
SETTINGS = Settings(2, 2.0, Limits(100_000, 10_000_000), 1 << 31)
CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def with_pool(folder: Path, settings: Settings, do: Callable[[Pool], Awaitable[Found]]) -> Found:
    async def main() -> Found:
        pool = Pool(settings, folder)
        await pool.start()
        try:
            return await do(pool)
        finally:
            await pool.stop()

    # In a thread of its own: the browser's tests leave an event loop running in the thread of whoever ran them.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, main()).result()


def job(release: Release, query: str) -> dict[str, Any]:
    return {"release": str(release.path), "query": query, "table": "json", "graph": "turtle"}


def test_more_questions_than_workers_are_all_answered(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> list[str]:
        answers = await asyncio.gather(*(pool.ask(job(release, "ASK {}")) for _ in range(40)))
        assert pool.busy == 0
        assert pool.ended == 0
        return [answer.kind for answer in answers]

    assert with_pool(tmp_path, SETTINGS, do) == ["yes or no"] * 40


def test_a_large_answer_comes_in_a_file(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> Path | None:
        answer = await pool.ask(job(release, "SELECT ?s ?p ?o ?t WHERE { ?s ?p ?o . ?t a kg:Count } LIMIT 8000"))
        assert answer.body == b""
        return answer.file

    file = with_pool(tmp_path, SETTINGS, do)
    assert file is not None
    assert file.read_bytes().startswith(b'{"head"')


def test_time_is_kept_and_the_worker_replaced(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> tuple[str, int]:
        with pytest.raises(UnansweredError, match=r"0\.3 s") as caught:
            await pool.ask(job(release, CROSS))
        assert (await pool.ask(job(release, "ASK {}"))).kind == "yes or no"
        return caught.value.reason, pool.ended

    assert with_pool(tmp_path, SETTINGS._replace(workers=1, timeout=0.3), do) == ("time", 1)


def test_who_waits_too_long_for_a_worker_is_told(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> list[str]:
        asked = (pool.ask(job(release, CROSS)) for _ in range(4))
        found = await asyncio.gather(*asked, return_exceptions=True)
        return sorted(getattr(error, "reason", "") for error in found)

    reasons = with_pool(tmp_path, SETTINGS._replace(workers=1, timeout=0.4), do)
    assert set(reasons) == {"time", "busy"}


def test_who_goes_away_frees_the_worker(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> str:
        asked = [asyncio.ensure_future(pool.ask(job(release, CROSS))) for _ in range(3)]
        await asyncio.sleep(0.2)
        for future in asked:
            future.cancel()
        return (await pool.ask(job(release, "ASK {}"))).kind

    assert with_pool(tmp_path, SETTINGS._replace(workers=1, timeout=30), do) == "yes or no"


def test_what_is_wrong_with_a_query_is_the_callers(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> None:
        with pytest.raises(QueryError, match="line 1") as caught:
            await pool.ask(job(release, "ASK {"))
        assert (caught.value.kind, caught.value.line) == ("syntax", 1)
        with pytest.raises(StoreError, match="damaged"):
            await pool.ask({**job(release, "ASK {}"), "release": "/nowhere"})
        assert pool.ended == 0, "neither costs a worker"

    with_pool(tmp_path, SETTINGS, do)


def test_a_worker_that_somebody_kills_costs_no_answer(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> None:
        for _ in range(5):
            for process in tuple(pool._idle):
                os.kill(process.pid, signal.SIGKILL)
            assert (await pool.ask(job(release, "ASK {}"))).kind == "yes or no"

    with_pool(tmp_path, SETTINGS, do)


def test_who_goes_away_just_as_a_worker_comes_free_gives_it_back(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> str:
        process = await pool._free()
        waiter = asyncio.ensure_future(pool._free())
        await asyncio.sleep(0)
        pool._busy.discard(process)
        pool._hand_on(process)  # the waiter has the worker now, but has not gone on yet
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        return (await pool.ask(job(release, "ASK {}"))).kind

    assert with_pool(tmp_path, SETTINGS._replace(workers=1, timeout=5), do) == "yes or no"
