"""The devices that a training is to run on, looked at before anything is started."""

from __future__ import annotations

from ocrweb.errors import OcrwebError
from ocrweb.runtime.device import Sighting, see_gpus


def check_devices(device: str, devices: str, seen: Sighting | None = None) -> None:
    """Raise `train.no-such-device` for a GPU that is not there, and for processes of the CPU that are not numbered from 0 on.

    device: auto, cpu, gpu or gpu:N, as in the settings. devices: ``0,1``, or "" for one process. seen: by default what
    the driver says.
    """
    if not devices:
        return
    wanted = [int(number) for number in devices.split(",")]
    gpus = [] if device == "cpu" else [gpu.index for gpu in (seen or see_gpus()).gpus]
    there = gpus or list(range(len(wanted)))
    for number in wanted:
        if number not in there:
            raise OcrwebError("train.no-such-device", number=number, gpus=len(gpus), there=",".join(map(str, there)))
