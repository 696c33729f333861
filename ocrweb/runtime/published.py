"""PaddleOCR's published weights of ResNet18-DB: where they are, and where they are kept once they were downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.model_names import HOUSE

OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Published:
    """A file of weights that somebody else publishes.

    member: its file name inside the archive at ``url``, empty when the url is the file itself. backbone: it is no whole
    detector, only what one can start from. sha256: of what the url gives, empty when nobody has vouched for one yet: then
    the server's own checksum, the size and the tensors that mark the architecture have to fit. limit_side: longest side of the
    pictures it was trained for.
    """

    name: str
    url: str
    member: str
    backbone: bool
    description: dict[str, str]
    sha256: str = ""
    limit_side: int = 960


PUBLISHED_WEIGHTS = (
    Published(
        "ch_ppocr_server_v2.0_det",
        "https://paddleocr.bj.bcebos.com/dygraph_v2.0/ch/ch_ppocr_server_v2.0_det_train.tar",
        "best_accuracy.pdparams",
        backbone=False,
        description={
            "en": "PaddleOCR's ResNet18-DB server detector v2.0",
            "zh": "PaddleOCR 的 ResNet18-DB 服务端检测模型 v2.0",
        },
    ),
    Published(
        "ResNet18_vd",
        "https://paddleocr.bj.bcebos.com/pretrained/ResNet18_vd_pretrained.pdparams",
        "",
        backbone=True,
        description={
            "en": f"ImageNet backbone for {HOUSE}: a start for training, it detects nothing yet",
            "zh": f"{HOUSE} 的 ImageNet 骨干网络：仅可作为训练起点，本身不能检测",
        },
    ),
)


def kept_at(published: Published) -> Path:
    """Where the weights are once they were downloaded."""
    return folder() / f"{published.name}.pdparams"


def folder() -> Path:
    return paths.private_dir() / "models"
