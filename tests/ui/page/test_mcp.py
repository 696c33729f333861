"""`--mcp`: the named endpoints as tools, behind the login when there is one."""

from __future__ import annotations

import asyncio
import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from tests.browser import Console, running_console

pytestmark = pytest.mark.slow
TOOLS = "/gradio_api/mcp/"
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"anna:s3cret").decode()}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with running_console(tmp_path_factory.mktemp("home"), "--mcp", "--auth", "anna:s3cret") as console:
        yield console


def call(console: Console, tool: str, arguments: dict[str, Any]) -> Any:
    """The JSON document that a tool answers with; ``list`` gives the names of the tools."""

    async def talk() -> Any:
        async with (
            streamablehttp_client(console.url + TOOLS, headers=LOGIN) as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            if tool == "list":
                return {entry.name for entry in (await session.list_tools()).tools}
            answer = await session.call_tool(tool, arguments)
            return json.loads(answer.content[0].text)  # type: ignore[union-attr]

    # In a thread of its own: the browser tests' fixture keeps a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(talk())).result()


def as_url(picture: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()


def test_only_the_named_endpoints_are_tools(locked: Console) -> None:
    assert call(locked, "list", {}) == {"detect", "detect_batch", "golden", "models", "machine_status", "validate"}


def test_a_tool_answers_with_the_document_of_the_api(locked: Console, picture: Path) -> None:
    answer = call(locked, "detect", {"picture": as_url(picture), "threshold": 0.3})
    assert (answer["success"], len(answer["boxes"]), answer["threshold"]) == (True, 6, 0.3)


def test_many_pictures_are_one_call(locked: Console, picture: Path) -> None:
    answer = call(locked, "detect_batch", {"pictures": [as_url(picture)] * 2})
    assert [len(result["boxes"]) for result in answer["results"]] == [6, 6]


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1/healthz", "data:nothing", "file:///etc/passwd"])
def test_a_text_is_no_path_on_the_server_and_no_address_inside_its_network(locked: Console, path: str) -> None:
    answer = call(locked, "detect_batch", {"pictures": [path]})
    assert answer["error"]["code"] in {"access.bad-url", "image.unknown-content", "image.empty"}


@pytest.mark.parametrize("path", [TOOLS, TOOLS + "sse", TOOLS + "schema", TOOLS + "http/"])
def test_without_the_login_there_are_no_tools(locked: Console, path: str) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    wrong = {"Authorization": "Basic YTpi", "Accept": "application/json, text/event-stream"}
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(locked.url + path, body, wrong), timeout=10)
    assert refused.value.code == 401
