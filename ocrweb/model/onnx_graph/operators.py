"""Each ONNX operator of a text detector as a Paddle function.

A builder looks at a node once and returns a function of the node's tensors, all constants already in place. What cannot
be rebuilt exactly raises ``Unsupported`` with the operator and the attribute in question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import paddle
import paddle.nn.functional as F

from ocrweb.model import functional
from ocrweb.model.onnx_graph.fuse import GELU
from ocrweb.model.onnx_graph.read import Graph, Node

Function = Callable[..., paddle.Tensor]


class Unsupported(Exception):
    """An operator, or one of its settings, that cannot be trained here. The text names it."""


def build(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    """The function of a node, and the names of the tensors to call it with (constants it absorbed are left out)."""
    if node.op in _PLAIN:
        return _PLAIN[node.op], node.inputs
    if node.op in _ARITHMETIC:
        return _arithmetic(node, graph)
    if node.op not in _BUILDERS:
        raise Unsupported(node.label())
    return _BUILDERS[node.op](node, graph)


def _conv(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    strides = _pair(node, "strides")
    dilations = _pair(node, "dilations")
    padding = _padding(node, _kernel(node, graph), strides, dilations)
    function = partial(
        functional.conv2d,
        stride=_single(strides),
        padding=_single(padding),
        dilation=_single(dilations),
        groups=int(node.attributes.get("group", 1)),
    )
    return function, node.inputs


def _conv_transpose(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    strides = _pair(node, "strides")
    plain = (
        int(node.attributes.get("group", 1)) == 1
        and _pair(node, "dilations") == [1, 1]
        and not any(node.attributes.get("output_padding", [0]))
        and "output_shape" not in node.attributes
        and node.attributes.get("auto_pad", b"NOTSET") == b"NOTSET"
    )
    padding = [int(side) for side in node.attributes.get("pads", [0, 0, 0, 0])]
    if not plain or padding[:2] != padding[2:]:
        raise Unsupported(node.label("group, dilations, output_padding or uneven pads"))
    return partial(functional.conv2d_transpose, stride=_single(strides), padding=_single(padding[:2])), node.inputs


def _pool(node: Node, graph: Graph, *, maximum: bool) -> tuple[Function, tuple[str, ...]]:
    kernel = [int(side) for side in node.attributes["kernel_shape"]]
    strides = _pair(node, "strides")
    if _pair(node, "dilations") != [1, 1]:
        raise Unsupported(node.label("dilations"))
    padding = _padding(node, kernel, strides, [1, 1])
    ceil_mode = bool(node.attributes.get("ceil_mode", 0))
    if maximum:
        return partial(
            functional.max_pool2d, kernel_size=kernel, stride=strides, padding=padding, ceil_mode=ceil_mode
        ), node.inputs
    options: dict[str, Any] = {"kernel_size": kernel, "stride": strides, "padding": padding, "ceil_mode": ceil_mode}
    if node.attributes.get("count_include_pad", 0):
        return partial(F.avg_pool2d, **options, exclusive=False), node.inputs
    return partial(functional.avg_pool2d, **options), node.inputs


def _resize(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    mode = node.attributes.get("mode", b"nearest").decode()
    coordinates = node.attributes.get("coordinate_transformation_mode", b"half_pixel").decode()
    rounding = node.attributes.get("nearest_mode", b"round_prefer_floor").decode()
    scales = graph.arrays.get(node.inputs[2]) if len(node.inputs) > 2 else None
    if scales is None or len(node.inputs) > 3 or scales.size != 4:
        raise Unsupported(node.label("size computed in the graph"))
    factors = [float(scale) for scale in scales]
    whole = factors[:2] == [1.0, 1.0] and all(factor == int(factor) >= 1 for factor in factors[2:])
    same = (coordinates, rounding) in {("asymmetric", "floor"), ("half_pixel", "round_prefer_floor")}
    if mode != "nearest" or not whole or not same:
        raise Unsupported(node.label(f"mode={mode}, {coordinates}, scales={factors}"))
    scale = [int(factor) for factor in factors[2:]]
    return partial(functional.enlarged, factors=scale), (node.inputs[0],)


def _reduce_mean(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    given = graph.arrays.get(node.inputs[1]) if len(node.inputs) > 1 else None
    axes = node.attributes.get("axes") if given is None else [int(axis) for axis in given]
    if axes is None or sorted(axis % 4 for axis in axes) != [2, 3] or not node.attributes.get("keepdims", 1):
        raise Unsupported(node.label(f"axes={axes}"))
    return _global_average, (node.inputs[0],)


def _batch_norm(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    """With the statistics of the file, as in detection: nothing drifts with small batches."""
    x, scale, shift, mean, variance = node.inputs
    epsilon = float(node.attributes.get("epsilon", 1e-5))
    return partial(_normalise, epsilon=epsilon), (x, mean, variance, scale, shift)


def _normalise(
    x: paddle.Tensor,
    mean: paddle.Tensor,
    variance: paddle.Tensor,
    scale: paddle.Tensor,
    shift: paddle.Tensor,
    *,
    epsilon: float,
) -> paddle.Tensor:
    return F.batch_norm(x, mean, variance, scale, shift, training=False, epsilon=epsilon)


def _concat(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    return partial(_joined, axis=int(node.attributes["axis"])), node.inputs


def _joined(*tensors: paddle.Tensor, axis: int) -> paddle.Tensor:
    return paddle.concat(list(tensors), axis=axis)


def _hard_sigmoid(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    slope = float(node.attributes.get("alpha", 0.2))
    offset = float(node.attributes.get("beta", 0.5))
    return partial(F.hardsigmoid, slope=slope, offset=offset), node.inputs


def _leaky_relu(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    return partial(F.leaky_relu, negative_slope=float(node.attributes.get("alpha", 0.01))), node.inputs


def _clip(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    limits = [node.attributes.get("min"), node.attributes.get("max")]
    for place, name in enumerate(node.inputs[1:3]):
        if name:
            if name not in graph.arrays:
                raise Unsupported(node.label("limits computed in the graph"))
            limits[place] = float(graph.arrays[name].reshape(()))
    return partial(paddle.clip, min=limits[0], max=limits[1]), (node.inputs[0],)


def _arithmetic(node: Node, graph: Graph) -> tuple[Function, tuple[str, ...]]:
    """Two tensors, or a tensor and a number."""
    function = _ARITHMETIC[node.op]
    left, right = node.inputs
    if right in graph.arrays and graph.arrays[right].size == 1:
        return partial(_with_number, function=function, number=float(graph.arrays[right].reshape(()))), (left,)
    if left in graph.arrays and graph.arrays[left].size == 1:
        return partial(_from_number, function=function, number=float(graph.arrays[left].reshape(()))), (right,)
    return function, node.inputs


def _with_number(x: paddle.Tensor, *, function: Function, number: float) -> paddle.Tensor:
    return function(x, number)


def _from_number(x: paddle.Tensor, *, function: Function, number: float) -> paddle.Tensor:
    return function(paddle.to_tensor(number, dtype=x.dtype), x)


def _add(left: paddle.Tensor, right: paddle.Tensor | float) -> paddle.Tensor:
    return left + right


def _subtract(left: paddle.Tensor, right: paddle.Tensor | float) -> paddle.Tensor:
    return left - right


def _multiply(left: paddle.Tensor, right: paddle.Tensor | float) -> paddle.Tensor:
    return left * right


def _divide(left: paddle.Tensor, right: paddle.Tensor | float) -> paddle.Tensor:
    return left / right


def _global_average(x: paddle.Tensor) -> paddle.Tensor:
    """One axis after the other: Paddle's own pooling of a large page loses ten times as much to rounding, which shows as
    a difference of 3e-4 in the maps."""
    return x.mean(axis=3, keepdim=True).mean(axis=2, keepdim=True)


def _pair(node: Node, name: str) -> list[int]:
    return [int(side) for side in node.attributes.get(name, [1, 1])]


def _kernel(node: Node, graph: Graph) -> list[int]:
    if node.inputs[1] not in graph.arrays or graph.arrays[node.inputs[1]].ndim != 4:
        raise Unsupported(node.label("weights computed in the graph, or not in two dimensions"))
    return [int(side) for side in graph.arrays[node.inputs[1]].shape[2:]]


def _padding(node: Node, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> list[int]:
    """[top, bottom, left, right], or [vertical, horizontal] when both sides are equal.

    SAME pads as for a size that the stride divides, which multiples of 32 are.
    """
    mode = node.attributes.get("auto_pad", b"NOTSET").decode()
    if mode in {"SAME_UPPER", "SAME_LOWER"}:
        missing = [
            max(step * (k - 1) + 1 - stride, 0) for k, stride, step in zip(kernel, strides, dilations, strict=True)
        ]
        before = [total // 2 if mode == "SAME_UPPER" else total - total // 2 for total in missing]
        after = [total - first for total, first in zip(missing, before, strict=True)]
    elif mode in {"NOTSET", "VALID"}:
        pads = [int(side) for side in node.attributes.get("pads", [0, 0, 0, 0])] if mode == "NOTSET" else [0, 0, 0, 0]
        before, after = pads[:2], pads[2:]
    else:
        raise Unsupported(node.label(f"auto_pad={mode}"))
    if before == after:
        return before
    return [before[0], after[0], before[1], after[1]]


def _single(values: list[int]) -> int | list[int]:
    """One number when all are equal: the form that takes the shortest way through Paddle."""
    return values[0] if len(set(values)) == 1 and len(values) == 2 else values


_PLAIN: dict[str, Function] = {
    "Relu": F.relu,
    "Sigmoid": F.sigmoid,
    "Erf": paddle.erf,
    "Sqrt": paddle.sqrt,
    "Tanh": paddle.tanh,
    "HardSwish": F.hardswish,
    "GlobalAveragePool": _global_average,
    GELU: F.gelu,
}
_ARITHMETIC: dict[str, Function] = {"Add": _add, "Sub": _subtract, "Mul": _multiply, "Div": _divide}
_BUILDERS: dict[str, Callable[[Node, Graph], tuple[Function, tuple[str, ...]]]] = {
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxPool": partial(_pool, maximum=True),
    "AveragePool": partial(_pool, maximum=False),
    "Resize": _resize,
    "ReduceMean": _reduce_mean,
    "BatchNormalization": _batch_norm,
    "Concat": _concat,
    "HardSigmoid": _hard_sigmoid,
    "LeakyRelu": _leaky_relu,
    "Clip": _clip,
}
