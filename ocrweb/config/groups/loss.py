"""What a run makes small."""

from __future__ import annotations

from typing import Literal

from ocrweb.config.groups.group import Group
from ocrweb.config.setting import setting


class LossOptions(Group):
    main: Literal["dice", "bce"] = setting(
        "dice",
        advanced=True,
        en="Shrink map loss",
        zh="收缩图损失",
        help_en="dice, as PaddleOCR sets it, or the paper's cross-entropy with hard negatives (bce): better on photos.",
        help_zh="dice 为 PaddleOCR 的设置；bce 为论文中带难负样本挖掘的交叉熵，更适合照片。",
    )
    alpha: float = setting(
        5.0,
        ge=0.0,
        le=100.0,
        step=0.5,
        advanced=True,
        en="Weight of the shrink map",
        zh="收缩图权重",
        help_en="alpha of the DB paper.",
        help_zh="DB 论文中的 alpha。",
    )
    beta: float = setting(
        10.0,
        ge=0.0,
        le=100.0,
        step=0.5,
        advanced=True,
        en="Weight of the threshold map",
        zh="阈值图权重",
        help_en="beta of the DB paper.",
        help_zh="DB 论文中的 beta。",
    )
    negative_ratio: float = setting(
        3.0,
        ge=0.0,
        le=100.0,
        step=0.5,
        advanced=True,
        en="Hard negatives",
        zh="难负样本比例",
        help_en="Background pixels a text pixel that bce learns from.",
        help_zh="bce 中每个文字像素对应学习的背景像素数。",
    )
    empty_batch: Literal["push_down", "published"] = setting(
        "push_down",
        advanced=True,
        en="Batch without text",
        zh="无文字批次",
        help_en="push_down learns from it that there is no text; the published form learns nothing.",
        help_zh="push_down 会从中学到“没有文字”；published 为公开实现，不产生梯度。",
    )
