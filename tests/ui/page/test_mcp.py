"""`--mcp`: the named endpoints as tools, behind the login when there is one."""

from __future__ import annotations

import asyncio
import base64
import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from tests.browser import Console
from tests.ui.page.conftest import LOGIN

pytestmark = pytest.mark.slow
TOOLS = "/gradio_api/mcp/"
HEADERS = {"Authorization": "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()}


def call(console: Console, tool: str, arguments: dict[str, Any], *, follow: bool = False) -> Any:
    """The JSON document that a tool answers with, which is an error exactly when MCP says so; ``list`` gives the names of
    the tools. follow: ask for progress, which goes another way."""

    async def watched(done: float, total: float | None, words: str | None) -> None:
        pass

    async def talk() -> Any:
        async with (
            streamablehttp_client(console.url + TOOLS, headers=HEADERS) as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            if tool == "list":
                return {entry.name for entry in (await session.list_tools()).tools}
            answer = await session.call_tool(tool, arguments, progress_callback=watched if follow else None)
            document = json.loads(answer.content[0].text)  # type: ignore[union-attr]
            assert answer.isError == (set(document) == {"error"})
            return document

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


def test_many_pictures_are_one_call_and_told_apart(locked: Console, picture: Path) -> None:
    answer = call(locked, "detect_batch", {"pictures": [as_url(picture)] * 2})
    assert [len(result["boxes"]) for result in answer["results"]] == [6, 6]
    assert [result["image_path"] for result in answer["results"]] == ["picture-1.png", "picture-2.png"]


@pytest.mark.parametrize("follow", [False, True], ids=["alone", "with progress"])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"model": "nope"}, "model.unknown"),
        ({"threshold": 7}, "usage.bad-value"),
        ({"picture": "data:image/png;base64,AAAA"}, "image.unknown-content"),
        ({"picture": 5}, "access.bad-call"),
        ({"tresh": 0.3}, "access.bad-call"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_a_failure_is_an_error_with_the_document_of_the_api(
    locked: Console, picture: Path, changed: dict[str, Any], code: str, follow: bool
) -> None:
    answer = call(locked, "detect", {"picture": as_url(picture)} | changed, follow=follow)
    assert (set(answer), answer["error"]["code"]) == ({"error"}, code)
    assert answer["error"]["hint"]


def test_an_error_does_not_send_the_picture_back(locked: Console, picture: Path) -> None:
    answer = call(locked, "detect", {"picture": as_url(picture), "threshold": as_url(picture)})
    assert answer["error"]["code"] == "access.bad-call"
    assert len(json.dumps(answer)) < 1000


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1/healthz", "data:nothing", "file:///etc/passwd"])
def test_a_text_is_no_path_on_the_server_and_no_address_inside_its_network(locked: Console, path: str) -> None:
    answer = call(locked, "detect_batch", {"pictures": [path]})
    assert answer["error"]["code"] in {"access.bad-url", "image.unknown-content", "image.empty"}


@pytest.mark.parametrize("path", [TOOLS, TOOLS + "sse", TOOLS + "schema", TOOLS + "http/"])
def test_without_the_login_there_are_no_tools(locked: Console, path: str) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    wrong = {"Authorization": "Basic YTpi", "Accept": "application/json, text/event-stream"}
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(locked.url + path, body, wrong), timeout=60)
    assert refused.value.code == 401
