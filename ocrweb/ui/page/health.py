"""`/healthz`: 200 while the default model answers, 503 before it is loaded and when it failed or hangs."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from ocrweb.services.detect import readiness


async def answer() -> JSONResponse:
    """On the event loop, because it only tells what is known: no busy thread can keep it waiting."""
    state = readiness.state()
    return JSONResponse(state.to_dict(), status_code=200 if state.ready else 503)
