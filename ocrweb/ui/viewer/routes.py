"""The addresses below ``/viewer``: the files of what shows pictures, and the probability map of a detection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ocrweb.services.detect import detection
from ocrweb.ui.line.answer import Doors, answering, asked
from ocrweb.ui.line.coded import FRESH

FILES, MAP = "/viewer/static", "/viewer/map"
FOLDER = Path(__file__).parent / "static"


class Files(StaticFiles):
    """A page's files; a browser asks each time whether they are still the same, because their names never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def mount(application: FastAPI) -> None:
    """Add the addresses. Who may use them is for the guards around the application to say."""
    # a map that was dropped to save memory is computed again
    application.add_api_route(MAP, answering(heat, Doors(), network=True), methods=["GET"], response_model=None)
    application.mount(FILES, Files(directory=FOLDER))


def heat(request: Request, body: Any) -> Response:
    """A PNG to stretch over the picture. Its handle, which cannot be guessed, is told to nobody but who had it detected."""
    return Response(detection.heat(asked(request, "handle")), media_type="image/png", headers=FRESH)
