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
from ocrweb.ui.guard.login_brake import LOGIN
from ocrweb.ui.guard.refusal import refuse
from ocrweb.ui.guard.room import Full, Place, Room
from ocrweb.ui.guard.uploads import UPLOAD
from ocrweb.ui.parts.uploaded import _is_ordinary, is_upload

LONGEST_BODY = 96 * 2**20  # a log of 50 MB pasted into a field, with room for what JSON escapes
PICTURES = frozenset({"/v1/detect"})  # addresses whose bodies are pictures and go to no reader of the framework
SILENCE = 30.0  # seconds without a further part, after which a body gives up its room
RETRY_AFTER = 5
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
FETCHED = ("http://", "https://")  # Gradio downloads these itself and keeps out of private networks


class FileValues:
    """Look through every posted JSON document before Gradio does, which opens and copies what it finds.

    Every body is such a document, whatever it calls itself, but an upload, which goes to the disk, and the form of the
    login, or a picture: the framework keeps a whole body before it looks at its kind. room: for the bodies of all connections.
    Refuses with 403 `access.foreign-file`, 413 `access.too-long` and `access.too-many-values`, 400 `access.bad-json`,
    503 `access.full`, 408 `access.too-slow`. Nothing is opened here: a pipe or a device would stop the event loop.
    """

    def __init__(self, application: ASGIApp, room: Room | None = None) -> None:
        self._application, self._room = application, room or Room()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS") or _is_upload(scope):
            await self._application(scope, receive, send)
            return
        with self._room.place() as place:
            try:
                body = await _body(receive, place)
                if not (scope["path"] in PICTURES or (scope["path"] in LOGIN and _is_form(scope))):
                    await _look_through(body)
            except _Refused as refused:
                await refuse(scope, receive, send, refused.status, refused.error, refused.headers)
                return
            await self._application(scope, _again(body, receive), send)


class _Refused(Exception):
    """A document that goes no further."""

    def __init__(self, status: int, error: OcrwebError, headers: dict[str, str] | None = None) -> None:
        self.status, self.error, self.headers = status, error, headers


async def _look_through(body: bytes) -> None:
    """Raises `_Refused`."""
    if await asyncio.to_thread(has_too_many, body):
        raise _Refused(413, OcrwebError("access.too-many-values", most=MOST_VALUES))
    try:
        document = orjson.loads(body) if body else None
    except orjson.JSONDecodeError as failure:
        raise _Refused(400, OcrwebError("access.bad-json")) from failure
    if any(not may_be_used(*value) for value in file_values(document)):
        raise _Refused(403, OcrwebError("access.foreign-file"))


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


def _is_upload(scope: Scope) -> bool:
    return _is_form(scope) and bool(scope["path"].rstrip("/") == UPLOAD)


async def _body(receive: Receive, place: Place) -> bytes:
    """The whole body, in its place; what came until then when the visitor leaves.

    Raises `_Refused` for one that is too long, that has no room, or that stops arriving; the rest of it is not kept.
    """
    body = bytearray()  # not a list of parts: thousands of tiny ones take many times their size
    while True:
        try:
            async with asyncio.timeout(SILENCE):
                message = await receive()
        except TimeoutError as failure:
            raise _Refused(408, OcrwebError("access.too-slow")) from failure
        if message["type"] != "http.request":
            return bytes(body)
        part = message.get("body", b"")
        if place.size + len(part) > LONGEST_BODY:
            raise _Refused(413, OcrwebError("access.too-long", megabytes=LONGEST_BODY // 2**20))
        try:
            place.take(len(part))
        except Full as failure:
            raise _Refused(
                503, OcrwebError("access.full", seconds=RETRY_AFTER), {"Retry-After": str(RETRY_AFTER)}
            ) from failure
        body += part
        if not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand out the body that was read, then what comes after it: the visitor's leaving."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return waiting.pop() if waiting else await receive()

    return read
