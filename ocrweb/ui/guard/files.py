"""Files are handed out by addresses that the page itself made."""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import parse_qs

import gradio as gr
from gradio_client import utils as client_utils
from starlette.types import ASGIApp, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.services.access.file_address import KEY, key_of, opens
from ocrweb.ui.guard.headers import FILES
from ocrweb.ui.guard.refusal import refuse
from ocrweb.ui.seams import taken

# Gradio stores an upload below the hash of its content and of a seed of this data root; the page itself makes the address.
UPLOADED = re.compile(r"/[0-9a-f]{64}/(?!\.{1,2}$)[^/]+")


class FileAddresses:
    """Refuse a file address without its key: 403 `access.no-file`, whether or not there is such a file."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self._uploads = os.path.abspath(os.environ["GRADIO_TEMP_DIR"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(FILES) and not self._open(scope):
            await refuse(scope, receive, send, 403, OcrwebError("access.no-file"))
            return
        await self._application(scope, receive, send)

    def _open(self, scope: Scope) -> bool:
        path = scope["path"][len(FILES) :]
        if path.startswith(self._uploads) and UPLOADED.fullmatch(path[len(self._uploads) :]):
            return True
        given = parse_qs(scope["query_string"].decode("latin-1")).get(KEY, [""])
        return opens(path, given[-1])


def key_addresses(page: gr.Blocks) -> None:
    """Put the key on each file address that a handler of the page answers with."""
    taken.change_answers(
        page, lambda answer: client_utils.traverse(answer, _with_key, client_utils.is_file_obj_with_url)
    )


def _with_key(file: dict[str, Any]) -> dict[str, Any]:
    start, _, _ = file["url"].partition("?")
    if not start.startswith(FILES):
        return file
    return {**file, "url": f"{start}?{KEY}={key_of(file['path'])}"}
