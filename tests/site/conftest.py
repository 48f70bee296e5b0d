"""What the tests of sites share: the site of the campaign, and a host that knows nothing but files."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from kg.query.opened import Opened
from tests.conftest import inside
from tests.pages.conftest import client, server  # noqa: F401  (fixtures)


class Site(NamedTuple):
    """A site in the folder `icc` of a host of files."""

    folder: Path
    url: str


@pytest.fixture(scope="session")
def site(campaign: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The campaign as a site below a path of Python's own server of files, which tells no media types of RDF."""
    host = tmp_path_factory.mktemp("host")
    done = inside("site", host / "icc", "--url", "https://example.org/icc/", cwd=campaign)
    assert done.returncode == 0, done.stderr.decode()
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(host)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split("(")[1].split(")")[0]
        while True:
            try:
                httpx.get(url)
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        yield Site(host / "icc", f"{url}icc/")
        process.terminate()


@pytest.fixture(scope="module")
def opened(campaign: Path) -> Opened:
    return Opened(campaign / "build", static=True)
