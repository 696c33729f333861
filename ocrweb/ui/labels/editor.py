"""The page on which labels are drawn: an address of its own, its files, and its words as one document."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ocrweb import messages
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.viewer.routes import Files

PAGE, FILES = "/labels/edit", "/labels/static"
FOLDER = Path(__file__).parent / "static"
# Stricter than the console's: nothing inline runs, and the page talks to nobody but the console.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}


def mount(application: FastAPI) -> None:
    """Add the page. Who may see it is for the guards around the application to say."""
    application.add_api_route(PAGE, show, methods=["GET"], response_model=None)
    application.mount(FILES, Files(directory=FOLDER))


async def show(request: Request) -> Response:
    """The page in the visitor's language. It holds nothing of any dataset: its scripts ask for that."""
    lang = texts.language_of_headers(request.headers)
    return HTMLResponse(page(lang), headers=HEADERS)


@cache
def page(lang: str) -> str:
    words = messages.load_area(lang, "text", "ui_labels")
    document = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    tag = {"zh": "zh-CN"}.get(lang, lang)
    template = (FOLDER / "editor.html").read_text(encoding="utf-8")
    filled = template.replace("{lang}", tag).replace("{title}", escape(words["title"]))
    return filled.replace("{words}", document)
