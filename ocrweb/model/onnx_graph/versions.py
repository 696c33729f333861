"""What a written ONNX file asks of whoever reads it: as little as its operators need."""

from __future__ import annotations

from typing import Any

from ocrweb import __version__

STANDARD = ("", "ai.onnx")
# ONNX Runtime, and the newest opset and IR version that it reads: the version matrix of its documentation.
RUNTIMES = (
    ("1.0", 11, 6), ("1.3", 12, 7), ("1.6", 13, 7), ("1.8", 14, 7), ("1.9", 15, 8), ("1.11", 16, 8), ("1.12", 17, 8),
    ("1.14", 18, 8), ("1.15", 19, 9),
)  # fmt: skip
LOWEST_IR = 4  # before it every given number had to be an input of the network


def ask_for_least(model: Any) -> None:
    """Give a model, in place, the lowest opset and IR version that mean the same, no domain that it does not use, and
    its producer.

    model: ``onnx.ModelProto`` that passes ONNX's checker. An operator's meaning is settled by the newest version of it that
    is not newer than the opset: the newest of these versions is the lowest opset under which nothing changes.
    """
    import onnx

    present = opset_of(model)
    used = {node.domain for node in _nodes(model.graph)}
    versions = [
        onnx.defs.get_schema(node.op_type, max_inclusive_version=present).since_version
        for node in _nodes(model.graph)
        if node.domain in STANDARD
    ]
    others = [item for item in model.opset_import if item.domain in used and item.domain not in STANDARD]
    kept = [onnx.helper.make_opsetid("", max(versions, default=present)), *others]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    model.ir_version = max(LOWEST_IR, onnx.helper.find_min_ir_version_for(kept, ignore_unknown=True))
    model.producer_name, model.producer_version = "ocrweb", __version__


def first_runtime(model: Any) -> str:
    """The first version of ONNX Runtime that reads a model; "" for one that asks for more than this table knows."""
    found = (name for name, opset, ir in RUNTIMES if opset_of(model) <= opset and model.ir_version <= ir)
    return next(found, "")


def opset_of(model: Any) -> int:
    """The version of the standard operators."""
    return next(int(item.version) for item in model.opset_import if item.domain in STANDARD)


def _nodes(graph: Any) -> list[Any]:
    """Of the graph and of the graphs inside its nodes."""
    found = []
    for node in graph.node:
        found.append(node)
        for attribute in node.attribute:
            for inner in [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]:
                found += _nodes(inner)
    return found
