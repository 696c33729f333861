"""What training would run on, with the driver faked."""

from __future__ import annotations

import pytest

from ocrweb.runtime import device as devices
from ocrweb.runtime.device import GIB, Gpu, Sighting
from ocrweb.services.training import device as training_device


@pytest.mark.parametrize(("wanted", "device"), [("cpu", "cpu"), ("auto", "cpu"), ("gpu:3", "gpu:3")])
def test_devices_of_a_machine_without_a_gpu_build(wanted: str, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_device, "installed_version", lambda name: None)
    assert training_device.device_of(wanted) == device


@pytest.mark.parametrize(
    ("wanted", "free", "device"),
    [
        ("auto", (1, 5), "gpu:1"),
        ("gpu", (5, 1), "gpu:0"),
        ("auto", (0, 0), "gpu:0"),
        ("auto", (), "cpu"),
        ("gpu", (), "gpu:0"),
    ],
    ids=["most free", "asked", "full ones are waited for", "none", "none, asked"],
)
def test_devices_of_a_machine_with_a_gpu_build(
    wanted: str, free: tuple[int, ...], device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpus = tuple(Gpu(index, "Fake", 8 * GIB, size * GIB) for index, size in enumerate(free))
    monkeypatch.setattr(training_device, "installed_version", lambda name: "3.2.2")
    monkeypatch.setattr(devices, "see_gpus", lambda: Sighting("ok", gpus))
    assert training_device.device_of(wanted) == device
