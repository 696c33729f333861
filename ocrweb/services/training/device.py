"""What training would run on, said without loading Paddle."""

from __future__ import annotations

from ocrweb.errors import OcrwebError
from ocrweb.runtime.device import Gpu, choose_device, see_gpus
from ocrweb.services.files.versions import installed_version


def usable_gpus() -> tuple[Gpu, ...]:
    """The GPUs that the installed build of Paddle can train on."""
    return see_gpus().gpus if installed_version("paddlepaddle-gpu") else ()


def device_of(wanted: str) -> str:
    """The device that a config's ``device`` means on this machine, without loading Paddle.

    However full a GPU is now: a run that waits for it is not sent to the CPU.
    """
    if wanted.startswith("gpu:") or wanted == "cpu":
        return wanted
    if wanted == "auto" and not installed_version("paddlepaddle-gpu"):
        return "cpu"
    try:
        chosen = choose_device(wanted, needed=0)
    except OcrwebError:
        return "gpu:0"  # none is there; the run itself will say so
    return f"gpu:{chosen.index}" if chosen.kind == "gpu" else "cpu"
