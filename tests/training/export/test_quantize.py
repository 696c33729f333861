"""int8 and fp16 networks compute what the float32 one does, nearly; layers that hurt stay float32."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto
from onnxruntime.quantization import qdq_quantizer

from ocrweb.training.export.quantize import Quantizer, _name_nodes, quantize, to_float16
from tests.model.graphs import Sketch, array, detector, run, stem


def blobs(count: int = 3) -> list[np.ndarray]:
    return [np.random.default_rng(seed).standard_normal((1, 3, 64, 96)).astype(np.float32) for seed in range(count)]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    return detector(tmp_path / "float.onnx")


@pytest.fixture
def quantizer(network: Path, tmp_path: Path) -> Quantizer:
    (tmp_path / "work").mkdir()
    return Quantizer(network, blobs(), tmp_path / "work")


def difference(one: Path, other: Path) -> float:
    pixels = blobs(4)[-1]
    return float(np.abs(run(one, pixels) - run(other, pixels)).mean())


def types(path: Path) -> dict[str, set[int]]:
    """Types of the zero points of activations and of weights."""
    model = onnx.load(str(path))
    zeros = {item.name: item.data_type for item in model.graph.initializer}
    made = {node.op_type: set() for node in model.graph.node}
    for node in model.graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear") and len(node.input) == 3:
            made[node.op_type].add(zeros[node.input[2]])
    return made


def test_int8_is_close_and_small_with_unsigned_activations(quantizer: Quantizer, network: Path, tmp_path: Path) -> None:
    quantizer.write(tmp_path / "int8.onnx")
    assert 0 < difference(network, tmp_path / "int8.onnx") < 0.05
    made = types(tmp_path / "int8.onnx")
    assert made["QuantizeLinear"] == {TensorProto.UINT8}
    assert TensorProto.INT8 in made["DequantizeLinear"]


def test_a_pyramid_stays_int8_from_sum_to_sum(tmp_path: Path) -> None:
    sketch = Sketch()
    x = sketch.add("Relu", stem(sketch))
    half = sketch.add("Conv", x, array(6, 6, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    total = sketch.add("Add", half, sketch.add("Conv", half, array(6, 6, 1, 1)))
    scales = np.array([1, 1, 2, 2], np.float32)
    settings = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    sketch.head(sketch.add("Add", x, sketch.add("Resize", total, np.zeros(0, np.float32), scales, **settings)), 6)
    network = sketch.save(tmp_path / "pyramid.onnx", opset=13)
    (tmp_path / "work").mkdir()
    Quantizer(network, blobs(), tmp_path / "work").write(tmp_path / "int8.onnx")
    nodes = onnx.load(str(tmp_path / "int8.onnx")).graph.node
    (upsampling,) = [node for node in nodes if node.op_type == "Resize"]
    assert [node.op_type for node in nodes if upsampling.output[0] in node.input] == ["QuantizeLinear"]


def test_layers_that_are_kept_have_float_weights(quantizer: Quantizer, tmp_path: Path) -> None:
    first, second = tmp_path / "all.onnx", tmp_path / "some.onnx"
    quantizer.write(first)
    quantizer.write(second, keep=quantizer.layers[:1])
    kept = quantizer.layers[0]
    weights = [next(node.input[1] for node in onnx.load(str(path)).graph.node if node.name == kept)
               for path in (first, second)]  # fmt: skip
    assert weights[0].endswith("DequantizeLinear_Output")
    assert not weights[1].endswith("DequantizeLinear_Output")


def test_a_network_is_the_same_whatever_was_written_before(quantizer: Quantizer, network: Path, tmp_path: Path) -> None:
    """Weights are scaled once; layers of which each writes others, and biases to which some scales are fitted."""
    layers = quantizer.layers
    first, later = tmp_path / "first.onnx", tmp_path / "later.onnx"
    (tmp_path / "other").mkdir()
    for chosen in ({}, {"only": layers[:2]}, {"only": layers[1:]}, {"keep": layers[:1]}):
        quantizer.write(later, **chosen)
        Quantizer(network, blobs(), tmp_path / "other").write(first, **chosen)
        assert later.read_bytes() == first.read_bytes(), chosen


def test_each_weight_is_scaled_once(quantizer: Quantizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scaled: list[int] = []
    scale = qdq_quantizer.compute_data_quant_params
    monkeypatch.setattr(
        qdq_quantizer, "compute_data_quant_params", lambda *a, **b: (scaled.append(1), scale(*a, **b))[1]
    )
    quantizer.write(tmp_path / "all.onnx")
    assert scaled
    scaled.clear()
    quantizer.write(tmp_path / "again.onnx", only=quantizer.layers[:2])
    assert not scaled


def test_what_is_good_enough_is_not_searched_for(quantizer: Quantizer, tmp_path: Path) -> None:
    def never(path: Path) -> float:
        raise AssertionError("no layer was to be tried")

    steps: list[int] = []
    result = quantize(quantizer, tmp_path / "o.onnx", lambda _: 0.01, enough=0.02, probe=never, on_step=steps.append)
    assert (result.kept, result.loss, steps) == ((), 0.01, [0])


def test_the_most_harmful_layers_go_back_to_float32_first(quantizer: Quantizer, tmp_path: Path) -> None:
    """The loss here is told by which layers are quantised; the third one alone is to blame."""
    guilty = quantizer.layers[2]

    def blame(path: Path) -> float:
        inputs = {node.name: node.input[1] for node in onnx.load(str(path)).graph.node if len(node.input) > 1}
        return 0.5 if inputs[guilty].endswith("DequantizeLinear_Output") else 0.0

    steps: list[int] = []
    out = tmp_path / "o.onnx"
    result = quantize(quantizer, out, blame, enough=0.02, probe=blame, on_step=steps.append)
    assert result.kept == (guilty,)
    assert steps == [0, 1]
    assert blame(out) == 0.0
    assert result.tried == ((0, 0.5), (1, 0.0))
    assert not (tmp_path / "attempt.onnx").exists()


def test_fp16_keeps_float32_at_both_ends(network: Path, tmp_path: Path) -> None:
    to_float16(network, tmp_path / "half.onnx")
    model = onnx.load(str(tmp_path / "half.onnx"))
    onnx.checker.check_model(model, full_check=True)
    graph = model.graph
    assert {port.type.tensor_type.elem_type for port in (*graph.input, *graph.output)} == {TensorProto.FLOAT}
    assert TensorProto.FLOAT16 in {item.data_type for item in graph.initializer}
    assert 0 < difference(network, tmp_path / "half.onnx") < 0.01


def test_fp16_of_a_network_whose_running_variance_float16_cannot_hold(tmp_path: Path) -> None:
    """db-resnet18 has one of 3.5e6; what it makes of it lies between -10 and 10."""
    sketch = Sketch()
    x = sketch.add("Mul", stem(sketch), np.full((1, 1, 1, 1), 2e3, np.float32))
    x = sketch.add("Conv", x, array(6, 6, 1, 1))
    numbers = (1 + array(6), array(6), 100 * array(7)[1:], np.full(6, 3.5e6, np.float32))
    sketch.head(sketch.add("Relu", sketch.add("BatchNormalization", x, *numbers)), 6)
    network = sketch.save(tmp_path / "large.onnx", opset=13)
    to_float16(network, tmp_path / "half.onnx")
    assert difference(network, tmp_path / "half.onnx") < 1e-3


def test_layers_without_a_name_or_with_that_of_another_have_one_of_their_own() -> None:
    nodes = [SimpleNamespace(name=name, op_type="Conv") for name in ("a", "", "a", "b", "", "Conv.1")]
    _name_nodes(SimpleNamespace(graph=SimpleNamespace(node=nodes)))
    assert [node.name for node in nodes] == ["a", "Conv.1", "Conv.2", "b", "Conv.4", "Conv.5"]


class Layered:
    """A quantiser of so many layers; the network that it writes says which of them stay float32."""

    def __init__(self, count: int) -> None:
        self.layers = [f"layer {number}" for number in range(count)]

    def write(self, out: Path, keep: Sequence[str] = (), only: Sequence[str] = ()) -> None:
        out.write_text(",".join(keep or only))

    def worst_first(self, loss: object) -> Iterator[str]:
        return iter(self.layers[::-1])


@pytest.mark.parametrize(
    ("layers", "losses", "steps", "kept", "loss"),
    [
        (40, [0.9, 0.8, 0.7, 0.6, 0.5], [0, 1, 2, 4, 8], 8, 0.5),  # a quarter at most
        (40, [0.9, 0.8, 0.1], [0, 1, 2], 2, 0.1),
        (40, [0.9, 0.2], [0, 1], 1, 0.2),  # just good enough
        (40, [0.9, 0.3, 0.7, 0.7, 0.7], [0, 1, 2, 4, 8], 1, 0.3),  # the best attempt, not the last
        (40, [0.4, 0.4, 0.4, 0.4, 0.4], [0, 1, 2, 4, 8], 0, 0.4),
        (2, [0.9, 0.8], [0, 1], 1, 0.8),
        (40, [0.2], [0], 0, 0.2),
    ],
)
def test_as_many_layers_go_back_as_it_takes_and_the_best_attempt_stays(
    layers: int, losses: list[float], steps: list[int], kept: int, loss: float, tmp_path: Path
) -> None:
    told, left, out = list[int](), list(losses), tmp_path / "out.onnx"
    fake: Any = Layered(layers)
    found = quantize(fake, out, lambda _: left.pop(0), enough=0.2, probe=lambda _: 0.0, on_step=told.append)
    order = fake.layers[::-1]
    assert (told, found.loss, found.kept) == (steps, loss, tuple(order[:kept]))
    assert found.tried == tuple(zip(steps, losses, strict=True))
    assert out.read_text() == ",".join(order[:kept])
    assert [path.name for path in tmp_path.iterdir()] == ["out.onnx"]


def test_the_worst_layers_are_found_in_their_order_by_few_trials(tmp_path: Path) -> None:
    fake: Any = Layered(85)
    fake._work = tmp_path
    harm = {name: 0.001 + place % 3 / 1e4 for place, name in enumerate(fake.layers)}
    harm |= {"layer 3": 0.4, "layer 41": 0.3, "layer 84": 0.2}
    tried: list[int] = []

    def loss(path: Path) -> float:
        names = path.read_text().split(",")
        tried.append(len(names))
        return sum(harm[name] for name in names)

    search = Quantizer.worst_first(fake, loss)
    assert [next(search) for _ in range(3)] == ["layer 3", "layer 41", "layer 84"]
    assert len(tried) < 42
    assert sorted([*search]) == sorted({*fake.layers} - {"layer 3", "layer 41", "layer 84"})
    assert len(tried) == 2 * 84
    assert min(tried) == 1
