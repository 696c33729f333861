"""Make Paddle use the device that was chosen."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import paddle

from ocrweb.errors import OcrwebError
from ocrweb.runtime.device import GIB, choose_device

NEEDED = 2 * GIB  # free GPU memory for single crops of 640 pixels


def select_device(wanted: str) -> str:
    """Choose the device, make Paddle use it and name it: ``cpu`` or ``gpu:0``.

    wanted: auto, cpu, gpu or gpu:N. A launcher gives each of its processes one GPU in ``FLAGS_selected_gpus``,
    which is taken when a GPU is used at all and the config names none.
    OcrwebError ``train.no-device`` when Paddle cannot use the chosen GPU (a CPU build, a driver that is too old for
    its CUDA), or what `choose_device` raises; with ``auto`` such a machine trains on the CPU.
    """
    usable = _usable_gpus()
    device = choose_device("cpu" if wanted == "auto" and not usable else wanted, needed=NEEDED)
    given = os.environ.get("FLAGS_selected_gpus", "")  # noqa: SIM112 Paddle's own name
    if device.kind == "gpu" and given and ":" not in wanted:
        device = choose_device(f"gpu:{given}", needed=NEEDED)
    if device.kind == "gpu" and device.index >= usable:
        if wanted != "auto":
            raise OcrwebError("train.no-device", device=wanted, found=f"{usable} GPU" if usable else "CPU")
        device = choose_device("cpu")
    name = "cpu" if device.kind == "cpu" else f"gpu:{device.index}"
    paddle.set_device(name)
    return name


@contextlib.contextmanager
def on_cpu() -> Iterator[None]:
    """Paddle computes on the CPU meanwhile: comparisons of networks need all of float32, which a GPU shortens to TF32."""
    before = paddle.device.get_device()
    paddle.set_device("cpu")
    try:
        yield
    finally:
        paddle.set_device(before)


def _usable_gpus() -> int:
    """GPUs that Paddle itself can use; one more would end the process without a word."""
    return paddle.device.cuda.device_count() if paddle.is_compiled_with_cuda() else 0
