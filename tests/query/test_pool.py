"""The pool, with real workers."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from kg.errors import QueryError, StoreError
from kg.query.pool import Pool, Settings, memory_of_a_worker
from kg.query.process import start
from kg.query.results import Answer, Limits, UnansweredError
from kg.release.reader import Release
from tests.conftest import in_a_loop

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

    return in_a_loop(main())


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


async def answer_of_a_new_worker(pool: Pool, job: dict[str, Any]) -> Answer:
    """An answer, where a worker may take longer to start than a query waits for one."""
    for _ in range(20):
        try:
            return await pool.ask(job)
        except UnansweredError as error:
            assert error.reason == "busy"
    pytest.fail("no worker after twenty times two seconds")


def test_time_is_kept_and_the_worker_replaced(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> tuple[str, int]:
        with pytest.raises(UnansweredError, match=r"2 s") as caught:
            await pool.ask(job(release, CROSS))
        assert (await answer_of_a_new_worker(pool, job(release, "ASK {}"))).kind == "yes or no"
        return caught.value.reason, pool.ended

    assert with_pool(tmp_path, SETTINGS._replace(workers=1, timeout=2), do) == ("time", 1)


@pytest.mark.long
def test_who_waits_too_long_for_a_worker_is_told(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> list[str]:
        asked = (pool.ask(job(release, CROSS)) for _ in range(4))
        found = await asyncio.gather(*asked, return_exceptions=True)
        return sorted(getattr(error, "reason", "") for error in found)

    reasons = with_pool(tmp_path, SETTINGS._replace(workers=1, timeout=2), do)
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
            assert (await answer_of_a_new_worker(pool, job(release, "ASK {}"))).kind == "yes or no"

    with_pool(tmp_path, SETTINGS, do)


def test_who_goes_away_just_as_a_worker_comes_free_gives_it_back(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> str:
        process = await pool._free("a")
        waiter = asyncio.ensure_future(pool._free("b"))
        await asyncio.sleep(0)
        pool._release(process, clean=True)  # the waiter has the worker now, but has not gone on yet
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        return (await pool.ask(job(release, "ASK {}"))).kind

    assert with_pool(tmp_path, SETTINGS._replace(workers=1, timeout=5), do) == "yes or no"


def test_one_client_leaves_a_worker_to_the_others(release: Release, tmp_path: Path) -> None:
    """Slow queries of one client fill all workers but one, and what they wait for is not what another waits for."""

    async def do(pool: Pool) -> float:
        slow = [asyncio.ensure_future(pool.ask(job(release, CROSS), "hostile")) for _ in range(6)]
        await asyncio.sleep(0.1)
        start = time.perf_counter()
        for _ in range(5):
            assert (await pool.ask(job(release, "ASK {}"), "other")).kind == "yes or no"
        seconds = time.perf_counter() - start
        assert pool.busy == 1
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return seconds

    assert with_pool(tmp_path, SETTINGS._replace(timeout=8), do) < 5


def test_workers_that_cannot_be_started_are_tried_again(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def do(pool: Pool) -> None:
        failing = [OSError(24, "Too many open files")] * 3

        async def fail(*arguments: Any, **options: Any) -> Any:
            if failing:
                raise failing.pop()
            return await start(*arguments, **options)

        monkeypatch.setattr("kg.query.pool.start", fail)
        for process in tuple(pool._idle):
            os.kill(process.pid, signal.SIGKILL)
        assert (await answer_of_a_new_worker(pool, job(release, "ASK {}"))).kind == "yes or no"
        for _ in range(100):
            if pool.alive == 2:
                break
            await asyncio.sleep(0.05)
        assert (pool.alive, failing) == (2, [])

    with_pool(tmp_path, SETTINGS._replace(timeout=8), do)


def test_a_query_that_ends_its_workers_does_not_end_them_all(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> None:
        asked = asyncio.ensure_future(pool.ask(job(release, CROSS)))
        ended: set[int] = set()
        while len(ended) < 2:
            await asyncio.sleep(0.05)
            for process in [one for one in pool._busy if one.pid not in ended]:
                ended.add(process.pid)
                await asyncio.sleep(0.8)  # long enough for a query that is at work
                os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(UnansweredError, match="was ended") as caught:
            await asked
        assert (caught.value.reason, pool.ended) == ("lost", 2)

    with_pool(tmp_path, SETTINGS._replace(timeout=8, workers=3), do)


def test_large_answers_have_a_limit_together_and_leave_nothing(release: Release, tmp_path: Path) -> None:
    query = "SELECT ?s ?p ?o ?t WHERE { ?s ?p ?o . ?t a kg:Count } LIMIT 8000"

    async def do(pool: Pool) -> None:
        first = await pool.ask(job(release, query))
        with pytest.raises(UnansweredError, match="too many large answers"):
            await pool.ask(job(release, query))
        assert list(tmp_path.iterdir()) == [first.file]
        pool.forget(first)
        assert (await pool.ask(job(release, query))).file

    size = 3_000_000
    with_pool(tmp_path, SETTINGS._replace(spool=size), do)


def test_memory_of_a_worker_is_a_share() -> None:
    assert memory_of_a_worker(1) <= 2 << 30
    assert memory_of_a_worker(10_000) == 256 << 20


@pytest.mark.long
def test_what_a_worker_was_writing_when_it_was_killed_is_swept_up(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> None:
        asked = asyncio.ensure_future(pool.ask(job(release, CROSS)))
        while not pool._busy:
            await asyncio.sleep(0.05)
        (process,) = pool._busy
        folder = tmp_path / f"{process.pid}-kg-abc"
        folder.mkdir()
        (folder / "sheet").write_bytes(b"half")
        (tmp_path / f"{process.pid}-answer").write_bytes(b"half")
        with pytest.raises(UnansweredError, match=r"2 s"):
            await asked
        assert (await answer_of_a_new_worker(pool, job(release, "ASK {}"))).kind == "yes or no"

    with_pool(tmp_path, SETTINGS._replace(workers=1), do)
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_is_made_in_the_folder_of_the_pool(release: Release, tmp_path: Path) -> None:
    async def do(pool: Pool) -> set[str]:
        asked = asyncio.ensure_future(pool.ask({"release": str(release.path), "statements": "xlsx"}))
        seen: set[str] = set()
        while not asked.done():
            seen |= {path.name.split("-")[1] for path in tmp_path.iterdir()}
            await asyncio.sleep(0.001)
        assert (await asked).format == "xlsx"
        return seen

    assert "kg" in with_pool(tmp_path, SETTINGS._replace(timeout=60), do)
