"""The API as MCP tools: behind the page's login, and with answers that are JSON."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from gradio_client import Client

Login = tuple[str, str] | None


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
            headers = {"x-gradio-user": "mcp"}
            tools._client_instance = Client(
                url, auth=login, headers=headers, download_files=False, verbose=False, analytics_enabled=False
            )
        return tools._client_instance

    tools.postprocess_output_data = in_json
    tools._get_or_create_client = client
