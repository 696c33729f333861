"""Memory of the training process."""

from __future__ import annotations

import paddle

GIB = 1024**3


def used_gib() -> float:
    """The most GPU memory that this process ever held where there is a GPU, else its resident host memory; in GiB."""
    if paddle.device.get_device().startswith("gpu"):
        return float(paddle.device.cuda.max_memory_reserved()) / GIB
    import psutil

    return float(psutil.Process().memory_info().rss) / GIB


def release() -> None:
    """Give cached GPU memory back after a failed step."""
    import gc

    gc.collect()
    if paddle.device.get_device().startswith("gpu"):
        paddle.device.cuda.empty_cache()
