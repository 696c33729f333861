"""Which arrays of a graph train, and under which names; told without Paddle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ocrweb.model.onnx_graph.fuse import fused
from ocrweb.model.onnx_graph.read import Graph, Node, read_graph

PREFIX = "graph."


def array_roles(graph: Graph) -> Mapping[str, bool]:
    """Given arrays by name: True for what training may change, False for fixed numbers and statistics."""
    roles: dict[str, bool] = {}
    for node in graph.nodes:
        for place, name in enumerate(node.inputs):
            if name in graph.arrays:
                roles[name] = roles.get(name, True) and _trains(node, place, graph)
    return roles


def parameter_keys(names: Iterable[str]) -> dict[str, str]:
    """Array name → parameter key: other characters than letters, digits and _ become _, and no two are alike."""
    keys: dict[str, str] = {}
    for name in names:
        key = "_" * (not name[:1].isalpha()) + re.sub(r"\W", "_", name, flags=re.ASCII)
        while key in keys.values():
            key += "_"
        keys[name] = key
    return keys


def trainable_shapes(path: Path | str) -> dict[str, tuple[int, ...]]:
    """``graph.…`` tensors that training this file would have, by name; raises what ``read_graph`` raises."""
    graph = fused(read_graph(path))
    keys = parameter_keys(name for name, trains in array_roles(graph).items() if trains)
    return {PREFIX + key: graph.arrays[name].shape for name, key in keys.items()}


def _trains(node: Node, place: int, graph: Graph) -> bool:
    array = graph.arrays[node.inputs[place]]
    if array.dtype.kind != "f":
        return False
    if node.op in {"Conv", "ConvTranspose"}:
        return True
    if node.op == "BatchNormalization":
        return place in (1, 2)
    return node.op in {"Add", "Sub", "Mul", "Div"} and array.size > 1
