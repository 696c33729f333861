"""Tiny ONNX networks that answer what their picture shows, so that tests need no real model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from ocrweb.runtime.card import CARD_KEY, ModelCard


def save_brightness(
    path: Path,
    *,
    size: tuple[int, int] | None = None,
    channels: int = 3,
    stride: int = 1,
    card: ModelCard | None = None,
) -> Path:
    """A "detector" whose probability map is the mean of the channels clipped to 0..1: white is text.

    size: a fixed (height, width). stride: above 1 its map is too small, as that of no DB detector is.
    """
    height, width = size or ("H", "W")
    weights = np.full((1, channels, 1, 1), 1 / channels, np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["x", "w"], ["mean"], strides=[stride, stride]),
            helper.make_node("Clip", ["mean", "low", "high"], ["map"]),
        ],
        "brightness",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", channels, height, width])],
        [helper.make_tensor_value_info("map", TensorProto.FLOAT, None)],
        [
            helper.make_tensor("w", TensorProto.FLOAT, weights.shape, weights.ravel()),
            helper.make_tensor("low", TensorProto.FLOAT, [], [0.0]),
            helper.make_tensor("high", TensorProto.FLOAT, [], [1.0]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if card is not None:
        model.metadata_props.add(key=CARD_KEY, value=json.dumps(card.model_dump(mode="json")))
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    return path
