"""Whatever a handler raises, its address answers with a code, in the caller's language and with the status of its table."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from ocrweb.errors import OcrwebError
from ocrweb.ui.line.coded import GONE, Statuses, coded
from ocrweb.ui.line.turn import Left

STATUSES = Statuses({"image.empty": 415, "access.full": 503, "usage.internal": 500}, {"image": 422})


def client(outcome: Exception | None) -> TestClient:
    async def handler(request: Request) -> Response:
        if outcome is not None:
            raise outcome
        return PlainTextResponse("done")

    return TestClient(Starlette(routes=[Route("/", coded(handler, STATUSES))]))


@pytest.mark.parametrize(
    ("code", "status"), [("image.empty", 415), ("image.truncated", 422), ("imaginary.code", 400), ("access.full", 503)]
)
def test_a_code_has_its_own_status_or_that_of_its_area(code: str, status: int) -> None:
    assert STATUSES.of(code) == status


def test_what_ends_well_is_answered_as_it_is_and_who_left_not_at_all() -> None:
    assert client(None).get("/").text == "done"
    left = client(Left()).get("/")
    assert (left.status_code, left.text) == (GONE, "")


def test_a_coded_error_is_told_in_the_callers_language_with_when_to_come_again() -> None:
    answer = client(OcrwebError("access.full", seconds=7)).get("/", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error"]["code"] == "access.full"
    assert "请" in answer.json()["error"]["hint"]
    refused = client(OcrwebError("image.empty", where="a.png")).get("/")
    assert "retry-after" not in refused.headers


def test_a_fault_of_ours_is_reported_and_its_words_stay_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    answer = client(KeyError("/srv/secret")).get("/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "usage.internal")
    assert "secret" not in answer.text
    assert len(list(tmp_path.glob(".ocrweb/reports/*"))) == 1
