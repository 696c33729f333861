"""A request that breaks a route of the framework is refused with a code; a fault of the console is still told and noted."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from fastapi import FastAPI
from gradio.route_utils import FnIndexInferError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.testclient import TestClient

from ocrweb.ui.guard.unreadable import refuse_unreadable
from tests.browser import Console


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Routes that break in the ways that the dice have found."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    inner = FastAPI()

    @inner.get("/gradio_api/{kind}")
    def broken(kind: str) -> PlainTextResponse:
        raise {
            "key": KeyError(189),
            "none": AttributeError("'NoneType' object"),
            "disk": OSError(5, "secret"),
            "guess": FnIndexInferError("x"),
            "name": OSError(36, "File name too long", "secret"),
        }[kind]

    @inner.post("/gradio_api/run/{code}")
    def handler(code: str) -> JSONResponse:
        """Gradio's answer to every error of a handler."""
        return JSONResponse({"error": f"Words. [{code}]" if code != "none" else None}, 500)

    @inner.get("/gradio_api/stream/half")
    async def half(request: Request) -> StreamingResponse:
        async def parts():  # type: ignore[no-untyped-def]
            yield b"half"
            raise KeyError("late")

        return StreamingResponse(parts())

    @inner.get("/page")
    def page() -> PlainTextResponse:
        raise KeyError("ours")

    outer = FastAPI()
    outer.mount("/", inner)
    refuse_unreadable(outer)
    return TestClient(outer, raise_server_exceptions=False)


@pytest.mark.parametrize("kind", ["key", "none", "guess"])
def test_a_value_that_a_route_mistakes_is_refused(served: TestClient, tmp_path: Path, kind: str) -> None:
    answer = served.get(f"/gradio_api/{kind}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "access.bad-request")
    assert not (tmp_path / ".ocrweb" / "reports").exists()


@pytest.mark.parametrize("path", ["/page", "/gradio_api/disk"])
def test_a_fault_of_the_console_has_a_code_and_a_report(served: TestClient, tmp_path: Path, path: str) -> None:
    answer = served.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "usage.internal")
    assert "secret" not in answer.text
    assert len(list((tmp_path / ".ocrweb" / "reports").iterdir())) == 1


@pytest.mark.parametrize("path", ["/gradio_api/name"])
def test_a_name_that_no_disk_takes_is_the_callers_mistake(served: TestClient, tmp_path: Path, path: str) -> None:
    answer = served.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "usage.bad-name")
    assert not (tmp_path / ".ocrweb" / "reports").exists()


@pytest.mark.parametrize(("code", "status"), [("usage.bad-field", 400), ("usage.internal", 500), ("none", 500)])
def test_an_error_with_a_code_is_the_callers_and_only_an_unforeseen_one_the_consoles(
    served: TestClient, code: str, status: int
) -> None:
    answer = served.post(f"/gradio_api/run/{code}")
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_an_answer_that_has_begun_ends_where_it_broke(served: TestClient) -> None:
    with pytest.raises(KeyError):
        TestClient(served.app).get("/gradio_api/stream/half")


@pytest.mark.slow
def test_an_event_that_the_page_does_not_have(console: Console) -> None:
    body = json.dumps({"data": [], "fn_index": 99_999, "session_hash": "x"}).encode()
    asked = urllib.request.Request(f"{console.url}/gradio_api/queue/join", body, {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=60)
    assert (refused.value.code, json.load(refused.value)["error"]["code"]) == (400, "access.bad-request")


def test_a_failure_leaves_a_line_for_the_owner_of_its_kind_and_place_without_control_characters(
    served: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("WARNING"):
        served.get("/gradio_api/key")
    (line,) = [record.getMessage() for record in caplog.records if "/gradio_api/key" in record.getMessage()]
    assert line == "GET /gradio_api/key: KeyError"
