"""Weights that every machine can make again, for networks whose answers are kept in `tests/golden`."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).parent.parent / "golden"


def fill(model: Any) -> None:
    """Give each tensor of DB-ResNet18 values drawn from the checksum of its name, scaled for its layer."""
    for name, tensor in model.state_dict().items():
        tensor.set_value(_drawn(name, tuple(tensor.shape)).astype(np.float32))


def bits(packed: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A map of 0 and 1 that was stored as bits."""
    return np.unpackbits(packed)[: int(np.prod(shape))].reshape(shape).astype(np.float32)


def _drawn(name: str, shape: tuple[int, ...]) -> np.ndarray:
    noise = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(shape)
    leaf = name.rpartition(".")[2]
    if leaf in ("_mean", "bias"):
        return 0.1 * noise
    if leaf == "_variance":
        return 1 + 0.1 * np.abs(noise)
    if len(shape) == 1:
        return 1 + 0.1 * noise
    transposed = name.startswith("head.") and ("conv2" in name or "conv3" in name)
    inputs = shape[0] if transposed else shape[1] * shape[2] * shape[3]
    last = 0.02 if transposed and "conv3" in name else 1.0
    return last * noise * np.sqrt(2 / inputs)
