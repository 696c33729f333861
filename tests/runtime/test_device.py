"""The device is decided in one place, from what was asked for and what the driver says."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pynvml
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime import device
from ocrweb.runtime.device import GIB, Gpu, Sighting, choose_device, decide, has_bf16, of_worker, see_gpus

BIG, SMALL = Gpu(0, "Big", 80 * GIB, 70 * GIB), Gpu(1, "Small", 8 * GIB, 6 * GIB)
FULL = Gpu(0, "Full", 80 * GIB, GIB // 2)


@pytest.mark.parametrize(
    ("requested", "seen", "kind", "index", "reason"),
    [
        pytest.param("auto", Sighting("absent"), "cpu", 0, "no-driver", id="no driver"),
        pytest.param("auto", Sighting("ok"), "cpu", 0, "no-gpu", id="driver without a GPU"),
        pytest.param("auto", Sighting("error", detail="mismatch"), "cpu", 0, "driver-error", id="driver error"),
        pytest.param("auto", Sighting("ok", (FULL,)), "cpu", 0, "gpu-full", id="too little free memory"),
        pytest.param("auto", Sighting("ok", (SMALL, BIG)), "gpu", 0, "gpu-free", id="most free memory of two"),
        pytest.param("auto", Sighting("ok", (FULL, SMALL)), "gpu", 1, "gpu-free", id="the one that is not full"),
        pytest.param("gpu", Sighting("ok", (BIG, SMALL)), "gpu", 0, "asked", id="GPU asked for"),
        pytest.param("cpu", Sighting("ok", (BIG,)), "cpu", 0, "asked", id="CPU asked for beside a GPU"),
        pytest.param("gpu:1", Sighting("ok", (BIG, SMALL)), "gpu", 1, "asked", id="the second GPU asked for"),
    ],
)
def test_device_follows_from_request_and_driver(
    requested: str, seen: Sighting, kind: str, index: int, reason: str
) -> None:
    chosen = decide(requested, seen)
    assert (chosen.kind, chosen.index, chosen.reason) == (kind, index, reason)
    assert chosen.why("en") != chosen.why("zh")


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        pytest.param(Sighting("absent"), "engine.no-gpu", id="no driver"),
        pytest.param(Sighting("ok"), "engine.no-gpu", id="driver without a GPU"),
        pytest.param(Sighting("error", detail="mismatch"), "engine.no-gpu", id="driver error"),
        pytest.param(Sighting("ok", (FULL,)), "engine.gpu-full", id="too little free memory"),
    ],
)
def test_a_gpu_asked_for_in_vain_is_an_error_with_the_reason(seen: Sighting, code: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        decide("gpu", seen)
    assert caught.value.code == code
    assert seen.detail in caught.value.message("en")
    assert "CPU:" not in caught.value.message("zh")
    assert caught.value.hint("zh")


def test_training_may_ask_for_more_memory_than_detection() -> None:
    assert decide("auto", Sighting("ok", (SMALL,)), needed=4 * GIB).kind == "gpu"
    assert decide("auto", Sighting("ok", (SMALL,)), needed=12 * GIB).reason == "gpu-full"


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(OcrwebError, match=r"usage\.bad-value"):
        decide("tpu", Sighting("absent"))
    with pytest.raises(OcrwebError, match=r"usage\.bad-value"):
        decide("gpu:x", Sighting("absent"))


def test_a_gpu_that_is_not_there_is_not_replaced_by_another() -> None:
    with pytest.raises(OcrwebError, match=r"engine\.no-gpu"):
        decide("gpu:5", Sighting("ok", (BIG, SMALL)))


def test_the_cpu_is_chosen_without_asking_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "see_gpus", lambda: pytest.fail("the driver was asked"))
    assert choose_device("cpu").reason == "asked"


@pytest.mark.parametrize(
    ("requested", "gpus", "share"),
    [
        pytest.param("auto", 0.0, (0, "cpu"), id="no GPUs"),
        pytest.param("auto", 0.5, (0, "cpu"), id="less than one"),
        pytest.param("auto", 3.0, (1, "auto"), id="a GPU each"),
        pytest.param("gpu", 1.0, (1, "gpu"), id="asked for"),
        pytest.param("cpu", 3.0, (0, "cpu"), id="CPUs asked for"),
    ],
)
def test_a_worker_of_a_cluster_has_one_gpu_or_works_on_the_cpu(
    requested: str, gpus: float, share: tuple[int, str]
) -> None:
    assert of_worker(requested, gpus) == share


@pytest.mark.parametrize(
    ("requested", "code"), [("gpu", "engine.no-gpu"), ("gpu:1", "usage.bad-value"), ("tpu", "usage.bad-value")]
)
def test_a_worker_is_not_promised_a_gpu_that_no_machine_offers(requested: str, code: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        of_worker(requested, 0)
    assert caught.value.code == code
    assert caught.value.message("zh")
    assert caught.value.hint("zh")


class FakeDriver:
    """Three GPUs behind pynvml's names."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failure: Exception | None = None) -> None:
        self.failure = failure
        self.open = 0
        monkeypatch.setattr(device, "_has_driver", lambda: True)
        for name in ("nvmlInit", "nvmlShutdown", "nvmlDeviceGetCount", "nvmlDeviceGetHandleByIndex"):
            monkeypatch.setattr(pynvml, name, getattr(self, name))
        for name in ("nvmlDeviceGetName", "nvmlDeviceGetUUID", "nvmlDeviceGetMemoryInfo"):
            monkeypatch.setattr(pynvml, name, getattr(self, name))

    def nvmlInit(self) -> None:
        if self.failure:
            raise self.failure
        self.open += 1

    def nvmlShutdown(self) -> None:
        self.open -= 1

    def nvmlDeviceGetCount(self) -> int:
        return 3

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, handle: int) -> bytes:
        return f"card {handle}".encode()

    def nvmlDeviceGetUUID(self, handle: int) -> str:
        return f"GPU-{handle}{handle}aa"

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        return SimpleNamespace(total=(handle + 1) * GIB, free=handle * GIB)


