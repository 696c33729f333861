"""The grouped settings of a training run: everything below the few keys that users type."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from ocrweb.config.model_names import HOUSE
from ocrweb.config.setting import setting


class Group(BaseModel):
    """A block of settings; a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
        help_zh="文字区域收缩为文字核的程度；预训练模型均为 0.4。",
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


class LoaderOptions(Group):
    workers: int = setting(
        -1,
        ge=-1,
        le=64,
        step=1,
        advanced=True,
        en="Loader workers",
        zh="数据加载进程数",
        help_en="Processes that prepare pictures; -1 chooses, 0 prepares them in the trainer itself.",
        help_zh="准备图片的进程数；-1 自动选择，0 表示在训练进程内准备。",
    )
