"""Which engine and precision `auto` takes, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.device import Device, cpu_name
from ocrweb.runtime.engines.choose import Abilities, plan
from ocrweb.runtime.entry import Form, ModelEntry, ModelKind
from ocrweb.runtime.int8 import Int8Copy

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
        pytest.param(model("onnx"), "onnx", "int8", CPU, CAN, "engine.wrong-precision", id="int8 on ONNX Runtime"),
        pytest.param(model("onnx"), "auto", "int8", GPU, CAN, "engine.wrong-precision", id="int8 on a GPU"),
        pytest.param(model("onnx"), "auto", "int8", CPU, CAN, "engine.no-int8", id="int8 that was not made"),
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


def copy_in_int8(cpu: str = "", times: dict[str, float] | None = None, int8: float = 0.9) -> Int8Copy:
    return Int8Copy(
        cpu=cpu or cpu_name(),
        times=times or {"f32": 100.0, "bf16": 60.0, "int8": 45.0},
        hmean={"f32": 0.9, "bf16": 0.9, "int8": int8},
        calibration="rendered",
        pictures=24,
        layers=80,
        kept_float32=(),
        network=Path("int8"),
    )


@pytest.mark.parametrize(
    ("copy", "bf16", "expected", "words"),
    [
        pytest.param(copy_in_int8(), True, "int8", "0.75 × the time of bf16", id="quickest"),
        pytest.param(copy_in_int8(), False, "int8", "0.45 × the time of f32", id="quickest without bf16"),
        pytest.param(copy_in_int8(times={"f32": 100.0, "int8": 99.0}), False, "int8", "0.99", id="a little quicker"),
        pytest.param(
            copy_in_int8(times={"f32": 100.0, "int8": 100.0}), False, "f32", "1.0 × the time", id="no quicker"
        ),
        pytest.param(
            copy_in_int8(times={"f32": 100.0, "bf16": 40.0, "int8": 45.0}), True, "bf16", "1.12 × the time", id="slower"
        ),
        pytest.param(copy_in_int8(int8=0.89), True, "bf16", "loses 1.0 points", id="loses too much"),
        pytest.param(copy_in_int8(cpu="another"), True, "bf16", "ocrweb models --int8 m", id="measured elsewhere"),
    ],
)
def test_auto_takes_int8_only_where_it_was_measured_to_be_quickest_and_as_good(
    copy: Int8Copy, bf16: bool, expected: str, words: str
) -> None:
    can = Abilities(bf16=bf16, onnx_cuda=False, paddle_cuda=False)
    made = plan(model("onnx"), "auto", "auto", CPU, can, copy)
    assert (made.engine, made.precision) == ("openvino", expected)
    assert words in " ".join(note.text("en") for note in made.notes)
    for note in made.notes:
        assert note.text("en") != note.text("zh")


def test_what_is_asked_for_is_taken_whatever_was_measured() -> None:
    bad = copy_in_int8(cpu="another", int8=0.1)
    assert plan(model("onnx"), "auto", "int8", CPU, CAN, bad).precision == "int8"
    for precision in ("f32", "bf16"):
        assert plan(model("onnx"), "auto", precision, CPU, CAN, copy_in_int8()).precision == precision
    assert plan(model("onnx"), "onnx", "auto", CPU, CAN, copy_in_int8()).precision == "f32"
