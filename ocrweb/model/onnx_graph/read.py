"""Read an ONNX file into nodes that compute and arrays that are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError

_PASS_THROUGH = {"Identity", "Dropout"}


@dataclass(frozen=True)
class Node:
    """One computation. inputs: names, "" for one left out; outputs: only the first is used by detectors."""

    op: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any] = field(default_factory=dict)

    def label(self, detail: str = "") -> str:
        """Its operator, for a person; with what is special about it."""
        return f"{self.op} ({detail})" if detail else self.op


@dataclass(frozen=True)
class Graph:
    """What is left of a model when constants are folded and pass-through nodes removed.

    nodes: in an order in which they can be computed. arrays: every given tensor by its name in the file.
    input: name of the (N, 3, H, W) picture. output: name of the (N, 1, H, W) map; result: the name that the map has
    inside the graph (the output's producer).
    """

    nodes: tuple[Node, ...]
    arrays: dict[str, np.ndarray]
    input: str
    output: str
    result: str

    def producer(self, name: str) -> Node | None:
        """The node that makes a tensor; None for the picture and for given arrays."""
        return next((node for node in self.nodes if node.output == name), None)

    def consumers(self, name: str) -> list[Node]:
        """The nodes that read a tensor."""
        return [node for node in self.nodes if name in node.inputs]


def read_graph(path: Path | str) -> Graph:
    """Nodes and arrays of an ONNX detector.

    Raises ``graph.missing`` (no such file), ``graph.damaged`` (not ONNX) or ``graph.not-a-detector`` (other than one
    picture in and one map out).
    """
    import onnx
    from google.protobuf.message import DecodeError

    path = Path(path)
    try:
        model = onnx.load(str(path))
    except OSError as error:
        raise OcrwebError("graph.missing", path=str(path), reason=error.strerror or str(error)) from error
    except (DecodeError, ValueError) as error:
        raise OcrwebError("graph.damaged", path=str(path)) from error
    given = {tensor.name for tensor in model.graph.initializer}
    inputs = [value.name for value in model.graph.input if value.name not in given]
    outputs = [value.name for value in model.graph.output]
    if len(inputs) != 1 or len(outputs) != 1:
        raise OcrwebError("graph.not-a-detector", path=str(path), inputs=len(inputs), outputs=len(outputs))
    return _simplified(model, inputs[0], outputs[0])


def _simplified(model: Any, graph_input: str, graph_output: str) -> Graph:
    """Follow pass-through nodes, fold what depends on arrays alone."""
    from onnx import helper, numpy_helper

    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    same: dict[str, str] = {}
    nodes: list[Node] = []
    for proto in model.graph.node:
        inputs = tuple(same.get(name, name) for name in proto.input)
        if proto.op_type in _PASS_THROUGH:
            same[proto.output[0]] = inputs[0]
        elif proto.op_type == "Constant":
            arrays[proto.output[0]] = _constant(proto)
        elif inputs and all(name in arrays for name in inputs if name):
            arrays[proto.output[0]] = _folded(model, proto, [arrays[name] for name in inputs if name])
        else:
            attributes = {item.name: helper.get_attribute_value(item) for item in proto.attribute}
            nodes.append(Node(proto.op_type, inputs, proto.output[0], attributes))
    used = {name for node in nodes for name in node.inputs}
    kept = {name: array for name, array in arrays.items() if name in used}
    return Graph(tuple(nodes), kept, graph_input, graph_output, same.get(graph_output, graph_output))


def _constant(proto: Any) -> np.ndarray:
    from onnx import helper, numpy_helper

    (attribute,) = proto.attribute
    value = helper.get_attribute_value(attribute)
    if attribute.name == "value":
        return numpy_helper.to_array(value)
    return np.asarray(value, dtype=np.float32 if "float" in attribute.name else np.int64)


def _folded(model: Any, proto: Any, values: list[np.ndarray]) -> np.ndarray:
    """Compute a node whose inputs are all given, by ONNX's own reference."""
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    names = [name for name in proto.input if name]
    graph = helper.make_graph(
        [proto],
        "fold",
        [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in dict.fromkeys(names)],
        [helper.make_tensor_value_info(proto.output[0], TensorProto.UNDEFINED, None)],
    )
    single = helper.make_model(graph, opset_imports=model.opset_import)
    (result,) = ReferenceEvaluator(single).run(None, dict(zip(names, values, strict=True)))
    return np.asarray(result)
