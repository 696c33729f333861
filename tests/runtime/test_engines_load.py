"""How a plan becomes an engine: its network, its threads, its GPU, and what is done when a library does not start."""

from __future__ import annotations

import functools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.device import Device
from ocrweb.runtime.engines import load
from ocrweb.runtime.engines.choose import Abilities, Plan
from ocrweb.runtime.entry import ModelEntry

CARD = ModelCard(name="m")


class Built:
    """An engine that notes how it was made."""

    def __init__(self, *given: object, **named: object) -> None:
        self.made = (*given, named)


@pytest.mark.parametrize(
    ("engine", "precision", "with_copy", "made"),
    [
        ("openvino", "f32", False, ("openvino", Path("n"), {"precision": "f32", "threads": 5, "streams": 2})),
        ("openvino", "bf16", True, ("openvino", Path("n"), {"precision": "bf16", "threads": 5, "streams": 2})),
        ("openvino", "int8", True, ("openvino", Path("copy"), {"precision": "f32", "threads": 5, "streams": 2, "label": "int8"})),
        ("onnx", "f32", True, ("onnx", Path("n"), {"threads": 5, "gpu": 1})),
        ("paddle", "f32", False, ("paddle", Path("p"), {"threads": 5, "gpu": 1})),
        ("paddleocr", "f32", False, ("official", "m", {"threads": 5, "gpu": 1})),
    ],
    ids=str,
)  # fmt: skip
def test_a_plan_is_built_with_its_network_its_threads_and_its_gpu(
    monkeypatch: pytest.MonkeyPatch, engine: Any, precision: Any, with_copy: bool, made: tuple[object, ...]
) -> None:
    for name, kind in (
        ("openvino", "OpenVinoEngine"),
        ("onnx", "OnnxEngine"),
        ("paddle", "PaddleEngine"),
        ("official", "OfficialEngine"),
    ):
        fake = functools.partial(Built, name)
        monkeypatch.setattr(f"ocrweb.runtime.engines.{name}.{kind}", fake)
    monkeypatch.setattr(load, "cpu_threads", lambda: 5)
    monkeypatch.setattr(load, "abilities", lambda: Abilities(False, False, False))
    entry = ModelEntry("m", "file", CARD, {"onnx": Path("n"), "paddle": Path("p")})
    copy: Any = SimpleNamespace(network=Path("copy")) if with_copy else None
    built: Any = load._build(entry, Plan(engine, precision, 1, ()), 2, copy)
    assert built.made == made


@pytest.mark.parametrize(
    ("can", "card", "precision"), [(True, True, "bf16"), (True, False, "f32"), (False, True, "f32")]
)
def test_what_a_copy_keeps_floating_is_computed_as_the_model_itself(
    monkeypatch: pytest.MonkeyPatch, can: bool, card: bool, precision: str
) -> None:
    monkeypatch.setattr("ocrweb.runtime.engines.openvino.OpenVinoEngine", Built)
    monkeypatch.setattr(load, "abilities", lambda: Abilities(can, False, False))
    entry = ModelEntry("m", "file", CARD.model_copy(update={"bf16": card}))
    built: Any = load.int8_engine(Path("c"), entry, threads=3)
    assert built.made == (Path("c"), {"precision": precision, "threads": 3, "streams": 1, "label": "int8"})


@pytest.mark.parametrize(
    ("entry", "code"),
    [(ModelEntry("m", "file", CARD, missing=OcrwebError("model.no-house-weights", name="m")), "model.no-house-weights"),
     (ModelEntry("m", "published", CARD, {"weights": Path("w")}, detects=False), "model.no-detector")],
    ids=["missing", "backbone"],
)  # fmt: skip
def test_what_cannot_detect_is_not_loaded(entry: ModelEntry, code: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        load.load_engine(entry)
    assert caught.value.code == code


@pytest.mark.parametrize("reason", ["gpu-free", "asked"])
def test_a_library_that_does_not_start_on_the_gpu_is_left_out_unless_the_gpu_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    tried: list[Plan] = []
    failure = OcrwebError("engine.gpu-failed", engine="ONNX Runtime", reason="r")

    def build(entry: ModelEntry, made: Plan, streams: int, copy: object) -> Any:
        tried.append(made)
        if made.gpu is not None:
            raise failure
        return SimpleNamespace(close=lambda: closed.append(1))

    closed: list[int] = []
    monkeypatch.setattr(load, "_build", build)
    monkeypatch.setattr(load, "find_copy", lambda entry: None)
    monkeypatch.setattr(load, "abilities", lambda: Abilities(False, True, False))
    entry, device = ModelEntry("m", "file", CARD, {"onnx": Path("n")}), Device("gpu", 1, "G", reason)
    if reason == "asked":
        with pytest.raises(OcrwebError) as caught:
            load.load_engine(entry, device=device)
        assert (caught.value, closed, [made.gpu for made in tried]) == (failure, [1], [1, None])
    else:
        loaded = load.load_engine(entry, device=device)
        assert [(made.engine, made.gpu) for made in tried] == [("onnx", 1), ("openvino", None)]
        assert (loaded.device, closed) == (device, [])
        assert "r" in loaded.why("en")
