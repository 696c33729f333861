"""How a run is judged on the way."""

from __future__ import annotations

from typing import Literal

from ocrweb.config.groups.group import Group
from ocrweb.config.setting import setting


class EvaluationOptions(Group):
    every_steps: int = setting(
        0,
        ge=0,
        le=1000000,
        step=10,
        advanced=True,
        en="Evaluate every … steps",
        zh="每多少步评估一次",
        help_en="0: after every epoch, at most 10 times in a run.",
        help_zh="0：每轮结束后评估，全程最多 10 次。",
    )
    validation_ratio: float = setting(
        0.15,
        ge=0.0,
        le=0.5,
        step=0.01,
        advanced=True,
        en="Held-out part",
        zh="验证集比例",
        help_en="Share of the training pictures kept out of training, to choose the best weights and thresholds on; 0: judged on the pictures it learns from.",
        help_zh="从训练图片中留出、不参与训练的比例，用来挑选最佳权重和阈值；0 表示直接在训练图片上评估。",
    )
    max_pictures: int = setting(
        60,
        ge=1,
        le=100000,
        step=1,
        advanced=True,
        en="Most held-out pictures",
        zh="验证图片上限",
        help_en="Caps the held-out part, so that evaluation stays short.",
        help_zh="限制验证图片数量，使评估保持快速。",
    )
    limit_side: int = setting(
        0,
        ge=0,
        le=4096,
        step=32,
        advanced=True,
        en="Picture size in evaluation",
        zh="评估图片边长",
        help_en="Limited side of the network input, in pixels; 0: the base model's own rule.",
        help_zh="网络输入受限边的长度（像素）；0 表示沿用基础模型的规则。",
    )
    limit_type: Literal["auto", "max", "min"] = setting(
        "auto",
        advanced=True,
        en="Limit type in evaluation",
        zh="评估限制方式",
        help_en="max limits the longest side, min the shortest; auto: the base model's own rule.",
        help_zh="max 限制最长边，min 限制最短边；auto 沿用基础模型的规则。",
    )
    patience: int = setting(
        0,
        ge=0,
        le=1000,
        step=1,
        advanced=True,
        en="Stop early after",
        zh="提前停止",
        help_en="Evaluations without a better hmean after which the run ends; 0: never.",
        help_zh="hmean 连续多少次评估没有提升即结束训练；0 表示不提前停止。",
    )
    tune_thresholds: bool = setting(
        True,
        advanced=True,
        en="Choose thresholds",
        zh="自动选择阈值",
        help_en="Look for the best thresholds on the held-out part; they go into the model's card.",
        help_zh="在验证图片上寻找最佳阈值，并写入模型说明文件。",
    )
