"""Small detection graphs, drawn with ONNX's own helpers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from ocrweb.config import paths


def array(*shape: int) -> np.ndarray:
    """The same noise for the same shape, always."""
    return (0.4 * np.random.default_rng(shape).standard_normal(shape)).astype(np.float32)


class Sketch:
    """A graph that grows node by node; each call returns the name of what it made."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.given: dict[str, np.ndarray] = {}

    def add(self, op: str, *inputs: str | np.ndarray, name: str = "", **attributes: Any) -> str:
        names = []
        for value in inputs:
            if isinstance(value, np.ndarray):
                names.append(f"given.{len(self.given)}")
                self.given[names[-1]] = value
            else:
                names.append(value)
        output = name or f"{op.lower()}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, names, [output], **attributes))
        return output

    def head(self, feature: str, channels: int) -> None:
        """The usual head on a map at a quarter of the size: convolution, two transposed ones, a sigmoid."""
        x = self.add("Conv", feature, array(4, channels, 3, 3), pads=[1, 1, 1, 1])
        x = self.add("Relu", self.add("Add", x, array(1, 4, 1, 1)))
        x = self.add("ConvTranspose", x, array(4, 4, 2, 2), strides=[2, 2])
        x = self.add("Relu", self.add("Add", x, array(1, 4, 1, 1)))
        x = self.add("ConvTranspose", x, array(4, 1, 2, 2), strides=[2, 2])
        self.add("Sigmoid", self.add("Add", x, array(1, 1, 1, 1)), name="map")

    def save(self, path: Path, *, opset: int = 11, output: str = "map") -> Path:
        graph = helper.make_graph(
            self.nodes,
            "sketch",
            [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, "h", "w"])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            [numpy_helper.from_array(value, name) for name, value in self.given.items()],
        )
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), str(path))
        return path


def stem(sketch: Sketch, channels: int = 6) -> str:
    """From the picture to a map at a quarter of its size."""
    x = sketch.add("Conv", "picture", array(4, 3, 3, 3), array(4), strides=[2, 2], pads=[1, 1, 1, 1])
    return sketch.add("Conv", sketch.add("Relu", x), array(channels, 4, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1])


def detector(path: Path) -> Path:
    """The smallest graph that detects."""
    sketch = Sketch()
    sketch.head(stem(sketch), 6)
    return sketch.save(path)


def run(path: Path, picture: np.ndarray) -> np.ndarray:
    """What ONNX Runtime makes of a picture."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: picture})[0]


def house_drawn() -> None:
    """Let the house model be a small drawn network in this data root, as if its weights had been converted before: that takes
    eight seconds of a processor."""
    folder = paths.private_dir() / "converted"
    folder.mkdir(parents=True, exist_ok=True)
    weights = (paths.ASSETS / "weights" / "db_resnet18.pdparams").read_bytes()
    detector(folder / f"{hashlib.sha256(weights).hexdigest()}.onnx")
