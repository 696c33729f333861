"""Which engine and precision `auto` takes, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.device import Device
from ocrweb.runtime.engines.choose import Abilities, plan
from ocrweb.runtime.entry import Form, ModelEntry, ModelKind

CPU = Device("cpu", 0, "CPU", "no-driver")
GPU = Device("gpu", 1, "H100", "gpu-free")
ASKED = Device("gpu", 1, "H100", "asked")
CAN = Abilities(bf16=True, onnx_cuda=True, paddle_cuda=True)
CANNOT = Abilities(bf16=False, onnx_cuda=False, paddle_cuda=False)


def model(*forms: Form, kind: ModelKind = "file", bf16: bool = True) -> ModelEntry:
    return ModelEntry("m", kind, ModelCard(name="m", bf16=bf16), {form: Path(form) for form in forms})


@pytest.mark.parametrize(
    ("entry", "engine", "precision", "device", "can", "expected"),
    [
        pytest.param(model("onnx"), "auto", "auto", CPU, CAN, ("openvino", "bf16", None), id="cpu with bf16"),
        pytest.param(model("onnx"), "auto", "auto", CPU, CANNOT, ("openvino", "f32", None), id="cpu without bf16"),
        pytest.param(model("onnx", bf16=False), "auto", "auto", CPU, CAN, ("openvino", "f32", None), id="card forbids"),
        pytest.param(model("onnx", bf16=False), "auto", "bf16", CPU, CAN, ("openvino", "bf16", None), id="asked"),
        pytest.param(model("onnx"), "auto", "f32", CPU, CAN, ("openvino", "f32", None), id="f32 asked for"),
        pytest.param(model("weights"), "auto", "auto", CPU, CAN, ("openvino", "bf16", None), id="weights to convert"),
        pytest.param(model("onnx"), "auto", "auto", GPU, CAN, ("onnx", "f32", 1), id="gpu"),
        pytest.param(model("onnx"), "auto", "auto", GPU, CANNOT, ("openvino", "f32", None), id="gpu, no CUDA build"),
        pytest.param(
            model("onnx", "paddle"),
            "auto",
            "auto",
            GPU,
            Abilities(True, False, True),
            ("paddle", "f32", 1),
            id="paddle",
        ),
        pytest.param(model("paddle"), "auto", "auto", CPU, CAN, ("paddle", "f32", None), id="only a Paddle folder"),
        pytest.param(model("onnx"), "onnx", "auto", CPU, CAN, ("onnx", "f32", None), id="ONNX Runtime asked for"),
        pytest.param(model("onnx"), "onnx", "auto", GPU, CANNOT, ("onnx", "f32", None), id="falls back to the CPU"),
        pytest.param(model("onnx"), "openvino", "auto", GPU, CAN, ("openvino", "bf16", None), id="OpenVINO asked for"),
        pytest.param(model(kind="official"), "auto", "auto", CPU, CAN, ("paddleocr", "f32", None), id="official"),
    ],
)
def test_auto_takes_what_is_fastest_here(
    entry: ModelEntry, engine: str, precision: str, device: Device, can: Abilities, expected: tuple[object, ...]
) -> None:
    made = plan(entry, engine, precision, device, can)
    assert (made.engine, made.precision, made.gpu) == expected
    assert made.notes
    for note in made.notes:
        assert note.text("en") != note.text("zh")


def test_falling_back_from_a_gpu_is_said_aloud() -> None:
    for entry, engine in ((model("onnx"), "auto"), (model("onnx"), "onnx"), (model("paddle"), "paddle")):
        said = " ".join(note.text("en") for note in plan(entry, engine, "auto", GPU, CANNOT).notes)
        assert "GPU 1 H100" in said


@pytest.mark.parametrize(
    ("entry", "engine", "precision", "device", "can", "code"),
    [
        pytest.param(model("onnx"), "tensorrt", "auto", CPU, CAN, "usage.bad-value", id="unknown engine"),
        pytest.param(model("onnx"), "auto", "int4", CPU, CAN, "usage.bad-value", id="unknown precision"),
        pytest.param(model("onnx"), "paddle", "auto", CPU, CAN, "engine.wrong-form", id="no Paddle form"),
        pytest.param(model("paddle"), "onnx", "auto", CPU, CAN, "engine.wrong-form", id="no ONNX form"),
        pytest.param(model(kind="official"), "onnx", "auto", CPU, CAN, "engine.wrong-form", id="official on ONNX"),
        pytest.param(model("onnx"), "auto", "bf16", CPU, CANNOT, "engine.no-bf16", id="no bf16 here"),
        pytest.param(model("onnx"), "onnx", "bf16", CPU, CAN, "engine.wrong-precision", id="bf16 on ONNX Runtime"),
        pytest.param(model("onnx"), "auto", "auto", ASKED, CANNOT, "engine.no-gpu-build", id="GPU asked for, no build"),
        pytest.param(model("onnx"), "openvino", "auto", ASKED, CAN, "engine.no-gpu-build", id="OpenVINO on a GPU"),
        pytest.param(model("paddle"), "paddle", "auto", ASKED, CANNOT, "engine.no-gpu-build", id="Paddle without CUDA"),
    ],
)
def test_what_cannot_be_had_is_refused(
    entry: ModelEntry, engine: str, precision: str, device: Device, can: Abilities, code: str
) -> None:
    with pytest.raises(OcrwebError) as caught:
        plan(entry, engine, precision, device, can)
    assert caught.value.code == code
    assert caught.value.hint("zh")
