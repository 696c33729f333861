"""The addresses of the manual: ``/help/troubleshooting`` and its kind, in the visitor's language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from ocrweb.ui.manual.render import PAGES, TEMPLATE, page
from ocrweb.ui.parts import texts

FOLDER = "/help"
# Nothing runs on these pages.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Language, Cookie",
}


def mount(application: FastAPI) -> None:
    """Add the pages. Who may see them is for the guards around the application to say."""
    for name in PAGES:
        application.add_api_route(f"{FOLDER}/{name}", _showing(name), methods=["GET"], response_model=None)
    application.mount(f"{FOLDER}/static", StaticFiles(directory=TEMPLATE.parent))


def _showing(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        lang = texts.language_of_headers(request.headers)
        return HTMLResponse(page(name, lang), headers=HEADERS)

    return show
