"""Networks that a visitor with bad intentions would hand in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

ENDLESS = 2**62


def save_network(
    path: Path,
    nodes: Sequence[Any],
    constants: Sequence[Any] = (),
    *,
    picture: Sequence[Any] = ("N", 3, "H", "W"),
    output: str = "map",
) -> Path:
    """A network from the picture ``x`` to `output`. constants: its initializers."""
    graph = helper.make_graph(
        list(nodes),
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, picture)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        list(constants),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return path


def number(name: str, value: float, kind: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor(name, kind, [], [value])


def save_endless(path: Path, turns: int = ENDLESS, *, bright_only: bool = False) -> Path:
    """A "detector" that first counts to `turns`. bright_only: for a bright picture alone, so that it can be loaded."""
    value = helper.make_tensor_value_info
    again = [helper.make_node("Identity", ["go_in"], ["go_out"])]
    if bright_only:
        again = [helper.make_node("Greater", ["kept", "half"], ["go_out"])]
    body = helper.make_graph(
        [*again, helper.make_node("Add", ["kept", "tiny"], ["more"])],
        "body",
        [value("turn", TensorProto.INT64, []), value("go_in", TensorProto.BOOL, []), value("kept", TensorProto.FLOAT, [])],
        [value("go_out", TensorProto.BOOL, []), value("more", TensorProto.FLOAT, [])],
        [number("tiny", 1e-30), number("half", 0.5)],
    )  # fmt: skip
    return save_network(
        path,
        [
            helper.make_node("ReduceMean", ["x"], ["light"], keepdims=0),
            helper.make_node("Loop", ["turns", "go", "light"], ["counted"], body=body),
            helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1], keepdims=1),
            helper.make_node("Mul", ["counted", "zero"], ["nothing"]),
            helper.make_node("Add", ["mean", "nothing"], ["sum"]),
            helper.make_node("Clip", ["sum", "zero", "one"], ["map"]),
        ],
        [
            number("turns", turns, TensorProto.INT64),
            number("go", True, TensorProto.BOOL),
            number("zero", 0.0),
            number("one", 1.0),
        ],
    )
