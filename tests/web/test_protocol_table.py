"""docs/protocol.md: the tables of media types and status codes, made by asking a real server.

python -m tests.web.test_protocol_table     asks the server anew and writes the tables
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kg.rdf.formats import FORMATS
from tests.conftest import ROOT, Server, serving
from tests.web.conftest import CROSS
from tests.web.test_queries import REFUSED

PAGE = ROOT / "docs" / "protocol.md"
MARK = "<!-- made by: python -m tests.web.test_protocol_table -->\n"
TYPES = [*(media.media_type for media in FORMATS.values()), "application/json", "application/xml", "*/*", "image/png"]
SELECT, CONSTRUCT = "sparql?query=SELECT%20*%20%7B%7D", "sparql?query=CONSTRUCT%20WHERE%20%7B%3Fs%20a%20kg%3ACount%7D"
ADDRESSES = {
    "": "`/`",
    "id/kofi-annan": "`/id/<slug>`: 303 to the document",
    "source/international-campaign-icc": "`/source/<id>`",
    "ontology": "`/ontology`, `/fact/<hash>`, `/curators`",
    "graph/inferred": "`/graph/<name>`",
    "dataset": "`/dataset`",
    ".well-known/void": "`/.well-known/void`",
    ".well-known/sparql-examples": "`/.well-known/sparql-examples`",
    "sparql": "`/sparql` with no query",
    SELECT: "`/sparql`, SELECT and ASK",
    CONSTRUCT: "`/sparql`, CONSTRUCT and DESCRIBE",
    "query": "`/query`",
    "query/treaty-actions": "`/query/<name>`, a table",
    "query/people-schema-org": "`/query/<name>`, a graph",
    "search?q=kofi": "`/search?q=`",
    "validation": "`/validation`",
}


def table(server: Server) -> str:
    """The tables, as the server answers now."""
    with httpx.Client(base_url=server.url, timeout=30) as client:
        return "".join((*_types(client), *_codes(client)))


def _types(client: httpx.Client) -> Iterator[str]:
    yield "| address | what Accept may ask for, and gets | `*/*` gets | else |\n|---|---|---|---|\n"
    for address, name in ADDRESSES.items():
        got = {type_: client.get(address, headers={"Accept": type_}) for type_ in TYPES}
        kinds = {type_: response.headers["content-type"].partition(";")[0] for type_, response in got.items()}
        fine = {type_ for type_, response in got.items() if response.status_code in (200, 303)}
        suffixes = {media.suffix: media.media_type for media in FORMATS.values()}
        for type_ in fine:  # a 303 leads to the type by its ending
            if got[type_].status_code == 303:
                kinds[type_] = suffixes[f".{got[type_].headers['location'].rpartition('.')[2]}"]
        granted = [f"`{type_}`" for type_ in TYPES if type_ in fine and kinds[type_] == type_]
        refused = {str(got[type_].status_code) for type_ in TYPES if type_ not in fine}
        yield f"| {name} | {', '.join(granted)} | `{kinds['*/*']}` | {', '.join(sorted(refused))} |\n"


def _codes(client: httpx.Client) -> Iterator[str]:
    yield "\n| what is asked | status | answer |\n|---|---|---|\n"
    etag = client.get("ontology.ttl").headers["etag"]
    cases = [
        ("what is there", client.get("ontology.ttl")),
        ("OPTIONS", client.options("sparql")),
        ("a thing", client.get("id/kofi-annan")),
        (
            "a document that has not changed (If-None-Match)",
            client.get("ontology.ttl", headers={"If-None-Match": etag}),
        ),
        *((name, ask(client)) for name, ask, _, _ in REFUSED),
        ("a parameter of a wrong type", client.get("query/treaty-actions.csv?since=1")),
        ("what is not there", client.get("id/nobody")),
        ("a query that takes too long", client.get("sparql", params={"query": CROSS})),
    ]
    seen = set()
    for name, response in sorted(cases, key=lambda case: case[1].status_code):
        kind = response.headers.get("content-type", "").partition(";")[0] if response.content else "no body"
        if (row := (name, response.status_code)) not in seen:
            title = response.json()["title"] if kind.endswith("problem+json") else response.reason_phrase
            yield f"| {name} | {response.status_code} {title} | {kind} |\n"
        seen.add(row)


@pytest.mark.long
def test_the_tables_are_what_the_server_answers(server: Server) -> None:
    _, mark, made = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark
    assert made == table(server), "run: python -m tests.web.test_protocol_table"


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(ROOT, Path(folder) / "log", "--timeout", "3", "--max-rows", "5000") as found,
    ):
        text = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
        PAGE.write_text(text + MARK + table(found), encoding="utf-8")
        sys.stdout.write(f"{PAGE}\n")
