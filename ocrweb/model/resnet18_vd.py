"""ResNet18_vd: residual network with a deep stem and average pooling in its shortcuts (Bag of Tricks, He et al. 2019).

Attribute names are those of PaddleOCR's ``ResNet_vd``, because they become checkpoint keys.
"""

from __future__ import annotations

import paddle
import paddle.nn.functional as F
from paddle import nn

from ocrweb.model import functional

STAGE_CHANNELS = (64, 128, 256, 512)


class ConvBN(nn.Layer):
    """Convolution without bias, batch normalisation, optionally ReLU; same padding for odd kernels."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, relu: bool = True) -> None:
        super().__init__()
        self._conv = nn.Conv2D(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias_attr=False)
        self._batch_norm = nn.BatchNorm2D(outputs, momentum=0.9, epsilon=1e-5)
        self._stride = stride
        self._relu = relu

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        margin = self._conv.weight.shape[2] // 2
        x = functional.normalized(
            functional.conv2d, x, self._conv, self._batch_norm, stride=self._stride, padding=margin
        )
        return F.relu(x) if self._relu else x


class BasicBlock(nn.Layer):
    """Two 3x3 convolutions beside a shortcut; the first block of a stage projects its shortcut.

    halves: whether the block works at half the size; its shortcut then averages 2x2 pixels before the projection.
    """

    def __init__(self, inputs: int, outputs: int, *, projects: bool, halves: bool) -> None:
        super().__init__()
        self.conv0 = ConvBN(inputs, outputs, 3, stride=2 if halves else 1)
        self.conv1 = ConvBN(outputs, outputs, 3, relu=False)
        self.short = ConvBN(inputs, outputs, 1, relu=False) if projects else None
        self._halves = halves

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        shortcut = functional.avg_pool2d(x, 2, stride=2, ceil_mode=True) if self._halves else x
        if self.short is not None:
            shortcut = self.short(shortcut)
        return F.relu(self.conv1(self.conv0(x)) + shortcut)


class ResNet18Vd(nn.Layer):
    """(N, 3, H, W) → four maps at 1/4, 1/8, 1/16 and 1/32 of the size with 64, 128, 256 and 512 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1_1 = ConvBN(3, 32, 3, stride=2)
        self.conv1_2 = ConvBN(32, 32, 3)
        self.conv1_3 = ConvBN(32, 64, 3)
        self._stages: list[tuple[str, str]] = []
        inputs = 64
        for stage, outputs in enumerate(STAGE_CHANNELS):
            names = (f"bb_{stage}_0", f"bb_{stage}_1")
            first = BasicBlock(inputs, outputs, projects=True, halves=stage > 0)
            second = BasicBlock(outputs, outputs, projects=False, halves=False)
            self.add_sublayer(names[0], first)
            self.add_sublayer(names[1], second)
            self._stages.append(names)
            inputs = outputs

    def forward(self, x: paddle.Tensor) -> list[paddle.Tensor]:
        x = self.conv1_3(self.conv1_2(self.conv1_1(x)))
        x = functional.max_pool2d(x, 3, stride=2, padding=1)
        maps = []
        for first, second in self._stages:
            x = getattr(self, second)(getattr(self, first)(x))
            maps.append(x)
        return maps
