"""`ocrweb models --int8`: what it prints of a copy that is good, and of one that is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrweb import messages
from ocrweb.cli.main import main
from ocrweb.runtime.int8 import Int8Copy
from ocrweb.services.models import int8_copy


def stand_in(monkeypatch: pytest.MonkeyPatch, found: float) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []

    def make(model: str, data: str, told: Callable[[str, float], None]) -> Int8Copy:
        asked.append((model, data))
        for share in (0.6, 0.8):
            told("hmean", share)
        return Int8Copy(
            cpu="one", times={"f32": 100.4, "int8": 41.6}, hmean={"f32": 0.9, "int8": found}, calibration="rendered",
            pictures=24, layers=85, kept_float32=("Conv.1",), network=Path("n"),
        )  # fmt: skip

    monkeypatch.setattr(int8_copy, "make_int8_copy", make)
    return asked


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with messages.use_language("en"), pytest.raises(SystemExit) as ended:
        main(list(arguments))
    captured = capsys.readouterr()
    return int(ended.value.code or 0), captured.out, captured.err


def test_a_good_copy_is_told_with_its_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = stand_in(monkeypatch, 0.9)
    status, out, err = run(capsys, "models", "--int8", "small", "--data", "mine")
    assert (status, asked) == (0, [("small", "mine")])
    assert out.splitlines() == [
        "A network run here: f32 100 ms, int8 42 ms",
        "hmean on 24 pictures it was not made with: f32 0.9000, int8 0.9000",
        "small has a copy in int8 now; --precision auto takes it where it is the quickest, --precision int8 always.",
    ]
    assert err.splitlines() == ["Measuring the hmean"]


def test_a_copy_that_finds_less_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(monkeypatch, 0.8)
    status, out, _ = run(capsys, "models", "--int8", "small")
    assert status == 1
    assert "finds less" in out
    status, out, _ = run(capsys, "models", "--int8", "small", "--json")
    document = json.loads(out)["int8"]
    assert status == 1
    assert (document["good"], document["hmean"]["int8"], document["kept_float32"]) == (False, 0.8, ["Conv.1"])


def test_pictures_to_judge_by_want_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "models", "--data", "mine", "--json")
    assert status == 2
    assert json.loads(out)["error"]["code"] == "quantised.data-without-model"
