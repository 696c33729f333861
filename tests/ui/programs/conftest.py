"""Clients of the addresses for programs, behind all guards, and a picture to send."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.order import put_around, wrappers
from ocrweb.ui.programs import metrics, routes
from ocrweb.ui.seams.mounted import Sessions


@pytest.fixture
def client_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestClient]:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))

    def make(access: Access = Access(None), **headers: str) -> TestClient:
        application = FastAPI(openapi_url=None)
        routes.mount(application)
        metrics.mount(application)
        sessions = Sessions()
        sessions._gradio = SimpleNamespace(tokens={}, cookie_id="test")
        around = wrappers(access, host="127.0.0.1", sessions=sessions, count=metrics.count_request)
        put_around(application, around)
        return TestClient(application, base_url="http://127.0.0.1:7860", headers=headers, follow_redirects=False)

    return make


@pytest.fixture
def client(client_of: Callable[..., TestClient]) -> TestClient:
    return client_of()


@pytest.fixture(scope="session")
def page() -> bytes:
    """A PNG of two lines of text, 320×160."""
    pixels = np.full((160, 320, 3), 250, np.uint8)
    for line in range(2):
        cv2.putText(pixels, "Total 12.50", (30, 60 + 60 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (20, 20, 20), 2)
    return cv2.imencode(".png", pixels)[1].tobytes()
