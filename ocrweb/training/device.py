"""Make Paddle use the device that was chosen."""

from __future__ import annotations

import os

import paddle

from ocrweb.errors import OcrwebError
from ocrweb.runtime.device import choose_device


def select_device(wanted: str) -> str:
    """Choose the device, make Paddle use it and name it: ``cpu`` or ``gpu:0``.

    wanted: auto, cpu, gpu or gpu:N. A launcher gives each of its processes one GPU in ``FLAGS_selected_gpus``,
    which is taken when a GPU is used at all and the config names none.
    OcrwebError ``train.no-device`` when the chosen GPU is not for the installed build of Paddle, or what
    `choose_device` raises; with ``auto`` a CPU build trains on the CPU.
    """
    device = choose_device(wanted)
    given = os.environ.get("FLAGS_selected_gpus", "")  # noqa: SIM112 Paddle's own name
    if device.kind == "gpu" and given and ":" not in wanted:
        device = choose_device(f"gpu:{given}")
    if device.kind == "gpu" and not paddle.is_compiled_with_cuda():
        if wanted != "auto":
            raise OcrwebError("train.no-device", device=wanted, found="CPU")
        device = choose_device("cpu")
    name = "cpu" if device.kind == "cpu" else f"gpu:{device.index}"
    paddle.set_device(name)
    return name
