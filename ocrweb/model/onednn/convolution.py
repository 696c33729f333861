"""One convolution of given shapes: its result, and the gradients of its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ocrweb.model.onednn import binding as dnnl
from ocrweb.model.onednn.binding import BF16, F32, Dims, Handle, OneDNN
from ocrweb.model.onednn.computation import Computation, Layout, Reordered, dense

PLANS = 512  # a network has some 60 convolutions; training needs one size of each, an evaluation a few
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Problem:
    """x: (N, C, H, W). weight: (outputs, C / groups, kh, kw); transposed: (C, outputs, kh, kw), groups 1.

    half: multiply in bfloat16, add up in float32.
    """

    x: tuple[int, ...]
    weight: tuple[int, ...]
    stride: Pair
    padding: Pair
    groups: int = 1
    bias: bool = False
    transposed: bool = False
    half: bool = False

    @property
    def y(self) -> tuple[int, int, int, int]:
        """Shape of the result."""
        height, width = (self._side(axis) for axis in (0, 1))
        return self.x[0], self.weight[1 if self.transposed else 0], height, width

    def _side(self, axis: int) -> int:
        side, kernel = self.x[axis + 2], self.weight[axis + 2]
        stride, padding = self.stride[axis], self.padding[axis]
        if self.transposed:
            return (side - 1) * stride - 2 * padding + kernel
        return (side + 2 * padding - kernel) // stride + 1


class Convolution:
    """Addresses are of C-contiguous float32 arrays of the problem's shapes. Making one raises `Refused`; machine code is
    written when a method is first called.

    reordered: one dictionary for a result and its gradients, so that each array is brought into oneDNN's order once.
    """

    def __init__(self, problem: Problem, onednn: OneDNN) -> None:
        self.problem = problem
        self._onednn = onednn
        self._name = "deconvolution" if problem.transposed else "convolution"
        self._method = dnnl.DECONVOLUTION_DIRECT if problem.transposed else dnnl.CONVOLUTION_DIRECT
        self._x, self._y, self._weight = dense(problem.x), dense(problem.y), _weight_layout(problem)
        self._bias = dense(problem.y[1:2]) if problem.bias else None
        padding = Dims(*problem.padding)
        self._geometry = (Dims(*problem.stride), Dims(0, 0), padding, padding)
        self._for_y = self._describe_forward()
        self._for_x = self._describe_gradient("data", [self._free(a) for a in (self._x, self._weight, self._y)])
        weight = onednn.free_format(self._weight.shape, F32)
        self._for_weight = self._describe_gradient(
            "weights", [self._free(self._x), weight, self._bias_format(), self._free(self._y)]
        )

    def forward(self, x: int, weight: int, bias: int | None, y: int, reordered: Reordered) -> None:
        inputs = {dnnl.SRC: x, dnnl.WEIGHTS: weight}
        if bias is not None:
            inputs[dnnl.BIAS] = bias
        with self._onednn.lock:
            self._compute_y(inputs, {dnnl.DST: y}, reordered)

    def gradient_of_x(self, wanted: int, weight: int, x: int, reordered: Reordered) -> None:
        """wanted: the gradient of the result."""
        with self._onednn.lock:
            self._compute_x({dnnl.DIFF_DST: wanted, dnnl.WEIGHTS: weight}, {dnnl.DIFF_SRC: x}, reordered)

    def gradient_of_weight(self, x: int, wanted: int, weight: int, bias: int | None, reordered: Reordered) -> None:
        """wanted: the gradient of the result. bias: where its gradient goes, if the problem has one."""
        results = {dnnl.DIFF_WEIGHTS: weight}
        if bias is not None:
            results[dnnl.DIFF_BIAS] = bias
        with self._onednn.lock:
            self._compute_weight({dnnl.SRC: x, dnnl.DIFF_DST: wanted}, results, reordered)

    @cached_property
    def _compute_y(self) -> Computation:
        arrays = {
            dnnl.SRC: (self._x, dnnl.SRC_MD),
            dnnl.WEIGHTS: (self._weight, dnnl.WEIGHTS_MD),
            dnnl.BIAS: (self._bias, None),
            dnnl.DST: (self._y, dnnl.DST_MD),
        }
        return Computation(self._onednn, self._for_y, arrays)

    @cached_property
    def _compute_x(self) -> Computation:
        arrays = {
            dnnl.DIFF_SRC: (self._x, dnnl.DIFF_SRC_MD),
            dnnl.WEIGHTS: (self._weight, dnnl.WEIGHTS_MD),
            dnnl.DIFF_DST: (self._y, dnnl.DIFF_DST_MD),
        }
        return Computation(self._onednn, self._for_x, arrays)

    @cached_property
    def _compute_weight(self) -> Computation:
        arrays = {
            dnnl.SRC: (self._x, dnnl.SRC_MD),
            dnnl.DIFF_WEIGHTS: (self._weight, dnnl.DIFF_WEIGHTS_MD),
            dnnl.DIFF_BIAS: (self._bias, None),
            dnnl.DIFF_DST: (self._y, dnnl.DIFF_DST_MD),
        }
        return Computation(self._onednn, self._for_weight, arrays)

    def _describe_forward(self) -> Handle:
        formats = [self._free(self._x), self._free(self._weight), self._bias_format(), self._free(self._y)]
        head = (dnnl.FORWARD_TRAINING, self._method)
        return self._onednn.describe(f"{self._name}_forward", *head, *_pointers(formats), *self._geometry, None)

    def _describe_gradient(self, of: str, formats: Sequence[Handle | None]) -> Handle:
        tail = (self._for_y.pointer, None)
        name = f"{self._name}_backward_{of}"
        return self._onednn.describe(name, self._method, *_pointers(formats), *self._geometry, *tail)

    def _free(self, layout: Layout) -> Handle:
        return self._onednn.free_format(layout.shape, BF16 if self.problem.half else F32)

    def _bias_format(self) -> Handle | None:
        return self._onednn.strided_format(self._bias.shape, self._bias.strides, F32) if self._bias else None


def _weight_layout(problem: Problem) -> Layout:
    """oneDNN counts groups as an axis of their own, and outputs before inputs in a transposed convolution too."""
    first, second, *kernel = problem.weight
    if problem.groups > 1:
        return dense((problem.groups, first // problem.groups, second, *kernel))
    plain = dense(problem.weight)
    if not problem.transposed:
        return plain
    return Layout((second, first, *kernel), (plain.strides[1], plain.strides[0], *plain.strides[2:]))


def _pointers(formats: Sequence[Handle | None]) -> list[object]:
    return [given and given.pointer for given in formats]


@lru_cache(maxsize=PLANS)
def convolution(problem: Problem) -> Convolution | None:
    """The convolution, kept for the next call; None where oneDNN is missing or has no kernel for it."""
    onednn = dnnl.load()
    try:
        return None if onednn is None else Convolution(problem, onednn)
    except dnnl.Refused:
        return None
