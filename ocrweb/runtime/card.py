"""A model's card: everything needed to use its network rightly."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class ModelCard(BaseModel):
    """Written as ``model.yml`` beside a network and embedded in exported files.

    mean, std: of the picture scaled to 0..1, in the channel order that the network is fed (BGR, as PaddleOCR does).
    limit_side, limit_type: the resize rule the thresholds below were chosen with.
    threshold, box_threshold, unclip_ratio: recommended decode settings; None means the product's defaults.
    bf16: whether bfloat16 was measured to be as good. metrics: free figures such as hmean, with the data they were measured on.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    architecture: str = ""
    description: dict[str, str] = {}
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    limit_side: int = 1280
    limit_type: Literal["max", "min"] = "max"
    threshold: float | None = None
    box_threshold: float | None = None
    unclip_ratio: float | None = None
    bf16: bool = True
    licence: str = "Apache-2.0"
    source: str = ""
    metrics: dict[str, Any] = {}
