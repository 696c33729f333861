"""Each refusal has the HTTP status that a program expects of it."""

from __future__ import annotations

import json

import pytest
from starlette.requests import Request

from ocrweb.errors import OcrwebError
from ocrweb.ui.line import answer as page_answers
from ocrweb.ui.line.coded import AGAIN_SECONDS, told
from ocrweb.ui.programs.answer import STATUSES, document

EXPECTED = {
    "line.busy": 503, "access.full": 503, "model.unknown": 404, "document.no-such-page": 404, "image.too-many-bytes": 413,
    "image.too-many-pixels": 413, "image.too-long": 413, "image.bomb": 413, "image.is-text": 415,
    "image.not-a-picture": 415, "image.unknown-content": 415, "image.unsupported-format": 415, "usage.internal": 500,
    "usage.no-report": 500, "usage.not-writable": 500, "usage.disk-full": 507, "engine.missing": 503,
    "weights.damaged": 503, "download.failed": 503, "usage.bad-value": 400, "image.empty": 400,
}  # fmt: skip
ON_THE_PAGE = {
    "store.unknown": 404, "store.none": 404, "store.no-such-picture": 404, "labels.changed-meanwhile": 409,
    "labels.no-such-version": 404, "store.in-use": 423, "store.busy": 423, "usage.disk-full": 507,
    "usage.not-writable": 500, "usage.internal": 500, "access.full": 503, "line.busy": 503, "detect.expired": 410,
    "image.empty": 422, "image.bomb": 422, "labels.bad-box": 400,
}  # fmt: skip


def request() -> Request:
    return Request(
        {"type": "http", "method": "GET", "path": "/", "headers": [(b"accept-language", b"en")], "query_string": b""}
    )


@pytest.mark.parametrize(("code", "status"), EXPECTED.items())
def test_the_status_of_a_programs_refusal(code: str, status: int) -> None:
    assert STATUSES.of(code) == status


@pytest.mark.parametrize(("code", "status"), ON_THE_PAGE.items())
def test_the_status_of_a_refusal_at_the_pages_own_addresses(code: str, status: int) -> None:
    assert page_answers.STATUSES.of(code) == status


def test_where_trying_again_helps_it_is_said_when_and_the_place() -> None:
    full = told(request(), OcrwebError("access.full", seconds=7), STATUSES)
    assert (full.status_code, full.headers["retry-after"]) == (503, "7")
    assert "x-line-place" not in full.headers
    locked = told(request(), OcrwebError("store.busy", name="a"), page_answers.STATUSES)
    assert (locked.status_code, locked.headers["retry-after"]) == (423, str(AGAIN_SECONDS))
    busy = told(request(), OcrwebError("line.busy", before=0, seconds=3), STATUSES)
    assert (busy.headers["x-line-place"], busy.headers["retry-after"]) == ("0", "3")
    wrong = told(request(), OcrwebError("image.empty"), STATUSES)
    assert "retry-after" not in wrong.headers
    assert wrong.headers["cache-control"] == "no-store"


def test_a_document_is_kept_nowhere() -> None:
    answer = document({"a": "账"}, {"X-Line-Place": "1"})
    assert json.loads(bytes(answer.body)) == {"a": "账"}
    assert (answer.headers["cache-control"], answer.headers["x-line-place"]) == ("no-store", "1")
