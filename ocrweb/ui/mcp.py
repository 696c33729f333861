"""The API as MCP tools: behind the page's login, and with answers that are JSON."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import gradio as gr
from gradio_client import Client
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/gradio_api/mcp"
Login = tuple[str, str] | None


class ToolsLogin:
    """Ask for the login (HTTP Basic) on the tools' addresses: Gradio's own login covers its page, not these."""

    def __init__(self, application: ASGIApp, login: Login) -> None:
        self._application = application
        self._wanted = b"Basic " + base64.b64encode(":".join(login).encode()) if login else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._wanted and scope["type"] == "http" and scope["path"].startswith(PREFIX) and not self._known(scope):
            refusal = JSONResponse(
                {"detail": "Not authenticated"}, 401, headers={"WWW-Authenticate": 'Basic realm="ocrweb"'}
            )
            await refusal(scope, receive, send)
            return
        await self._application(scope, receive, send)

    def _known(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"")
        return self._wanted is not None and secrets.compare_digest(given, self._wanted)


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
