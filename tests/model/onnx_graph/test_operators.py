"""Each operator of a graph as Paddle computes it: its settings arrive, and what cannot be rebuilt exactly is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import paddle
import paddle.nn.functional as F
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.model import functional
from ocrweb.model.onnx_graph.arrays import array_roles, parameter_keys
from ocrweb.model.onnx_graph.head import Head, find_head
from ocrweb.model.onnx_graph.operators import Unsupported, build
from ocrweb.model.onnx_graph.plan import compile_steps, run_steps, with_releases
from ocrweb.model.onnx_graph.read import Graph, Node

WEIGHT = np.zeros((4, 3, 5, 3), np.float32)
ARRAYS = {
    "w": WEIGHT, "flat": np.zeros((4, 3), np.float32), "axes": np.array([2, 3]), "channels": np.array([1]), "two": np.float32([[2.0]]),
    "many": np.float32([1.0, 2.0]), "scales": np.float32([1, 1, 2, 4]), "half": np.float32([1, 1, 1.5, 2]), "wide": np.float32([1, 2, 2, 2]),
    "short": np.float32([2, 2]), "shrinking": np.float32([1, 1, 0, 2]), "": np.zeros(0, np.float32),
}  # fmt: skip
GRAPH = Graph((), ARRAYS, "x", "map", "map")


def built(op: str, *inputs: str, **attributes: Any) -> Any:
    return build(Node(op, inputs, "y", attributes), GRAPH)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}),
        ({"strides": [2, 2], "pads": [1, 1, 1, 1], "dilations": [2, 2], "group": 3}, {"stride": 2, "padding": 1, "dilation": 2, "groups": 3}),
        ({"strides": [2, 1], "pads": [1, 0, 1, 0]}, {"stride": [2, 1], "padding": [1, 0], "dilation": 1, "groups": 1}),
        ({"pads": [0, 1, 2, 3]}, {"stride": 1, "padding": [0, 2, 1, 3], "dilation": 1, "groups": 1}),
        ({"auto_pad": b"VALID", "pads": [1, 1, 1, 1]}, {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}),
        ({"auto_pad": b"SAME_UPPER"}, {"stride": 1, "padding": [2, 1], "dilation": 1, "groups": 1}),
        ({"auto_pad": b"SAME_UPPER", "strides": [2, 2]}, {"stride": 2, "padding": [1, 2, 0, 1], "dilation": 1, "groups": 1}),
        ({"auto_pad": b"SAME_LOWER", "strides": [2, 2]}, {"stride": 2, "padding": [2, 1, 1, 0], "dilation": 1, "groups": 1}),
        ({"auto_pad": b"SAME_UPPER", "strides": [9, 9]}, {"stride": 9, "padding": 0, "dilation": 1, "groups": 1}),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_convolution_has_its_settings(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    function, inputs = built("Conv", "x", "w", **attributes)
    assert (function.func, function.keywords, inputs) == (functional.conv2d, expected, ("x", "w"))


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [({}, {"stride": 1, "padding": 0}), ({"strides": [2, 2], "pads": [1, 1, 1, 1], "group": 1}, {"stride": 2, "padding": 1}),
     ({"strides": [2, 1], "pads": [1, 0, 1, 0]}, {"stride": [2, 1], "padding": [1, 0]})],
    ids=range(3),
)  # fmt: skip
def test_so_has_a_transposed_one(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    function, _ = built("ConvTranspose", "x", "w", **attributes)
    assert (function.func, function.keywords) == (functional.conv2d_transpose, expected)


@pytest.mark.parametrize(
    ("op", "attributes", "function", "more"),
    [
        ("MaxPool", {}, functional.max_pool2d, {}), ("MaxPool", {"ceil_mode": 1}, functional.max_pool2d, {"ceil_mode": True}),
        ("AveragePool", {}, functional.avg_pool2d, {}), ("AveragePool", {"count_include_pad": 1}, F.avg_pool2d, {"exclusive": False}),
        ("AveragePool", {"pads": [1, 0, 1, 0], "ceil_mode": 1}, functional.avg_pool2d, {"padding": [1, 0], "ceil_mode": True}),
    ],
    ids=range(5),
)  # fmt: skip
def test_pools_have_theirs(op: str, attributes: dict[str, Any], function: Any, more: dict[str, Any]) -> None:
    found, _ = built(op, "x", kernel_shape=[3, 2], strides=[2, 1], **attributes)
    usual = {"kernel_size": [3, 2], "stride": [2, 1], "padding": [0, 0], "ceil_mode": False}
    assert (found.func, found.keywords) == (function, {**usual, **more})


REFUSED: list[tuple[str, tuple[str, ...], dict[str, Any]]] = [
    ("Softmax", ("x",), {}), ("Conv", ("x", "y"), {}), ("Conv", ("x", "flat"), {}), ("Conv", ("x", "w"), {"auto_pad": b"ODD"}),
    ("ConvTranspose", ("x", "w"), {"group": 2}), ("ConvTranspose", ("x", "w"), {"dilations": [2, 2]}),
    ("ConvTranspose", ("x", "w"), {"output_padding": [0, 1]}), ("ConvTranspose", ("x", "w"), {"output_shape": [8, 8]}),
    ("ConvTranspose", ("x", "w"), {"auto_pad": b"SAME_UPPER"}), ("ConvTranspose", ("x", "w"), {"pads": [0, 0, 1, 0]}),
    ("MaxPool", ("x",), {"kernel_shape": [2, 2], "dilations": [2, 2]}), ("Resize", ("x", "", "half"), {}), ("Resize", ("x", "", "wide"), {}),
    ("Resize", ("x", "", "short"), {}), ("Resize", ("x", "", "shrinking"), {}), ("Resize", ("x", ""), {}), ("Resize", ("x", "", "x"), {}),
    ("Resize", ("x", "", "scales", "x"), {}), ("Resize", ("x", "", "scales"), {"mode": b"linear"}),
    ("Resize", ("x", "", "scales"), {"coordinate_transformation_mode": b"asymmetric"}), ("Resize", ("x", "", "scales"), {"nearest_mode": b"floor"}),
    ("ReduceMean", ("x",), {}), ("ReduceMean", ("x",), {"axes": [1]}), ("ReduceMean", ("x",), {"axes": [2, 3], "keepdims": 0}),
    ("ReduceMean", ("x", "channels"), {}), ("ReduceMean", ("x",), {"axes": [2]}), ("Clip", ("x", "y"), {}),
]  # fmt: skip


@pytest.mark.parametrize(("op", "inputs", "attributes"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_rebuilt_exactly_is_refused_by_its_name(
    op: str, inputs: tuple[str, ...], attributes: dict[str, Any]
) -> None:
    with pytest.raises(Unsupported, match=op):
        built(op, *inputs, **attributes)


@pytest.mark.parametrize(
    "attributes",
    [{}, {"coordinate_transformation_mode": b"asymmetric", "nearest_mode": b"floor"}, {"mode": b"nearest"}],
)
def test_an_enlargement_by_whole_factors(attributes: dict[str, Any]) -> None:
    function, inputs = built("Resize", "x", "", "scales", **attributes)
    assert (function.func, function.keywords, inputs) == (functional.enlarged, {"factors": [2, 4]}, ("x",))


@pytest.mark.parametrize(
    ("inputs", "attributes"),
    [(("x",), {"axes": [2, 3]}), (("x",), {"axes": [-1, -2], "keepdims": 1}), (("x", "axes"), {})],
)
def test_a_mean_over_the_picture(inputs: tuple[str, ...], attributes: dict[str, Any]) -> None:
    function, names = built("ReduceMean", *inputs, **attributes)
    x = paddle.to_tensor(np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3))
    assert names == ("x",)
    np.testing.assert_allclose(function(x).numpy(), [[[[2.5]], [[8.5]]]])


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [("Add", "x", "two", [5.0, 8.0]), ("Sub", "x", "two", [1.0, 4.0]), ("Mul", "x", "two", [6.0, 12.0]), ("Div", "x", "two", [1.5, 3.0]),
     ("Sub", "two", "x", [-1.0, -4.0]), ("Div", "two", "x", [2 / 3, 1 / 3])],
)  # fmt: skip
def test_a_number_stands_on_its_side(op: str, left: str, right: str, expected: list[float]) -> None:
    function, inputs = built(op, left, right)
    assert inputs == ("x",)
    np.testing.assert_allclose(function(paddle.to_tensor([3.0, 6.0])).numpy(), expected, rtol=1e-6)


def test_an_array_of_several_is_an_input() -> None:
    function, inputs = built("Sub", "x", "many")
    assert inputs == ("x", "many")
    np.testing.assert_allclose(function(paddle.to_tensor([3.0, 6.0]), paddle.to_tensor([1.0, 2.0])).numpy(), [2, 4])


@pytest.mark.parametrize(
    ("op", "inputs", "attributes", "given", "expected"),
    [
        ("Clip", ("x",), {"min": 0.0, "max": 6.0}, [-1.0, 3, 9], [0, 3, 6]), ("Clip", ("x", "two"), {}, [-1.0, 3, 9], [2, 3, 9]),
        ("Clip", ("x", "", "two"), {}, [-1.0, 3, 9], [-1, 2, 2]), ("HardSigmoid", ("x",), {}, [-9.0, 0, 1, 9], [0, 0.5, 0.7, 1]),
        ("HardSigmoid", ("x",), {"alpha": 0.1, "beta": 0.4}, [-9.0, 0, 1], [0, 0.4, 0.5]), ("LeakyRelu", ("x",), {}, [-1.0, 2], [-0.01, 2]),
        ("LeakyRelu", ("x",), {"alpha": 0.5}, [-1.0, 2], [-0.5, 2]), ("Relu", ("x",), {}, [-1.0, 2], [0, 2]),
    ],
)  # fmt: skip
def test_what_stands_alone(
    op: str, inputs: tuple[str, ...], attributes: dict[str, Any], given: list[float], expected: list[float]
) -> None:
    function, names = built(op, *inputs, **attributes)
    assert names == ("x",)
    np.testing.assert_allclose(function(paddle.to_tensor(given)).numpy(), expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("attributes", "epsilon"), [({}, 1e-5), ({"epsilon": 0.5}, 0.5)])
def test_a_norm_keeps_the_files_statistics(attributes: dict[str, Any], epsilon: float) -> None:
    function, names = built("BatchNormalization", "x", "s", "b", "m", "v", **attributes)
    assert (names, function.keywords) == (("x", "m", "v", "s", "b"), {"epsilon": epsilon})


def test_tensors_are_joined_along_the_axis_asked_for() -> None:
    function, names = built("Concat", "x", "y", axis=1)
    assert names == ("x", "y")
    assert function(paddle.zeros([1, 2, 3]), paddle.zeros([1, 4, 3])).shape == [1, 6, 3]


def chain(*nodes: Node) -> Graph:
    return Graph(nodes, ARRAYS, "picture", "map", nodes[-1].output)


HEAD = (
    Node("Relu", ("picture",), "feature", {}), Node("Conv", ("feature", "w"), "a", {}), Node("ConvTranspose", ("a", "w", "many"), "b", {}),
    Node("Sigmoid", ("b",), "map", {}),
)  # fmt: skip


def test_a_head_begins_with_the_last_convolution_before_the_map() -> None:
    head = find_head(chain(*HEAD))
    assert (head.feature, [node.op for node in head.nodes]) == ("feature", ["Conv", "ConvTranspose", "Sigmoid"])
    assert head.last_arrays == ("w", "many")
    assert Head("feature", HEAD[1:2]).last_arrays == ("w", None)


@pytest.mark.parametrize(
    "nodes",
    [HEAD[:3], (*HEAD[:2], Node("Add", ("a", "feature"), "b", {}), HEAD[3]), (HEAD[0], Node("Sigmoid", ("feature",), "map", {}))],
    ids=["no sigmoid", "two ways", "no convolution"],
)  # fmt: skip
def test_a_map_that_comes_otherwise_has_no_head(nodes: tuple[Node, ...]) -> None:
    with pytest.raises(OcrwebError, match=r"graph\.no-head") as caught:
        find_head(chain(*nodes))
    assert caught.value.params == {"output": "map"}


def test_all_that_is_refused_is_named_at_once() -> None:
    nodes = (
        Node("Softmax", ("x",), "a", {}),
        Node("Relu", ("a",), "b", {}),
        Node("Loop", ("b",), "c", {}),
        Node("Softmax", ("c",), "d", {}),
    )
    with pytest.raises(OcrwebError, match=r"graph\.unsupported") as caught:
        compile_steps(nodes, GRAPH)
    assert caught.value.params == {"operators": "Loop, Softmax"}


def test_what_is_not_read_again_is_dropped_and_what_must_last_is_kept() -> None:
    nodes = (Node("Relu", ("x",), "a", {}), Node("Add", ("a", "x"), "b", {}), Node("Relu", ("b",), "c", {}))
    steps = with_releases(compile_steps(nodes, GRAPH), {"c"})
    assert [step.released for step in steps] == [(), ("a", "x"), ("b",)]
    values = {"x": paddle.to_tensor([-1.0, 2.0])}
    run_steps(steps, values)
    assert list(values) == ["c"]
    np.testing.assert_allclose(values["c"].numpy(), [0, 4])
    kept = with_releases(compile_steps(nodes, GRAPH), {"c", "x"})
    assert [step.released for step in kept] == [(), ("a",), ("b",)]


@pytest.mark.parametrize(
    ("names", "keys"),
    [(["a.b", "a/b"], ["a_b", "a_b_"]), (["1x"], ["_1x"]), ([""], ["_"]), (["ok_1"], ["ok_1"]), (["a.b", "a_b", "a-b"], ["a_b", "a_b_", "a_b__"])],
)  # fmt: skip
def test_keys_are_plain_and_no_two_are_alike(names: list[str], keys: list[str]) -> None:
    assert list(parameter_keys(names).values()) == keys


def test_weights_and_gains_train_and_statistics_and_numbers_do_not() -> None:
    floats = {name: np.ones((1, 4, 1, 1), np.float32) for name in ("w", "s", "b", "m", "v", "bias", "both", "scale")}
    arrays = {**floats, "one": np.ones(1, np.float32), "whole": np.ones(4, np.int64)}
    nodes = (
        Node("Conv", ("x", "w"), "a", {}), Node("BatchNormalization", ("a", "s", "b", "m", "v"), "c", {}), Node("Add", ("c", "bias"), "d", {}),
        Node("Mul", ("d", "one"), "e", {}), Node("Add", ("e", "both"), "f", {}), Node("Relu", ("both",), "g", {}), Node("Add", ("f", "whole"), "h", {}),
        Node("Resize", ("h", "scale"), "map", {}),
    )  # fmt: skip
    assert array_roles(Graph(nodes, arrays, "x", "map", "map")) == {
        "w": True, "s": True, "b": True, "m": False, "v": False, "bias": True, "one": False, "both": False, "whole": False, "scale": False,
    }  # fmt: skip
