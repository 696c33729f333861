"""The addresses below ``/v1``."""

from __future__ import annotations

import difflib
import threading
from typing import Any

import anyio
import anyio.to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from ocrweb.config.detection_settings import SETTINGS
from ocrweb.config.model_names import IN_USE
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.sent import detect_sent
from ocrweb.services.detect.settings import chosen_options
from ocrweb.services.line.network import network_line
from ocrweb.services.models.listing import check_model, models_document
from ocrweb.ui.line.coded import coded
from ocrweb.ui.line.turn import in_turn
from ocrweb.ui.programs.answer import STATUSES, document, language
from ocrweb.ui.programs.body import Sent, read_sent
from ocrweb.ui.programs.openapi import openapi_document

PARAMETERS = ("model", *SETTINGS, "page")
LAST_PAGE = 1_000_000
READERS = 4  # threads that read what programs send


def mount(application: FastAPI) -> None:
    """Add the addresses. Who may use them is for the guards around the application to say."""
    programs = Programs()
    for method, name, handler in (
        ("POST", "detect", programs.detect),
        ("GET", "models", programs.models),
        ("GET", "line", programs.line),
        ("GET", "openapi.json", programs.openapi),
    ):
        application.add_api_route(f"/v1/{name}", coded(handler, STATUSES), methods=[method], response_model=None)


class Programs:
    """The handlers. Reading a request and the network have threads of their own, apart from those of the page."""

    def __init__(self) -> None:
        self._reading, self._network = anyio.CapacityLimiter(READERS), anyio.CapacityLimiter(network_line.at_once)

    async def detect(self, request: Request) -> Response:
        """The result document of one picture. What is wrong with the request is said before it waits for its turn."""
        body = await request.body()

        def read() -> tuple[Sent, DetectRequest, int]:
            sent = read_sent(request.headers, body, request.query_params.items())
            return sent, *wanted_of(sent.asked)

        sent, wanted, number = await anyio.to_thread.run_sync(read, limiter=self._reading)

        def work(gone: threading.Event) -> dict[str, Any]:
            return detect_sent(sent.picture, wanted, sent.name, number, gone).to_dict(language(request))

        served = await in_turn(network_line, request, work, self._network)
        timing = f"line;dur={1000 * served.waited:.1f}"
        return document(served.answer, {"X-Line-Place": str(served.place), "Server-Timing": timing})

    async def models(self, request: Request) -> Response:
        """All models that can be detected with or trained from."""
        listed = await anyio.to_thread.run_sync(lambda: models_document(language(request)), limiter=self._reading)
        return document(listed)

    async def line(self, request: Request) -> Response:
        """What a request would wait for that came now."""
        waiting = len(network_line)
        return document(
            {"serving": network_line.serving(), "waiting": waiting, "seconds": network_line.seconds(waiting)}
        )

    async def openapi(self, request: Request) -> Response:
        """How all of this is called."""
        return document(openapi_document(request.scope.get("root_path", "")))


def wanted_of(asked: dict[str, str]) -> tuple[DetectRequest, int]:
    """What to detect with, and which page. An empty value is as good as none.

    Raises `usage.unknown-name`, `usage.bad-value`, `model.unknown`, `model.by-name`.
    """
    for name in asked:
        if name not in PARAMETERS:
            near = difflib.get_close_matches(name, PARAMETERS, 1, 0.0)
            raise OcrwebError(
                "usage.unknown-name", what=Sentence("command.word-parameter"), name=name[:80], nearest=near[0]
            )
    given = {name: value for name, value in asked.items() if value.strip()}
    page = given.pop("page", "1")
    if not (page.isascii() and page.isdecimal() and 1 <= int(page[:9]) <= LAST_PAGE and len(page) < 9):
        raise OcrwebError("usage.bad-value", name="page", value=page[:80], expected=f"1–{LAST_PAGE}")
    model = check_model(given.pop("model", IN_USE))
    decode, resize = chosen_options(model, given)
    return DetectRequest(model=model, decode=decode, resize=resize), int(page)
