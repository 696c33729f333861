"""A posted file value names a file that this page was given or has handed out itself, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.services.access.file_address import KEY, opens
from ocrweb.ui.guard.amount import MOST_VALUES, has_too_many
from ocrweb.ui.guard.refusal import refuse
from ocrweb.ui.parts.uploaded import _is_ordinary, is_upload

LONGEST_BODY = 96 * 2**20  # a log of 50 MB pasted into a field, with room for what JSON escapes
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")  # uploads and the login: no file values in them
FETCHED = ("http://", "https://")  # Gradio downloads these itself and keeps out of private networks


class FileValues:
    """Look through every posted JSON document before Gradio does, which opens and copies what it finds.

    Refuses with 403 `access.foreign-file`, 413 `access.too-long` and `access.too-many-values`, 400 `access.bad-json`. Nothing is opened here: a pipe or
    a device would stop the event loop.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS") or _is_form(scope):
            await self._application(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            await refuse(scope, receive, send, 413, OcrwebError("access.too-long", megabytes=LONGEST_BODY // 2**20))
            return
        if await asyncio.to_thread(has_too_many, body):
            await refuse(scope, receive, send, 413, OcrwebError("access.too-many-values", most=MOST_VALUES))
            return
        try:
            document = orjson.loads(body) if body else None
        except orjson.JSONDecodeError:
            await refuse(scope, receive, send, 400, OcrwebError("access.bad-json"))
            return
        if any(not may_be_used(*value) for value in file_values(document)):
            await refuse(scope, receive, send, 403, OcrwebError("access.foreign-file"))
            return
        await self._application(scope, _again(body, receive), send)


def file_values(document: Any) -> Iterator[tuple[Any, Any]]:
    """``path`` and ``url`` of everything in a document that Gradio may take for a file, however deep it lies."""
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get("path") is not None:
                yield node["path"], node.get("url")
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def may_be_used(path: Any, url: Any = None) -> bool:
    """Whether a path is an ordinary file that was uploaded, one that the page has handed out, or a web address.

    url: its address on the page, whose key proves that the page has handed it out.
    """
    if not isinstance(path, str):
        return False
    if path.startswith(FETCHED):
        return True
    return is_upload(path) or (isinstance(url, str) and _handed_out(path, url))


def _handed_out(path: str, url: str) -> bool:
    given = parse_qs(urlsplit(url).query).get(KEY, [""])
    return opens(path, given[-1]) and _is_ordinary(path)


def _is_form(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").split(";")[0].strip().lower() in FORMS


async def _body(receive: Receive) -> bytes | None:
    """The whole body, None when it is too long; the rest of that one is not kept."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        size += len(message.get("body", b""))
        if size > LONGEST_BODY:
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand out the body that was read, then what comes after it: the visitor's leaving."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return waiting.pop() if waiting else await receive()

    return read