@pytest.mark.parametrize(
    ("visible", "names"),
    [
        pytest.param(None, ["card 0", "card 1", "card 2"], id="unset"),
        pytest.param("2,0", ["card 2", "card 0"], id="reordered"),
        pytest.param("", [], id="empty"),
        pytest.param("-1", [], id="none"),
        pytest.param("1,7,0", ["card 1"], id="ends at an unknown index"),
        pytest.param("GPU-22aa", ["card 2"], id="uuid"),
        pytest.param("GPU-1", ["card 1"], id="start of a uuid"),
    ],
)
def test_gpus_are_numbered_as_frameworks_number_them(
    visible: str | None, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = FakeDriver(monkeypatch)
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    seen = see_gpus()
    assert [gpu.name for gpu in seen.gpus] == names
    assert [gpu.index for gpu in seen.gpus] == list(range(len(names)))
    assert driver.open == 0


def test_a_worker_takes_the_gpu_that_it_was_given_as_its_first(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeDriver(monkeypatch)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2")  # as Ray sets it for a worker of its third GPU
    gpus, asked = of_worker("auto", 3)
    chosen = choose_device(asked)
    assert (gpus, chosen.kind, chosen.index, chosen.name) == (1, "gpu", 0, "card 2")


@pytest.mark.parametrize(
    ("failure", "driver"),
    [
        pytest.param(pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND), "absent", id="no library"),
        pytest.param(pynvml.NVMLError(pynvml.NVML_ERROR_DRIVER_NOT_LOADED), "absent", id="driver not loaded"),
        pytest.param(pynvml.NVMLError(pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH), "error", id="version mismatch"),
    ],
)
def test_a_driver_that_fails_is_told_apart_from_none(
    failure: Exception, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeDriver(monkeypatch, failure)
    assert see_gpus().driver == driver


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only NVIDIA's own face knows the library's place")
def test_without_the_drivers_library_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(device.ctypes, "CDLL", absent)
    monkeypatch.setitem(sys.modules, "pynvml", None)  # its import would fail
    assert see_gpus() == Sighting("absent")


@pytest.mark.parametrize(
    ("flags", "capabilities", "answer"),
    [
        pytest.param("avx512f avx512_bf16", ("FP32", "BF16"), True, id="processor and OpenVINO"),
        pytest.param("avx512f", ("FP32", "BF16"), False, id="emulated"),
        pytest.param("avx512_bf16", ("FP32",), False, id="OpenVINO does not"),
    ],
)
def test_bf16_needs_the_processor_and_openvino(
    flags: str, capabilities: tuple[str, ...], answer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "_cpuinfo", lambda: f"processor : 0\nflags\t: fpu {flags}\n")
    assert has_bf16(capabilities) is answer


def test_without_processor_flags_openvino_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_cpuinfo", lambda: "")
    assert has_bf16(("BF16",))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD: EPYC 9 \nmodel name\t: another\n", "AMD: EPYC 9"),
        ("processor\t: 0\nBogoMIPS\t: 50.00\n", ""),
        ("", ""),
    ],
    ids=["the first of them", "a processor without a name", "no list"],
)
def test_a_processor_is_called_by_its_model(told: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_cpuinfo", lambda: told)
    assert device.cpu_name.__wrapped__() == name
