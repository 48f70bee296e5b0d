"""Cache: the responses of one release by what they depend on."""

from collections import OrderedDict

from kg.web.response import Packed

Key = tuple[bytes, bytes, bytes, bool]


class Cache:
    """The responses of one release by what they depend on, the least recently used dropped beyond `most` bytes."""

    def __init__(self, most: int = 64 << 20) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[Key, Packed] = OrderedDict()

    def get(self, key: Key) -> Packed | None:
        """The response kept for a key."""
        if found := self._kept.get(key):
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, packed: Packed) -> None:
        """Keep a response, unless it alone is a tenth of what may be kept."""
        size = _size(key, packed)
        if size > self._most // 10 or key in self._kept:
            return
        self._kept[key] = packed
        self._size += size
        while self._size > self._most:
            self._size -= _size(*self._kept.popitem(last=False))


def _size(key: Key, packed: Packed) -> int:
    return len(packed.body) + sum(map(len, key[:3])) + 2000  # what the headers and objects take, about
