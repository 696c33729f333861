"""Which device a training process uses."""

from __future__ import annotations

import os

import paddle

from ocrweb.errors import OcrwebError


def select_device(wanted: str) -> str:
    """Make Paddle use the device of the config and name it: ``cpu`` or ``gpu:0``.

    wanted: auto, cpu, gpu or gpu:N. ``FLAGS_selected_gpus`` (set by launchers) decides which GPU when none is named.
    OcrwebError ``train.no-device`` when a GPU was asked for and there is none.
    """
    count = paddle.device.cuda.device_count() if paddle.is_compiled_with_cuda() else 0
    index = int(wanted.partition(":")[2] or os.environ.get("FLAGS_selected_gpus", "0") or 0)  # noqa: SIM112 Paddle's own name
    if wanted == "cpu" or (wanted == "auto" and count == 0):
        paddle.set_device("cpu")
        return "cpu"
    if index >= count:
        found = f"{count} GPU" if paddle.is_compiled_with_cuda() else "CPU"
        raise OcrwebError("train.no-device", device=wanted, found=found)
    paddle.set_device(f"gpu:{index}")
    return f"gpu:{index}"
