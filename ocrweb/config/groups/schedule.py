"""How the learning rate goes over a run."""

from __future__ import annotations

from typing import Literal

from ocrweb.config.groups.group import Group
from ocrweb.config.setting import setting


class ScheduleOptions(Group):
    kind: Literal["cosine", "poly", "constant"] = setting(
        "cosine",
        advanced=True,
        en="Learning rate curve",
        zh="学习率曲线",
        help_en="How the learning rate falls over the run.",
        help_zh="训练过程中学习率的下降方式。",
    )
    warmup_steps: int = setting(
        100,
        ge=0,
        le=100000,
        step=10,
        advanced=True,
        en="Warm-up steps",
        zh="预热步数",
        help_en="Steps of rising learning rate; a short run takes a tenth of it, but at least 20 steps and at most half.",
        help_zh="学习率逐步升高的步数；训练较短时取总步数的十分之一，但不少于 20 步，且不超过总步数的一半。",
    )
    power: float = setting(
        0.9,
        gt=0.0,
        le=5.0,
        step=0.1,
        advanced=True,
        en="Power",
        zh="幂次",
        help_en="Exponent of the poly curve.",
        help_zh="poly 曲线的指数。",
    )
    final_ratio: float = setting(
        0.01,
        ge=0.0,
        le=1.0,
        step=0.01,
        advanced=True,
        en="Final ratio",
        zh="末段比例",
        help_en="Last learning rate as a share of the first.",
        help_zh="最终学习率占初始学习率的比例。",
    )
