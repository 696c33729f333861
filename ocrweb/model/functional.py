"""Layers' mathematics in the form that Paddle computes fast on a CPU; on a GPU and in a saved program the plain form.

Measured on 2 cores at the sizes of training crops: a bias in a convolution costs more than the convolution unless it is
spread over the batch first (7 times faster), a 3x3 convolution to a quarter of the channels takes half the time in its
transposed form, which gathers neighbours on the narrow side, and depthwise convolution has a file of its own.
"""

from __future__ import annotations

import paddle
import paddle.nn.functional as F

from ocrweb.model.depthwise import depthwise_conv2d

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
    plain = stride == 1 and dilation == 1 and isinstance(padding, int) and _computes_on_cpu(x)
    if plain and _is_depthwise(weight, groups, padding) and x.dtype == paddle.float32:
        y = depthwise_conv2d(x, weight)
    elif plain and groups == 1 and _narrows(weight):
        mirrored = paddle.flip(weight, [2, 3]).transpose([1, 0, 2, 3])
        y = F.conv2d_transpose(x, mirrored, padding=weight.shape[2] - 1 - padding)  # type: ignore[operator]
    else:
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
    y = F.conv2d_transpose(x, weight, stride=stride, padding=padding)
    return y if bias is None else add_bias(y, bias)


def add_bias(x: paddle.Tensor, bias: paddle.Tensor) -> paddle.Tensor:
    """Add one value a channel: (N, C, H, W) + C values."""
    bias = bias.reshape([1, -1, 1, 1])
    if _computes_on_cpu(x):
        bias = bias.expand([x.shape[0], -1, -1, -1])
    return x + bias


def _narrows(weight: paddle.Tensor) -> bool:
    outputs, inputs, height, width = weight.shape
    return height == width and height >= 3 and inputs >= 2 * outputs


def _is_depthwise(weight: paddle.Tensor, groups: int, padding: Sides) -> bool:
    outputs, inputs, height, width = weight.shape
    return groups == outputs > 1 and inputs == 1 and height == width and height % 2 == 1 and padding == height // 2


def _computes_on_cpu(x: paddle.Tensor) -> bool:
    return bool(paddle.in_dynamic_mode()) and x.place.is_cpu_place()
