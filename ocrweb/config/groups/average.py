"""The running average of the weights."""

from __future__ import annotations

from ocrweb.config.groups.group import Group
from ocrweb.config.setting import setting


class EmaOptions(Group):
    decay: float = setting(
        0.998,
        ge=0.0,
        le=0.99999,
        step=0.001,
        advanced=True,
        en="Averaging of weights",
        zh="权重滑动平均",
        help_en="Decay of the running average that is evaluated and saved; it starts low; 0 switches it off.",
        help_zh="用于评估和保存的权重滑动平均的衰减系数，训练初期自动减小；0 表示关闭。",
    )
