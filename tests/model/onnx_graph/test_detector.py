"""A published graph becomes a layer that computes the same, trains, and says what it cannot rebuild."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.model import DBLoss, DBOutput, DBTargets, from_onnx
from ocrweb.model.architecture import published_graph
from ocrweb.model.onnx_graph.arrays import trainable_shapes
from ocrweb.model.onnx_graph.fuse import fused
from ocrweb.model.onnx_graph.read import read_graph
from tests.model.graphs import Sketch, array, detector, run, stem


def picture(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)


def probabilities(layer: Any, pixels: np.ndarray) -> np.ndarray:
    layer.eval()
    with paddle.no_grad():
        return layer(paddle.to_tensor(pixels)).numpy()


def gelu(sketch: Sketch, x: str) -> str:
    step = sketch.add("Erf", sketch.add("Div", x, np.array(np.sqrt(2), np.float32)))
    product = sketch.add("Mul", x, sketch.add("Add", step, np.array(1, np.float32)))
    return sketch.add("Mul", product, np.array(0.5, np.float32))


def bent_gelu(sketch: Sketch, x: str) -> str:
    """Nearly a GELU: the step is scaled by another number."""
    step = sketch.add("Erf", sketch.add("Div", x, np.array(1.3, np.float32)))
    product = sketch.add("Mul", x, sketch.add("Add", step, np.array(1, np.float32)))
    return sketch.add("Mul", product, np.array(0.5, np.float32))


def squeeze_excite(sketch: Sketch, x: str) -> str:
    mean = sketch.add("ReduceMean", x, axes=[2, 3], keepdims=1)
    gate = sketch.add("HardSigmoid", sketch.add("Conv", mean, array(6, 6, 1, 1)), alpha=1 / 6, beta=0.5)
    return sketch.add("Mul", x, gate)


def pyramid(sketch: Sketch, x: str) -> str:
    half = sketch.add("Conv", x, array(6, 6, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    scales = np.array([1, 1, 2, 2], np.float32)
    settings = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    enlarged = sketch.add("Resize", half, np.zeros(0, np.float32), scales, **settings)
    return sketch.add("Add", x, enlarged)


def twin_pools(sketch: Sketch, x: str) -> str:
    most = sketch.add("MaxPool", x, kernel_shape=[2, 2], strides=[1, 1], auto_pad="SAME_UPPER")
    mean = sketch.add("AveragePool", x, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1])
    joined = sketch.add("Concat", most, mean, axis=1)
    return sketch.add("Conv", joined, array(6, 12, 1, 1))


def normalised(sketch: Sketch, x: str) -> str:
    statistics = array(6), np.abs(array(6)) + 1
    return sketch.add("BatchNormalization", x, array(6), array(6), *statistics, epsilon=1e-3)


def reshaped_bias(sketch: Sketch, x: str) -> str:
    bias = sketch.add("Reshape", array(6), np.array([1, 6, 1, 1]))
    return sketch.add("Identity", sketch.add("Add", sketch.add("Conv", x, array(6, 6, 1, 1)), bias))


MIDDLES: dict[str, Callable[[Sketch, str], str]] = {
    "gelu": gelu,
    "not-quite-gelu": bent_gelu,
    "squeeze-excite": squeeze_excite,
    "resize": pyramid,
    "pools": twin_pools,
    "batch-normalisation": normalised,
    "bias-from-constants": reshaped_bias,
    "same-upper-even-kernel": lambda s, x: s.add("Conv", x, array(6, 6, 2, 2), auto_pad="SAME_UPPER"),
    "same-lower-even-kernel": lambda s, x: s.add("Conv", x, array(6, 6, 4, 4), auto_pad="SAME_LOWER"),
    "same-upper-strided": lambda s, x: s.add(
        "ConvTranspose",
        s.add("Conv", x, array(6, 6, 3, 3), auto_pad="SAME_UPPER", strides=[2, 2]),
        array(6, 6, 2, 2),
        strides=[2, 2],
    ),
    "uneven-pads": lambda s, x: s.add("Conv", x, array(6, 6, 3, 3), pads=[0, 2, 2, 0]),
    "depthwise": lambda s, x: s.add("Conv", x, array(6, 1, 7, 7), group=6, pads=[3, 3, 3, 3]),
    "dilated": lambda s, x: s.add("Conv", x, array(6, 6, 3, 3), dilations=[2, 2], pads=[2, 2, 2, 2]),
    "hard-swish": lambda s, x: s.add("Mul", x, s.add("HardSigmoid", x, alpha=1 / 6, beta=0.5)),
    "relu6": lambda s, x: s.add("Clip", x, np.array(0, np.float32), np.array(6, np.float32)),
    "leaky-relu": lambda s, x: s.add("LeakyRelu", x, alpha=0.1),
    "scaled": lambda s, x: s.add("Sub", np.array(1, np.float32), s.add("Mul", x, array(1, 6, 1, 1))),
}


@pytest.mark.parametrize("middle", MIDDLES.values(), ids=MIDDLES.keys())
def test_every_operator_computes_what_onnx_runtime_computes(tmp_path: Path, middle: Any) -> None:
    sketch = Sketch()
    sketch.head(middle(sketch, stem(sketch)), 6)
    path = sketch.save(tmp_path / "graph.onnx")
    layer = from_onnx(path)
    for shape in [(1, 3, 64, 96), (2, 3, 32, 32)]:
        pixels = picture(*shape)
        np.testing.assert_allclose(probabilities(layer, pixels), run(path, pixels), atol=1e-5)


def test_the_published_detector_computes_what_onnx_runtime_computes() -> None:
    layer = from_onnx(published_graph())
    assert (layer.input_name, layer.output_name) == ("x", "fetch_name_0")
    for shape in [(1, 3, 64, 96), (2, 3, 160, 32)]:
        pixels = picture(*shape)
        maps = probabilities(layer, pixels)
        assert maps.shape == (shape[0], 1, *shape[2:])
        np.testing.assert_allclose(maps, run(published_graph(), pixels), atol=1e-5)


def test_gelu_and_biases_become_part_of_one_node() -> None:
    operators = [node.op for node in fused(read_graph(published_graph())).nodes]
    assert operators.count("Gelu") == 13
    assert "Erf" not in operators
    assert "Identity" not in operators


def test_training_gives_three_maps_and_starts_with_the_threshold_of_detection(tmp_path: Path) -> None:
    layer = from_onnx(detector(tmp_path / "graph.onnx"))
    pixels = picture(2, 3, 32, 64)
    before = probabilities(layer, pixels)
    layer.train()
    output = layer(paddle.to_tensor(pixels))
    assert isinstance(output, DBOutput)
    np.testing.assert_allclose(output.probability_map.numpy(), before, atol=1e-6)
    np.testing.assert_allclose(output.threshold_map.numpy(), 0.3, atol=1e-6)
    np.testing.assert_allclose(output.binary_map.numpy(), 1 / (1 + np.exp(-50 * (before - 0.3))), atol=1e-4)


def test_the_loss_goes_down_and_every_parameter_moves(tmp_path: Path) -> None:
    layer = from_onnx(detector(tmp_path / "graph.onnx"))
    layer.train()
    start = {name: tensor.numpy().copy() for name, tensor in layer.state_dict().items()}
    mask = paddle.zeros([1, 32, 64])
    mask[:, 8:24, 16:48] = 1.0
    targets = DBTargets(mask * 0.5 + 0.2, paddle.ones_like(mask), mask, paddle.ones_like(mask))
    adam = paddle.optimizer.Adam(0.01, parameters=layer.parameters())
    pixels = paddle.to_tensor(picture(1, 3, 32, 64)) * 0.1 + mask.unsqueeze(1)
    losses = []
    for _ in range(20):
        parts = DBLoss()(layer(pixels), targets)
        parts.loss.backward()
        adam.step()
        adam.clear_grad()
        losses.append(float(parts.loss))
    assert losses[-1] < 0.8 * losses[0], losses
    for name, tensor in layer.state_dict().items():
        assert not np.array_equal(tensor.numpy(), start[name]), name


def test_parameters_are_named_after_the_arrays_of_the_file(tmp_path: Path) -> None:
    path = detector(tmp_path / "graph.onnx")
    layer = from_onnx(path)
    graph = read_graph(path)
    state = layer.state_dict()
    assert set(state) == set(layer.tensor_names) | {name for name in state if name.startswith("threshold.")}
    for key, name in layer.tensor_names.items():
        assert key == "graph." + name.replace(".", "_")
        np.testing.assert_array_equal(state[key].numpy(), graph.arrays[name])
    assert trainable_shapes(path) == {key: tuple(state[key].shape) for key in layer.tensor_names}


def test_names_are_the_same_each_time() -> None:
    assert list(from_onnx(published_graph()).state_dict()) == list(from_onnx(published_graph()).state_dict())


def test_a_copy_of_the_layer_has_its_own_parameters(tmp_path: Path) -> None:
    layer = from_onnx(detector(tmp_path / "graph.onnx"))
    pixels = picture(1, 3, 32, 32)
    before = probabilities(layer, pixels)
    other = copy.deepcopy(layer)
    for parameter in other.parameters():
        parameter.set_value(parameter * 2)
    np.testing.assert_array_equal(probabilities(layer, pixels), before)
    assert not np.allclose(probabilities(other, pixels), before)


def test_all_operators_that_cannot_be_rebuilt_are_named_at_once(tmp_path: Path) -> None:
    sketch = Sketch()
    x = sketch.add("Softmax", stem(sketch), axis=1)
    x = sketch.add("Transpose", x, perm=[0, 1, 3, 2])
    x = sketch.add("Resize", x, np.zeros(0, np.float32), np.array([1, 1, 2, 2], np.float32), mode="linear")
    sketch.head(x, 6)
    with pytest.raises(OcrwebError) as caught:
        from_onnx(sketch.save(tmp_path / "graph.onnx"))
    assert caught.value.code == "graph.unsupported"
    for name in ("Softmax", "Transpose", "Resize (mode=linear"):
        assert name in caught.value.message()


def test_half_precision_is_refused(tmp_path: Path) -> None:
    sketch = Sketch()
    x = sketch.add("Conv", "picture", array(6, 3, 1, 1).astype(np.float16))
    sketch.add("Sigmoid", x, name="map")
    with pytest.raises(OcrwebError, match="float16"):
        from_onnx(sketch.save(tmp_path / "graph.onnx"))


def headless(path: Path) -> Path:
    sketch = Sketch()
    sketch.add("Relu", stem(sketch), name="map")
    return sketch.save(path)


def garbage(path: Path) -> Path:
    path.write_bytes(b"\xff\xfenot a graph at all" * 20)
    return path


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (headless, "graph.no-head"),
        (garbage, "graph.damaged"),
        (empty, "graph.not-a-detector"),
        (lambda path: path, "graph.missing"),
    ],
    ids=["headless", "garbage", "empty", "missing"],
)
def test_a_file_that_is_no_detector_is_told_apart(tmp_path: Path, make: Any, code: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        from_onnx(make(tmp_path / "graph.onnx"))
    assert caught.value.code == code
    assert caught.value.params.get("reason") == ("No such file or directory" if code == "graph.missing" else None)
