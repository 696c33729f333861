"""Additions and batch norms after a convolution, folded into its numbers.

Runtimes leave them to do one by one after a transposed one; and a running variance may be larger than float16 holds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

EPSILON = 1e-5  # of ONNX's BatchNormalization where the node does not say
OUTPUT_AXIS = {"Conv": 0, "ConvTranspose": 1}  # of the weight's axes


def fold_deconvolutions(model: Any) -> int:
    """Fold, in place, each constant Add and BatchNormalization that alone reads a ConvTranspose; how many were folded.

    model: ``onnx.ModelProto`` of one detector. Runtimes fold them after Conv but not here, where the maps are largest:
    in `db-resnet18` they are two passes over 64 channels of half the picture's size.
    """
    return _fold(model, ("ConvTranspose",))


def fold_convolutions(model: Any) -> int:
    """As `fold_deconvolutions`, after a Conv as well: no running statistics are left."""
    return _fold(model, tuple(OUTPUT_AXIS))


def _fold(model: Any, kinds: tuple[str, ...]) -> int:
    graph = model.graph
    constants = _constants(graph)
    folded = 0
    for node in [each for each in graph.node if each.op_type in kinds]:
        given = [constants.get(name) for name in node.input[1:]]
        axis = OUTPUT_AXIS[node.op_type]
        if any(array is None for array in given) or (axis == 1 and _attribute(node, "group", 1) != 1):
            continue
        weight, *biases = (np.asarray(array, np.float64) for array in given)
        bias = biases[0] if biases else np.zeros(weight.shape[axis])
        before = folded
        while reader := _sole_reader(graph, node.output[0]):
            changed = _absorbed(reader, node.output[0], (weight, axis), bias, constants)
            if changed is None:
                break
            weight, bias = changed
            node.output[0] = reader.output[0]
            graph.node.remove(reader)
            folded += reader.op_type != "Identity"
        if folded > before:
            _give(graph, node, weight, bias)
    if folded:
        _drop_unused(graph)
    return folded


def _absorbed(
    reader: Any, name: str, weighted: tuple[np.ndarray, int], bias: np.ndarray, constants: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray] | None:
    """Weight (four axes) and bias (out,) that do what a reader of the tensor ``name`` does as well; None: cannot.

    weighted: the weight, and which axis of it is that of the outputs.
    """
    weight, axis = weighted
    if reader.op_type == "Identity":
        return weight, bias
    if reader.op_type == "Add":
        added = next((constants.get(other) for other in reader.input if other != name), None)
        if added is None or added.shape not in ((len(bias), 1, 1), (1, len(bias), 1, 1)):
            return None
        return weight, bias + added.reshape(-1)
    if reader.op_type == "BatchNormalization":
        given = [constants.get(other) for other in reader.input[1:5]]
        if any(array is None for array in given):
            return None
        scale, shift, mean, variance = (np.asarray(array, np.float64) for array in given)
        gain = scale / np.sqrt(variance + _attribute(reader, "epsilon", EPSILON))
        along = gain.reshape([-1 if place == axis else 1 for place in range(4)])
        return weight * along, (bias - mean) * gain + shift
    return None


def _constants(graph: Any) -> dict[str, np.ndarray]:
    """Tensors known in advance: given ones, and those that an Identity or a Reshape makes of given ones."""
    from onnx import numpy_helper

    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            known[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        elif node.op_type == "Identity" and node.input[0] in known:
            known[node.output[0]] = known[node.input[0]]
        elif node.op_type == "Reshape" and all(name in known for name in node.input):
            known[node.output[0]] = known[node.input[0]].reshape(known[node.input[1]].tolist())
    return known


def _sole_reader(graph: Any, name: str) -> Any | None:
    if any(result.name == name for result in graph.output):
        return None
    readers = [node for node in graph.node if name in node.input]
    return readers[0] if len(readers) == 1 else None


def _give(graph: Any, node: Any, weight: np.ndarray, bias: np.ndarray) -> None:
    from onnx import numpy_helper

    names = [f"{node.output[0]}.weight", f"{node.output[0]}.bias"]
    for name, array in zip(names, (weight, bias), strict=True):
        graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
    del node.input[1:]
    node.input.extend(names)


def _drop_unused(graph: Any) -> None:
    """Take out what nobody reads any more: the numbers that were folded, and the steps that made them."""
    while True:
        used = {name for node in graph.node for name in node.input} | {result.name for result in graph.output}
        idle = [node for node in graph.node if not used.intersection(node.output)]
        for node in idle:
            graph.node.remove(node)
        if not idle:
            break
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in used]:
        graph.initializer.remove(tensor)


def _attribute(node: Any, name: str, default: float) -> float:
    from onnx import helper

    return next((helper.get_attribute_value(each) for each in node.attribute if each.name == name), default)
