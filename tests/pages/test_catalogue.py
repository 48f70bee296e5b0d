"""The catalogue of pages: what it lists is what the server sends."""

from itertools import islice

import httpx
import pytest

from kg.pages import catalogue
from kg.pages.catalogue import root_of
from kg.query.opened import Opened
from kg.release.reader import Release
from tests.conftest import Server

ACCEPT = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def opened(release: Release) -> Opened:
    return Opened(release.path.parent.parent)


def test_every_address_is_listed_once(opened: Opened, release: Release) -> None:
    addresses = list(catalogue.addresses(opened))
    every = [*addresses, *catalogue.parts(opened)]
    assert len(every) == len(set(every))
    assert {"explore/2", "explore/kind/event", "explore/kind/event/2", "explore/year/2002"} <= set(every)
    assert {"", "query", "query/growth", "id/kofi-annan.html", "ontology", "graph/inferred.html", "curators"} <= {
        *addresses
    }
    facts = release.manifest["counts"]["facts"] + release.manifest["counts"]["reference"]
    assert sum(address.startswith("fact/") for address in addresses) == facts


def test_what_people_begin_with_comes_first(opened: Opened) -> None:
    kinds = [address.partition("/")[0] for address in catalogue.addresses(opened) if "/" in address]
    assert list(dict.fromkeys(kinds)) == ["query", "timeline", "source", "id", "graph", "release", "fact"]


@pytest.mark.long
def test_the_server_sends_each_of_them(opened: Opened, server: Server) -> None:
    """To the byte, but for queries, which it answers in workers."""
    with httpx.Client(base_url=server.url, headers=ACCEPT) as client:
        for address in islice(catalogue.addresses(opened), 0, None, 7):
            response = client.get(address)
            assert response.status_code == 200, address
            if not address.startswith("query/"):
                assert response.content == catalogue.page(opened, address), address


def test_a_query_page_has_the_answer_that_its_defaults_give(opened: Opened, server: Server) -> None:
    there = httpx.get(f"{server.url}query/growth", headers=ACCEPT).text
    assert catalogue.page(opened, "query/growth").decode() == there


def test_no_page_has_another_address(opened: Opened) -> None:
    with pytest.raises(KeyError):
        catalogue.page(opened, "nowhere/x.html")


def test_the_root_is_found_from_any_depth() -> None:
    assert [root_of(address) for address in ("", "query", "id/x", "a/b/c")] == ["./", "./", "../", "../../"]
