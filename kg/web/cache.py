"""Cache: the responses of one release by what they depend on."""

from collections import OrderedDict

from kg.web.response import Packed

Key = tuple[object, ...]  # of hashable parts: path, status, type, headers, fields, whether compressed
Asked = tuple[bytes, bytes, bytes, bool]  # raw path, query string, Accept, whether gzip is taken


class Cache:
    """The responses of one release by what they depend on, the least recently used dropped beyond `most` bytes.

    Requests that were answered so are remembered, `requests` of them, as they were asked: what clients make up fills no
    more than that, and a request that is forgotten costs finding its handler anew, not its answer.
    """

    def __init__(self, most: int = 64 << 20, requests: int = 5_000) -> None:
        self._most, self._size, self._requests = most, 0, requests
        self._kept: OrderedDict[Key, Packed] = OrderedDict()
        self._asked: OrderedDict[Asked, Key] = OrderedDict()

    def answer(self, asked: Asked) -> Packed | None:
        """The response to a request as it was asked before."""
        key = self._asked.get(asked)
        return self.get(key) if key is not None else None

    def remember(self, asked: Asked, key: Key) -> None:
        """Note which response a request got, unless it is long."""
        if sum(map(len, asked[:3])) < _LONG:
            self._asked[asked] = key
            if len(self._asked) > self._requests:
                self._asked.popitem(last=False)

    def get(self, key: Key) -> Packed | None:
        """The response kept for a key."""
        if found := self._kept.get(key):
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, packed: Packed) -> None:
        """Keep a response, unless it alone is a tenth of what may be kept."""
        size = _size(packed)
        if size > self._most // 10 or key in self._kept:
            return
        self._kept[key] = packed
        self._size += size
        while self._size > self._most:
            self._size -= _size(self._kept.popitem(last=False)[1])


_LONG = 2000  # bytes of a request that are not remembered


def _size(packed: Packed) -> int:
    return len(packed.body) + 5000  # what the key, the headers and objects take, about
