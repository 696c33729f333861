"""Routes that Gradio brings along and this page has no use for: each is one more thing to attack."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard.refusal import refuse

CLOSED = (
    "/monitoring",  # figures of all visitors' events
    "/gradio_api/token",  # the login's cookie, which no script needs to read
    "/gradio_api/process_recording",  # runs ffmpeg over a visitor's film
    "/gradio_api/deep_link",  # writes a visitor's state to disk, to be served
    "/gradio_api/proxy=",
    "/gradio_api/file/",  # the old form of file=
    "/gradio_api/stream/",
    "/gradio_api/dev/",
    "/gradio_api/vibe-",
    "/gradio_api/undo-vibe-edit",
    "/gradio_api/profiling/",
    "/gradio_api/run-history/",
    "/gradio_api/runs",
    "/gradio_api/custom_component/",
)


class ClosedRoutes:
    """404 `access.closed` for all of them."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(CLOSED):
            await refuse(scope, receive, send, 404, OcrwebError("access.closed"))
            return
        await self._application(scope, receive, send)
