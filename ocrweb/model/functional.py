"""Layers' mathematics in the form that is fastest on a CPU; on a GPU and in a saved program Paddle's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import paddle
import paddle.nn.functional as F
from paddle import nn

from ocrweb.model.enlarge import enlarge
from ocrweb.model.onednn import layers as onednn

Sides = int | list[int]


def conv2d(
    x: paddle.Tensor,
    weight: paddle.Tensor,
    bias: paddle.Tensor | None = None,
    *,
    stride: Sides = 1,
    padding: Sides = 0,
    dilation: Sides = 1,
    groups: int = 1,
) -> paddle.Tensor:
    """``F.conv2d``; bias may have any shape of C elements."""
    if _computes_on_cpu(x) and dilation == 1:
        return _by_onednn(x, weight, bias, stride, padding, groups=groups)
    y = F.conv2d(x, weight, stride=stride, padding=padding, dilation=dilation, groups=groups)
    return y if bias is None else add_bias(y, bias)


def conv2d_transpose(
    x: paddle.Tensor,
    weight: paddle.Tensor,
    bias: paddle.Tensor | None = None,
    *,
    stride: Sides = 1,
    padding: Sides = 0,
) -> paddle.Tensor:
    """``F.conv2d_transpose``; bias may have any shape of C elements."""
    if _computes_on_cpu(x):
        return _transposed_on_cpu(x, weight, bias, stride, padding)
    y = F.conv2d_transpose(x, weight, stride=stride, padding=padding)
    return y if bias is None else add_bias(y, bias)


def max_pool2d(
    x: paddle.Tensor, kernel_size: Sides, stride: Sides, padding: Sides = 0, ceil_mode: bool = False
) -> paddle.Tensor:
    """``F.max_pool2d``."""
    y = _pooled(x, "max", kernel_size, stride, padding, ceil_mode)
    return F.max_pool2d(x, kernel_size, stride, padding, ceil_mode=ceil_mode) if y is None else y


def avg_pool2d(
    x: paddle.Tensor, kernel_size: Sides, stride: Sides, padding: Sides = 0, ceil_mode: bool = False
) -> paddle.Tensor:
    """``F.avg_pool2d`` that does not count padding."""
    y = _pooled(x, "mean", kernel_size, stride, padding, ceil_mode)
    return F.avg_pool2d(x, kernel_size, stride, padding, ceil_mode=ceil_mode) if y is None else y


def normalized(
    convolve: Callable[..., paddle.Tensor],
    x: paddle.Tensor,
    conv: nn.Conv2D | nn.Conv2DTranspose,
    norm: nn.BatchNorm2D,
    **geometry: Any,
) -> paddle.Tensor:
    """``norm`` of what ``convolve``, a function of this module, makes of x with the weights of ``conv``.

    On a CPU a norm that keeps its statistics is folded into the weights, which saves the pass over the result and the
    one over its gradient; all weights learn as without.
    """
    weight, bias, gain, shift = conv.weight, conv.bias, norm.weight, norm.bias
    if _computes_on_cpu(x) and not norm.training and gain is not None and shift is not None:
        scale = gain / (norm._variance + norm._epsilon).sqrt()
        offset = norm._mean if bias is None else norm._mean - bias
        outputs = [-1, 1, 1, 1] if convolve is conv2d else [-1, 1, 1]
        y = convolve(x, weight * scale.reshape(outputs), shift - offset * scale, **geometry)
    else:
        y = norm(convolve(x, weight, bias, **geometry))
    return y


def enlarged(x: paddle.Tensor, factors: Sides) -> paddle.Tensor:
    """Nearest neighbour by whole factors; in a saved program they are constants, so that no shape arithmetic follows."""
    if _computes_on_cpu(x):
        rows, columns = [factors] * 2 if isinstance(factors, int) else factors
        return enlarge(x, rows, columns)
    return F.interpolate(x, scale_factor=factors, mode="nearest")


def add_bias(x: paddle.Tensor, bias: paddle.Tensor) -> paddle.Tensor:
    """Add one value a channel: (N, C, H, W) + C values. On a CPU it is spread over the batch first: 7 times faster."""
    bias = bias.reshape([1, -1, 1, 1])
    if _computes_on_cpu(x):
        bias = bias.expand([x.shape[0], -1, -1, -1])
    return x + bias


def _by_onednn(
    x: paddle.Tensor,
    weight: paddle.Tensor,
    bias: paddle.Tensor | None,
    stride: Sides,
    padding: Sides,
    *,
    groups: int = 1,
    transposed: bool = False,
) -> paddle.Tensor:
    """By Paddle itself where oneDNN is missing or has no kernel for it."""
    steps, margins = _pair(stride), _pair(padding)
    y = None
    if steps and margins:
        y = onednn.conv2d(x, weight, bias, steps, margins, groups=groups, transposed=transposed)
    if y is not None:
        return y
    plain = F.conv2d_transpose if transposed else F.conv2d
    y = plain(x, weight, stride=stride, padding=padding, groups=groups)
    return y if bias is None else add_bias(y, bias)


def _transposed_on_cpu(
    x: paddle.Tensor, weight: paddle.Tensor, bias: paddle.Tensor | None, stride: Sides, padding: Sides
) -> paddle.Tensor:
    inputs, outputs, rows, columns = weight.shape
    if rows == columns == stride and padding == 0 and outputs * rows * columns < inputs:
        return _by_product(x, weight, bias)
    return _by_onednn(x, weight, bias, stride, padding, transposed=True)


def _by_product(x: paddle.Tensor, weight: paddle.Tensor, bias: paddle.Tensor | None) -> paddle.Tensor:
    """A transposed convolution whose windows do not meet: each pixel becomes a block. Twice as fast as oneDNN where all
    blocks together have fewer values than x: few maps of a large picture are made of many."""
    inputs, _, side, _ = weight.shape
    pictures, _, height, width = x.shape
    blocks = paddle.matmul(weight.reshape([inputs, -1]), x.reshape([pictures, inputs, -1]), transpose_x=True)
    y = F.pixel_shuffle(blocks.reshape([pictures, -1, height, width]), side)
    return y if bias is None else add_bias(y, bias)


def _pooled(
    x: paddle.Tensor, kind: Literal["max", "mean"], kernel: Sides, stride: Sides, padding: Sides, ceil_mode: bool
) -> paddle.Tensor | None:
    """None where Paddle has to do it."""
    window, steps, margins = _pair(kernel), _pair(stride), _pair(padding)
    y = None
    if _computes_on_cpu(x) and window and steps and margins:
        y = onednn.pool2d(x, kind, window, steps, margins, ceil_mode=ceil_mode)
    return y


def _pair(sides: Sides) -> tuple[int, int] | None:
    """One number an axis; None when the two ends of an axis differ."""
    if isinstance(sides, int):
        return sides, sides
    return (sides[0], sides[1]) if len(sides) == 2 else None


def _computes_on_cpu(x: paddle.Tensor) -> bool:
    return bool(paddle.in_dynamic_mode()) and x.place.is_cpu_place()
