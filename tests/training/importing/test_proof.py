"""A stranger's network is run with each library and its map looked at; of its card only what is meant is used."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.render.page import render_page
from ocrweb.runtime.card import ModelCard
from ocrweb.training.importing import proof
from ocrweb.training.importing.proof import ENGINES, SEED, TOLERANCE, Proof, checked_card, prove


class Library:
    """Stands for loading and running: what each engine's map is, how long it takes, and how many texts it finds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.opened: list[str] = []
        self.takes = dict.fromkeys(ENGINES, 1.0)
        self.maps: dict[str, Any] = dict.fromkeys(ENGINES, np.zeros((4, 4), np.float32))
        self.truth = [box.points for box in render_page("invoice", SEED).boxes if not box.ignore]
        self.found = dict.fromkeys(ENGINES, self.truth)
        monkeypatch.setattr(proof, "load_engine", self._load)
        monkeypatch.setattr(proof, "Detector", lambda entry, engine: SimpleNamespace(probability=lambda page: self._run(engine), regions=lambda seen: self._regions(engine)))  # fmt: skip
        monkeypatch.setattr(proof.time, "perf_counter", lambda: self.now)

    def _load(self, entry: Any, engine: str, precision: str, device: str) -> str:
        assert (entry.files["onnx"], precision, device) == (Path("model.onnx"), "f32", "cpu")
        self.opened.append(engine)
        self.now += 100  # is not told
        return engine

    def _run(self, engine: str) -> Any:
        self.now += self.takes[engine]
        if isinstance(self.maps[engine], Exception):
            raise self.maps[engine]
        return SimpleNamespace(map=self.maps[engine])

    def _regions(self, engine: str) -> Any:
        return SimpleNamespace(regions=[SimpleNamespace(quad=quad) for quad in self.found[engine]])


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    return Library(monkeypatch)


def test_each_library_runs_it_and_the_slower_ones_time_is_told(library: Library) -> None:
    library.takes |= {"onnx": 0.25, "openvino": 0.12345}
    count = len(library.truth)
    assert prove(Path("model.onnx"), ModelCard(name="a")) == Proof(0.25, count, count, count)
    assert library.opened == list(ENGINES)
    library.takes |= {"openvino": 0.98765}
    library.found["openvino"] = [*library.truth[:2], library.truth[0] + 5000]
    assert prove(Path("model.onnx"), ModelCard(name="a")) == Proof(0.988, 3, 2, count)


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.0, 1.0, None), (-TOLERANCE, 1 + TOLERANCE, None), (-0.0011, 1.0, ("-0.0011", "1")), (0.0, 1.0011, ("0", "1")),
        (-3.14159, 42.0, ("-3.14", "42")), (np.nan, 1.0, ("NaN", "NaN")), (0.0, np.inf, ("NaN", "NaN")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("engine", ENGINES)
def test_a_map_is_of_probabilities_whichever_library_made_it(
    engine: str, low: float, high: float, told: tuple[str, str] | None, library: Library
) -> None:
    library.maps[engine] = np.array([[low, high]], np.float64)
    if told is None:
        prove(Path("model.onnx"), ModelCard(name="a"))
        return
    with pytest.raises(OcrwebError) as refused:
        prove(Path("model.onnx"), ModelCard(name="a"))
    assert (refused.value.code, refused.value.params) == ("imports.bad-map", {"low": told[0], "high": told[1]})


def test_what_a_library_cannot_run_is_said_to_be_so_and_any_other_failure_keeps_its_name(library: Library) -> None:
    failure = OcrwebError("engine.run-failed", engine="onnx", reason="odd")
    library.maps["openvino"] = failure
    with pytest.raises(OcrwebError) as refused:
        prove(Path("model.onnx"), ModelCard(name="a"))
    assert (refused.value.code, refused.value.params["reason"]) == ("imports.does-not-run", failure)
    library.maps["openvino"] = OcrwebError("image.empty")
    with pytest.raises(OcrwebError, match=r"image\.empty"):
        prove(Path("model.onnx"), ModelCard(name="a"))


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"mean": (0.1, 0.2, 1000.0)}, True),
        ({"mean": (0.1, 0.2, 1000.1)}, False),
        ({"mean": (0.1, 0.2, -1000.1)}, False),
        ({"mean": (0.1, float("nan"), 0.2)}, False),
        ({"std": (0.1, 0.2, 1e-3)}, True),
        ({"std": (0.1, 0.2, 0.9e-3)}, False),
        ({"std": (0.1, -0.2, 0.1)}, False),
        ({"threshold": 2.0}, False),
        ({"limit_side": 10**9}, False),
    ],
    ids=str,
)
def test_a_card_of_elsewhere_stays_within_the_bounds_that_people_have(changes: dict[str, Any], good: bool) -> None:
    card = ModelCard.model_construct(**{**ModelCard(name="theirs", licence="MIT", bf16=True).model_dump(), **changes})
    if good:
        own = checked_card(card, "mine")
        assert (own.name, own.licence, own.bf16) == ("mine", "", False)
        assert (own.mean, own.std, own.limit_side, own.unclip_ratio) == (card.mean, card.std, card.limit_side, card.unclip_ratio)  # fmt: skip
        return
    with pytest.raises(OcrwebError) as refused:
        checked_card(card, "mine")
    assert (refused.value.code, refused.value.where) == ("model.bad-card", "mine")
    assert 0 < len(refused.value.params["reason"]) <= 200
