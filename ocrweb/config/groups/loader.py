"""How pictures are prepared."""

from __future__ import annotations

from ocrweb.config.groups.group import Group
from ocrweb.config.setting import setting


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
