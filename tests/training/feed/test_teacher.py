"""A teacher is opened once where it is first asked, exactly, on one thread; what cannot teach is refused before."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.training.feed import teacher
from ocrweb.training.feed.teacher import TeacherMaps

CARD = ModelCard(name="t", mean=(0.25, 0.5, 0.75), std=(0.5, 0.25, 0.125))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Networks that were opened, and how; each answers with the planes it was given."""
    seen: list[Any] = []

    def engine(network: Path, *, precision: str, threads: int) -> Any:
        seen.append((network, precision, threads))
        return SimpleNamespace(run=lambda batch: batch[:, 0])

    monkeypatch.setattr(teacher, "OpenVinoEngine", engine)
    monkeypatch.setattr(teacher, "onnx_of", lambda weights: weights.with_suffix(".onnx"))
    return seen


def known(monkeypatch: pytest.MonkeyPatch, missing: OcrwebError | None = None, **files: str) -> None:
    entry = SimpleNamespace(card=CARD, missing=missing, files={kind: Path(name) for kind, name in files.items()})
    monkeypatch.setattr(teacher, "resolve", lambda name: entry)


@pytest.mark.parametrize(
    ("files", "network"),
    [
        ({"onnx": "a.onnx"}, "a.onnx"),
        ({"weights": "b.pdparams"}, "b.onnx"),
        ({"onnx": "a.onnx", "weights": "b.pdparams"}, "a.onnx"),
    ],
    ids=str,
)
def test_its_network_is_opened_once_when_it_is_first_asked(
    files: dict[str, str], network: str, opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, **files)
    maps = TeacherMaps("t")
    assert opened == []
    for _ in range(3):
        maps(np.zeros((32, 32, 3), np.uint8))
    assert opened == [(Path(network), "f32", 1)]
    pickle.loads(pickle.dumps(maps))(np.zeros((32, 32, 3), np.uint8))
    assert len(opened) == 2


def test_it_sees_the_crop_as_its_own_card_says(opened: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, onnx="a.onnx")
    found = TeacherMaps("t")(np.full((32, 64, 3), 255, np.uint8))
    assert found.shape == (32, 64)
    np.testing.assert_allclose(found, (1 - 0.25) / 0.5)


@pytest.mark.parametrize("files", [{"onnx": "a.onnx"}, {}], ids=str)
def test_a_model_that_is_not_there_says_what_is_missing(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, OcrwebError("image.empty"), **files)
    with pytest.raises(OcrwebError) as caught:
        TeacherMaps("t")
    assert caught.value.code == "image.empty"


def test_a_model_without_a_network_that_can_be_run_here_is_no_teacher(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, paddle="inference.json")
    with pytest.raises(OcrwebError) as caught:
        TeacherMaps("t")
    assert (caught.value.code, caught.value.params) == ("pretrain.no-teacher", {"name": "t"})
