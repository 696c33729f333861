"""What shows pictures asks for its files and for the map of a detection; nobody else gets one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ocrweb.config.model_names import DEFAULT, HOUSE
from ocrweb.services.access.logins import Access
from ocrweb.services.detect.detection import detect_picture
from ocrweb.services.detect.request import DetectRequest
from ocrweb.ui.guard.order import put_around, wrappers
from ocrweb.ui.viewer import routes
from ocrweb.ui.viewer.element import shown_boxes_address, shown_map_address
from tests.model.graphs import house_drawn


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


def test_a_picture_that_the_page_shows_is_seen_by_any_model_and_one_that_it_does_not_show_by_none(
    home: Path, tmp_path: Path
) -> None:
    page = np.full((120, 320, 3), 250, np.uint8)
    cv2.imwrite(str(tmp_path / "bare.png"), page)
    cv2.putText(page, "Total 12.50", (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (20, 20, 20), 3)
    cv2.imwrite(str(tmp_path / "页 1.png"), page)
    client = client_of(Access(None))
    shown, bare = str(tmp_path / "页 1.png"), str(tmp_path / "bare.png")
    house_drawn()
    found = {}
    for model in (DEFAULT, HOUSE):
        found[model] = client.get(f"/{shown_boxes_address(shown, model)}").json()["boxes"]
        own = detect_picture(Path(shown), DetectRequest(model=model)).result.regions
        assert [(box["points"], box["score"]) for box in found[model]] == [
            (one.quad.tolist(), one.score) for one in own
        ]
    assert found[DEFAULT] != found[HOUSE]
    heat = client.get(f"/{shown_map_address(shown, DEFAULT)}")
    assert cv2.imdecode(np.frombuffer(heat.content, np.uint8), cv2.IMREAD_UNCHANGED)[:, :, 3].max() > 100
    empty = client.get(f"/{shown_map_address(bare, DEFAULT)}")
    assert (empty.status_code, empty.content) == (204, b"")

    stolen = shown_boxes_address(bare, DEFAULT).replace("bare.png", "%E9%A1%B5+1.png")
    for address, status, code in (
        (stolen, 403, "access.no-file"),
        ("viewer/heat?file=/etc/passwd&key=", 403, "access.no-file"),
        (shown_boxes_address(shown, "nobody's"), 400, "model.unknown"),
        (shown_boxes_address(shown, "/etc/passwd"), 400, "model.by-name"),
        (shown_map_address(f"{shown}x", DEFAULT), 422, "image.missing"),
    ):
        answer = client.get(f"/{address}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), address


def test_a_stranger_gets_neither_files_nor_maps(home: Path) -> None:
    stranger = client_of(Access(("anna", "a right password")))
    for address in (f"{routes.FILES}/element.js", f"{routes.MAP}?handle=0", routes.HEAT, routes.SEEN):
        assert stranger.get(address).status_code == 401


def test_files_have_their_types_and_lie_in_one_folder(home: Path) -> None:
    client = client_of(Access(None))
    for name, kind in (("element.js", "javascript"), ("element.css", "text/css")):
        answer = client.get(f"{routes.FILES}/{name}")
        assert kind in answer.headers["content-type"]
        assert answer.headers["cache-control"] == "no-cache"
    assert client.get(f"{routes.FILES}/../element.py").status_code == 404
