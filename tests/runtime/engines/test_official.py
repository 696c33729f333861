"""An official model is taken from the cache when it is there, and fetched only when a source answers."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.engines import official
from ocrweb.runtime.engines.official import NAMES, OfficialEngine, cache_folder, cached_folder, online
from tests.runtime.cuda import install

NAME = NAMES[0]


class Library:
    """PaddleOCR: notes how detectors are made, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure, self.made, self.closed = failure, list[dict[str, Any]](), 0

    def TextDetection(self, **given: Any) -> Any:
        self.made.append(given)
        if self.failure is not None:
            raise self.failure
        predictor = SimpleNamespace(runner=lambda x: [x[0][:, :1] * 2])
        return SimpleNamespace(paddlex_predictor=predictor, close=self.close)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(official, "machine_environment", dict)
    return tmp_path / "official_models"


@pytest.fixture
def kept(cache: Path) -> Path:
    folder = cache / NAME
    folder.mkdir(parents=True)
    (folder / "inference.pdiparams").write_bytes(b"")
    return folder


def answers(monkeypatch: pytest.MonkeyPatch, does: bool) -> list[bool]:
    asked: list[bool] = []

    def source() -> bool:
        asked.append(does)
        return does

    monkeypatch.setattr(official, "online", source)
    return asked


def test_a_model_in_the_cache_needs_no_source(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    install(monkeypatch, "paddleocr", library)
    asked = answers(monkeypatch, False)
    engine = OfficialEngine(NAME, threads=3)
    assert asked == []
    assert library.made == [{"model_name": NAME, "model_dir": str(kept), "device": "cpu", "cpu_threads": 3}]
    assert engine.device == "CPU, PaddleOCR f32, 3 threads"
    np.testing.assert_array_equal(engine.run(np.ones((1, 3, 32, 64), np.float32)), np.full((1, 32, 64), 2.0))
    engine.close()
    assert library.closed == 1


def test_one_that_is_not_there_is_fetched_when_a_source_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    install(monkeypatch, "paddleocr", library)
    assert answers(monkeypatch, True) == []
    OfficialEngine(NAME, threads=1)
    assert [made["model_dir"] for made in library.made] == [None]


def test_without_a_source_it_is_not_even_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    install(monkeypatch, "paddleocr", library)
    answers(monkeypatch, False)
    with pytest.raises(OcrwebError) as refused:
        OfficialEngine(NAME, threads=1)
    assert (refused.value.code, refused.value.params) == ("model.offline", {"name": NAME, "cache": str(cache_folder())})
    assert library.made == []


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(Exception("no\n  such file"), "no such file"), (Exception(), "Exception"), (OSError("x" * 300), "x" * 200)],
    ids=["lines", "silent", "long"],
)
def test_a_download_that_fails_is_told_in_a_line(
    failure: Exception, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "paddleocr", Library(failure))
    answers(monkeypatch, True)
    with pytest.raises(OcrwebError) as refused:
        OfficialEngine(NAME, threads=1)
    assert refused.value.code == "model.download-failed"
    assert refused.value.params == {"name": NAME, "reason": reason}


def test_a_folder_of_a_download_that_broke_off_is_no_model(cache: Path, kept: Path) -> None:
    assert cached_folder(NAME) == kept
    (kept / "inference.pdiparams").unlink()
    assert cached_folder(NAME) is None
    (kept / "inference.pdiparams").mkdir()
    assert cached_folder(NAME) is None
    assert cached_folder(NAMES[1]) is None


@pytest.mark.parametrize(
    ("answer", "good"),
    [(None, True), (404, True), (405, True), (499, True), (500, False), (503, False), (403, False), (407, False), ("gone", False)],
    ids=str,
)  # fmt: skip
def test_a_source_answers_unless_it_or_the_proxy_before_it_refuses(
    answer: Any, good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def urlopen(request: urllib.request.Request, timeout: float) -> Any:
        assert (request.method, timeout) == ("HEAD", 7.0)
        if answer == "gone":
            raise urllib.error.URLError("no route")
        if answer is not None:
            raise urllib.error.HTTPError(request.full_url, answer, "", Message(), None)
        return open("/dev/null", "rb")

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    assert official._answers("http://source", 7.0) is good


def test_one_source_of_several_is_enough_and_one_that_is_silent_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = threading.Event()

    def asked(url: str, patience: float) -> bool:
        return gate.wait(60) if url == "silent" else url == "good"

    monkeypatch.setattr(official, "_answers", asked)
    try:
        assert online(("silent", "bad", "good"), 60.0)
        assert not online(("bad", "worse"), 60.0)
        assert not online(("silent",), 0.05)
    finally:
        gate.set()
