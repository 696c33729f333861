from __future__ import annotations

import json
import time
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import psutil
import pytest

from ocrweb.messages import text
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.device import Gpu, Sighting
from ocrweb.services.machine import system
from ocrweb.services.machine.system import SystemStatus, device_words, status


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_cache", system._Cache())


@pytest.mark.usefixtures("fresh")
def test_the_status_names_the_loaded_model_and_its_device(detector: Detector) -> None:
    now = status()
    assert (now.model, now.device) == (detector.model, detector.device)
    assert 0 < now.rss < now.memory_total
    assert 0 < now.memory_used <= now.memory_total
    assert now.uptime > 0
    assert {"ocrweb", "python", "openvino", "onnxruntime"} <= now.versions.keys()
    document = json.loads(json.dumps(now.to_dict()))
    assert (document["model"], document["rss"], document["gpus"]) == (now.model, now.rss, [])


@pytest.mark.usefixtures("fresh")
def test_many_open_pages_cost_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    readings: list[int] = []
    monkeypatch.setattr(system, "see_gpus", lambda: readings.append(1) or Sighting("absent"))
    assert len({id(status()) for _ in range(100)}) == 1
    assert len(readings) == 1


@pytest.mark.usefixtures("fresh")
def test_the_bar_is_read_anew_every_second_and_graphics_cards_every_five(monkeypatch: pytest.MonkeyPatch) -> None:
    readings: list[float] = []
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now, time=time.time)
    monkeypatch.setattr(system, "time", clock)
    monkeypatch.setattr(system, "see_gpus", lambda: readings.append(clock.now) or Sighting("absent"))
    shown: list[SystemStatus] = []
    for clock.now in (100.0, 100.9, 101.0, 104.0, 104.9, 105.0, 110.0):
        shown.append(status())
    assert [one is before for before, one in pairwise(shown)] == [True, False, False, True, False, False]
    assert readings == [100.0, 105.0, 110.0]


@pytest.mark.parametrize(("lang", "label"), [("en", "Memory"), ("zh", "内存")])
def test_the_words_of_the_status_bar_are_in_the_visitors_language(lang: str, label: str) -> None:
    gib = 2**30
    gpu = Gpu(0, "T4", 16 * gib, 12 * gib)
    now = SystemStatus("m", None, 12.4, 3 * gib, 8 * gib, gib // 2, (gpu,), {"ocrweb": "1", "python": "3.11"}, 3725)
    words = dict(now.words(lang))
    assert words[label] == "3.0/8.0 GiB"
    assert words["GPU 0 T4"] == "4.0/16.0 GiB"
    assert words["CPU"] == "12%"
    assert words[text("system.console", lang)] == "512 MiB"
    assert (words[text("system.model", lang)], words[text("system.device", lang)]) == (
        "m",
        text("system.none-yet", lang),
    )
    assert words[""] == "ocrweb 1 · Python 3.11"
    assert next(iter(words)) == text("system.model", lang)
    assert list(words.items())[-1] == (text("system.uptime", lang), "1:02:05")
    cold = replace(now, model=None, device="CPU, OpenVINO f32, 1 threads", uptime=59.9)
    words = dict(cold.words(lang))
    assert words[text("system.model", lang)] == text("system.none-yet", lang)
    assert words[text("system.device", lang)] == device_words("CPU, OpenVINO f32, 1 threads", lang)
    assert words[text("system.uptime", lang)] == "0:00:59"


@pytest.mark.parametrize(("user", "idle", "iowait", "load"), [(0, 0, 0, 0), (1, 3, 0, 25), (1, 1, 2, 25), (0, 4, 0, 0), (4, 0, 0, 100), (4, -1, 0, 100), (-1, 4, 0, 0), (-4, 0, 0, 0)])  # fmt: skip
def test_the_load_is_what_of_the_time_that_passed_nobody_rested(
    user: float, idle: float, iowait: float, load: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counters of a virtual machine may go backwards; waiting for a disk is rest."""
    before = psutil.cpu_times()._replace(user=100.0, idle=100.0, iowait=100.0, guest=0.0)
    after = before._replace(user=100.0 + user, idle=100.0 + idle, iowait=100.0 + iowait, guest=50.0)
    monkeypatch.setattr(system, "_cache", system._Cache())
    system._cache.times = before
    monkeypatch.setattr(psutil, "cpu_times", lambda: after)
    assert system._cpu_load() == pytest.approx(load)


def test_the_load_is_that_of_the_machine_whichever_thread_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from ocrweb.services.machine import system

    now = psutil.cpu_times()
    times = [now._replace(user=100.0 + 3 * step, idle=50.0 + step) for step in range(4)]
    monkeypatch.setattr(psutil, "cpu_times", lambda: times.pop(0))
    system._cache.times = times.pop(0)
    for _ in range(3):
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(system._cpu_load).result() == pytest.approx(75)


@pytest.mark.parametrize(
    ("lang", "count", "said"),
    [("en", 1, "1 thread"), ("en", 2, "2 threads"), ("zh", 1, "1 线程"), ("zh", 12, "12 线程")],
)
def test_a_device_is_named_in_the_visitors_language(lang: str, count: int, said: str) -> None:
    assert device_words(f"CPU, OpenVINO bf16, {count} threads", lang) == f"CPU, OpenVINO bf16, {said}"
    assert device_words("GPU 0, ONNX Runtime CUDA", lang) == "GPU 0, ONNX Runtime CUDA"
