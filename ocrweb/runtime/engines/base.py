"""What every engine offers."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Engine(Protocol):
    """A loaded network.

    name: "openvino", "onnx" or "paddle". device: in words, with precision and threads. Safe to call from several threads.
    """

    name: str
    device: str

    def run(self, batch: np.ndarray) -> np.ndarray:
        """(N, 3, H, W) float32, normalised, H and W multiples of 32 → (N, H, W) float32 probabilities in 0..1."""
        ...

    def close(self) -> None:
        """Free the memory of the network; the engine is not used afterwards."""
        ...
