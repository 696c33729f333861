"""Everything that a training run can be told. `configs/det_db.yml` is this, in YAML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import field_validator

from ocrweb.config import paths
from ocrweb.config.augmentation import AugmentOptions
from ocrweb.config.groups.average import EmaOptions
from ocrweb.config.groups.checkpoint import CheckpointOptions
from ocrweb.config.groups.evaluation import EvaluationOptions
from ocrweb.config.groups.group import Group
from ocrweb.config.groups.loader import LoaderOptions
from ocrweb.config.groups.loss import LossOptions
from ocrweb.config.groups.optimizer import OptimizerOptions
from ocrweb.config.groups.schedule import ScheduleOptions
from ocrweb.config.groups.targets import TargetOptions
from ocrweb.config.model_names import DEFAULT
from ocrweb.config.pretraining import DistillOptions, PageOptions, UnlabelledOptions
from ocrweb.config.setting import setting
from ocrweb.disk.address import missing_path
from ocrweb.errors import OcrwebError

STRIDE = 32
_DEVICE = re.compile(r"^(auto|cpu|gpu(:\d+)?)$")


class TrainingConfig(Group):
    dataset: str = setting(
        "",
        en="Dataset",
        zh="数据集",
        help_en="Folder in the ICDAR2015 layout, or the name of an uploaded dataset.",
        help_zh="ICDAR2015 结构的目录，或已上传数据集的名称。",
    )
    model: str = setting(
        DEFAULT,
        en="Base model",
        zh="基础模型",
        help_en="What training starts from: a model's name, a run, a .pdparams or .onnx file.",
        help_zh="训练的起点：模型名称、某次训练、.pdparams 或 .onnx 文件。",
    )
    name: str = setting(
        "",
        en="Run name",
        zh="训练名称",
        help_en="Part of the run folder's name; empty: the dataset's name.",
        help_zh="训练目录名称的一部分；留空则使用数据集名称。",
    )
    batch_size: int = setting(
        2,
        ge=1,
        le=256,
        step=1,
        en="Batch size",
        zh="批大小",
        help_en="Pictures a step. 2 is safe on any machine; when memory runs out the batch is processed in parts.",
        help_zh="每步的图片数。2 适合任何机器；内存不足时会自动分批处理。",
    )
    epochs: int = setting(
        20,
        ge=1,
        le=10000,
        step=1,
        en="Epochs",
        zh="训练轮数",
        help_en="How often every training picture is seen.",
        help_zh="每张训练图片被学习的次数。",
    )
    learning_rate: float = setting(
        0.001,
        gt=0.0,
        le=0.1,
        step=0.0001,
        en="Learning rate",
        zh="学习率",
        help_en="Highest learning rate. 0.001 is the safe start; 0.0003–0.0005 keeps more of a pretrained model.",
        help_zh="最高学习率。0.001 为安全起点；0.0003–0.0005 可保留更多预训练能力。",
    )
    max_minutes: float = setting(
        0.0,
        ge=0.0,
        le=100000.0,
        step=5,
        en="Time limit",
        zh="时间上限",
        help_en="Minutes of training at most, the learning rate falls in time; 0: no limit.",
        help_zh="训练的最长分钟数，学习率会据此下降；0 表示不限。",
    )
    device: str = setting(
        "auto",
        en="Device",
        zh="设备",
        help_en="auto, cpu, gpu, or gpu:1 for the second one.",
        help_zh="auto、cpu、gpu，或用 gpu:1 指定第二块显卡。",
    )
    seed: int = setting(
        42,
        ge=0,
        le=2**31 - 1,
        step=1,
        advanced=True,
        en="Seed",
        zh="随机种子",
        help_en="The same seed gives the same run.",
        help_zh="相同的种子得到相同的训练过程。",
    )
    crop_size: int = setting(
        640,
        ge=64,
        le=2048,
        step=32,
        advanced=True,
        en="Training crop",
        zh="训练裁剪尺寸",
        help_en="Side of the square that is cut out of each picture, in pixels; a multiple of 32. It is no resize.",
        help_zh="从每张图片中裁出的正方形边长（像素），须为 32 的倍数。这不是缩放尺寸。",
    )
    use_tps: bool = setting(
        False,
        en="TPS augmentation",
        zh="TPS 增强",
        help_en="Bend the training pictures like curled paper (thin-plate spline), as the block `tps` says.",
        help_zh="把训练图片像卷曲的纸张那样弯曲（薄板样条，TPS）；幅度在高级参数中设置。",
    )
    optimizer: OptimizerOptions = OptimizerOptions()
    schedule: ScheduleOptions = ScheduleOptions()
    loss: LossOptions = LossOptions()
    targets: TargetOptions = TargetOptions()
    augmentation: AugmentOptions = AugmentOptions()
    evaluation: EvaluationOptions = EvaluationOptions()
    checkpoint: CheckpointOptions = CheckpointOptions()
    ema: EmaOptions = EmaOptions()
    loader: LoaderOptions = LoaderOptions()
    pages: PageOptions = PageOptions()
    distill: DistillOptions = DistillOptions()
    unlabelled: UnlabelledOptions = UnlabelledOptions()

    @field_validator("dataset", "model", "name", "device", mode="before")
    @classmethod
    def _numbers_are_names_too(cls, value: Any) -> Any:
        """YAML reads ``name: 2024`` as a number."""
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value or ""

    @field_validator("device")
    @classmethod
    def _known_device(cls, value: str) -> str:
        if not _DEVICE.match(value):
            raise ValueError("auto, cpu, gpu, gpu:0, gpu:1 …")
        return value

    @field_validator("crop_size")
    @classmethod
    def _multiple_of_stride(cls, value: int) -> int:
        if value % STRIDE:
            nearest = max(STRIDE, round(value / STRIDE) * STRIDE)
            raise OcrwebError("config.crop-multiple", value=value, nearest=nearest)
        return value


def dataset_folder(text: str) -> Path:
    """The folder of a dataset: of an uploaded one by its name, else the path itself.

    OcrwebError ``config.dataset-missing`` for an empty text, ``usage.missing-path`` when there is no such folder.
    """
    if not text:
        raise OcrwebError("config.dataset-missing")
    path = Path(text).expanduser()
    uploaded = paths.datasets_dir() / text
    found = uploaded if not path.is_absolute() and uploaded.is_dir() else path
    if not found.exists():
        raise missing_path(text)
    return found
