"""Patterns of several nodes that Paddle computes as one function, in a fraction of the memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ocrweb.model.onnx_graph.read import Graph, Node

GELU = "Gelu"
_CONVOLUTIONS = {"Conv", "ConvTranspose"}


def fused(graph: Graph) -> Graph:
    """The same graph with GELU and the bias of a convolution as parts of one node each."""
    return _with_biases(_with_gelu(graph))


def _with_gelu(graph: Graph) -> Graph:
    """x / sqrt(2) → Erf → + 1 → * x → * 0.5 becomes one node, where nothing else reads the steps between."""
    replaced: dict[str, Node] = {}
    dropped: set[str] = set()
    for erf in graph.nodes:
        chain = _gelu_chain(graph, erf) if erf.op == "Erf" else None
        if chain:
            scaled, last = chain[0], chain[-1]
            replaced[last.output] = Node(GELU, (_dynamic(graph, scaled)[0],), last.output)
            dropped |= {node.output for node in chain[:-1]}
    nodes = tuple(replaced.get(node.output, node) for node in graph.nodes if node.output not in dropped)
    return _only_used(replace(graph, nodes=nodes))


def _gelu_chain(graph: Graph, erf: Node) -> list[Node] | None:
    scaled = graph.producer(erf.inputs[0])
    plus_one = _sole_consumer(graph, erf)
    times_x = _sole_consumer(graph, plus_one)
    halved = _sole_consumer(graph, times_x)
    if scaled is None or plus_one is None or times_x is None or halved is None:
        return None
    chain = [scaled, erf, plus_one, times_x, halved]
    if [node.op for node in chain] != ["Div", "Erf", "Add", "Mul", "Mul"] or _sole_consumer(graph, scaled) is not erf:
        return None
    is_gelu = (
        _is_scalar(graph, scaled, np.sqrt(2.0))
        and _is_scalar(graph, plus_one, 1.0)
        and _is_scalar(graph, halved, 0.5)
        and set(times_x.inputs) == {scaled.inputs[0], plus_one.output}
    )
    return chain if is_gelu else None


def _with_biases(graph: Graph) -> Graph:
    """A convolution without bias whose only reader adds one value a channel takes that array as its third input.

    The array keeps its shape in the file, (1, C, 1, 1), so that training can write it back.
    """
    replaced: dict[str, Node] = {}
    dropped: set[str] = set()
    for conv in graph.nodes:
        add = _sole_consumer(graph, conv) if conv.op in _CONVOLUTIONS and len(conv.inputs) == 2 else None
        if add is None or add.op != "Add":
            continue
        bias = next((name for name in add.inputs if name in graph.arrays), None)
        if bias is not None and graph.arrays[bias].shape == (1, _channels_out(graph, conv), 1, 1):
            replaced[add.output] = Node(conv.op, (*conv.inputs, bias), add.output, conv.attributes)
            dropped.add(conv.output)
    nodes = tuple(replaced.get(node.output, node) for node in graph.nodes if node.output not in dropped)
    return replace(graph, nodes=nodes)


def _channels_out(graph: Graph, conv: Node) -> int:
    weight = graph.arrays.get(conv.inputs[1])
    if weight is None:
        return -1
    return weight.shape[0] if conv.op == "Conv" else weight.shape[1] * int(conv.attributes.get("group", 1))


def _dynamic(graph: Graph, node: Node) -> list[str]:
    return [name for name in node.inputs if name and name not in graph.arrays]


def _sole_consumer(graph: Graph, node: Node | None) -> Node | None:
    """The one node that reads a node's output; None when several do, or when it is the result."""
    if node is None or node.output == graph.result:
        return None
    readers = graph.consumers(node.output)
    return readers[0] if len(readers) == 1 else None


def _is_scalar(graph: Graph, node: Node, value: float) -> bool:
    given = [graph.arrays[name] for name in node.inputs if name in graph.arrays]
    return len(given) == 1 and given[0].size == 1 and abs(float(given[0].reshape(())) - value) < 1e-4


def _only_used(graph: Graph) -> Graph:
    used = {name for node in graph.nodes for name in node.inputs}
    return replace(graph, arrays={name: array for name, array in graph.arrays.items() if name in used})
