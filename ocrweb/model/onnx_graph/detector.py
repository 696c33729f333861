"""A published ONNX detector as a Paddle layer that trains."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import paddle
from paddle import nn

from ocrweb.errors import OcrwebError
from ocrweb.model.db_head import approximate_binary_map
from ocrweb.model.onnx_graph.arrays import PREFIX, array_roles, parameter_keys
from ocrweb.model.onnx_graph.fuse import fused
from ocrweb.model.onnx_graph.head import Head, find_head
from ocrweb.model.onnx_graph.plan import compile_steps, run_steps, with_releases
from ocrweb.model.onnx_graph.read import Graph, Node, read_graph
from ocrweb.model.output import DBOutput

_COPY = "threshold/"
FIRST_THRESHOLD = 0.3


def from_onnx(path: Path | str) -> OnnxDetector:
    """Rebuild a PP-OCR detection graph as a trainable layer.

    Its output equals ONNX Runtime's within 1e-5 for every size that is a multiple of 32. Raises ``graph.missing``,
    ``graph.damaged``, ``graph.not-a-detector``, ``graph.unsupported`` (all operators that cannot be trained, by name)
    or ``graph.no-head``.
    """
    return OnnxDetector(fused(read_graph(path)), Path(path))


class OnnxDetector(nn.Layer):
    """(N, 3, H, W) float32, normalised, H and W multiples of 32 → text maps, like ``DBResNet18``.

    In ``eval`` mode returns the (N, 1, H, W) probability map of the graph, in ``train`` mode a ``DBOutput``.

    Parameters are ``graph.<array>`` for each trainable array of the file and ``threshold.<array>`` for the threshold
    branch: a copy of the head on the head's own feature, whose last layer starts at zero weights and the bias of 0.3.
    So the first threshold map is 0.3 everywhere, and the published features learn nothing from it before it means
    something. Batch normalisation stays folded, or fixed at the file's statistics: nothing drifts with small batches.

    source: the file. input_name, output_name: the graph's own. tensor_names: array in the file by parameter ``graph.…``.
    """

    def __init__(self, graph: Graph, source: Path) -> None:
        super().__init__()
        steps = compile_steps(graph.nodes, graph)
        head = find_head(graph)
        trained = [name for name, trains in array_roles(graph).items() if trains]
        _refuse_other_precision([graph.arrays[name] for name in trained])
        keys = parameter_keys(trained)
        copied = [name for node in head.nodes for name in node.inputs if name in keys]
        self.source = source
        self.input_name = graph.input
        self.output_name = graph.output
        self.tensor_names = {PREFIX + key: name for name, key in keys.items()}
        self.graph = _Arrays({keys[name]: graph.arrays[name] for name in trained})
        self.threshold = _Arrays({keys[name]: array for name, array in _first_values(graph, head, copied).items()})

        read = {name for step in steps for name in step.inputs}
        fixed = [name for name in graph.arrays if name in read and name not in keys]
        self._graph_keys = keys
        self._branch_keys = {_COPY + name: keys[name] for name in copied}
        self._fixed_keys = {name: f"fixed_{place}" for place, name in enumerate(fixed)}
        for name, key in self._fixed_keys.items():
            self.register_buffer(key, paddle.to_tensor(graph.arrays[name]), persistable=False)

        made_by_head = {node.output for node in head.nodes}
        copy = _copied(head, {*copied, *made_by_head})
        with_copies = replace(graph, arrays={**graph.arrays, **{_COPY + name: graph.arrays[name] for name in copied}})
        self._result = graph.result
        self._steps = with_releases(steps, {*graph.arrays, head.feature, graph.result})
        self._branch = with_releases(compile_steps(copy, with_copies), {*with_copies.arrays, _COPY + graph.result})

    def forward(self, x: paddle.Tensor) -> paddle.Tensor | DBOutput:
        values = self.graph.named(self._graph_keys)
        values.update((name, self._buffers[key]) for name, key in self._fixed_keys.items())
        values[self.input_name] = x
        run_steps(self._steps, values)
        probability = values[self._result]
        if not self.training:
            return probability
        values.update(self.threshold.named(self._branch_keys))
        run_steps(self._branch, values)
        threshold = values[_COPY + self._result]
        return DBOutput(probability, threshold, approximate_binary_map(probability, threshold))


class _Arrays(nn.Layer):
    """Trainable tensors by key, filled with the arrays given."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        super().__init__()
        for key, array in arrays.items():  # `Assign` makes a Python number of each weight first: ten times slower
            tensor = self.create_parameter(list(array.shape), default_initializer=nn.initializer.Constant(0.0))
            tensor.set_value(array.astype(np.float32))
            self.add_parameter(key, tensor)

    def named(self, keys: Mapping[str, str]) -> dict[str, paddle.Tensor]:
        """The present tensors under other names (name → key)."""
        return {name: self._parameters[key] for name, key in keys.items()}


def _copied(head: Head, own: Collection[str]) -> list[Node]:
    """The head's nodes once more, with copies of what is their own; the feature and fixed numbers stay shared."""
    return [
        replace(
            node,
            inputs=tuple(_COPY + name if name in own else name for name in node.inputs),
            output=_COPY + node.output,
        )
        for node in head.nodes
    ]


def _first_values(graph: Graph, head: Head, names: Iterable[str]) -> dict[str, np.ndarray]:
    values = {name: graph.arrays[name] for name in names}
    weight, bias = head.last_arrays
    values[weight] = np.zeros_like(values[weight])
    if bias is not None:
        values[bias] = np.full_like(values[bias], math.log(FIRST_THRESHOLD / (1.0 - FIRST_THRESHOLD)))
    return values


def _refuse_other_precision(arrays: Iterable[np.ndarray]) -> None:
    """Half precision files lost what training needs."""
    kinds = sorted({str(array.dtype) for array in arrays if array.dtype != np.float32})
    if kinds:
        raise OcrwebError("graph.unsupported", operators=f"{', '.join(kinds)} weights")
