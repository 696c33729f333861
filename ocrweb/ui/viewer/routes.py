"""The addresses below ``/viewer``: the files of what shows pictures, the probability map of a detection, and what another model
sees in a picture that the page shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ocrweb.errors import OcrwebError
from ocrweb.services.access.file_address import KEY, opens
from ocrweb.services.detect import detection
from ocrweb.services.detect.again import heat_again, look_again
from ocrweb.services.models.listing import check_model
from ocrweb.ui.line.answer import Doors, answering, asked
from ocrweb.ui.line.coded import FRESH

FILES, MAP, HEAT, SEEN = "/viewer/static", "/viewer/map", "/viewer/heat", "/viewer/seen"
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
    doors = Doors()
    for address, work in ((HEAT, heat_of_file), (SEEN, seen)):
        application.add_api_route(address, answering(work, doors, network=True), methods=["GET"], response_model=None)
    application.mount(FILES, Files(directory=FOLDER))


def heat(request: Request, body: Any) -> Response:
    """A PNG to stretch over the picture, 204 where the model sees nothing. Its handle, which cannot be guessed, is told to nobody but who had it detected."""
    return _heat(detection.heat(asked(request, "handle")))


def heat_of_file(request: Request, body: Any) -> Response:
    """The same of a picture that the page shows, as a model sees it."""
    return _heat(heat_again(_file(request), check_model(asked(request, "model"))))


def seen(request: Request, body: Any) -> dict[str, Any]:
    """The boxes that a model finds in such a picture."""
    found = look_again(_file(request), check_model(asked(request, "model"))).result
    return {"boxes": [{"points": region.quad.tolist(), "text": "", "score": region.score} for region in found.regions]}


def _heat(content: bytes | None) -> Response:
    if content is None:
        return Response(status_code=204, headers=FRESH)
    return Response(content, media_type="image/png", headers=FRESH)


def _file(request: Request) -> Path:
    """The picture that an address names, which only this console can have made. Raises access.no-file."""
    path = asked(request, "file")
    if not opens(path, asked(request, KEY)):
        raise OcrwebError("access.no-file")
    return Path(path)
