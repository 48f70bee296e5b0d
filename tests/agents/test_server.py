"""The server, asked by the protocol's own client: over pipes, and over HTTP beside the pages."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import in_a_loop, run, serving

Found = TypeVar("Found")
USUAL = ["search", "thing", "why", "queries", "query", "source"]


def on_stdio(folder: Path, do: Callable[[Client], Awaitable[Found]], *options: str) -> Found:
    async def main() -> Found:
        parameters = StdioServerParameters(command=sys.executable, args=["-m", "kg", "mcp", *options], cwd=folder)
        async with Client(stdio_client(parameters)) as client:
            return await do(client)

    return in_a_loop(main())


def test_the_usual_tools_and_no_others(campaign: Path) -> None:
    async def do(client: Client) -> list[Any]:
        return (await client.list_tools()).tools

    tools = on_stdio(campaign, do)
    assert [tool.name for tool in tools] == USUAL
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint


def test_questions_and_free_queries_are_tools_where_asked_for(campaign: Path) -> None:
    async def do(client: Client) -> Any:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        funders = await client.call_tool("funders", {"tier": "major financial contribution"})
        counted = await client.call_tool("sparql", {"query": "SELECT (COUNT(*) AS ?n) { ?s a kg:Count }"})
        return tools, funders, counted

    tools, funders, counted = on_stdio(campaign, do, "--tool", "funders", "--tool", "treaty-actions", "--sparql")
    assert list(tools) == [*USUAL, "sparql", "funders", "treaty_actions"]
    assert set(tools["funders"].input_schema["properties"]) == {"funded", "tier", "page"}
    assert funders.structured_content["total"] == 3
    assert funders.structured_content["rows"][0]["evidence"][0]["quotes"][0]["quote"].startswith(
        "The CICC has received"
    )
    assert counted.structured_content["rows"][0]["n"].isdigit()


def test_text_and_structured_content_are_both_whole(campaign: Path) -> None:
    async def do(client: Client) -> Any:
        return await client.call_tool("query", {"name": "growth"})

    answer = on_stdio(campaign, do)
    (text,) = (block.text for block in answer.content)
    for row in answer.structured_content["rows"]:
        for one in row["evidence"]:
            assert all(f"#char={quote['start']},{quote['end']}]" in text for quote in one["quotes"])


def test_what_is_wrong_is_an_answer_that_says_so(campaign: Path) -> None:
    async def do(client: Client) -> list[Any]:
        wrong: list[tuple[str, dict[str, Any]]] = [
            ("thing", {"name": "nobody"}),
            ("query", {"name": "growth", "parameters": {"of": "nobody"}}),
        ]
        return [await client.call_tool(name, given) for name, given in wrong]

    for answer in on_stdio(campaign, do):
        assert answer.is_error
        assert "nothing in the graph is called 'nobody'" in answer.content[0].text
        assert "Traceback" not in answer.content[0].text


def test_a_question_that_is_none_cannot_be_promoted(campaign: Path) -> None:
    done = run("mcp", "--tool", "fundes", cwd=campaign, given=b"")
    assert done.returncode == 2
    assert done.stdout == b"", "stdout is the protocol's"
    assert b"no canned query is called 'fundes'; did you mean 'funders'?" in done.stderr


def test_it_is_served_beside_the_pages_where_asked_for(campaign: Path, tmp_path: Path) -> None:
    async def do(url: str) -> Any:
        async with Client(streamable_http_client(url)) as client:
            return await client.call_tool("query", {"name": "funders"})

    with serving(campaign, tmp_path / "log", "--mcp") as server:
        answer = in_a_loop(do(f"{server.url}mcp"))
        assert answer.structured_content["total"] == 24
        assert httpx.get(server.url).status_code == 200
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        kinds = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        for header, status in (({"Host": "evil.example"}, 421), ({"Origin": "http://evil.example"}, 403)):
            assert httpx.post(f"{server.url}mcp", json=asked, headers={**kinds, **header}).status_code == status
    with serving(campaign, tmp_path / "other") as server:
        assert httpx.post(f"{server.url}mcp", json=asked, headers=kinds).status_code == 404
