"""What lies beside an exported network says to each library what it has to know, in that library's own words."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
import yaml

from ocrweb.config.detection import DecodeOptions
from ocrweb.runtime.card import ModelCard
from ocrweb.training.export import files
from tests.model.graphs import Sketch, array, detector, run, stem

CARD = ModelCard(name="a", mean=(0.1, 0.2, 0.3), std=(0.4, 0.5, 0.6), limit_type="max", licence="票")
DECODE = DecodeOptions(threshold=0.25, unclip_ratio=1.75, max_candidates=77, score_mode="slow")  # 0.5 for boxes


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_paddleocr_is_told_to_resize_normalise_and_decode_as_we_do(tmp_path: Path) -> None:
    files.write_inference_yml(tmp_path, CARD, DECODE, 736)
    told = read(tmp_path / "inference.yml")
    decode, resize, normalise, planes = told["PreProcess"]["transform_ops"]
    assert decode == {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
    assert resize == {"DetResizeForTest": {"resize_long": 736}}
    assert normalise == {
        "NormalizeImage": {"mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6], "scale": "1./255.", "order": "hwc"}
    }
    assert planes == {"ToCHWImage": None}
    assert told["PostProcess"] == {
        "name": "DBPostProcess", "thresh": 0.25, "box_thresh": 0.5, "max_candidates": 77, "unclip_ratio": 1.75,
    }  # fmt: skip


@pytest.mark.parametrize("installed", [True, False])
def test_rapidocr_keeps_its_own_settings_with_this_detector_in_them(
    installed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.yaml").write_text("Rec: {lang: ch}\nDet: {use_dilation: true, task_type: det}\n")
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py")) if installed else None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    files.write_rapidocr(tmp_path / "rapidocr.yml", CARD, DECODE, 736, "model.onnx")
    told = read(tmp_path / "rapidocr.yml")
    assert (told.get("Rec"), told["Det"].pop("task_type", None)) == (({"lang": "ch"}, "det") if installed else (None,) * 2)  # fmt: skip
    assert told["Det"] == {
        "engine_type": "onnxruntime", "model_path": "model.onnx", "limit_side_len": 736, "limit_type": "max",
        "mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6], "thresh": 0.25, "box_thresh": 0.5, "max_candidates": 77,
        "unclip_ratio": 1.75, "use_dilation": False, "score_mode": "slow",
    }  # fmt: skip
    if installed:
        (tmp_path / "config.yaml").unlink()
        files.write_rapidocr(tmp_path / "rapidocr.yml", CARD, DECODE, 736, "model.onnx")
        assert list(read(tmp_path / "rapidocr.yml")) == ["Det"]


def graph(path: Path, opset: int, sides: tuple[str | int, ...], output: str = "map") -> Path:
    """A network that needs an opset, with an output of these axes and this name, and a number that nothing uses."""
    sketch = Sketch()
    x = stem(sketch)
    if opset >= 13:  # its axes are an input from there on, and so an older opset will not do
        x = sketch.add("Squeeze", sketch.add("Unsqueeze", x, np.array([0], np.int64)), np.array([0], np.int64))
    sketch.head(x, 6)
    sketch.given["nothing uses it"] = array(4)
    model = onnx.load(str(sketch.save(path, opset=opset)))
    del model.graph.output[:]
    model.graph.node[-1].output[0] = output
    model.graph.output.append(onnx.helper.make_tensor_value_info(output, onnx.TensorProto.FLOAT, sides))
    onnx.helper.set_model_props(model, {"of": "before", "kept": "yes"})
    onnx.save(model, str(path))
    return path


@pytest.mark.parametrize(
    ("opset", "sides", "own", "flat"),
    [
        (11, ("N", 1, "H", "W"), "maps", ["map", "H", "W"]), (13, (1, 1, 64, 96), "maps", ["map", 64, 96]),
        (13, ("N", 1, "H", "W"), "map", ["map_", "H", "W"]),
    ],
)  # fmt: skip
def test_opencv_has_the_same_map_without_its_first_two_axes(
    opset: int, sides: tuple[str | int, ...], own: str, flat: list[str | int], tmp_path: Path
) -> None:
    network = graph(tmp_path / "network.onnx", opset, sides, own)
    files.write_opencv(network, tmp_path / "opencv.onnx", {"threshold": "0.3", "precision": "int8"})
    picture = np.random.default_rng(0).standard_normal((1, 3, 64, 96)).astype(np.float32)
    np.testing.assert_allclose(run(tmp_path / "opencv.onnx", picture), run(network, picture)[0, 0], atol=1e-6)
    made = onnx.load(str(tmp_path / "opencv.onnx"))
    (output,) = made.graph.output
    assert [output.name, *files._port(output)["shape"]] == flat
    assert {item.key: item.value for item in made.metadata_props} == {"threshold": "0.3", "precision": "fp32"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["network.onnx", "opencv.onnx"]


@pytest.mark.parametrize(
    ("sides", "shape"), [(("N", 1, "H", "W"), ["N", 1, "H", "W"]), ((1, 1, 64, 96), [1, 1, 64, 96])]
)
def test_a_finished_network_has_its_facts_no_idle_numbers_and_asks_for_little(
    sides: tuple[str | int, ...], shape: list[str | int], tmp_path: Path
) -> None:
    network = graph(tmp_path / "network.onnx", 11, sides)
    before = onnx.load(str(network))
    told = files.finish_network(network, {"of": "us", "threshold": "0.3"})
    after = onnx.load(str(network))
    assert {item.key: item.value for item in after.metadata_props} == {"of": "us", "kept": "yes", "threshold": "0.3"}
    names = [[item.name for item in model.graph.initializer] for model in (before, after)]
    assert names[1] == [name for name in names[0] if name != "nothing uses it"]
    assert len(names[1]) == len(names[0]) - 1
    assert told == {
        "input": {"name": "picture", "shape": ["n", 3, "h", "w"], "type": "float32"},
        "output": {"name": "map", "shape": shape, "type": "float32"}, "opset": 11, "ir_version": 6, "onnxruntime": "1.0",
    }  # fmt: skip


def test_a_number_that_is_the_output_itself_is_used(tmp_path: Path) -> None:
    value = onnx.helper.make_tensor_value_info("always", onnx.TensorProto.FLOAT, [1])
    picture = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    nodes = [onnx.helper.make_node("Relu", ["x"], ["y"])]
    given = [onnx.numpy_helper.from_array(np.ones(1, np.float32), "always")]
    model = onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", [picture], [value], given))
    onnx.save(model, str(tmp_path / "a.onnx"))
    files.finish_network(tmp_path / "a.onnx", {})
    assert [item.name for item in onnx.load(str(tmp_path / "a.onnx")).graph.initializer] == ["always"]


@pytest.mark.parametrize("half", [True, False])
def test_openvinos_form_is_of_the_precision_that_was_asked_for(half: bool, tmp_path: Path) -> None:
    import openvino

    network = detector(tmp_path / "network.onnx")
    files.write_openvino(network, tmp_path / "new" / "folder" / "model.xml", half=half)
    constants = {
        str(node.get_element_type().to_string())
        for node in openvino.Core().read_model(str(tmp_path / "new/folder/model.xml")).get_ops()
        if node.get_type_name() == "Constant" and len(node.get_output_shape(0)) == 4
    }
    assert ("f16" in constants) is half


def test_programs_that_show_the_way_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    for _ in range(2):  # the second finds the folder
        files.write_samples(tmp_path / "samples")
    assert sorted(path.name for path in (tmp_path / "samples").iterdir()) == sorted(files.SAMPLES)
    assert all(path.stat().st_size for path in (tmp_path / "samples").iterdir())


def test_the_card_tells_what_is_special_to_the_file_in_letters_that_people_read(tmp_path: Path) -> None:
    files.write_model_yml(tmp_path / "model.yml", CARD, {"precision": "fp16"})
    told = read(tmp_path / "model.yml")
    assert told["export"] == {"precision": "fp16"}
    assert ModelCard.model_validate({name: value for name, value in told.items() if name != "export"}) == CARD
    assert None not in told.values()
    text = (tmp_path / "model.yml").read_text(encoding="utf-8")
    assert "licence: 票" in text
    assert text.startswith("name: a\n")
