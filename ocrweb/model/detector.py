"""The house model: DB with a ResNet18_vd backbone, 12.4 million parameters."""

from __future__ import annotations

import paddle
from paddle import nn

from ocrweb.model.db_head import DBHead
from ocrweb.model.fpn import FPN
from ocrweb.model.output import DBOutput
from ocrweb.model.resnet18_vd import STAGE_CHANNELS, ResNet18Vd


class DBResNet18(nn.Layer):
    """Pictures → text maps. Parameter names and shapes equal PaddleOCR's ``ch_det_res18_db_v2.0``.

    Input: (N, 3, H, W) float32, normalised, H and W multiples of 32.
    In ``eval`` mode returns the (N, 1, H, W) probability map, in ``train`` mode a ``DBOutput``.
    """

    def __init__(self) -> None:
        super().__init__()
        self.backbone = ResNet18Vd()
        self.neck = FPN(STAGE_CHANNELS, 256)
        self.head = DBHead(256)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor | DBOutput:
        maps = self.head(self.neck(self.backbone(x)))
        return DBOutput(*maps) if self.training else maps
