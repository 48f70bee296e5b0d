"""The cache of responses: found again by what they depend on, bounded whatever clients make up."""

from kg.web.cache import Asked, Cache, Key
from kg.web.response import Packed


def packed(size: int = 10) -> Packed:
    return Packed(200, [], b"x" * size, b'"e"', "/", '"/"')


def asked(number: int, length: int = 0) -> Asked:
    return f"/{number}".encode() + b"y" * length, b"", b"*/*", False


def test_a_request_that_was_answered_is_answered_the_same() -> None:
    cache = Cache()
    response = packed()
    cache.put(("a",), response)
    cache.remember(asked(1), ("a",))
    assert cache.answer(asked(1)) is response
    assert cache.answer(asked(2)) is None
    assert cache.get(("a",)) is response
    assert cache.get(("b",)) is None


def test_what_was_used_last_is_kept() -> None:
    cache = Cache(most=100_000)
    keys: list[Key] = [(number,) for number in range(20)]
    for key in keys:
        cache.put(key, packed(3_000))
        cache.get(keys[0])
    kept = [key for key in keys if cache.get(key)]
    assert keys[0] in kept
    assert keys[-1] in kept
    assert keys[1] not in kept
    assert len(kept) == 100_000 // 8_000


def test_a_response_of_a_tenth_of_all_is_not_kept() -> None:
    cache = Cache(most=100_000)
    cache.put(("small",), packed(5_000))
    cache.put(("large",), packed(5_001))
    assert cache.get(("small",))
    assert cache.get(("large",)) is None


def test_requests_that_clients_make_up_fill_no_more_than_their_share() -> None:
    cache = Cache(requests=10)
    cache.put(("a",), packed())
    for number in range(100):
        cache.remember(asked(number), ("a",))
    assert sum(cache.answer(asked(number)) is not None for number in range(100)) == 10
    assert cache.answer(asked(99))
    cache.remember(asked(1, length=2_000), ("a",))
    assert cache.answer(asked(1, length=2_000)) is None
    assert cache.answer(asked(99))


def test_a_request_whose_response_was_dropped_is_not_answered() -> None:
    cache = Cache(most=20_000)
    cache.put((1,), packed(0))
    cache.remember(asked(1), (1,))
    assert cache.answer(asked(1)) is None  # a quarter of all: not kept
    cache = Cache(most=60_000)
    for number in range(20):
        cache.put((number,), packed(100))
        cache.remember(asked(number), (number,))
    assert cache.answer(asked(0)) is None
    assert cache.answer(asked(19))
