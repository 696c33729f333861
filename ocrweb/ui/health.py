"""`/healthz`: 200 once a model is loaded, 503 before and when loading failed."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from ocrweb.services import readiness


def answer() -> JSONResponse:
    state = readiness.state()
    return JSONResponse(state.to_dict(), status_code=200 if state.ready else 503)
