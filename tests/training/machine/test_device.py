"""Paddle is given the device that the one place chose."""

from __future__ import annotations

import paddle
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.device import GIB, Device
from ocrweb.training.machine import device


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine with two GPUs and a GPU build of Paddle; returns what Paddle was told."""
    told: list[str] = []

    def choose(requested: str, needed: int = 0) -> Device:
        kind, _, number = requested.partition(":")
        assert kind == "cpu" or needed == 2 << 30
        return Device("cpu" if kind == "cpu" else "gpu", int(number or 1), "Fake", 8 * GIB, "asked")

    monkeypatch.setattr(device, "choose_device", choose)
    monkeypatch.setattr(paddle, "is_compiled_with_cuda", lambda: True)
    monkeypatch.setattr(paddle.device.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(paddle, "set_device", told.append)
    monkeypatch.delenv("FLAGS_selected_gpus", raising=False)
    return told


@pytest.mark.parametrize(
    ("wanted", "given", "told"),
    [
        ("auto", "", "gpu:1"),
        ("auto", "0", "gpu:0"),
        ("gpu:1", "0", "gpu:1"),
        ("cpu", "0", "cpu"),
        ("gpu", "0", "gpu:0"),
    ],
    ids=["chosen", "launcher", "config before launcher", "cpu", "launcher for gpu"],
)
def test_which_device_paddle_uses(
    machine: list[str], monkeypatch: pytest.MonkeyPatch, wanted: str, given: str, told: str
) -> None:
    if given:
        monkeypatch.setenv("FLAGS_selected_gpus", given)
    assert device.select_device(wanted) == told
    assert machine == [told]


def test_a_cpu_build_trains_on_the_cpu_unless_a_gpu_was_asked_for(
    machine: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle, "is_compiled_with_cuda", lambda: False)
    assert device.select_device("auto") == "cpu"
    with pytest.raises(OcrwebError, match=r"train\.no-device"):
        device.select_device("gpu")


@pytest.mark.parametrize("usable", [0, 1], ids=["driver too old", "one hidden from CUDA"])
def test_a_gpu_that_cuda_cannot_use_is_not_touched(
    machine: list[str], monkeypatch: pytest.MonkeyPatch, usable: int
) -> None:
    """Paddle would end the process without a word."""
    monkeypatch.setattr(paddle.device.cuda, "device_count", lambda: usable)
    assert device.select_device("auto") == "cpu"
    with pytest.raises(OcrwebError, match=r"train\.no-device"):
        device.select_device("gpu:1")
    assert machine == ["cpu"]


def test_a_cpu_build_never_looks_at_the_launchers_gpu(machine: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paddle, "is_compiled_with_cuda", lambda: False)
    monkeypatch.setenv("FLAGS_selected_gpus", "1")
    assert device.select_device("auto") == "cpu"


def test_comparisons_run_on_the_cpu_and_training_goes_on_where_it_was(
    machine: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.device, "get_device", lambda: "gpu:1")
    with device.on_cpu():
        assert machine == ["cpu"]
    assert machine == ["cpu", "gpu:1"]
