"""What a DB detector's network must look like from outside, whatever library runs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ocrweb.errors import OcrwebError


def network_size(inputs: Sequence[Sequence[int | None]], path: Path) -> tuple[int, int] | None:
    """(height, width) when the network takes only that, None when it takes any.

    inputs: the shape of each input, None for a free dimension. Raises `model.not-a-detector` for anything but one
    (N, 3, H, W) picture.
    """
    if len(inputs) != 1 or len(inputs[0]) != 4 or inputs[0][1] not in (3, None):
        shapes = "; ".join("x".join("?" if side is None else str(side) for side in shape) for shape in inputs)
        raise OcrwebError("model.not-a-detector", path=str(path), found=shapes)
    height, width = inputs[0][2:]
    return (height, width) if height and width else None


def probabilities(output: np.ndarray, batch_shape: tuple[int, ...], *, copy: bool = False) -> np.ndarray:
    """The network's output as (N, H, W) float32 maps. copy: when the library owns the memory of ``output``.

    A network that gives several maps (shrink, threshold, binary) gives the probability map first.
    Raises `engine.wrong-output` when there is not one value a pixel.
    """
    number, _, height, width = batch_shape
    if output.ndim != 4 or output.shape[0] != number or output.shape[2:] != (height, width):
        raise OcrwebError(
            "engine.wrong-output", found="x".join(map(str, output.shape)), wanted=f"{number}x1x{height}x{width}"
        )
    return np.array(output[:, 0], np.float32) if copy else output[:, 0].astype(np.float32, copy=False)
