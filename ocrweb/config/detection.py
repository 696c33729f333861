"""Settings of one detection: how a picture is resized and how a probability map becomes regions."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from ocrweb.config.setting import setting


class DecodeOptions(BaseModel):
    """Probability map → regions. Names are DB's (Liao et al., 2020) and PaddleOCR's DBPostProcess."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = setting(
        0.2,
        ge=0.0,
        le=1.0,
        step=0.01,
        en="Detection threshold",
        zh="检测阈值",
        help_en="Pixels above it count as text (DB's bin_threshold). Print 0.2–0.3, screenshots 0.15–0.25, "
        "handwriting and poor scans 0.1–0.2, busy background 0.4–0.5.",
        help_zh="高于该值的像素视为文字（DB 的 bin_threshold）。印刷文档 0.2–0.3，屏幕截图 0.15–0.25，手写与模糊扫描 0.1–0.2，复杂背景 0.4–0.5。",
    )
    box_threshold: float | None = setting(
        None,
        ge=0.0,
        le=1.0,
        step=0.01,
        advanced=True,
        en="Box threshold",
        zh="文本框阈值",
        help_en="Regions whose mean probability is lower are dropped. Empty: min(2·T, max(T, 0.6)).",
        help_zh="平均概率低于该值的区域会被丢弃。留空则取 min(2·T, max(T, 0.6))。",
    )
    unclip_ratio: float = setting(
        1.5,
        ge=1.0,
        le=4.0,
        step=0.05,
        advanced=True,
        en="Unclip ratio",
        zh="扩张比例",
        help_en="How far a shrunk text kernel is grown back (D = A·r/L).",
        help_zh="收缩后的文字核向外扩张的程度（D = A·r/L）。",
    )
    min_size: int = setting(
        3,
        ge=1,
        le=100,
        step=1,
        advanced=True,
        en="Smallest side",
        zh="最小边长",
        help_en="Regions whose shorter side on the map is smaller are dropped, in map pixels.",
        help_zh="在概率图上短边小于该值（像素）的区域会被丢弃。",
    )
    max_candidates: int = setting(
        1000,
        ge=1,
        le=20000,
        step=1,
        advanced=True,
        en="Most regions",
        zh="最多区域数",
        help_en="At most this many outlines of a map are looked at.",
        help_zh="每张概率图最多检查的轮廓数。",
    )
    shape: Literal["quad", "polygon"] = setting(
        "quad",
        advanced=True,
        en="Region shape",
        zh="区域形状",
        help_en="Rotated rectangles, or outlines that follow curved text.",
        help_zh="旋转矩形，或贴合弯曲文字的多边形。",
    )
    score_mode: Literal["fast", "slow"] = setting(
        "fast",
        advanced=True,
        en="Score mode",
        zh="评分方式",
        help_en="Mean probability inside the rectangle (fast) or inside the outline (slow).",
        help_zh="取矩形内（fast）或轮廓内（slow）的平均概率。",
    )

    @property
    def effective_box_threshold(self) -> float:
        """The threshold in force: the given one, else min(2·T, max(T, 0.6))."""
        if self.box_threshold is not None:
            return self.box_threshold
        return min(2 * self.threshold, max(self.threshold, 0.6))


class ResizeOptions(BaseModel):
    """Picture → network input. The aspect is kept; sides become multiples of 32."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit_side: int = setting(
        1280,
        ge=32,
        le=4096,
        step=32,
        advanced=True,
        en="Limit side",
        zh="边长限制",
        help_en="The limited side of the network input, in pixels.",
        help_zh="网络输入中受限边的长度（像素）。",
    )
    limit_type: Literal["max", "min"] = setting(
        "max",
        advanced=True,
        en="Limit type",
        zh="限制方式",
        help_en="max: the longest side is at most that long; min: the shortest side is at least that long.",
        help_zh="max：最长边不超过该值；min：最短边不小于该值。",
    )
