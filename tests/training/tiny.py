"""A network of three layers and drawn batches: the trainer's rules can be seen on it in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import paddle
from paddle import nn

from ocrweb.model import functional
from ocrweb.model.output import DBOutput
from ocrweb.training.learn.step import Batch

SIDE = 32


class TinyDetector(nn.Layer):
    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        paddle.seed(seed)
        self.stem = nn.Conv2D(3, 6, 3, padding=1)
        self.norm = nn.BatchNorm2D(6)
        self.head = nn.Conv2D(6, 2, 3, padding=1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor | DBOutput:
        x = functional.conv2d(x, self.stem.weight, self.stem.bias, padding=1)
        x = functional.conv2d(nn.functional.relu(self.norm(x)), self.head.weight, self.head.bias, padding=1)
        maps = nn.functional.sigmoid(x)
        probability, threshold = maps[:, :1], maps[:, 1:]
        if not self.training:
            return probability
        return DBOutput(probability, threshold, nn.functional.sigmoid(50 * (probability - threshold)))


def drawn_batch(seed: int, size: int = 4) -> Batch:
    """Bright squares on noise; the squares are the text."""
    rng = np.random.default_rng(seed)
    text = np.zeros((size, SIDE, SIDE), np.float32)
    for picture in text:
        left, top = rng.integers(2, SIDE - 14, 2)
        picture[top : top + 12, left : left + 12] = 1
    images = (rng.standard_normal((size, 3, SIDE, SIDE)) * 0.3 + 2 * text[:, None]).astype(np.float32)
    ones = np.ones_like(text)
    return Batch(images, 0.3 + 0.4 * text, ones, text, ones)


class DrawnFeed:
    """``steps`` batches an epoch, the same ones for the same epoch. broken: (epoch, batch) that hold infinities."""

    def __init__(self, steps: int = 5, size: int = 4, broken: frozenset[tuple[int, int]] = frozenset()) -> None:
        self.steps = steps
        self._size = size
        self._broken = broken

    def batches(self, epoch: int, start: int) -> Iterator[Batch]:
        for number in range(start, self.steps):
            batch = drawn_batch(1000 * epoch + number, self._size)
            if (epoch, number) in self._broken:
                batch.images[0, 0, 0, 0] = np.inf
            yield batch

    def close(self) -> None:
        """Nothing to end."""


class DrawnViews:
    """Seven pictures without labels in two views, the same ones for the same epoch; those of ``damaged`` cannot be read."""

    def __init__(self, damaged: frozenset[int] = frozenset()) -> None:
        self._damaged = damaged

    def __len__(self) -> int:
        return 7

    def sample(self, epoch: int, index: int) -> dict[str, np.ndarray]:
        weak = drawn_batch(5000 + 100 * epoch + index, 1).images[0]
        bad = np.array(index if index in self._damaged else -1, np.int64)
        return {"weak": weak, "strong": weak * np.float32(0.8), "unreadable": bad}

    def place(self, index: int) -> str:
        return str(index)
