"""An exported network computes what was trained, under the names that readers expect."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.paddle_env import child_environment, machine_environment

os.environ.update(machine_environment())

import paddle
from paddle import nn

from ocrweb.model import DBResNet18, from_onnx, save_weights
from ocrweb.model.pdparams import write_pdparams
from ocrweb.training.export import onnx as export
from ocrweb.training.export.convert import complete_model
from ocrweb.training.export.onnx import export_inference_folder, export_onnx
from tests.model.graphs import detector, run
from tests.training.program import run_as_program


def trained(layer: Any) -> Any:
    """Move every number a little, as training does."""
    for parameter in layer.parameters():
        parameter.set_value(parameter * 1.1 + 0.01)
    layer.train()
    return layer


def axes(value: Any) -> list[str | int]:
    return [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]


def picture(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).standard_normal(shape).astype(np.float32)


def expected(layer: Any, pixels: np.ndarray) -> np.ndarray:
    layer.eval()
    with paddle.no_grad():
        return layer(paddle.to_tensor(pixels)).numpy()


def test_a_layer_from_a_graph_goes_back_into_that_very_graph(tmp_path: Path) -> None:
    source = detector(tmp_path / "source.onnx")
    layer = trained(from_onnx(source))
    out = tmp_path / "out.onnx"
    difference = export_onnx(layer, out, metadata={"made-by": "a test"})
    before, after = onnx.load(str(source)), onnx.load(str(out))
    assert difference <= 1e-5
    assert [node.SerializeToString() for node in after.graph.node] == [
        node.SerializeToString() for node in before.graph.node
    ]
    assert (after.graph.input[0].name, after.graph.output[0].name) == ("picture", "map")
    assert axes(after.graph.input[0]) == ["N", 3, "H", "W"]
    assert [(item.key, item.value) for item in after.metadata_props] == [("made-by", "a test")]
    assert layer.training
    pixels = picture(2, 3, 64, 32)
    np.testing.assert_allclose(run(out, pixels), expected(layer, pixels), atol=1e-5)
    assert np.abs(run(out, pixels) - run(source, pixels)).max() > 1e-3


def test_an_export_trains_on(tmp_path: Path) -> None:
    layer = trained(from_onnx(detector(tmp_path / "source.onnx")))
    export_onnx(layer, tmp_path / "out.onnx")
    again = from_onnx(tmp_path / "out.onnx")
    for key in layer.tensor_names:
        np.testing.assert_array_equal(again.state_dict()[key].numpy(), layer.state_dict()[key].numpy())


def test_a_fixed_size_is_written_into_both_ends(tmp_path: Path) -> None:
    layer = from_onnx(detector(tmp_path / "source.onnx"))
    export_onnx(layer, tmp_path / "out.onnx", size=(64, 96))
    graph = onnx.load(str(tmp_path / "out.onnx")).graph
    assert (axes(graph.input[0]), axes(graph.output[0])) == (["N", 3, 64, 96], ["N", 1, 64, 96])


@pytest.mark.parametrize("gap", [(float("nan"),) * 2, (2e-3, 1e-9), (5e-4, 2e-5)], ids=["NaN", "a pixel", "on average"])
def test_a_network_that_differs_never_takes_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gap: tuple[float, float]
) -> None:
    layer = from_onnx(detector(tmp_path / "source.onnx"))
    (tmp_path / "out.onnx").write_bytes(b"the old file")
    monkeypatch.setattr(export, "_difference", lambda *_: gap)
    with pytest.raises(OcrwebError) as caught:
        export_onnx(layer, tmp_path / "out.onnx")
    assert caught.value.code == "convert.differs"
    assert (tmp_path / "out.onnx").read_bytes() == b"the old file"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.onnx", "source.onnx"]


def test_the_reason_of_a_failed_conversion_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(layer: Any, folder: Path) -> tuple[Path, Path]:
        (folder / "inference.json").write_text("{}")
        (folder / "inference.pdiparams").write_bytes(b"")
        return folder / "inference.json", folder / "inference.pdiparams"

    monkeypatch.setattr(export, "export_inference_folder", broken)
    with pytest.raises(OcrwebError) as caught:
        export_onnx(nn.Layer(), tmp_path / "out.onnx")
    assert caught.value.code == "convert.failed"
    assert "Invalid model file" in caught.value.message()


class Shown(nn.Layer):
    """A network that came from no graph, as far as an export can see."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Any) -> Any:
        return self.network(x)


