"""The policy that the page runs under: its own scripts, told apart from a text that became one by accident."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocrweb.ui.seams import taken

# 'unsafe-eval': Gradio compiles the `js=` of events, Vega its plots. 'unsafe-inline' styles: both set style attributes.
# Neither lets a text of a visitor run: that takes an inline script or handler, which need a nonce or a hash.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
SCRIPT = re.compile(rb"<script(?=[\s>])")


def stand_inside(served: FastAPI, head: str, scripts: Iterable[str] = ()) -> None:
    """Put the policy into the Gradio application mounted in `served`, inside its compression.

    head: the HTML that the page adds to its head. scripts: what runs before anything of Gradio.
    """
    login = (Path(__file__).parent / "login.js").read_text(encoding="utf-8")
    taken.stand_inside(served, Middleware(PagePolicy, known=script_hashes(head), additions=(*scripts, login)))


def script_hashes(markup: str) -> list[str]:
    """CSP sources for the inline scripts of a piece of HTML that the page puts in by itself."""
    bodies = re.findall(r"<script>(.*?)</script>", markup, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in bodies]


class PagePolicy:
    """Give each script of an HTML answer a nonce, and the answer the policy that asks for it.

    Stands inside Gradio's compression. known: the sources of scripts that the page adds later. additions: scripts of ours
    for every page, the login form included, which nothing else of ours is on.
    """

    def __init__(self, application: ASGIApp, known: Iterable[str] = (), additions: Iterable[str] = ()) -> None:
        self._application, self._known = application, tuple(known)
        self._additions = "".join(f"<script>{script}</script>" for script in additions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/gradio_api/"):  # files of visitors come from there
            await self._application(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def with_policy(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_html(message):
                start = message
                return
            if start is None or message["type"] != "http.response.body":
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body", False):
                return
            nonce = secrets.token_urlsafe(16)
            page = self._with_nonce(body, nonce)
            headers = MutableHeaders(scope=start)
            headers["Content-Security-Policy"] = POLICY.format(scripts=" ".join([f"'nonce-{nonce}'", *self._known]))
            headers["Cache-Control"] = "no-store"
            if scope["method"] != "HEAD":
                headers["Content-Length"] = str(len(page))
            await send(start)
            await send({"type": "http.response.body", "body": page})

        await self._application(scope, receive, with_policy)

    def _with_nonce(self, page: bytes, nonce: str) -> bytes:
        page = page.replace(b"</head>", f"{self._additions}</head>".encode(), 1)
        return SCRIPT.sub(f'<script nonce="{nonce}"'.encode(), page)


def _is_html(message: Message) -> bool:
    return dict(message.get("headers", [])).get(b"content-type", b"").startswith(b"text/html")
