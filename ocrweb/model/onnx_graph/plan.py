"""A graph's functions in order, built once: running it is one short loop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import paddle

from ocrweb.errors import OcrwebError
from ocrweb.model.onnx_graph.operators import Function, Unsupported, build
from ocrweb.model.onnx_graph.read import Graph, Node


class Step(NamedTuple):
    """One call: which values go in, where the answer goes, and which values nobody reads after it."""

    function: Function
    inputs: tuple[str, ...]
    output: str
    released: tuple[str, ...]


def compile_steps(nodes: Sequence[Node], graph: Graph, *, kept: Iterable[str]) -> tuple[Step, ...]:
    """Steps for nodes that are already in order. kept: names that must outlive the last step.

    Raises ``graph.unsupported`` with the names of all operators that cannot be rebuilt, not only the first.
    """
    calls: list[tuple[Function, tuple[str, ...], str]] = []
    refused: set[str] = set()
    for node in nodes:
        try:
            function, inputs = build(node, graph)
        except Unsupported as reason:
            refused.add(str(reason))
        else:
            calls.append((function, tuple(name for name in inputs if name), node.output))
    if refused:
        raise OcrwebError("graph.unsupported", operators=", ".join(sorted(refused)))
    alive = set(kept) | set(graph.arrays)
    steps: list[Step] = []
    for function, inputs, output in reversed(calls):
        last_read = tuple(dict.fromkeys(name for name in inputs if name not in alive))
        alive |= set(inputs)
        steps.append(Step(function, inputs, output, last_read))
    return tuple(reversed(steps))


def run_steps(steps: Sequence[Step], values: dict[str, paddle.Tensor]) -> None:
    """Compute every step into ``values``, by name; what is not read again is dropped, so its memory is free."""
    for function, inputs, output, released in steps:
        values[output] = function(*[values[name] for name in inputs])
        for name in released:
            del values[name]
