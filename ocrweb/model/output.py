"""What a detector returns while it trains."""

from __future__ import annotations

from typing import NamedTuple

import paddle


class DBOutput(NamedTuple):
    """Three maps of one batch, each (N, 1, H, W) float32 in 0..1.

    probability_map: how much a pixel belongs to a shrunk text kernel. threshold_map: the adaptive border threshold.
    binary_map: the differentiable step of the two, with k = 50.
    """

    probability_map: paddle.Tensor
    threshold_map: paddle.Tensor
    binary_map: paddle.Tensor
