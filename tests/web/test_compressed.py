"""Downloads as gzip: the same bytes, made once, never waited for where they are large, gone after the next release."""

import asyncio
import gzip
import hashlib
from pathlib import Path

import httpx
import pytest

from kg.release.reader import Release
from kg.web import compressed
from kg.web.compressed import Compressed
from tests.conftest import Server, in_a_loop


@pytest.mark.parametrize("file", ["dataset.nq", "dataset.ttl", "dataset.jsonld"])
def test_a_download_comes_as_gzip_with_an_etag_of_its_own(server: Server, release: Release, file: str) -> None:
    plain, packed = (
        httpx.get(f"{server.url}downloads/{file}", headers={"Accept-Encoding": coding})
        for coding in ("identity", "gzip")
    )
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # httpx has decoded it
    assert int(packed.headers["content-length"]) * 3 < int(plain.headers["content-length"])
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]
    tag = {"If-None-Match": packed.headers["etag"]}
    assert httpx.get(f"{server.url}downloads/{file}", headers={"Accept-Encoding": "gzip", **tag}).status_code == 304
    assert httpx.get(f"{server.url}downloads/{file}", headers={"Accept-Encoding": "identity", **tag}).status_code == 200


def test_a_part_is_one_of_the_representation_that_is_named(server: Server) -> None:
    url = f"{server.url}downloads/dataset.nt"
    with httpx.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as response:
        whole, tag = b"".join(response.iter_raw()), response.headers["etag"]
    assert f'"{hashlib.sha256(whole).hexdigest()[:32]}"' == tag
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=100-", "If-Range": tag}
    with httpx.stream("GET", url, headers=headers) as response:
        assert response.status_code == 206
        assert response.headers["content-range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
        assert whole[:100] + b"".join(response.iter_raw()) == whole
    again = httpx.get(url, headers={**headers, "Accept-Encoding": "identity"})
    assert again.status_code == 200


def test_it_is_compressed_once_and_gone_after_the_next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "LEFT", 0.05)
    file = tmp_path / "dataset.nq"
    file.write_bytes(b"a quad\n" * 1000)

    async def use() -> None:
        made = Compressed(tmp_path / "gzip")
        first, second = await asyncio.gather(made.of(file), made.of(file))
        assert first is second
        assert first
        assert gzip.decompress(first.path.read_bytes()) == file.read_bytes()
        assert first.digest == hashlib.sha256(first.path.read_bytes()).hexdigest()
        file.write_bytes(b"another release\n")
        made.forget()
        again = await made.of(file)
        assert again
        assert gzip.decompress(again.path.read_bytes()) == b"another release\n"
        await asyncio.sleep(0.2)
        assert not first.path.exists()
        assert again.path.exists()

    in_a_loop(use())


def test_a_large_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "WAITED_FOR", 10)
    file = tmp_path / "dataset.nq"
    file.write_bytes(b"a quad\n" * 1000)

    async def use() -> None:
        made = Compressed(tmp_path / "gzip")
        assert await made.of(file) is None
        while (found := await made.of(file)) is None:
            await asyncio.sleep(0.01)
        assert gzip.decompress(found.path.read_bytes()) == file.read_bytes()

    in_a_loop(use())


def test_where_nothing_can_be_written_it_is_sent_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "dataset.nq"
    file.write_bytes(b"a quad\n")
    (tmp_path / "gzip").write_bytes(b"no folder")

    async def use() -> None:
        made = Compressed(tmp_path / "gzip")
        assert await made.of(file) is None

    in_a_loop(use())
