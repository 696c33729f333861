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


def compile_steps(nodes: Sequence[Node], graph: Graph) -> tuple[Step, ...]:
    """One step a node, in the nodes' order.

    Raises ``graph.unsupported`` with the names of all operators that cannot be rebuilt, not only the first.
    """
    steps: list[Step] = []
    refused: set[str] = set()
    for node in nodes:
        try:
            function, inputs = build(node, graph)
        except Unsupported as reason:
            refused.add(str(reason))
        else:
            steps.append(Step(function, tuple(name for name in inputs if name), node.output, ()))
    if refused:
        raise OcrwebError("graph.unsupported", operators=", ".join(sorted(refused)))
    return tuple(steps)


def with_releases(steps: Sequence[Step], kept: Iterable[str]) -> tuple[Step, ...]:
    """The same steps, each dropping what no later step reads. kept: names that must outlive the last step."""
    alive = set(kept)
    done: list[Step] = []
    for step in reversed(steps):
        released = tuple(name for name in dict.fromkeys(step.inputs) if name not in alive)
        alive |= set(step.inputs)
        done.append(step._replace(released=released))
    return tuple(reversed(done))


def run_steps(steps: Sequence[Step], values: dict[str, paddle.Tensor]) -> None:
    """Compute every step into ``values``, by name; what is not read again is dropped, so its memory is free."""
    for function, inputs, output, released in steps:
        values[output] = function(*[values[name] for name in inputs])
        for name in released:
            del values[name]
