"""What programs ask over plain HTTP: answers, refusals with their status, who may ask, and the line."""

from __future__ import annotations

import asyncio
import base64
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from ocrweb.services.access.logins import Access
from ocrweb.services.detect.detection import detect_once
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.line.waiting import Caller, WaitingLine
from ocrweb.ui.line.coded import coded
from ocrweb.ui.line.turn import Left
from ocrweb.ui.programs import routes
from ocrweb.ui.programs.answer import STATUSES
from tests.imaging.documents.made import pdf

HUGE = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 200, 0, 0, 54, 40, 70_000, 10, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(100)
TOKEN = "a-token-of-24-characters"
SAME = ("schema", "width", "height", "model", "device", "threshold", "boxes", "scores", "texts", "success", "error")


def same(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in SAME}


def test_a_picture_comes_as_it_is_or_in_a_form_and_gets_the_result_document(client: TestClient, page: bytes) -> None:
    known = detect_once(page, DetectRequest(), "picture").to_dict()
    bare = client.post("/v1/detect", content=page, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (bare.status_code, same(bare.json())) == (200, same(known))
    assert len(known["boxes"]) == 2
    assert bare.json()["image_path"] == "picture"
    form = client.post("/v1/detect", files={"file": ("../账单 1.png", page)}, data={"shape": "polygon"})
    assert form.json()["image_path"] == "账单 1.png"
    assert len(form.json()["polygons"]) == 2
    assert form.headers["x-line-place"] == "0"


def test_settings_of_the_address_are_those_of_a_detection(client: TestClient, page: bytes) -> None:
    high = client.post("/v1/detect?box_threshold=1&threshold=0.5", content=page).json()
    assert (high["boxes"], high["threshold"]) == ([], 0.5)
    small = client.post("/v1/detect?limit_side=64", content=page).json()
    assert same(small) != same(client.post("/v1/detect", content=page).json())


def test_a_page_of_a_document_is_named_and_nothing_of_it_is_kept(client: TestClient, tmp_path: Path) -> None:
    document = pdf(["Total 12.50", "Menu of the day"])
    told = client.post("/v1/detect?page=2", files={"file": ("scan.pdf", document)}).json()
    assert (told["image_path"], told["page"]) == ("scan.pdf#2", 2)
    assert told["boxes_points"]
    assert [path for path in (tmp_path / ".ocrweb").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("query", "content", "status", "code"),
    [
        ("?threshold=2", b"x", 400, "usage.bad-value"),
        ("?threshold=nan", b"x", 400, "usage.bad-value"),
        ("?shape=round", b"x", 400, "usage.bad-value"),
        ("?page=0", b"x", 400, "usage.bad-value"),
        ("?page=-1", b"x", 400, "usage.bad-value"),
        ("?thresold=0.2", b"x", 400, "usage.unknown-name"),
        ("?model=nope", b"x", 404, "model.unknown"),
        ("?model=/etc/passwd", b"x", 400, "model.by-name"),
        ("?page=2", None, 404, "document.no-such-page"),
        ("?page=9", pdf(["one"]), 404, "document.no-such-page"),
        ("", b"", 400, "image.empty"),
        ("", b"just text", 415, "image.is-text"),
        ("", b'{"path": "/etc/passwd"}', 415, "image.is-text"),
        ("", bytes(range(256)), 415, "image.unknown-content"),
        ("", HUGE, 413, "image.too-long"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_document_with_its_status(
    client: TestClient, page: bytes, query: str, content: bytes | None, status: int, code: str
) -> None:
    answer = client.post(f"/v1/detect{query}", content=page if content is None else content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["hint"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"none of it"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'),
    ],
    ids=["no boundary", "no form", "no file"],
)
def test_a_form_without_one_file_is_refused(client: TestClient, kind: str, body: bytes) -> None:
    answer = client.post("/v1/detect", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "access.bad-form")


def test_refusals_speak_the_callers_language(client: TestClient) -> None:
    answer = client.post("/v1/detect?model=nope", content=b"x", headers={"Accept-Language": "zh-CN"})
    assert "模型" in answer.json()["error"]["message"]


def test_statuses_are_those_of_the_kind_of_failure() -> None:
    """The rest of the table: what the calls above do not bring about."""
    codes = (
        "image.not-a-picture",
        "image.unsupported-format",
        "usage.disk-full",
        "engine.run-failed",
        "weights.damaged",
    )
    assert [STATUSES.of(code) for code in codes] == [415, 415, 507, 503, 503]


def test_models_and_the_line_are_told(client: TestClient) -> None:
    listed = client.get("/v1/models").json()["models"]
    assert listed[0]["name"] == "ppocrv6-small"
    assert client.get("/v1/line").json() == {"serving": 0, "waiting": 0, "seconds": 1}


def test_the_login_or_the_token_opens_and_nothing_else(client_of: Callable[..., TestClient], page: bytes) -> None:
    client = client_of(Access(("anna", "a right password"), token=TOKEN))
    basic = "Basic " + base64.b64encode(b"anna:a right password").decode()
    for given in (basic, f"Bearer {TOKEN}", f"bearer  {TOKEN}"):
        assert client.get("/v1/models", headers={"Authorization": given}).status_code == 200, given
    bare = client.post("/v1/detect", content=page)
    assert (bare.status_code, bare.json()["error"]["code"]) == (401, "access.login-needed")
    assert "Bearer" in bare.headers["www-authenticate"]
    other = client.get("/labels/api/pictures", headers={"Authorization": f"Bearer {TOKEN}"})
    assert other.status_code == 401
    wrong = client.get("/v1/models", headers={"Authorization": f"Bearer {TOKEN}x"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "access.wrong-login")


def test_guessing_tokens_is_slowed_down(client_of: Callable[..., TestClient]) -> None:
    client = client_of(Access(("anna", "a right password"), token=TOKEN))
    answers = [client.get("/v1/models", headers={"Authorization": f"Bearer {number}"}) for number in range(12)]
    assert answers[0].status_code == 401
    assert (answers[-1].status_code, answers[-1].json()["error"]["code"]) == (429, "access.too-many-tries")
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_without_a_token_none_opens(client_of: Callable[..., TestClient]) -> None:
    client = client_of(Access(("anna", "a right password")))
    assert client.get("/v1/models", headers={"Authorization": "Bearer "}).status_code == 401


def test_a_full_line_is_told_with_its_place(client: TestClient, page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    full = WaitingLine(time.monotonic, at_once=1, longest=1)
    monkeypatch.setattr(routes, "network_line", full)
    full.join(Caller("anna"))
    full.join(Caller("anna"))
    answer = client.post("/v1/detect", content=page)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "line.busy")
    assert answer.headers["x-line-place"] == "2"
    assert int(answer.headers["retry-after"]) >= 1
    assert client.get("/v1/line").json()["waiting"] == 1


@pytest.mark.parametrize("served", [False, True], ids=["while it waits", "while it is served"])
def test_a_program_that_leaves_frees_its_place(served: bool, page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    line = WaitingLine(time.monotonic, at_once=1, longest=5)
    monkeypatch.setattr(routes, "network_line", line)
    begun, told = threading.Event(), []

    def slow(*arguments: Any) -> Any:
        begun.set()
        told.append(arguments[-1].wait(30))
        raise Left

    monkeypatch.setattr(routes, "detect_sent", slow)
    before = None if served else line.join(Caller("anna"))

    async def story() -> int:
        gone: asyncio.Event = asyncio.Event()
        messages = [{"type": "http.request", "body": page, "more_body": False}]

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "POST", "path": "/v1/detect", "query_string": b"", "headers": []}
        request = Request(scope, receive)
        answering = asyncio.create_task(coded(routes.Programs().detect, STATUSES)(request))
        while not (begun.is_set() if served else len(line)):
            await asyncio.sleep(0)
        gone.set()
        return (await answering).status_code

    assert asyncio.run(story()) == 499
    assert len(line) == 0
    assert line.serving() == (0 if served else 1)
    assert told == ([True] if served else [])
    if before is not None:
        line.leave(before)
