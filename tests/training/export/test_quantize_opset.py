"""What is quantised is raised to a newer opset only where it has to be, and what the quantiser warns of is not heard."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

import numpy as np
import onnx
import pytest

from ocrweb.training.export.quantize import OPSET, Quantizer, _quiet
from tests.model.graphs import Sketch, stem


@pytest.mark.parametrize(("opset", "written"), [(11, OPSET), (13, 13)])
def test_a_network_of_opset_13_is_new_enough(opset: int, written: int, tmp_path: Path) -> None:
    sketch = Sketch()
    sketch.head(stem(sketch), 6)
    network = sketch.save(tmp_path / "network.onnx", opset=opset)
    (tmp_path / "work").mkdir()
    blobs = [np.zeros((1, 3, 32, 32), np.float32)]
    Quantizer(network, blobs, tmp_path / "work").write(tmp_path / "int8.onnx")
    made = onnx.load(str(tmp_path / "int8.onnx"))
    assert next(item.version for item in made.opset_import if not item.domain) == written


def test_what_the_quantiser_warns_of_on_purpose_is_not_heard_and_all_else_is_afterwards() -> None:
    root = logging.getLogger()
    before = root.level
    with contextlib.suppress(KeyError), _quiet():
        assert root.level == logging.ERROR
        raise KeyError
    assert root.level == before != logging.ERROR
