"""An export has every form that its network can take, a reason for each that it cannot, and figures of all of them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.evaluation.metric import Score
from ocrweb.runtime.card import CARD_KEY, ModelCard
from ocrweb.training.export import files, onnx, steps
from ocrweb.training.export.spec import Spec
from ocrweb.training.machine import device

CARD = ModelCard(name="a", mean=(0.1, 0.2, 0.3), std=(0.4, 0.5, 0.6), limit_side=960, threshold=0.3, licence="MIT", metrics={"hmean": 0.5})  # fmt: skip


def spec_of(place: Path, **changes: Any) -> Spec:
    target = place / "target"
    target.mkdir(exist_ok=True)
    given = {
        "source": "a", "folder": False, "card": CARD, "size": None, "precision": "fp32", "opset": 17, "target": target,
        "work": place, "pictures": (Path("1.png"), Path("2.png")), "dataset": None, "split": "test", "calibration": (),
        "names": {"model": "a", "run": "r"},
    }  # fmt: skip
    return Spec(**{**given, **changes})


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Any, ...]]:
    """What was written beside the network, with what was given for it; nothing lies on the disk."""
    made: dict[str, tuple[Any, ...]] = {}
    for name in ("write_inference_yml", "write_samples", "write_rapidocr", "write_openvino"):
        monkeypatch.setattr(files, name, lambda *given, name=name, **more: made.update({name: (*given, *more.items())}))

    def write_opencv(*given: Any) -> None:
        made["write_opencv"] = given
        given[1].write_bytes(b"x")

    monkeypatch.setattr(files, "write_opencv", write_opencv)
    monkeypatch.setattr(steps, "_opencv_refuses", lambda network, size: "")
    return made


@pytest.mark.parametrize(
    ("size", "precision", "side", "missing", "half"),
    [
        (None, "fp32", 960, {}, False),
        (None, "int8", 960, {}, False),
        ((320, 640), "fp16", 640, {"rapidocr": "size"}, True),
        ((2048, 1024), "fp32", 960, {"rapidocr": "size"}, False),
    ],
)
def test_each_form_is_written_with_the_side_that_it_will_see(
    size: Any, precision: str, side: int, missing: dict[str, str], half: bool, written: Any, tmp_path: Path
) -> None:
    spec = spec_of(tmp_path, size=size, precision=precision)
    told = steps._companions(spec, Path("reference.onnx"), Path("network.onnx"), {"key": "value"})
    assert told == {"missing": missing}
    folder, card, decode, limit = written["write_inference_yml"]
    assert (folder, card, limit) == (spec.target / "paddle", CARD, side)
    assert ("write_rapidocr" in written) is (size is None)
    if size is None:
        path, card, its_decode, limit, network = written["write_rapidocr"]
        assert (path, card, its_decode, limit, network) == (
            spec.target / "rapidocr.yml",
            CARD,
            decode,
            side,
            "model.onnx",
        )
    assert written["write_samples"] == (spec.target / "samples",)
    assert written["write_opencv"] == (Path("reference.onnx"), spec.target / "model_opencv.onnx", {"key": "value"})
    assert written["write_openvino"] == (Path("network.onnx"), spec.target / "openvino" / "model.xml", ("half", half))
    assert (spec.target / "model_opencv.onnx").is_file()


def test_a_network_that_opencv_cannot_run_is_not_handed_out_and_the_reason_is(
    written: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(steps, "_opencv_refuses", lambda *given: asked.append(given) or "no such layer")
    spec = spec_of(tmp_path, size=(64, 96))
    told = steps._companions(spec, Path("r"), Path("n"), {})
    assert told == {"missing": {"rapidocr": "size", "opencv": "no such layer"}}
    assert asked == [(spec.target / "model_opencv.onnx", (64, 96))]
    assert not (spec.target / "model_opencv.onnx").exists()
    assert "write_openvino" in written


@pytest.mark.parametrize(
    ("shape", "size", "said"),
    [((64, 96), None, ""), ((1, 1, 64, 96), None, "output (1, 1, 64, 96)"), ((32, 64), (32, 64), "")],
)
def test_opencv_is_asked_with_a_picture_of_the_size_and_must_give_a_flat_map(
    shape: tuple[int, ...], size: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cv2

    given: list[Any] = []
    network = SimpleNamespace(setInput=lambda blob: given.append(blob.shape), forward=lambda: np.zeros(shape))
    monkeypatch.setattr(cv2.dnn, "readNetFromONNX", lambda path: network)
    assert steps._opencv_refuses(Path("a.onnx"), size) == said
    assert given == [(1, 3, *(size or (64, 96)))]


def test_a_network_that_opencv_cannot_even_read_has_a_short_reason(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"none")
    reason = steps._opencv_refuses(tmp_path / "a.onnx", None)
    assert 0 < len(reason) <= 200
    assert "\n" not in reason


@pytest.mark.parametrize(("size", "told"), [(None, "dynamic"), ((320, 640), [320, 640])])
def test_readers_that_know_no_card_are_told_how_to_use_the_network(size: Any, told: Any, tmp_path: Path) -> None:
    facts = steps._describe(spec_of(tmp_path, size=size, precision="fp16"), Path("n"))
    plain = json.loads(facts.pop(steps.EXPORT_KEY))
    assert plain == {
        "mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6], "channels": "BGR", "threshold": 0.3,
        "box_threshold": plain["box_threshold"], "unclip_ratio": plain["unclip_ratio"], "limit_side": 960,
        "limit_type": CARD.limit_type, "precision": "fp16", "size": told, "multiple_of": 32, "licence": "MIT",
        "metrics": {"hmean": 0.5}, "model": "a", "run": "r",
    }  # fmt: skip
    assert facts == {name: value if isinstance(value, str) else json.dumps(value) for name, value in plain.items()}
    assert facts["channels"] == "BGR"


def test_a_disk_with_too_little_room_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def network(spec: Spec, tell: Any) -> Path:
        begun.append("network")
        raise OcrwebError("image.empty")

    monkeypatch.setattr(steps, "_network", network)
    spec = spec_of(tmp_path)
    for free, code in (((400 << 20) - 1, "usage.disk-full"), (400 << 20, "image.empty")):
        monkeypatch.setattr(steps.shutil, "disk_usage", lambda path, free=free: SimpleNamespace(free=free))
        with pytest.raises(OcrwebError) as refused:
            steps.export(spec, lambda stage, share: begun.append(stage))
        assert refused.value.code == code
    assert begun == ["load", "network"]


@pytest.mark.parametrize("size", [None, (64, 96)])
def test_the_network_is_written_for_paddle_first_and_converted_from_there_on_the_processor(
    size: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, where = list[Any](), list[str]()

    @contextlib.contextmanager
    def on_cpu() -> Iterator[None]:
        where.append("cpu")
        yield
        where.pop()

    def inference(layer: Any, folder: Path) -> str:
        done.append(("paddle", layer, folder, *where))
        return "program"

    def convert(layer: Any, out: Path, **how: Any) -> None:
        done.append(("onnx", layer, out, how, *where))

    monkeypatch.setattr(device, "on_cpu", on_cpu)
    monkeypatch.setattr(onnx, "export_inference_folder", inference)
    monkeypatch.setattr(onnx, "export_onnx", convert)
    monkeypatch.setattr(steps, "complete_model", lambda source: f"layer of {source}")
    spec = spec_of(tmp_path, size=size, opset=13)
    assert steps._network(spec, lambda *stage: done.append(stage)) == tmp_path / "reference.onnx"
    assert done == [
        ("paddle", 0.1), ("paddle", "layer of a", spec.target / "paddle", "cpu"), ("convert", 0.2),
        ("onnx", "layer of a", tmp_path / "reference.onnx", {"size": size, "opset": 13, "program": "program"}, "cpu"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "told"), [("graph.unsupported", "export.wrong-network"), ("weights.too-few", "weights.too-few")]
)
def test_a_network_that_is_of_another_kind_cannot_be_exported_and_other_errors_are_what_they_are(
    code: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: str) -> Any:
        graph = code.startswith("graph")
        raise OcrwebError(code, **({"operators": "LSTM"} if graph else {"path": source, "matched": 1, "total": 9}))

    monkeypatch.setattr(steps, "complete_model", refuse)
    with pytest.raises(OcrwebError) as refused:
        steps._layer(spec_of(tmp_path, source="net.onnx"))
    assert (refused.value.code, refused.value.params["path"]) == (told, "net.onnx")
    assert ("LSTM" in refused.value.message()) is code.startswith("graph")


def test_paddles_own_folder_is_loaded_as_it_is_and_a_damaged_one_has_a_short_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import paddle

    spec = spec_of(tmp_path, source="/models/theirs", folder=True)
    monkeypatch.setattr(paddle.jit, "load", lambda path: f"loaded {path}")
    assert steps._layer(spec) == "loaded /models/theirs/inference"
    for failure in (RuntimeError, ValueError, OSError):

        def fail(path: str, failure: Any = failure) -> Any:
            raise failure("long\n  story " * 50 + "end")

        monkeypatch.setattr(paddle.jit, "load", fail)
        with pytest.raises(OcrwebError, match=r"model\.damaged") as refused:
            steps._layer(spec)
        reason = str(refused.value.params["reason"])
        assert (len(reason), reason[-14:], refused.value.params["path"]) == (200, "long story end", "/models/theirs")


@pytest.mark.parametrize("missing", [{}, {"opencv": "no such layer"}])
def test_the_whole_export_is_told_in_stages_and_described_with_its_precision(
    missing: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, stages, described, given = spec_of(tmp_path), list[str](), dict[str, Any](), dict[str, Any]()
    ports, network = {"opset": 17}, spec.target / "model.onnx"

    def tell(stage: str, share: float) -> None:
        stages.append(f"{stage} {share}")

    def step(name: str, answer: Any) -> Any:
        return lambda *words: given.update({name: words}) or answer

    monkeypatch.setattr(steps.shutil, "disk_usage", lambda path: SimpleNamespace(free=1 << 40))
    monkeypatch.setattr(steps, "_network", step("network", Path("reference")))
    monkeypatch.setattr(steps, "write_network", step("write", {"layers": 3}))
    monkeypatch.setattr(files, "finish_network", step("finish", ports))
    monkeypatch.setattr(steps, "_companions", step("companions", {"missing": missing}))
    monkeypatch.setattr(steps, "_measure", step("measure", {"speed": 1}))
    monkeypatch.setattr(files, "write_model_yml", lambda path, card, details: described.update(path=path, card=card, details=details))  # fmt: skip
    told = steps.export(spec, tell)
    assert stages == ["load 0.0", "forms 0.45", "parity 0.55"]
    facts = given["finish"][1]
    assert given == {
        "network": (spec, tell), "write": (spec, Path("reference"), network, tell), "finish": (network, facts),
        "companions": (spec, Path("reference"), network, facts), "measure": (spec, Path("reference"), network, tell),
    }  # fmt: skip
    assert {name: told[name] for name in ("speed", "forms", "quantised")} == {
        "speed": 1, "forms": {"missing": missing}, "quantised": {"layers": 3},
    }  # fmt: skip
    details = told["details"]
    assert ("opencv_precision" in details) is (not missing)
    assert (details["precision"], details["size"], details["opset"], details["multiple_of"]) == (
        "fp32",
        "dynamic",
        17,
        32,
    )
    assert (details["model"], details["threshold"]) == ("a", 0.3)
    assert {"onnx", "onnxruntime"} <= set(details["versions"])
    assert "paddlepaddle-gpu" not in details["versions"]
    assert described["details"] == details
    assert described["path"] == spec.target / "model.yml"
    assert facts[CARD_KEY] == CARD.embedded()


def score(hmean: float) -> Score:
    return Score(hmean=hmean, precision=hmean, recall=hmean, pictures=4, labels=7, detections=7, matched=6)


def test_scores_are_told_beside_those_of_the_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def measured(engines: dict[str, Any], detector: Any, samples: Any, told: Any) -> dict[str, Score]:
        told(len(samples) // 2)
        asked.append(engines)
        return {"reference": score(0.9), "onnx": score(0.88), "openvino": score(0.95)}

    monkeypatch.setattr(steps, "measure_hmean", measured)
    monkeypatch.setattr(steps, "read_split", lambda folder, split: asked.append((folder, split)) or [1, 2, 3, 4])
    stages: list[tuple[str, float]] = []
    spec = spec_of(tmp_path, dataset="/data/shop", split="train")
    engines: Any = {"onnx": "o", "openvino": "v"}
    told = steps._hmean(spec, "r", engines, None, lambda *stage: stages.append(stage))  # type: ignore[arg-type]
    assert asked == [(Path("/data/shop"), "train"), {"reference": "r", "onnx": "o", "openvino": "v"}]
    assert stages == [("hmean", 0.8), ("hmean", pytest.approx(0.895))]
    ratios = {name: {"hmean": value, "precision": value, "recall": value} for name, value in (("r", 0.9), ("o", 0.88), ("v", 0.95))}  # fmt: skip
    assert told == {
        **ratios["o"], "difference": -0.02, "reference": ratios["r"], "others": {"openvino": {**ratios["v"], "difference": 0.05}},
        "pictures": 4, "labels": 7, "dataset": "shop", "split": "train",
    }  # fmt: skip
    asked.clear()
    steps._hmean(spec_of(tmp_path, dataset="/data/shop", split="validation"), "r", engines, None, lambda *_: None)  # type: ignore[arg-type]
    assert asked[0] == (Path("/data/shop"), "test")
    assert steps._hmean(spec_of(tmp_path), "r", engines, None, lambda *_: None) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("precision", "bf16", "compared", "scored", "reference"),
    [
        ("fp32", False, ["paddle", "onnx", "openvino"], ["onnx"], "paddle"),
        ("fp32", True, ["paddle", "onnx", "openvino", "openvino-bf16"], ["onnx", "openvino-bf16"], "paddle"),
        ("fp16", False, ["paddle", "onnx-fp32", "onnx", "openvino"], ["onnx", "openvino"], "reference.onnx"),
        ("int8", True, ["paddle", "onnx-fp32", "onnx", "openvino", "openvino-bf16"], ["onnx", "openvino", "openvino-bf16"], "reference.onnx"),
    ],
)  # fmt: skip
def test_a_precision_is_measured_beside_float32_and_bfloat16_where_the_processor_has_it(
    precision: str, bf16: bool, compared: list[str], scored: list[str], reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    from ocrweb.runtime.engines import openvino, paddle

    seen: dict[str, Any] = {}
    monkeypatch.setattr(openvino, "capabilities", lambda: {"FP32", "BF16"} if bf16 else {"FP32"})
    ours = tmp_path / "target"
    monkeypatch.setattr(steps, "usable_cores", lambda: 3)
    monkeypatch.setattr(openvino, "OpenVinoEngine", lambda ir, precision, threads: (ir, precision, threads))
    monkeypatch.setattr(
        paddle, "PaddleEngine", lambda folder, threads: "paddle" if (folder, threads) == (ours / "paddle", 3) else ""
    )
    monkeypatch.setattr(steps, "onnx_engine", str)
    monkeypatch.setattr(steps, "detector_of", lambda engine, card: f"detector of {engine}")
    gap = SimpleNamespace(to_dict=lambda: "gap")

    def gaps(base: Any, engines: dict[str, Any], detector: str, pictures: Any, told: Any) -> dict[str, Any]:
        told(1)
        seen["gaps"] = (base, detector, pictures)
        for name, precision in (("openvino", "f32"), ("openvino-bf16", "bf16")):
            assert engines.get(name) in (None, (ours / "openvino" / "model.xml", precision, 3))
        return dict.fromkeys(engines, gap)

    def hmean(spec: Spec, base: Any, engines: dict[str, Any], detector: str, tell: Any) -> None:
        seen["hmean"] = (base, list(engines))

    monkeypatch.setattr(steps, "measure_gaps", gaps)
    monkeypatch.setattr(steps, "measure_speed", lambda engines, size: seen.update(size=size) or {"size": (3, 4), "engines": list(engines)})  # fmt: skip
    monkeypatch.setattr(steps, "footprint", lambda network, height, width: (network, height, width))
    monkeypatch.setattr(steps, "_hmean", hmean)
    stages: list[Any] = []
    told = steps._measure(spec_of(tmp_path, precision=precision, size=(64, 96)), Path("reference.onnx"), Path("model.onnx"), lambda *stage: stages.append(stage))  # fmt: skip
    assert told["speed"]["engines"] == compared
    assert told["parity"] == {name: "gap" for name in compared if name not in ("paddle", "onnx-fp32")}
    assert told["memory_mib"] == (Path("model.onnx"), 3, 4)
    pictures = (Path("1.png"), Path("2.png"))
    assert seen == {
        "gaps": ("paddle", "detector of model.onnx", pictures),
        "hmean": (reference, scored),
        "size": (64, 96),
    }
    assert stages == [("parity", pytest.approx(0.65)), ("speed", 0.75)]
