"""A written network asks for no more than its operators need."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from ocrweb import __version__
from ocrweb.model.onnx_graph.versions import ask_for_least, first_runtime, opset_of
from tests.model.graphs import Sketch, array, detector, run


@pytest.mark.parametrize(
    ("opset", "lowest", "ir_version"),
    [(11, 11, 6), (13, 13, 7), (17, 14, 7), (21, 14, 7)],
    ids=["as old already", "Sigmoid's of 13", "Relu's of 14", "unused newer ones"],
)
def test_the_lowest_opset_and_ir_version_under_which_nothing_changes(
    tmp_path: Path, opset: int, lowest: int, ir_version: int
) -> None:
    sketch = Sketch()
    sketch.add("Sigmoid", sketch.add("Relu", sketch.add("Conv", "picture", array(1, 3, 1, 1))), name="map")
    path = sketch.save(tmp_path / "network.onnx", opset=opset)
    model = onnx.load(str(path))
    model.ir_version = 10
    before = {node.op_type: version(node.op_type, opset) for node in model.graph.node}
    ask_for_least(model)
    assert {node.op_type: version(node.op_type, opset_of(model)) for node in model.graph.node} == before
    assert (opset_of(model), model.ir_version) == (lowest, ir_version)
    assert max(before.values()) == lowest or opset == 11
    assert (model.producer_name, model.producer_version) == ("ocrweb", __version__)


def version(operator: str, opset: int) -> int:
    return int(onnx.defs.get_schema(operator, max_inclusive_version=opset).since_version)


def test_domains_that_nothing_uses_are_left_out_and_used_ones_stay(tmp_path: Path) -> None:
    path = detector(tmp_path / "network.onnx")
    model = onnx.load(str(path))
    model.opset_import.extend([helper.make_opsetid("ai.onnx.ml", 5), helper.make_opsetid("com.microsoft", 1)])
    ask_for_least(model)
    assert [item.domain for item in model.opset_import] == [""]
    onnx.save(model, str(tmp_path / "least.onnx"))
    pixels = np.random.default_rng(0).standard_normal((1, 3, 64, 96)).astype(np.float32)
    np.testing.assert_array_equal(run(tmp_path / "least.onnx", pixels), run(path, pixels))
    model.graph.node[1].domain = "com.microsoft"
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    ask_for_least(model)
    assert [item.domain for item in model.opset_import] == ["", "com.microsoft"]


@pytest.mark.parametrize(
    ("opset", "ir_version", "first"),
    [(11, 6, "1.0"), (14, 7, "1.8"), (16, 8, "1.11"), (11, 8, "1.9"), (17, 9, "1.15"), (11, 10, ""), (21, 8, "")],
)
def test_the_first_onnx_runtime_that_reads_both_is_told(opset: int, ir_version: int, first: str) -> None:
    """By the version matrix of ONNX Runtime's documentation."""
    graph = helper.make_graph([], "empty", [], [])
    opsets = [helper.make_opsetid("", opset)]
    assert first_runtime(helper.make_model(graph, opset_imports=opsets, ir_version=ir_version)) == first
