"""Memory is told of the device that trains, and given back there."""

from __future__ import annotations

import gc
from typing import Any

import paddle
import psutil
import pytest

from ocrweb.training.machine import memory


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A GPU that has held 3 GiB; what was done with it."""
    done: list[str] = []
    monkeypatch.setattr(paddle.device.cuda, "max_memory_reserved", lambda: 3 << 30)
    monkeypatch.setattr(paddle.device.cuda, "empty_cache", lambda: done.append("emptied"))
    monkeypatch.setattr(gc, "collect", lambda *given: done.append("collected"))
    return done


@pytest.mark.parametrize(("device", "emptied"), [("gpu:1", ["collected", "emptied"]), ("cpu", ["collected"])])
def test_what_a_failed_step_left_is_given_back(
    device: str, emptied: list[str], machine: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.device, "get_device", lambda: device)
    memory.release()
    assert machine == emptied


def test_it_is_the_gpus_where_there_is_one_and_else_this_process_own(
    machine: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.device, "get_device", lambda: "gpu:0")
    assert memory.used_gib() == 3.0
    monkeypatch.setattr(paddle.device, "get_device", lambda: "cpu")
    resident: Any = type("Resident", (), {"rss": 5 << 29})
    monkeypatch.setattr(psutil.Process, "memory_info", lambda self: resident)
    assert memory.used_gib() == 2.5
