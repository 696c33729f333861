"""The feature pyramid of DB: four scales brought to one map at a quarter of the size."""

from __future__ import annotations

from collections.abc import Sequence

import paddle
from paddle import nn

from ocrweb.model import functional


class FPN(nn.Layer):
    """Maps at 1/4, 1/8, 1/16 and 1/32 → one (N, channels, H/4, W/4) map: their smoothed pyramid, concatenated.

    No convolution has a bias. H and W must be multiples of 32, so that each scale is exactly twice the next.
    """

    def __init__(self, in_channels: Sequence[int], channels: int = 256) -> None:
        super().__init__()
        c2, c3, c4, c5 = in_channels
        quarter = channels // 4
        self.in2_conv = nn.Conv2D(c2, channels, 1, bias_attr=False)
        self.in3_conv = nn.Conv2D(c3, channels, 1, bias_attr=False)
        self.in4_conv = nn.Conv2D(c4, channels, 1, bias_attr=False)
        self.in5_conv = nn.Conv2D(c5, channels, 1, bias_attr=False)
        self.p5_conv = nn.Conv2D(channels, quarter, 3, padding=1, bias_attr=False)
        self.p4_conv = nn.Conv2D(channels, quarter, 3, padding=1, bias_attr=False)
        self.p3_conv = nn.Conv2D(channels, quarter, 3, padding=1, bias_attr=False)
        self.p2_conv = nn.Conv2D(channels, quarter, 3, padding=1, bias_attr=False)

    def forward(self, maps: Sequence[paddle.Tensor]) -> paddle.Tensor:
        c2, c3, c4, c5 = maps
        m5 = _convolved(c5, self.in5_conv)
        m4 = _convolved(c4, self.in4_conv) + functional.enlarged(m5, 2)
        m3 = _convolved(c3, self.in3_conv) + functional.enlarged(m4, 2)
        m2 = _convolved(c2, self.in2_conv) + functional.enlarged(m3, 2)
        p5 = functional.enlarged(_convolved(m5, self.p5_conv), 8)
        p4 = functional.enlarged(_convolved(m4, self.p4_conv), 4)
        p3 = functional.enlarged(_convolved(m3, self.p3_conv), 2)
        return paddle.concat([p5, p4, p3, _convolved(m2, self.p2_conv)], axis=1)


def _convolved(x: paddle.Tensor, conv: nn.Conv2D) -> paddle.Tensor:
    return functional.conv2d(x, conv.weight, padding=conv.weight.shape[2] // 2)
