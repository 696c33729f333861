"""What follows a transposed convolution becomes part of it, and the map stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from ocrweb.model.onnx_graph.fold import _constants, fold_convolutions, fold_deconvolutions
from tests.model.graphs import Sketch, array, run, stem

Follow = Callable[[Sketch, str], str]


def batch_norm(sketch: Sketch, x: str, channels: int = 4) -> str:
    numbers = (1 + array(channels), array(channels), array(channels + 1)[1:], np.abs(array(channels)) + 0.1)
    return sketch.add("BatchNormalization", x, *numbers, epsilon=1e-3)


def reshaped_bias(sketch: Sketch, x: str) -> str:
    x = sketch.add("Identity", x)  # paddle2onnx leaves many of them
    return sketch.add("Add", x, sketch.add("Reshape", array(4), np.array([1, 4, 1, 1])))


def both(sketch: Sketch, x: str) -> str:
    return batch_norm(sketch, reshaped_bias(sketch, x))


def saved(path: Path, follow: Follow, **attributes: int) -> Path:
    sketch = Sketch()
    weight = array(4, 4 // attributes.get("group", 1), 2, 2)
    x = sketch.add(
        "ConvTranspose", sketch.add("Conv", stem(sketch), array(4, 6, 1, 1)), weight, strides=[2, 2], **attributes
    )
    x = sketch.add("Relu", follow(sketch, x))
    x = sketch.add("ConvTranspose", x, array(4, 1, 2, 2), array(1), strides=[2, 2])
    sketch.add("Sigmoid", sketch.add("Add", x, array(1, 1, 1, 1)), name="map")
    return sketch.save(path, opset=13)


@pytest.mark.parametrize(("follow", "count"), [(batch_norm, 2), (reshaped_bias, 2), (both, 3)])
def test_bias_and_batch_norm_are_folded_with_an_equal_map(tmp_path: Path, follow: Follow, count: int) -> None:
    before, after = saved(tmp_path / "before.onnx", follow), tmp_path / "after.onnx"
    model = onnx.load(str(before))
    assert fold_deconvolutions(model) == count
    onnx.save(model, str(after))
    kinds = [node.op_type for node in model.graph.node]
    assert kinds == ["Conv", "Relu", "Conv", "Conv", "ConvTranspose", "Relu", "ConvTranspose", "Sigmoid"]
    assert len(model.graph.initializer) == 8  # nothing is kept that nobody reads
    pixels = np.random.default_rng(0).standard_normal((2, 3, 64, 96)).astype(np.float32)
    np.testing.assert_allclose(run(after, pixels), run(before, pixels), atol=1e-6)
    assert fold_deconvolutions(model) == 0


def test_constants_are_known_by_their_tensor_and_through_what_only_passes_them_on() -> None:
    tensor = onnx.numpy_helper.from_array(np.arange(4, dtype=np.float32), "given")
    sides = onnx.numpy_helper.from_array(np.array([2, 2]), "sides")
    make = onnx.helper.make_node
    nodes = [
        make("Constant", [], ["inside"], value=tensor),
        make("Constant", [], ["number"], value_float=2.0),
        make("Identity", ["inside"], ["passed"]),
        make("Identity", ["x"], ["unknown"]),
        make("Reshape", ["passed", "sides"], ["square"]),
        make("Reshape", ["x", "sides"], ["unknown square"]),
    ]
    known = _constants(onnx.helper.make_graph(nodes, "g", [], [], [tensor, sides]))
    assert sorted(known) == ["given", "inside", "passed", "sides", "square"]
    assert known["square"].tolist() == [[0, 1], [2, 3]]


def two_readers(sketch: Sketch, x: str) -> str:
    return sketch.add("Add", x, sketch.add("Mul", x, array(1, 4, 1, 1)))


def by_column(sketch: Sketch, x: str) -> str:
    return sketch.add("Add", x, array(4))  # along the width, not the channels: for pictures of one size only


@pytest.mark.parametrize(("follow", "attributes"), [(two_readers, {}), (by_column, {}), (batch_norm, {"group": 2})])
def test_what_is_no_bias_stays(tmp_path: Path, follow: Follow, attributes: dict[str, int]) -> None:
    model = onnx.load(str(saved(tmp_path / "network.onnx", follow, **attributes)))
    kinds = [node.op_type for node in model.graph.node]
    read = [len(node.input) for node in model.graph.node]
    assert fold_deconvolutions(model) == 1  # the last bias, before the sigmoid
    assert [len(node.input) for node in model.graph.node][:-2] == read[:-3], "nobody is given a bias that is 0"
    assert len(model.graph.node) == len(kinds) - 1
    assert [node.op_type for node in model.graph.node][:-2] == kinds[:-3]


def test_two_that_share_their_numbers_are_told_apart(tmp_path: Path) -> None:
    sketch = Sketch()
    x = sketch.add("Conv", stem(sketch), array(4, 6, 1, 1))
    sketch.given["shared"] = array(4, 4, 2, 2)
    for bias in (array(1, 4, 1, 1), 2 * array(1, 4, 1, 1)):
        x = sketch.add("Add", sketch.add("ConvTranspose", x, "shared", strides=[2, 2]), bias)
    sketch.add("Sigmoid", sketch.add("Conv", x, array(1, 4, 1, 1)), name="map")
    before, after = sketch.save(tmp_path / "before.onnx"), tmp_path / "after.onnx"
    model = onnx.load(str(before))
    assert fold_deconvolutions(model) == 2
    onnx.save(model, str(after))
    pixels = np.random.default_rng(0).standard_normal((1, 3, 64, 64)).astype(np.float32)
    np.testing.assert_allclose(run(after, pixels), run(before, pixels), atol=1e-6)


def test_after_a_convolution_too_no_running_statistics_are_left(tmp_path: Path) -> None:
    """Also where channels are in groups, as in a depthwise convolution."""
    sketch = Sketch()
    x = batch_norm(sketch, sketch.add("Conv", stem(sketch), array(4, 6, 1, 1)))
    x = batch_norm(sketch, sketch.add("Conv", sketch.add("Relu", x), array(4, 1, 3, 3), pads=[1, 1, 1, 1], group=4))
    sketch.head(x, 4)
    before, after = sketch.save(tmp_path / "before.onnx", opset=13), tmp_path / "after.onnx"
    model = onnx.load(str(before))
    assert fold_convolutions(model) == 5
    onnx.save(model, str(after))
    assert not {"BatchNormalization", "Add"} & {node.op_type for node in model.graph.node}
    pixels = np.random.default_rng(0).standard_normal((2, 3, 64, 96)).astype(np.float32)
    np.testing.assert_allclose(run(after, pixels), run(before, pixels), atol=1e-5)
