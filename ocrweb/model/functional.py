"""Layers' mathematics in the form that is fastest on a CPU; on a GPU and in a saved program Paddle's own."""

from __future__ import annotations

import paddle
import paddle.nn.functional as F

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
        return _by_onednn(x, weight, bias, stride, padding, transposed=True)
    y = F.conv2d_transpose(x, weight, stride=stride, padding=padding)
    return y if bias is None else add_bias(y, bias)


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


def _pair(sides: Sides) -> tuple[int, int] | None:
    """One number an axis; None when the two ends of an axis differ."""
    if isinstance(sides, int):
        return sides, sides
    return (sides[0], sides[1]) if len(sides) == 2 else None


def _computes_on_cpu(x: paddle.Tensor) -> bool:
    return bool(paddle.in_dynamic_mode()) and x.place.is_cpu_place()
