"""An upload is whole in the cache, or nothing of it is there; a refusal is said in words."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import HTTPException
from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocrweb.disk.passing import is_abandoned, passing_name
from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.refusal import refuse
from ocrweb.ui.seams import taken

UPLOAD = "/gradio_api/upload"
BAD, TOO_LARGE, NO_ROOM = 400, 413, 507
CODES = {BAD: "access.bad-upload", TOO_LARGE: "access.upload-too-large", NO_ROOM: "access.upload-not-kept"}
MALFORMED = (TypeError, ValueError, AttributeError, LookupError)  # what Gradio's reader lets out
STORED = re.compile(r"[0-9a-f]{64}")
UNFINISHED = re.compile(r"tmp\w{8}")  # of version 0.1
LONGEST_TEXT = 1 << 20  # bytes of a form that are no file: the page sends none
_arriving: ContextVar[list[Any]] = ContextVar("arriving")
_own_folder: list[str] = []
_stores = taken.store_uploads


class UploadAnswers:
    """Answer for an upload that was refused: `CODES` by status, in the visitor's language. limit: bytes of a file."""

    def __init__(self, application: ASGIApp, limit: int) -> None:
        self._application = application
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != UPLOAD:
            await self._application(scope, receive, send)
            return
        refused: list[int] = []

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in CODES:
                refused.append(message["status"])
            if not refused:
                await send(message)

        await self._application(scope, receive, answering)
        if refused:
            error = OcrwebError(CODES[refused[0]], limit=f"{self._limit / 2**20:,.0f}")
            await refuse(scope, receive, send, refused[0], error)


class NamedParts(taken.FormParser):
    """Gradio's reader of forms, whose unfinished files lie in a folder that names this process.

    Text beside the files, which Gradio keeps in memory, is refused above `LONGEST_TEXT` in all.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload_dir = _folder_of(Path(str(self.upload_dir)))
        self._files_to_close_on_error = _arriving.get()
        self._text = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None:
            self._text += end - start
            if self._text > LONGEST_TEXT:
                raise MultiPartException(f"More than {LONGEST_TEXT} bytes that are no file.")
        super().on_part_data(data, start, end)


async def store(*args: Any, **kwargs: Any) -> tuple[list[Any], list[str], list[Any]]:
    """Gradio's `upload_fn`; whatever ends it, a visitor who leaves or a full disk, no unfinished file stays."""
    parts: list[Any] = []
    token = _arriving.set(parts)
    moving: list[str] = []
    try:
        stored, moving, places = await _stores(*args, **kwargs)
        return stored, moving, places
    except OSError as failure:
        raise HTTPException(NO_ROOM) from failure
    except MALFORMED as failure:
        raise HTTPException(BAD) from failure
    finally:
        _arriving.reset(token)
        for part in parts:
            if part.name not in moving:
                with contextlib.suppress(OSError):
                    part.close()
                with contextlib.suppress(OSError):
                    os.unlink(part.name)


def take_over() -> None:
    """Have Gradio store uploads by `store`."""
    taken.store_uploads_by(store, NamedParts)


def adopt_leftovers(page: gr.Blocks) -> None:
    """What a console that was killed left in the cache: unfinished uploads go, whole ones belong to this console now.

    Gradio removes those after a day and when the console is stopped, as it does with those of its own.
    """
    cache = Path(os.environ["GRADIO_TEMP_DIR"])
    for path in list(cache.iterdir()) if cache.is_dir() else []:
        with contextlib.suppress(OSError):  # another console was faster
            if is_abandoned(path):
                shutil.rmtree(path)
            elif UNFINISHED.fullmatch(path.name) and path.is_file():
                path.unlink()
            elif STORED.fullmatch(path.name):
                files = [str(file) for file in path.iterdir()]
                taken.adopt_uploads(page, files)
                if not files:
                    path.rmdir()


def _folder_of(cache: Path) -> Path:
    if not _own_folder:
        _own_folder.append(passing_name("arriving", ""))
    folder = cache / _own_folder[0]
    folder.mkdir(parents=True, exist_ok=True)
    return folder
