"""What every engine offers."""

from __future__ import annotations

from typing import Protocol

import numpy as np

MULTIPLE = 32  # sides of a network input are multiples of it
MOST_STREAMS = 8  # pictures at the same time on a CPU: each holds its pixels and a network's buffers


class Engine(Protocol):
    """A loaded network. Safe to call from several threads.

    Making one raises `model.damaged`, `model.not-a-detector`; one on a GPU has run once when it is there, or
    raises `engine.gpu-failed`.

    name: "openvino", "onnx", "paddle" or "paddleocr". device: in words, with precision and threads.
    fixed_size: (height, width) when the network takes no other, else None.
    """

    name: str
    device: str
    fixed_size: tuple[int, int] | None

    def run(self, batch: np.ndarray) -> np.ndarray:
        """(N, 3, H, W) float32, normalised, H and W multiples of 32 → (N, H, W) float32 probabilities in 0..1.

        Raises `engine.run-failed` when the library gives up (out of memory, a broken graph).
        """
        ...

    def interrupt(self) -> None:
        """Ask the library to end the runs in progress early; they raise `engine.run-failed`, where it can do so at all."""
        ...

    def close(self) -> None:
        """Free the memory of the network; the engine is not used afterwards."""
        ...
