"""The API as MCP tools: behind the page's login, with answers that are JSON, and with errors that are told as errors."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from gradio_client import Client

from ocrweb.errors import OcrwebError
from ocrweb.ui.line.queue import WANTS_JSON
from ocrweb.ui.seams import taken

Login = tuple[str, str] | None
LONGEST_REASON = 300  # characters of a library's own words, which repeat what was sent


def prepare_tools(page: gr.Blocks, url: str, login: Login) -> None:
    """Adapt Gradio's tools of a mounted page; nothing to do when they are not served.

    url: where this console answers on this machine, since a tool calls its endpoint over HTTP, with the login.
    """
    tools: Any = page.mcp_server_obj
    if tools is None:
        return
    headers = {"x-gradio-user": "mcp", WANTS_JSON: "1"}

    def in_json(output: Any) -> str:
        """Gradio writes an answer as a Python literal, which few clients read."""
        return json.dumps(output, ensure_ascii=False)

    def client() -> Client:
        return Client(url, auth=login, headers=headers, download_files=False, verbose=False, analytics_enabled=False)

    taken.change_tools(tools, in_json, client, error_document)


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
