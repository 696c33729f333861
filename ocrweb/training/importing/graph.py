"""What the network of a stranger's file may consist of: judged from its graph, before anything of it runs.

Allowed is what convolutional text detectors of PaddleOCR, RapidOCR and of this project consist of, as their exporters
write them. Nothing that repeats or chooses (Loop, Scan, If, SequenceMap: a run without end fits into 500 bytes), nothing
that belongs to one library alone (other domains), no functions of its own, nothing that lies outside of the file.
What such a network costs depends on the size of the picture only, as long as no shape is computed from pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence

LAYERS = (
    "Conv ConvTranspose BatchNormalization InstanceNormalization LayerNormalization GroupNormalization LRN MatMul Gemm "
    "MaxPool AveragePool GlobalAveragePool GlobalMaxPool Resize Upsample DepthToSpace SpaceToDepth Dropout Einsum"
)
ACTIVATIONS = (
    "Relu LeakyRelu PRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Mish Gelu Tanh Softplus Softsign Softmax "
    "LogSoftmax Erf Clip ThresholdedRelu"
)
NUMBERS = (
    "Add Sub Mul Div Pow Sqrt Exp Log Neg Abs Reciprocal Floor Ceil Round Sign Mod Min Max Sum Mean ReduceMean ReduceSum "
    "ReduceMax ReduceMin ReduceL2 ReduceSumSquare ReduceProd Equal Less LessOrEqual Greater GreaterOrEqual And Or Not "
    "Where Cast CastLike Identity Constant"
)
SHAPES = (
    "Concat Split Slice Pad Reshape Flatten Transpose Squeeze Unsqueeze Shape Size Gather Expand ConstantOfShape Range "
    "Tile"
)
QUANTISED = "QuantizeLinear DequantizeLinear DynamicQuantizeLinear QLinearConv QLinearMatMul ConvInteger MatMulInteger"
ALLOWED = frozenset(" ".join((LAYERS, ACTIVATIONS, NUMBERS, SHAPES, QUANTISED)).split())
STANDARD = ("", "ai.onnx")  # domains: the same, written in two ways
# Inputs that say how large the output is. All of a reduction's but the first: axes, then nothing.
SIZES = {
    "Reshape": (1,), "Expand": (1,), "ConstantOfShape": (0,), "Resize": (1, 2, 3), "Upsample": (1,), "Tile": (1,),
    "Slice": (1, 2, 3, 4), "Pad": (1, 3), "Unsqueeze": (1,), "Squeeze": (1,), "Split": (1,), "Range": (0, 1, 2),
}  # fmt: skip
WITHOUT_PIXELS = ("Shape", "Size", "Constant")
LARGEST_FILL = 1 << 26  # numbers that one ConstantOfShape may make without any picture


def check_graph(path: Path, shown: str) -> None:
    """Raise what is wrong with an ONNX file; nothing else of the machine is read. shown: the file's name for people.

    ``model.damaged``, ``model.not-a-detector``, ``imports.operator`` (all of them by name), ``imports.external``,
    ``imports.functions``, ``imports.shape-from-pixels``, ``imports.too-much-data``.
    """
    import onnx

    try:
        model = onnx.load(str(path), load_external_data=False)
        if not model.graph.node:
            raise ValueError("no network in it")
    except MemoryError:
        raise
    except Exception as failure:  # the parser raises what protobuf raises, which differs by its implementation
        raise OcrwebError("model.damaged", path=shown, reason=Sentence("engine.not-a-network")) from failure
    graph = model.graph
    if model.functions or model.training_info:
        raise OcrwebError("imports.functions")
    _check_operators(graph)
    _check_data(graph)
    _check_picture(graph, shown)
    _check_shapes(graph)


def _check_operators(graph: Any) -> None:
    foreign = {_operator(node) for node in graph.node if not _allowed(node)}
    if foreign:
        raise OcrwebError("imports.operator", operators=", ".join(sorted(foreign)[:8]))


def _allowed(node: Any) -> bool:
    nested = any(attribute.HasField("g") or attribute.graphs for attribute in node.attribute)
    return node.domain in STANDARD and node.op_type in ALLOWED and not nested


def _operator(node: Any) -> str:
    name = f"{node.domain}.{node.op_type}" if node.domain not in STANDARD else node.op_type
    return "".join(char for char in name if char.isalnum() or char in "._-")[:60] or "?"


def _check_data(graph: Any) -> None:
    import onnx

    if graph.sparse_initializer:
        raise OcrwebError("imports.operator", operators="sparse_initializer")
    for tensor in _tensors(graph):
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            raise OcrwebError("imports.external")
    constants = _constants(graph)
    for node in graph.node:
        if node.op_type == "ConstantOfShape" and node.input and node.input[0] in constants:
            sides = onnx.numpy_helper.to_array(constants[node.input[0]]).ravel().tolist()
            if math.prod(map(abs, sides)) > LARGEST_FILL:
                raise OcrwebError("imports.too-much-data", operator=node.op_type)


def _tensors(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            if attribute.HasField("sparse_tensor"):
                yield attribute.sparse_tensor.values
                yield attribute.sparse_tensor.indices
            yield from attribute.tensors


def _constants(graph: Any) -> dict[str, Any]:
    known = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.output:
            for attribute in node.attribute:
                if attribute.HasField("t"):
                    known[node.output[0]] = attribute.t
    return known


def _check_picture(graph: Any, shown: str) -> None:
    """One picture goes in: (N, 3, H, W) float32. What the outputs are is seen when it runs."""
    import onnx

    given = {tensor.name for tensor in graph.initializer}
    pictures = [value for value in graph.input if value.name not in given]
    shapes = [_sides(value) for value in pictures]
    kinds = [value.type.tensor_type.elem_type for value in pictures]
    fits = len(shapes) == 1 and len(shapes[0]) == 4 and shapes[0][1] in (3, None) and kinds[0] == onnx.TensorProto.FLOAT
    if not fits or not graph.output:
        names = [onnx.TensorProto.DataType.Name(kind) for kind in kinds]
        words = [
            f"{name} {'x'.join(str(side or '?') for side in sides)}" for name, sides in zip(names, shapes, strict=True)
        ]
        raise OcrwebError("model.not-a-detector", path=shown, found="; ".join(words)[:200] or "–")


def _sides(value: Any) -> list[int | None]:
    return [side.dim_value or None for side in value.type.tensor_type.shape.dim]


def _check_shapes(graph: Any) -> None:
    """No size may follow from the values of pixels: a picture could then ask for any amount of memory."""
    given = {tensor.name for tensor in graph.initializer}
    pixels = {value.name for value in graph.input if value.name not in given}
    for node in graph.node:  # a file has its nodes in the order in which they run
        sizes = [node.input[place] for place in SIZES.get(node.op_type, ()) if place < len(node.input)]
        if pixels.intersection(sizes):
            raise OcrwebError("imports.shape-from-pixels", operator=node.op_type)
        if node.op_type not in WITHOUT_PIXELS and pixels.intersection(node.input):
            pixels.update(node.output)