def test_a_converted_network_has_plain_names_free_sides_and_its_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, asked = detector(tmp_path / "source.onnx"), list[Any]()
    model = onnx.load(str(source))
    onnx.helper.set_model_props(model, {"of": "the converter", "kept": "yes"})
    onnx.save(model, str(tmp_path / "theirs.onnx"))

    def convert(module: str, *words: Any, patience: float) -> subprocess.CompletedProcess[str]:
        program, parameters, out, opset = words
        asked.append((module, program.read_text(), parameters.read_text(), opset, patience))
        assert str(out).isascii()  # the converter garbles other names
        shutil.copy(tmp_path / "theirs.onnx", out)
        return subprocess.CompletedProcess(words, 0, "", "")

    written = tmp_path / "程序.json", tmp_path / "参数.pdiparams"
    for path, text in zip(written, ("program", "parameters"), strict=True):
        path.write_text(text)
    monkeypatch.setattr(export, "run_module", convert)
    layer = Shown(from_onnx(source))
    assert export_onnx(layer, tmp_path / "out.onnx", opset=13, metadata={"of": "us"}, program=written) <= 1e-5
    assert asked == [("ocrweb.training.export.onnx", "program", "parameters", 13, 300)]
    made = onnx.load(str(tmp_path / "out.onnx"))
    assert [item.name for item in made.graph.output] == ["maps"] == [made.graph.node[-1].output[0]]
    assert (axes(made.graph.input[0]), axes(made.graph.output[0])) == (["N", 3, "H", "W"], ["N", 1, "H", "W"])
    assert {item.key: item.value for item in made.metadata_props} == {"of": "us", "kept": "yes"}
    assert layer.training


