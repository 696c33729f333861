"""Who may act on the console from a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from ocrweb.ui.guard.forwarded import Forwarded
from ocrweb.ui.guard.order import checked_proxy
from ocrweb.ui.guard.origin import OriginCheck

Behind = Callable[..., TestClient]
OWN = "http://127.0.0.1:7860"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": OWN},
        {"origin": OWN, "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"referer": f"{OWN}/?view=api"},
    ],
    ids=["a program", "origin", "both", "same origin", "typed in", "referer"],
)
def test_the_own_page_and_programs_come_through(behind: Behind, headers: dict[str, str]) -> None:
    assert behind(OriginCheck).post("/gradio_api/queue/join", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "http://localhost:7860"},
        {"origin": "ftp://127.0.0.1:7860"},
        {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"referer": "http://evil.example/127.0.0.1:7860"},
    ],
    ids=["foreign", "null", "other port", "other name", "scheme", "contradiction", "cross", "same site", "referer"],
)
@pytest.mark.parametrize("path", ["/config", "/gradio_api/file=/a.png", "/logout", "/gradio_api/queue/data"])
def test_a_foreign_page_neither_acts_nor_reads(behind: Behind, headers: dict[str, str], path: str) -> None:
    client = behind(OriginCheck)
    for method in ("GET", "POST", "OPTIONS"):
        refused = client.request(method, path, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "access.foreign-origin")
        assert not [name for name in refused.headers if name.startswith("access-control")]


def test_a_link_elsewhere_leads_to_the_page_but_does_nothing(behind: Behind) -> None:
    client, link = behind(OriginCheck), {"sec-fetch-site": "cross-site", "referer": "http://wiki.example/"}
    assert client.get("/?__theme=dark", headers=link).status_code == 200
    assert client.get("/assets/index.js", headers=link).status_code == 200
    assert client.post("/", headers=link).status_code == 403


def test_a_foreign_websocket_is_closed(behind: Behind) -> None:
    client = behind(OriginCheck)
    with client.websocket_connect("ws://127.0.0.1:7860/socket", headers={"origin": OWN}):
        pass
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client.websocket_connect("/socket", headers={"origin": "http://evil.example"}),
    ):
        pass
    assert closed.value.code == 1008


def test_nothing_further_in_can_give_leave_to_an_origin(behind: Behind) -> None:
    assert "origin" not in behind(OriginCheck).post("/x", headers={"origin": OWN}).json()["headers"]


def test_a_friend_may_read_after_a_preflight(behind: Behind) -> None:
    portal = {"origin": "https://portal.example"}
    client = behind(OriginCheck, friends=["https://portal.example"])
    preflight = client.options("/gradio_api/call/detect", headers={**portal, "access-control-request-method": "POST"})
    answer = client.post("/gradio_api/call/detect", headers=portal)
    for response in (preflight, answer):
        assert response.headers["access-control-allow-origin"] == "https://portal.example"
        assert "access-control-allow-credentials" not in response.headers
    assert client.post("/x", headers={"origin": "https://portal.example:8443"}).status_code == 403


def test_behind_a_trusted_proxy_with_tls_the_public_origin_is_the_own_one(behind: Behind) -> None:
    def stacked(application: object) -> Forwarded:
        return Forwarded(OriginCheck(application), [checked_proxy("127.0.0.1")])  # type: ignore[arg-type]

    client = behind(stacked)
    passed_on = {"host": "ocr.example.org", "x-forwarded-proto": "https"}
    told = {"x-forwarded-host": "ocr.example.org", "x-forwarded-proto": "https"}
    for way in (passed_on, told):
        assert client.post("/x", headers={**way, "origin": "https://ocr.example.org"}).status_code == 200
        assert client.post("/x", headers={**way, "origin": "http://ocr.example.org"}).status_code == 403
        assert client.post("/x", headers={**way, "origin": "https://ocr.example.org:8443"}).status_code == 403
