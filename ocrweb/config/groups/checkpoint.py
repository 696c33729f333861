"""What of a run is kept on the way."""

from __future__ import annotations

from ocrweb.config.groups.group import Group
from ocrweb.config.setting import setting


class CheckpointOptions(Group):
    every_steps: int = setting(
        200,
        ge=1,
        le=1000000,
        step=10,
        advanced=True,
        en="Checkpoint every … steps",
        zh="每多少步保存一次",
        help_en="How often the state for a resume is written; also at every evaluation.",
        help_zh="保存可恢复状态的间隔；每次评估时也会保存。",
    )
    averaged: int = setting(
        3,
        ge=0,
        le=10,
        step=1,
        advanced=True,
        en="Checkpoints averaged at the end",
        zh="结束时平均的检查点数",
        help_en="The best so many evaluated weights are averaged at the end, and the average is kept if it scores higher on the held-out pictures; runs of fewer than 3 evaluations do without; 0: never.",
        help_zh="训练结束时对评估得分最高的若干份权重取平均，仅当平均后的权重在验证图片上得分更高时才采用；评估少于 3 次时不做；0 表示不使用。",
    )
