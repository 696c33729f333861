"""The maps that the network shall see."""

from __future__ import annotations

from ocrweb.config.groups.group import Group
from ocrweb.config.setting import setting


class TargetOptions(Group):
    shrink_ratio: float = setting(
        0.4,
        gt=0.0,
        le=0.99,
        step=0.05,
        advanced=True,
        en="Shrink ratio",
        zh="收缩比例",
        help_en="How far text is shrunk to its kernel; pretrained models know 0.4.",
        help_zh="文本区域收缩为文字核的程度；预训练模型均为 0.4。",
    )
    min_text_size: int = setting(
        8,
        ge=0,
        le=100,
        step=1,
        advanced=True,
        en="Smallest text",
        zh="最小文字",
        help_en="Text smaller than this in the training crop is ignored, in pixels.",
        help_zh="在训练裁剪图中小于该尺寸（像素）的文字会被忽略。",
    )
