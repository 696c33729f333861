"""Trained arrays back into the graph they came from: the same nodes and names, other numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ocrweb.errors import OcrwebError


def write_arrays(source: Path | str, arrays: Mapping[str, np.ndarray], out: Path | str) -> None:
    """Copy an ONNX file with some of its tensors replaced, by their names in the file.

    A tensor that the file computes from constants (a reshaped bias, for instance) becomes a given one. Raises
    ``graph.missing`` or ``graph.damaged`` for the source; OSError when ``out`` cannot be written.
    """
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper

    try:
        model = onnx.load(str(source))
    except OSError as error:
        raise OcrwebError("graph.missing", path=str(source), reason=error.strerror or str(error)) from error
    except (DecodeError, ValueError) as error:
        raise OcrwebError("graph.damaged", path=str(source)) from error
    graph = model.graph
    left = dict(arrays)
    for tensor in graph.initializer:
        if tensor.name in left:
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(left.pop(tensor.name)), tensor.name))
    computed = [node for node in graph.node if node.output and node.output[0] in left]
    for node in computed:
        graph.initializer.append(
            numpy_helper.from_array(np.ascontiguousarray(left.pop(node.output[0])), node.output[0])
        )
        graph.node.remove(node)
    if left:
        raise OcrwebError(
            "weights.base-mismatch", weights="-", graph=str(source), matched=len(arrays) - len(left), total=len(arrays)
        )
    onnx.save(model, str(out))
