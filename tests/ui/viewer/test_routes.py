"""What shows pictures asks for its files and for the map of a detection; nobody else gets one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ocrweb.services.access.logins import Access
from ocrweb.services.detect.detection import detect_picture
from ocrweb.ui.guard.order import put_around, wrappers
from ocrweb.ui.viewer import routes


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    return tmp_path


def client_of(access: Access) -> TestClient:
    application = FastAPI()
    routes.mount(application)
    put_around(application, wrappers(access, host="127.0.0.1"))
    return TestClient(application, base_url="http://127.0.0.1:7860", follow_redirects=False)


def test_a_map_is_heat_on_nothing_and_comes_by_its_handle_alone(home: Path) -> None:
    page = np.full((120, 320, 3), 250, np.uint8)
    cv2.putText(page, "Total 12.50", (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (20, 20, 20), 3)
    found = detect_picture(page)
    client = client_of(Access(None))
    answer = client.get(routes.MAP, params={"handle": found.handle})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    heat = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)
    opacity = heat[:, :, 3]
    assert opacity[0, 0] == 0
    assert opacity.max() > 100
    for handle in ("", "0" * 32):
        gone = client.get(routes.MAP, params={"handle": handle})
        assert (gone.status_code, gone.json()["error"]["code"]) == (410, "detect.expired")


def test_a_stranger_gets_neither_files_nor_maps(home: Path) -> None:
    stranger = client_of(Access(("anna", "a right password")))
    for address in (f"{routes.FILES}/element.js", f"{routes.MAP}?handle=0"):
        assert stranger.get(address).status_code == 401


def test_files_have_their_types_and_lie_in_one_folder(home: Path) -> None:
    client = client_of(Access(None))
    for name, kind in (("element.js", "javascript"), ("element.css", "text/css")):
        answer = client.get(f"{routes.FILES}/{name}")
        assert kind in answer.headers["content-type"]
        assert answer.headers["cache-control"] == "no-cache"
    assert client.get(f"{routes.FILES}/../element.py").status_code == 404