@pytest.mark.parametrize(
    ("code", "said", "writes", "reason"),
    [
        (1, "", False, "exit 1"), (0, "", False, "exit 0"), (3, "all went well so far", True, "all went well so far"),
        (1, "\x1b[31mError: no such thing\x1b[0m\nits usage is this\nend", False, "Error: no such thing"), (None, "", False, "> 300 s"),
    ],
)  # fmt: skip
def test_a_converter_that_fails_says_why_in_its_own_words_or_by_its_exit_code(
    code: int | None, said: str, writes: bool, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(module: str, program: Path, parameters: Path, out: Path, opset: int, patience: float) -> Any:
        if code is None:
            raise subprocess.TimeoutExpired("x", patience)
        if writes:
            out.write_bytes(b"half of it")
        return subprocess.CompletedProcess((), code, said, "")

    monkeypatch.setattr(export, "run_module", convert)
    monkeypatch.setattr(export, "export_inference_folder", lambda layer, folder: (folder / "a", folder / "b"))
    with pytest.raises(OcrwebError) as caught:
        export_onnx(nn.Layer(), tmp_path / "out.onnx")
    assert (caught.value.code, caught.value.params) == ("convert.failed", {"reason": reason})
    assert list(tmp_path.iterdir()) == []


def test_a_difference_is_the_worst_and_the_mean_of_pictures_of_both_forms(tmp_path: Path) -> None:
    """The second picture of a batch counts, and one that is higher than wide; a fixed size is the only one that is tried."""
    source = detector(tmp_path / "source.onnx")
    layer = from_onnx(source)
    shapes: list[tuple[int, ...]] = []

    class Off(nn.Layer):
        def forward(self, x: Any) -> Any:
            assert not self.training
            shapes.append(tuple(x.shape))
            found = layer(x).numpy()
            found[-1, 0, 0, 0] += 0.25
            return paddle.to_tensor(found)

    layer.eval()
    worst, mean = export._difference(Off(), source, None)
    assert shapes == [(1, 3, 64, 96), (2, 3, 96, 64)]
    assert (worst, mean) == (pytest.approx(0.25, abs=1e-5), pytest.approx(0.25 / (64 * 96), abs=1e-5))
    off = Off()
    export._difference(off, source, (32, 64))
    assert shapes[2:] == [(1, 3, 32, 64)]
    assert off.training


@pytest.mark.slow
def test_the_house_model_exports_under_plain_names_and_can_train_on(tmp_path: Path) -> None:
    layer = trained(DBResNet18())
    out = tmp_path / "模型.onnx"
    assert export_onnx(layer, out) <= 1e-4
    graph = onnx.load(str(out)).graph
    assert (graph.input[0].name, graph.output[0].name) == ("x", "maps")
    assert (axes(graph.input[0]), axes(graph.output[0])) == (["N", 3, "H", "W"], ["N", 1, "H", "W"])
    kinds = [node.op_type for node in graph.node if node.op_type not in ("Constant", "Identity")]
    assert kinds[-4:] == ["ConvTranspose", "Relu", "ConvTranspose", "Sigmoid"]
    pixels = picture(1, 3, 64, 32)
    np.testing.assert_allclose(run(out, pixels), expected(layer, pixels), atol=1e-4)
    np.testing.assert_allclose(expected(from_onnx(out), pixels), expected(layer, pixels), atol=1e-4)


def test_a_backbone_alone_is_no_detector(tmp_path: Path) -> None:
    layer = DBResNet18()
    save_weights(layer.backbone, tmp_path / "backbone.pdparams")
    with pytest.raises(OcrwebError) as caught:
        complete_model(tmp_path / "backbone.pdparams")
    assert caught.value.code == "convert.incomplete"
    detecting = {name: tensor for name, tensor in layer.state_dict().items() if not name.startswith("head.thresh.")}
    paddle.save(detecting, str(tmp_path / "detector.pdparams"))
    assert isinstance(complete_model(tmp_path / "detector.pdparams"), DBResNet18)


def test_weights_of_a_larger_network_are_called_so_and_not_an_incomplete_file(tmp_path: Path) -> None:
    """As of a ResNet50: many tensors fit, others have another shape or another name."""
    state = {name: tensor.numpy() for name, tensor in DBResNet18().state_dict().items()}
    wide = [name for name in state if name.startswith("neck.in")]
    for name in wide:
        state[name] = np.concatenate([state[name]] * 4, axis=1)
    state |= {f"{name}.third": array for name, array in list(state.items())[:20]}
    write_pdparams(state, tmp_path / "resnet50.pdparams")
    with pytest.raises(OcrwebError) as caught:
        complete_model(tmp_path / "resnet50.pdparams")
    assert wide
    assert (caught.value.code, caught.value.params["matched"]) == ("weights.too-few", len(state) - 20 - len(wide))


def test_the_inference_folder_loads_in_paddle(tmp_path: Path) -> None:
    layer = trained(from_onnx(detector(tmp_path / "source.onnx")))
    program, parameters = export_inference_folder(layer, tmp_path / "推理")
    assert (program.name, parameters.name) == ("inference.json", "inference.pdiparams")
    assert layer.training
    pixels = picture(1, 3, 32, 64)
    loaded = paddle.jit.load(str(program.with_suffix("")))
    np.testing.assert_allclose(loaded(paddle.to_tensor(pixels)).numpy(), expected(layer, pixels), atol=1e-6)


@pytest.mark.slow
def test_the_command_converts_or_gives_one_line_of_reason(tmp_path: Path) -> None:
    layer = trained(from_onnx(detector(tmp_path / "base.onnx")))
    save_weights(layer, tmp_path / "best.pdparams")
    (tmp_path / "model.yml").write_text("name: mine\nthreshold: 0.25\n")
    command = [sys.executable, "-m", "ocrweb.training.export.convert"]
    kept = {"capture_output": True, "text": True, "env": child_environment(), "check": False}
    good = subprocess.run([*command, str(tmp_path), str(tmp_path / "out.onnx")], **kept)
    assert good.returncode == 0, good.stderr
    assert '"threshold":0.25' in onnx.load(str(tmp_path / "out.onnx")).metadata_props[0].value
    pixels = picture(1, 3, 32, 32)
    np.testing.assert_allclose(run(tmp_path / "out.onnx", pixels), expected(layer, pixels), atol=1e-5)
    bad = subprocess.run([*command, str(tmp_path / "none.pdparams"), str(tmp_path / "bad.onnx")], **kept)
    assert bad.returncode == 1
    assert bad.stderr.splitlines()[-1].startswith("The weights")
    assert not (tmp_path / "bad.onnx").exists()


def test_the_converters_own_process_hands_on_what_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its optimiser would fetch a package from elsewhere."""
    asked: list[Any] = []
    monkeypatch.setitem(sys.modules, "paddle2onnx", SimpleNamespace(export=lambda *given, **how: asked.append((given, how))))  # type: ignore[arg-type]  # fmt: skip
    export._main(["a.json", "a.pdiparams", "out.onnx", "13"])
    assert asked == [(("a.json", "a.pdiparams", "out.onnx"), {"opset_version": 13, "optimize_tool": "None"})]
    assert isinstance(run_as_program(export, monkeypatch), ValueError)
