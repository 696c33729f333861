"""Settings of one detection, declared once: name, kind, bounds, default, label and help.

Commands, the API, the page and `ocrweb.config.detection` (the models that check values) take them from here. Nothing heavy is
imported: `ocrweb --help` reads this.
"""

from __future__ import annotations

from typing import NamedTuple


class Declared(NamedTuple):
    """kind: ``float``, ``int``, or the words to choose from. default: None means that a rule decides. low, high: both may be taken.

    label, help: by language. step: of a slider. advanced: hidden until asked for.
    """

    kind: type[float] | type[int] | tuple[str, ...]
    default: float | int | str | None
    label: dict[str, str]
    help: dict[str, str]
    low: float | None = None
    high: float | None = None
    step: float | None = None
    advanced: bool = True


DECODE: dict[str, Declared] = {
    "threshold": Declared(
        float,
        0.2,
        {"en": "Detection threshold", "zh": "检测阈值"},
        {
            "en": "How sure the model must be that a spot is text. Lower finds fainter text, and more noise. Print 0.2–0.3, screenshots 0.15–0.25, handwriting and poor scans 0.1–0.2, busy background 0.4–0.5.",
            "zh": "模型有多大把握才算文字。调低可找到更淡的文字，但杂点也更多。印刷文档 0.2–0.3，屏幕截图 0.15–0.25，手写与模糊扫描 0.1–0.2，复杂背景 0.4–0.5。",
        },
        low=0.0,
        high=1.0,
        step=0.01,
        advanced=False,
    ),
    "box_threshold": Declared(
        float,
        None,
        {"en": "Box threshold", "zh": "文本框阈值"},
        {
            "en": "Boxes of which the model is less sure on the whole are dropped. Empty: twice the detection threshold, at most 0.6; where the threshold is higher, the same.",
            "zh": "整体把握低于该值的文本框会被丢弃。留空则取检测阈值的两倍，最多 0.6；检测阈值更高时与其相同。",
        },
        low=0.0,
        high=1.0,
        step=0.01,
    ),
    "unclip_ratio": Declared(
        float,
        1.5,
        {"en": "Unclip ratio", "zh": "扩张比例"},
        {
            "en": "How far boxes are widened around the text. Larger leaves more margin; too large joins neighbouring lines.",
            "zh": "文本框向外扩张的程度。越大留白越多，过大会把相邻的行连在一起。",
        },
        low=1.0,
        high=4.0,
        step=0.05,
    ),
    "min_size": Declared(
        int,
        3,
        {"en": "Smallest side", "zh": "最小边长"},
        {
            "en": "Boxes narrower than this are dropped, in pixels of the picture as the model sees it.",
            "zh": "窄于该值的文本框会被丢弃，按模型所见图片的像素计。",
        },
        low=1,
        high=100,
        step=1,
    ),
    "max_candidates": Declared(
        int,
        1000,
        {"en": "Most regions", "zh": "最多区域数"},
        {
            "en": "No more boxes than this are looked for in a picture.",
            "zh": "每张图片最多查找的文本框数。",
        },
        low=1,
        high=20000,
        step=1,
    ),
    "shape": Declared(
        ("quad", "polygon"),
        "quad",
        {"en": "Region shape", "zh": "区域形状"},
        {
            "en": "Rotated rectangles, or outlines that follow curved text.",
            "zh": "旋转矩形，或贴合弯曲文字的多边形。",
        },
    ),
    "score_mode": Declared(
        ("fast", "slow"),
        "fast",
        {"en": "Score mode", "zh": "评分方式"},
        {
            "en": "Mean probability inside the rectangle (fast) or inside the outline (slow).",
            "zh": "取矩形内（fast）或轮廓内（slow）的平均概率。",
        },
    ),
}
RESIZE: dict[str, Declared] = {
    "limit_side": Declared(
        int,
        1280,
        {"en": "Limit side", "zh": "边长限制"},
        {
            "en": "The limited side of the network input, in pixels.",
            "zh": "网络输入中受限边的长度（像素）。",
        },
        low=32,
        high=4096,
        step=32,
    ),
    "limit_type": Declared(
        ("max", "min"),
        "max",
        {"en": "Limit type", "zh": "限制方式"},
        {
            "en": "max: the longest side is at most that long; min: the shortest side is at least that long.",
            "zh": "max：最长边不超过该值；min：最短边不小于该值。",
        },
    ),
}
SETTINGS: dict[str, Declared] = DECODE | RESIZE
