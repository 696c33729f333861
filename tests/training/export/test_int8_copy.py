"""A copy in int8 is made with some pictures and judged by others, and told beside the network that it is of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest

from ocrweb.config.judgement import INT8_DROP
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.device import cpu_name
from ocrweb.training.export import int8_copy, precision
from ocrweb.training.export.int8_copy import CopySpec, make_copy


def samples(count: int) -> list[Any]:
    return [Sample(Path(f"{number}.png"), None, ()) for number in range(count)]


def names(found: Any) -> list[int]:
    return [int(sample.image.stem) for sample in found]


@pytest.mark.parametrize(
    ("count", "fit", "judged"),
    [
        (1, [0], [0]), (2, [0], [1]), (5, [0, 2, 4], [1, 3]), (64, list(range(0, 64, 2)), list(range(1, 64, 2))),
        (128, list(range(0, 128, 4)), list(range(1, 128, 4))),
    ],
)  # fmt: skip
def test_every_second_picture_judges_and_no_more_than_are_needed_of_each(
    count: int, fit: list[int], judged: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(int8_copy, "labelled_samples", lambda folder: samples(count))
    made = int8_copy._divided(Path("data"))
    assert (names(made[0]), names(made[1])) == (fit, judged)
    assert max(map(len, made)) <= 32


@pytest.mark.parametrize("dataset", [Path("/data"), None])
@pytest.mark.parametrize("bf16", [True, False])
def test_the_record_tells_what_was_made_and_measured(dataset: Path | None, bf16: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    asked: dict[str, Any] = {}
    spec = CopySpec(Path("net.onnx"), ModelCard(name="a", bf16=True), dataset, tmp_path / "target", tmp_path / "work")
    monkeypatch.setattr(int8_copy, "_is_quantised", lambda network: False)
    monkeypatch.setattr(int8_copy, "render_dataset", lambda folder, *given: asked.update(rendered=(folder, *given[:3])) or given[3](1, 2))  # fmt: skip
    monkeypatch.setattr(int8_copy, "labelled_samples", lambda folder: asked.update(folder=folder) or samples(4))
    monkeypatch.setattr(
        int8_copy, "OpenVinoEngine", lambda network, precision, threads: f"{precision} of {network} on {threads}"
    )
    monkeypatch.setattr(
        int8_copy, "int8_engine", lambda network, entry, threads: f"int8 of {network} on {threads} for {entry.name}"
    )
    monkeypatch.setattr(int8_copy, "usable_cores", lambda: 3)
    monkeypatch.setattr(int8_copy, "has_bf16", lambda: bf16)
    monkeypatch.setattr(int8_copy, "detector_of", lambda engine, card: asked.update(by=(engine, card.name)) or SimpleNamespace(prepare=lambda image: SimpleNamespace(blob=np.zeros((1, 3, 64, 96)))))  # fmt: skip
    monkeypatch.setattr(int8_copy, "write_int8", lambda export, network, out, tell, engine, most: asked.update(export=export, made=(network, out, engine(out)), most=most) or {"layers": 9, "kept_float32": ["a"], "pictures": 2})  # fmt: skip

    def hmean(engines: dict[str, Any], detector: Any, judged: Any, told: Any) -> dict[str, Any]:
        told(1)
        asked["judged"], asked["engines"] = names(judged), engines
        return {name: SimpleNamespace(hmean=0.123456789) for name in engines}

    monkeypatch.setattr(int8_copy, "measure_hmean", hmean)
    monkeypatch.setattr(int8_copy, "measure_speed", lambda engines, size: asked.update(size=size) or {"engines": {name: {"median_ms": 1.5} for name in engines}})  # fmt: skip
    stages: list[tuple[str, float]] = []
    made = make_copy(spec, lambda *stage: stages.append(stage))
    engines = ["f32", "bf16", "int8"] if bf16 else ["f32", "int8"]
    assert made["times"] == dict.fromkeys(engines, 1.5)
    assert made["hmean"] == dict.fromkeys(engines, 0.123457)
    assert made["calibration"] == ("dataset" if dataset else "rendered")
    assert (asked["folder"], "rendered" in asked) == (dataset or tmp_path / "work" / "pages", dataset is None)
    assert asked["judged"] == [1, 3]
    target = tmp_path / "target" / int8_copy.NETWORK
    int8 = f"int8 of {target} on 3 for a"
    assert asked["engines"] == {name: f"{name} of net.onnx on 3" for name in engines[:-1]} | {"int8": int8}
    assert asked["made"] == (Path("net.onnx"), target, int8)
    assert (asked["by"], asked["most"]) == (("f32 of net.onnx on 3", "a"), INT8_DROP / 2)
    if dataset is None:
        assert asked["rendered"] == (tmp_path / "work" / "pages", 48, 0, 4)
    assert {name: made[name] for name in ("pictures", "layers", "kept_float32", "cpu")} == {
        "pictures": 2, "layers": 9, "kept_float32": ["a"], "cpu": cpu_name(),
    }  # fmt: skip
    assert asked["size"] == (64, 96)
    assert names([Sample(path, None, ()) for path in asked["export"].calibration]) == [0, 2]
    assert (asked["export"].dataset, asked["export"].precision) == (str(asked["folder"]), "int8")
    told = [
        ("pictures", 0.0),
        *([] if dataset else [("pictures", 0.125)]),
        ("hmean", 0.6),
        ("hmean", 0.75),
        ("speed", 0.9),
    ]
    assert stages == [(name, pytest.approx(share)) for name, share in told]


@pytest.mark.parametrize(("operator", "quantised"), [("QuantizeLinear", True), ("Relu", False)])
def test_a_network_that_is_quantised_already_is_told_by_its_operators(operator: str, quantised: bool, tmp_path: Path) -> None:  # fmt: skip
    node = onnx.helper.make_node(operator, ["x"], ["y"])
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([node], "g", [], [])), str(tmp_path / "a.onnx"))
    assert int8_copy._is_quantised(tmp_path / "a.onnx") is quantised
    if quantised:
        with pytest.raises(OcrwebError, match=r"quantised\.already"):
            make_copy(CopySpec(tmp_path / "a.onnx", ModelCard(name="a"), None, tmp_path, tmp_path), lambda *_: None)


@pytest.mark.parametrize(
    ("failing", "split"), [(None, "train"), ("dataset.list-empty", "test"), ("dataset.list-missing", None)]
)
def test_pictures_to_calibrate_with_are_those_for_training_else_for_testing(
    failing: str | None, split: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(dataset: Path, part: str) -> list[str]:
        if failing and part == "train":
            raise FakeError(failing)
        return [part]

    class FakeError(OcrwebError):
        def __init__(self, code: str) -> None:
            self.code = code

    monkeypatch.setattr(precision, "read_split", read)
    if split:
        assert precision.labelled_samples(Path("a")) == [split]
    else:
        with pytest.raises(FakeError):
            precision.labelled_samples(Path("a"))
