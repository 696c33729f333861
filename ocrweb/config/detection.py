"""Settings of one detection: how a picture is resized and how a probability map becomes regions.

What each may be, its default and its words stand in `ocrweb.config.detection_settings`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from ocrweb.config.detection_settings import SETTINGS
from ocrweb.config.setting import setting


def _declared(name: str) -> Any:
    one = SETTINGS[name]
    return setting(
        one.default,
        ge=one.low,
        le=one.high,
        step=one.step,
        advanced=one.advanced,
        en=one.label["en"],
        zh=one.label["zh"],
        help_en=one.help["en"],
        help_zh=one.help["zh"],
    )


class DecodeOptions(BaseModel):
    """Probability map → regions. Names are DB's (Liao et al., 2020) and PaddleOCR's DBPostProcess."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = _declared("threshold")
    box_threshold: float | None = _declared("box_threshold")
    unclip_ratio: float = _declared("unclip_ratio")
    min_size: int = _declared("min_size")
    max_candidates: int = _declared("max_candidates")
    shape: Literal["quad", "polygon"] = _declared("shape")
    score_mode: Literal["fast", "slow"] = _declared("score_mode")

    @property
    def effective_box_threshold(self) -> float:
        """The threshold in force: the given one, else min(2·T, max(T, 0.6))."""
        if self.box_threshold is not None:
            return self.box_threshold
        return min(2 * self.threshold, max(self.threshold, 0.6))


class ResizeOptions(BaseModel):
    """Picture → network input. The aspect is kept; sides become multiples of 32."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit_side: int = _declared("limit_side")
    limit_type: Literal["max", "min"] = _declared("limit_type")
