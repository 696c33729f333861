"""How much is enough, how a version fits what is asked for, and what a GPU's trials come to."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.engines.trial import Trial
from ocrweb.services.detect import golden
from ocrweb.services.detect.plausible import LEAST_RECALL
from ocrweb.services.machine import doctor_machine as machine
from ocrweb.services.machine import doctor_place as place
from ocrweb.services.machine import doctor_software as software
from ocrweb.services.machine.doctor_place import GIB


@pytest.mark.parametrize(
    ("value", "state"), [(0, "fail"), (9, "fail"), (10, "warn"), (19, "warn"), (20, "ok"), (99, "ok")]
)
def test_a_level_is_reached_at_its_amount(value: int, state: str) -> None:
    assert place.level_of(value, 10, 20) == state


@pytest.mark.parametrize(("gib", "state"), [(0.99, "fail"), (1, "warn"), (2.99, "warn"), (3, "ok")])
def test_memory_to_detect_and_to_train(gib: float, state: str) -> None:
    check = machine.check_memory(int(gib * GIB))
    assert (check.state, check.detail) == (state, f"{gib:.1f} GiB")


@pytest.mark.parametrize(("gib", "state"), [(0.99, "fail"), (1, "warn"), (9.99, "warn"), (10, "ok")])
def test_disk_under_the_data_root(gib: float, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "not" / "yet"))
    check = place.check_disk(int(gib * GIB))
    assert (check.state, check.detail) == (state, f"{tmp_path}: {gib:.1f} GiB")


@pytest.mark.parametrize(("mib", "state"), [(64, "warn"), (255, "warn"), (256, "ok")])
def test_shared_memory(mib: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place.shutil, "disk_usage", lambda folder: SimpleNamespace(free=mib * 2**20))
    assert (place.check_shm(tmp_path).state, place.check_shm(tmp_path).detail) == (state, f"{mib} MiB")
    assert place.check_shm(tmp_path / "none").state == "warn"


@pytest.mark.parametrize(
    ("found", "wanted", "fits"),
    [
        ("1.2.3", "1.2.3", True), ("1.2.4", "1.2.3", False), ("1.2.3", "==1.2.3", True), ("1.2.3", ">=1.2.3", True), ("1.2.2", ">=1.2.3", False),
        ("1.10", ">=1.9", True), ("2.4", ">=2.3,<2.4", False), ("2.3.9", ">=2.3,<2.4", True), ("2.2", ">=2.3,<2.4", False), ("1.2", "1.2.0", False),
    ],
)  # fmt: skip
def test_a_version_fits_its_range(found: str, wanted: str, fits: bool) -> None:
    assert software._fits(found, wanted) is fits


def device(kind: str, reason: str = "asked") -> Any:
    return SimpleNamespace(kind=kind, reason=reason, index=1, name="Fake", why=lambda: "why", __str__=lambda self: kind)


@pytest.mark.parametrize(
    ("kind", "reason", "trials", "state"),
    [
        ("cpu", "no-gpu", [], "ok"), ("cpu", "driver-error", [], "warn"), ("gpu", "asked", [(True, ""), (True, "")], "ok"),
        ("gpu", "asked", [(True, ""), (False, "")], "warn"), ("gpu", "asked", [(True, "broke"), (False, "")], "fail"), ("gpu", "asked", [], "ok"),
    ],
)  # fmt: skip
def test_a_gpu_is_well_when_every_library_has_cuda_and_runs_there(
    kind: str, reason: str, trials: list[tuple[bool, str]], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "choose_device", lambda wanted: device(kind, reason))
    made = [Trial("onnx", built, failure) for built, failure in trials]
    monkeypatch.setattr(machine, "try_gpu", lambda index: made if index == 1 else pytest.fail("another GPU"))
    check = machine.check_device()
    assert check.state == state
    assert all(failure in check.detail for _, failure in trials)


@pytest.mark.parametrize(
    ("recall", "error", "state"),
    [(LEAST_RECALL, None, "ok"), (1.0, None, "ok"), (LEAST_RECALL - 0.01, None, "fail"), (None, None, "fail"), (1.0, OcrwebError("image.empty"), "fail")],
)  # fmt: skip
def test_a_detection_is_well_when_it_finds_what_is_there(
    recall: float | None, error: OcrwebError | None, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = SimpleNamespace(error=error, timing=SimpleNamespace(total=0.5), device="CPU")
    picture = SimpleNamespace(result=result, recall=recall, name="a.png", boxes=3)
    monkeypatch.setattr(golden, "check_one", lambda request: picture)
    check = machine.check_detection()
    assert check.state == state
    assert (check.detail == error.message()) if error else "a.png" in check.detail

    def broken(request: Any) -> Any:
        raise OcrwebError("image.empty")

    monkeypatch.setattr(golden, "check_one", broken)
    assert machine.check_detection().state == "fail"
