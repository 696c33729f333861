"""A document of too many values is refused before it is read; a long text is one value."""

from __future__ import annotations

import json

import pytest

from ocrweb.ui.guard.amount import has_too_many
from ocrweb.ui.guard.file_values import FileValues
from tests.ui.guard.conftest import Ask

MOST = 100


@pytest.mark.parametrize(
    "document",
    [[0] * 101, [[]] * 101, [{}] * 101, {f"n{n}": n for n in range(102)}, [["a", "b"]] * 60, ["\\", '"', '\\"'] * 40],
)
def test_too_many(document: object) -> None:
    assert has_too_many(json.dumps(document).encode(), MOST)


@pytest.mark.parametrize(
    "document",
    [
        [0] * 90,
        ["a log, with [many] marks, {and} more\n" * 1000],
        ['says "yes, [no]", ends in a backslash \\' * 1000],
        {"data": ["\\\\\\", ',,,,\\\\"[[[' * 500, "\\"]},
    ],
)
def test_not_too_many_however_long_a_text_is(document: object) -> None:
    assert not has_too_many(json.dumps(document).encode(), MOST)


def test_what_is_no_json_is_counted_too() -> None:
    assert has_too_many(b'"' * 10_000 + b"," * 101, MOST)
    assert not has_too_many(b"", MOST)


def test_the_guard_refuses_it_without_reading(behind: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_: bytes) -> None:
        raise AssertionError("read")

    monkeypatch.setattr("ocrweb.ui.guard.file_values.orjson.loads", read)
    body = b'{"data":[' + b'{"a":{}},' * 50_000 + b"0]}"
    answer = behind(FileValues).post("/gradio_api/queue/join", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "access.too-many-values")


@pytest.mark.parametrize(("commas", "too_many"), [(MOST, False), (MOST + 1, True)])
def test_the_bound_itself_is_not_too_many_whatever_stands_beside_it(commas: int, too_many: bool) -> None:
    for beside in (b"", b'"' * 10_000, b'","' * 20):
        assert has_too_many(beside.replace(b",", b".") + b"," * commas, MOST) is too_many
    assert has_too_many(b"[" + b'"a",' * commas + b'"b"]', MOST + 1) is too_many
    assert has_too_many(b'["a, b, c"' + b",1" * (commas - 1) + b"]", MOST) is too_many
