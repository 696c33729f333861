"""One pooling of given shapes, with its gradient; Paddle's own takes 5 to 10 times as long on a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from ocrweb.model.onednn import binding as dnnl
from ocrweb.model.onednn.binding import F32, Dims, OneDNN
from ocrweb.model.onednn.computation import dense
from ocrweb.model.onednn.convolution import PLANS, Pair

_METHODS = {"max": dnnl.POOLING_MAX, "mean": dnnl.POOLING_AVERAGE_EXCLUDE_PADDING}


@dataclass(frozen=True, slots=True)
class Window:
    """What slides over x, (N, C, H, W). kind: the greatest value of each window, or the mean of those that are not padding.

    rounds_up: a last window that does not fit counts too (Paddle's ``ceil_mode``).
    """

    x: tuple[int, ...]
    kind: Literal["max", "mean"]
    kernel: Pair
    stride: Pair
    padding: Pair
    rounds_up: bool = False

    @property
    def y(self) -> tuple[int, ...]:
        """Shape of the result."""
        return *self.x[:2], *(self._side(axis) for axis in (0, 1))

    @property
    def padding_behind(self) -> Pair:
        """Rows below and columns to the right that make the last window fit."""
        height, width = (
            max(
                0,
                (self._side(axis) - 1) * self.stride[axis] + self.kernel[axis] - self.x[axis + 2] - self.padding[axis],
            )
            for axis in (0, 1)
        )
        return height, width

    def _side(self, axis: int) -> int:
        room = self.x[axis + 2] + 2 * self.padding[axis] - self.kernel[axis]
        return (room + (self.stride[axis] - 1) * self.rounds_up) // self.stride[axis] + 1


class Pooling:
    """Addresses are of C-contiguous float32 arrays of the window's shapes. Making one raises `Refused`."""

    def __init__(self, window: Window, onednn: OneDNN) -> None:
        self.window = window
        self._onednn = onednn
        x, y = (onednn.strided_format(d.shape, d.strides, F32) for d in (dense(window.x), dense(window.y)))
        kernel, stride = Dims(*window.kernel), Dims(*window.stride)
        geometry = (stride, kernel, Dims(0, 0), Dims(*window.padding), Dims(*window.padding_behind))
        ends = (_METHODS[window.kind], x.pointer, y.pointer)
        forward = onednn.describe("pooling_forward", dnnl.FORWARD_TRAINING, *ends, *geometry, None)
        backward = onednn.describe("pooling_backward", *ends, *geometry, forward.pointer, None)
        self._pool, self._spread = onednn.primitive(forward), onednn.primitive(backward)
        self._x, self._y = onednn.memory(x.pointer), onednn.memory(y.pointer)
        choices = onednn.layout(forward, dnnl.WORKSPACE_MD)
        self._size = onednn.size(choices)
        self._choices = onednn.memory(choices) if self._size else None

    def forward(self, x: int, y: int) -> np.ndarray:
        """The answer tells which pixel each window took; its gradient needs to know."""
        choices = np.empty(self._size, np.uint8)
        with self._onednn.lock:
            self._run(self._pool, {dnnl.SRC: x, dnnl.DST: y}, choices)
        return choices

    def gradient_of_x(self, wanted: int, x: int, choices: np.ndarray) -> None:
        """wanted: the gradient of the result. choices: the answer of `forward`."""
        with self._onednn.lock:
            self._run(self._spread, {dnnl.DIFF_SRC: x, dnnl.DIFF_DST: wanted}, choices)

    def _run(self, primitive: dnnl.Handle, addresses: dict[int, int], choices: np.ndarray) -> None:
        arguments = {index: self._x if index in (dnnl.SRC, dnnl.DIFF_SRC) else self._y for index in addresses}
        for index, address in addresses.items():
            self._onednn.place(arguments[index], address)
        if self._choices:
            self._onednn.place(self._choices, choices.ctypes.data)
            arguments[dnnl.WORKSPACE] = self._choices
        self._onednn.run(primitive, arguments)


@lru_cache(maxsize=PLANS)
def pooling(window: Window) -> Pooling | None:
    """The pooling, kept for the next call; None where oneDNN is missing or has no kernel for it."""
    onednn = dnnl.load()
    try:
        return None if onednn is None else Pooling(window, onednn)
    except dnnl.Refused:
        return None
