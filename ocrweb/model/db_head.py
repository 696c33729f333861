"""The head of DB: probability and threshold maps, and the step that joins them (Liao et al. 2020, differentiable binarization)."""

from __future__ import annotations

import paddle
import paddle.nn.functional as F
from paddle import nn

from ocrweb.model import functional

STEP_K = 50.0


def approximate_binary_map(probability: paddle.Tensor, threshold: paddle.Tensor, k: float = STEP_K) -> paddle.Tensor:
    """The paper's differentiable step 1 / (1 + exp(-k (P - T))), elementwise; all in 0..1."""
    return F.sigmoid(k * (probability - threshold))


class MapBranch(nn.Layer):
    """(N, channels, H/4, W/4) features → (N, 1, H, W) map in 0..1, by one convolution and two transposed ones."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        quarter = channels // 4
        self.conv1 = nn.Conv2D(channels, quarter, 3, padding=1, bias_attr=False)
        self.conv_bn1 = nn.BatchNorm2D(quarter, momentum=0.9, epsilon=1e-5)
        self.conv2 = nn.Conv2DTranspose(quarter, quarter, 2, stride=2)
        self.conv_bn2 = nn.BatchNorm2D(quarter, momentum=0.9, epsilon=1e-5)
        self.conv3 = nn.Conv2DTranspose(quarter, 1, 2, stride=2)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        x = F.relu(functional.normalized(functional.conv2d, x, self.conv1, self.conv_bn1, padding=1))
        x = F.relu(functional.normalized(functional.conv2d_transpose, x, self.conv2, self.conv_bn2, stride=2))
        return F.sigmoid(functional.conv2d_transpose(x, self.conv3.weight, self.conv3.bias, stride=2))


class DBHead(nn.Layer):
    """Features → the probability map; in training also the threshold map and the binary map that the loss needs."""

    def __init__(self, channels: int = 256) -> None:
        super().__init__()
        self.binarize = MapBranch(channels)
        self.thresh = MapBranch(channels)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor | tuple[paddle.Tensor, paddle.Tensor, paddle.Tensor]:
        probability = self.binarize(x)
        if not self.training:
            return probability
        threshold = self.thresh(x)
        return probability, threshold, approximate_binary_map(probability, threshold)
