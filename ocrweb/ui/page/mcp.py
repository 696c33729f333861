"""The API as MCP tools: behind the page's login, with answers that are JSON, and with errors that are told as errors."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from gradio_client import Client

from ocrweb.errors import OcrwebError
from ocrweb.ui.line.queue import WANTS_JSON

Login = tuple[str, str] | None
LONGEST_REASON = 300  # characters of a library's own words, which repeat what was sent


def prepare_tools(page: gr.Blocks, url: str, login: Login) -> None:
    """Adapt Gradio's tools of a mounted page; nothing to do when they are not served.

    url: where this console answers on this machine, since a tool calls its endpoint over HTTP, with the login.
    """
    tools: Any = page.mcp_server_obj
    if tools is None:
        return
    by_gradio = tools.postprocess_output_data

    def in_json(data: Any, root_url: str) -> Any:
        """Gradio writes an answer as a Python literal, which few clients read."""
        return by_gradio([json.dumps(output, ensure_ascii=False) for output in data], root_url)

    def client() -> Client:
        if tools._client_instance is None:
            headers = {"x-gradio-user": "mcp", WANTS_JSON: "1"}
            tools._client_instance = Client(
                url, auth=login, headers=headers, download_files=False, verbose=False, analytics_enabled=False
            )
        return tools._client_instance

    tools.postprocess_output_data = in_json
    tools._get_or_create_client = client
    _code_errors(tools)


def _code_errors(tools: Any) -> None:
    """A failed call answers with the document of its error, also when it failed before it came to us."""
    handlers, request = tools.mcp_server.request_handlers, tools.types.CallToolRequest
    by_gradio = handlers[request]

    async def call(asked: Any) -> Any:
        answer = await by_gradio(asked)
        if answer.root.isError:
            content = answer.root.content[0]
            content.text = error_document(content.text)
        return answer

    handlers[request] = call


def error_document(said: str) -> str:
    """What an endpoint said of its failure, or a coded document around a library's own words."""
    start = said.find('{"error"')  # Gradio puts a title in front when the caller follows the progress
    try:
        json.loads(said[start:] if start >= 0 else "")
        return said[start:]
    except ValueError:
        reason = said.partition(" Please click on")[0][:LONGEST_REASON]
        document = {"error": OcrwebError("access.bad-call", reason=reason).to_dict()}
        return json.dumps(document, ensure_ascii=False)
