"""How weights follow their gradients."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import field_validator

from ocrweb.config.groups.group import Group
from ocrweb.config.model_names import HOUSE
from ocrweb.config.setting import setting


class OptimizerOptions(Group):
    kind: Literal["adam", "sgd"] = setting(
        "adam",
        advanced=True,
        en="Optimizer",
        zh="优化器",
        help_en="adam, or sgd with Nesterov momentum.",
        help_zh="adam，或带 Nesterov 动量的 sgd。",
    )
    momentum: float = setting(
        0.9,
        ge=0.0,
        le=0.999,
        step=0.01,
        advanced=True,
        en="Momentum",
        zh="动量",
        help_en="Of sgd; for adam the first beta.",
        help_zh="sgd 的动量；对 adam 即 beta1。",
    )
    weight_decay: float = setting(
        0.0,
        ge=0.0,
        le=0.1,
        step=0.0001,
        advanced=True,
        en="Weight decay",
        zh="权重衰减",
        help_en="L2 penalty on the weights.",
        help_zh="权重的 L2 正则系数。",
    )
    clip_norm: float = setting(
        5.0,
        ge=0.0,
        le=1000.0,
        step=0.5,
        advanced=True,
        en="Gradient clipping",
        zh="梯度裁剪",
        help_en="Greatest length of the whole gradient; 0 switches it off.",
        help_zh="梯度整体范数的上限；0 表示不裁剪。",
    )
    accumulate: int = setting(
        1,
        ge=1,
        le=256,
        step=1,
        advanced=True,
        en="Gradient accumulation",
        zh="梯度累积",
        help_en="Batches whose gradients make one step.",
        help_zh="累积多少个批次的梯度后更新一次。",
    )
    amp: Literal["auto", "on", "off"] = setting(
        "auto",
        advanced=True,
        en="Mixed precision",
        zh="混合精度",
        help_en="Multiply in half precision; auto does so on a CPU with bfloat16, and not on a GPU.",
        help_zh="以半精度做乘法；auto 在支持 bfloat16 的 CPU 上启用，在 GPU 上不启用。",
    )
    pretrained_ratio: float = setting(
        0.0,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Pretrained learning rate ratio",
        zh="预训练部分学习率比例",
        help_en=f"Share of the learning rate for weights that were trained before; 0 chooses: 1 for {HOUSE} in runs "
        "planned for 60 steps or more, else 0.3.",
        help_zh=f"已有预训练权重所用学习率占设定值的比例；0 表示自动选择：{HOUSE} 计划训练不少于 60 步时为 1，否则为 0.3。",
    )
    random_weights: bool = setting(
        False,
        advanced=True,
        en="Random weights",
        zh="随机初始化",
        help_en=f"Forget what {HOUSE} has learnt and start from random weights.",
        help_zh=f"不使用 {HOUSE} 已有的权重，从随机权重开始训练。",
    )
    freeze_bn: Literal["auto", "on", "off"] = setting(
        "auto",
        advanced=True,
        en="Freeze batch norm",
        zh="冻结批归一化",
        help_en="Keep the statistics of a pretrained model; auto does so for batches under 8.",
        help_zh="保持预训练模型的统计量不变；auto 在批大小小于 8 时冻结。",
    )

    @field_validator("amp", "freeze_bn", mode="before")
    @classmethod
    def _yaml_reads_on_as_true(cls, value: Any) -> Any:
        return {True: "on", False: "off"}[value] if isinstance(value, bool) else value
