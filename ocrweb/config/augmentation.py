"""How training pictures are varied: geometry, light, noise. All of it is drawn anew for every picture and epoch."""

from __future__ import annotations

from pydantic import model_validator

from ocrweb.config.groups.group import Group
from ocrweb.config.setting import setting


class TpsOptions(Group):
    """Bending by a thin-plate spline, like a curled sheet; in force with ``use_tps: True``."""

    probability: float = setting(
        0.5,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Share of bent pictures",
        zh="弯曲概率",
        help_en="How many of the training pictures are bent.",
        help_zh="训练图片中做弯曲变形的比例。",
    )
    strength: float = setting(
        0.03,
        ge=0.0,
        le=0.15,
        step=0.005,
        advanced=True,
        en="Bending strength",
        zh="弯曲强度",
        help_en="How far a control point may move, as a share of the crop's side.",
        help_zh="控制点的最大位移，以裁剪边长的比例表示。",
    )
    grid: int = setting(
        4,
        ge=2,
        le=8,
        step=1,
        advanced=True,
        en="Control points a side",
        zh="每边控制点数",
        help_en="More points make smaller waves.",
        help_zh="点数越多，波纹越细。",
    )


class AugmentOptions(Group):
    enabled: bool = setting(
        True,
        en="Augmentation",
        zh="数据增强",
        help_en="Vary the training pictures. Off: they are only scaled as in detection and cut to the crop.",
        help_zh="对训练图片做随机变化。关闭后只按检测时的尺寸缩放并裁剪。",
    )
    flip: float = setting(
        0.5,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Share mirrored",
        zh="水平翻转概率",
        help_en="How many pictures are mirrored left to right.",
        help_zh="左右镜像的图片比例。",
    )
    rotation: float = setting(
        10.0,
        ge=0.0,
        le=180.0,
        step=1,
        advanced=True,
        en="Rotation",
        zh="旋转角度",
        help_en="Turned by at most so many degrees to either side.",
        help_zh="向左或向右旋转的最大角度（度）。",
    )
    quarter_turns: float = setting(
        0.0,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Share of quarter turns",
        zh="直角旋转概率",
        help_en="How many pictures are also turned by 90, 180 or 270 degrees; for documents that lie any way round.",
        help_zh="额外旋转 90、180 或 270 度的图片比例，适合方向不定的文档。",
    )
    scale_min: float = setting(
        0.5,
        ge=0.1,
        le=4.0,
        step=0.05,
        advanced=True,
        en="Smallest scale",
        zh="最小缩放",
        help_en="Relative to the size at which detection sees the picture.",
        help_zh="相对于检测时图片尺寸的最小倍率。",
    )
    scale_max: float = setting(
        2.0,
        ge=0.1,
        le=8.0,
        step=0.05,
        advanced=True,
        en="Largest scale",
        zh="最大缩放",
        help_en="Relative to the size at which detection sees the picture.",
        help_zh="相对于检测时图片尺寸的最大倍率。",
    )
    text_height_min: float = setting(
        10.0,
        ge=2.0,
        le=100.0,
        step=1,
        advanced=True,
        en="Smallest typical text",
        zh="典型文字最小高度",
        help_en="The scale is raised until the middle text of the picture is at least so high, in crop pixels.",
        help_zh="必要时放大图片，使其中位文字高度不低于该值（裁剪图像素）。",
    )
    text_height_max: float = setting(
        160.0,
        ge=16.0,
        le=1000.0,
        step=4,
        advanced=True,
        en="Largest typical text",
        zh="典型文字最大高度",
        help_en="The scale is lowered until the middle text of the picture is at most so high, in crop pixels.",
        help_zh="必要时缩小图片，使其中位文字高度不超过该值（裁剪图像素）。",
    )
    perspective: float = setting(
        0.05,
        ge=0.0,
        le=0.3,
        step=0.01,
        advanced=True,
        en="Perspective",
        zh="透视变形",
        help_en="How far the corners of the crop may move, as a share of its side.",
        help_zh="裁剪区域四角的最大位移，以边长的比例表示。",
    )
    empty_crops: float = setting(
        0.1,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Share of crops anywhere",
        zh="任意裁剪比例",
        help_en="Crops placed without looking for text; they teach what is not text.",
        help_zh="不参考文字位置的裁剪比例，用于学习什么不是文字。",
    )
    min_visible: float = setting(
        0.4,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Smallest visible part",
        zh="最小可见比例",
        help_en="A text that the crop cuts is learnt from if at least this part of it is inside, else ignored.",
        help_zh="被裁剪边界切断的文字，可见部分不低于该比例时参与学习，否则忽略。",
    )
    colour: float = setting(
        0.3,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Colour and light",
        zh="颜色与亮度变化",
        help_en="Strength of the changes of brightness, contrast and tint.",
        help_zh="亮度、对比度和色调变化的强度。",
    )
    shadow: float = setting(
        0.1,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Share with a shadow",
        zh="阴影概率",
        help_en="How many pictures get a soft shadow across them.",
        help_zh="叠加柔和阴影的图片比例。",
    )
    blur: float = setting(
        0.1,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Share blurred",
        zh="模糊概率",
        help_en="How many pictures are blurred, out of focus or by motion.",
        help_zh="做失焦或运动模糊的图片比例。",
    )
    jpeg: float = setting(
        0.1,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Share with JPEG noise",
        zh="JPEG 噪声概率",
        help_en="How many pictures are compressed hard.",
        help_zh="做强 JPEG 压缩的图片比例。",
    )
    tps: TpsOptions = TpsOptions()

    @model_validator(mode="after")
    def _ranges_are_ranges(self) -> AugmentOptions:
        if self.scale_min > self.scale_max or self.text_height_min > self.text_height_max:
            raise ValueError("scale_min <= scale_max, text_height_min <= text_height_max")
        return self
