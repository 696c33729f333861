"""Settings for learning without labelled pictures: pages drawn on the fly, another model as the teacher,
or the run's own average."""

from __future__ import annotations

from ocrweb.config.groups.group import Group
from ocrweb.config.model_names import DEFAULT
from ocrweb.config.setting import setting


class PageOptions(Group):
    crops: int = setting(
        0,
        ge=0,
        le=1000000,
        step=64,
        advanced=True,
        en="Rendered crops an epoch",
        zh="每轮渲染裁剪数",
        help_en="Learn from pages that are drawn on the fly, so many crops an epoch, in place of the dataset; 0: from the dataset.",
        help_zh="不使用数据集，改为从即时渲染的页面学习，每轮裁剪的数量；0 表示使用数据集。",
    )
    kinds: str = setting(
        "",
        advanced=True,
        en="Kinds of pages",
        zh="页面类型",
        help_en="Names of page kinds, separated by spaces; one named twice is drawn twice as often. Empty: all, in the renderer's shares.",
        help_zh="页面类型名称，以空格分隔；重复出现的类型渲染次数加倍。留空则按渲染器的比例使用全部类型。",
    )
    lifetime: int = setting(
        4,
        ge=1,
        le=10000,
        step=1,
        advanced=True,
        en="Epochs a page is kept",
        zh="页面保留轮数",
        help_en="Crops that are cut out of a page, one an epoch, before another page takes its place.",
        help_zh="同一页面每轮裁剪一次，保留这么多轮后换成新页面。",
    )
    held_out: int = setting(
        40,
        ge=1,
        le=10000,
        step=1,
        advanced=True,
        en="Held-out pages",
        zh="验证页面数",
        help_en="Whole pages, of another seed and in fonts kept out of training, on which the best weights are chosen.",
        help_zh="用其他随机种子和训练中未出现的字体渲染的整页数量，用于挑选最佳权重。",
    )


class DistillOptions(Group):
    weight: float = setting(
        0.0,
        ge=0.0,
        le=100.0,
        step=0.5,
        advanced=True,
        en="Weight of the teacher",
        zh="教师模型权重",
        help_en="How much the teacher's probability map counts beside the labels; 0: no teacher.",
        help_zh="教师模型概率图在标签之外所占的权重；0 表示不使用教师模型。",
    )
    teacher: str = setting(
        DEFAULT,
        advanced=True,
        en="Teacher",
        zh="教师模型",
        help_en="A model whose probability maps are imitated.",
        help_zh="被模仿其概率图的模型。",
    )
    pictures: str = setting(
        "",
        advanced=True,
        en="Unlabelled pictures",
        zh="无标签图片",
        help_en="Folder of pictures without labels, on which only the teacher is followed; empty: none.",
        help_zh="无标签图片目录，在这些图片上只学习教师模型的输出；留空表示不使用。",
    )
    pictures_share: float = setting(
        0.2,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Share of unlabelled pictures",
        zh="无标签图片比例",
        help_en="How many of the crops come from the unlabelled pictures.",
        help_zh="训练裁剪中来自无标签图片的比例。",
    )


class UnlabelledOptions(Group):
    """Mean teacher (Tarvainen and Valpola, 2017): the running average of the weights teaches on pictures without labels."""

    folder: str = setting(
        "",
        en="I also have unlabelled pictures",
        zh="我还有未标注的图片",
        help_en="Folder of pictures without labels, from which the run learns as well; empty: none.",
        help_zh="未标注图片所在的目录，训练时会一并学习；没有则留空。",
    )
    pictures: int = setting(
        1,
        ge=1,
        le=64,
        step=1,
        advanced=True,
        en="Unlabelled pictures a step",
        zh="每步的未标注图片数",
        help_en="Crops of them that each step also learns from; every one takes longer than a labelled one, for two networks look at it.",
        help_zh="每一步额外学习的未标注裁剪数；每张比带标注的图片耗时更长，因为两个网络都要看它。",
    )
    weight: float = setting(
        1.0,
        ge=0.0,
        le=100.0,
        step=0.5,
        advanced=True,
        en="Weight of unlabelled pictures",
        zh="未标注图片的权重",
        help_en="How much they count beside the labels once the weight has risen.",
        help_zh="权重升满之后，未标注图片相对于标注所占的比重。",
    )
    start: float = setting(
        0.2,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Begin after",
        zh="开始时间",
        help_en="Share of the run that learns from the labels alone.",
        help_zh="训练开头只学习标注的部分占全程的比例。",
    )
    ramp: float = setting(
        0.2,
        ge=0.0,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Rise over",
        zh="升高时长",
        help_en="Share of the run over which the weight rises from nothing.",
        help_zh="权重从零逐渐升高所占全程的比例。",
    )
    background_below: float = setting(
        0.1,
        ge=0.0,
        le=0.5,
        step=0.05,
        advanced=True,
        en="Sure of background below",
        zh="背景置信上限",
        help_en="Pixels to which the teacher gives at most this probability are learnt as background; those between the two are left out.",
        help_zh="教师给出的概率不高于该值的像素按背景学习；介于两个界限之间的像素不参与。",
    )
    text_above: float = setting(
        0.8,
        ge=0.5,
        le=1.0,
        step=0.05,
        advanced=True,
        en="Sure of text above",
        zh="文字置信下限",
        help_en="Pixels to which the teacher gives at least this probability are learnt as text.",
        help_zh="教师给出的概率不低于该值的像素按文字学习。",
    )
