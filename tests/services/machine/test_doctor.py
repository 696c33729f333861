from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import cv2
import pytest

from ocrweb import messages
from ocrweb.runtime.device import Device, cpu_name
from ocrweb.runtime.engines.choose import Abilities, Note
from ocrweb.runtime.engines.trial import Trial
from ocrweb.runtime.int8 import Int8Copy
from ocrweb.services.machine import doctor_machine as machine
from ocrweb.services.machine import doctor_place as place
from ocrweb.services.machine import doctor_software as software
from ocrweb.services.machine.check import Check, DoctorReport
from ocrweb.services.machine.doctor import diagnose_machine

GIB = 2**30


@pytest.mark.usefixtures("detector")
def test_every_check_answers_and_this_environment_is_fit() -> None:
    seen: list[Check] = []
    report = diagnose_machine(0, seen.append)
    states = {check.id: (check.state, check.detail) for check in report.checks}
    assert [check.id for check in seen] == list(states)
    assert {
        name: states[name][0] for name in ("python", "libraries", "opencv", "engines", "rights", "detection")
    } == dict.fromkeys(("python", "libraries", "opencv", "engines", "rights", "detection"), "ok"), states


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_check_has_a_title_and_advice_in_both_languages(lang: str) -> None:
    names = [
        key.removeprefix("check-") for key in messages.load_area("en", "text", "doctor") if key.startswith("check-")
    ]
    assert len(names) == 14
    for name in names:
        check = Check(name, "fail", "x")
        assert check.title(lang)
        assert check.advice(lang)
        assert Check(name, "ok", "x").advice(lang) == ""


def test_a_warning_is_not_a_failure() -> None:
    assert DoctorReport((Check("bf16", "warn", ""), Check("disk", "ok", ""))).ok
    failed = DoctorReport((Check("bf16", "warn", "slow"), Check("disk", "fail", "0.1 GiB")))
    assert not failed.ok
    document = failed.to_dict("zh")
    assert (document["ok"], [row["id"] for row in document["checks"]]) == (False, ["bf16", "disk"])
    assert document["checks"][1] == {
        "id": "disk", "state": "fail", "detail": "0.1 GiB", "advice": failed.checks[1].advice("zh"),
    }  # fmt: skip


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Check:
        raise RuntimeError("odd")

    monkeypatch.setattr(machine, "check_memory", broken)
    monkeypatch.setattr(machine, "check_detection", lambda: Check("detection", "ok", ""))
    report = diagnose_machine(0)
    assert [check.id for check in report.checks if check.state == "fail"] == ["memory"]
    assert len(report.checks) == 14


@pytest.mark.parametrize(
    ("pins", "state", "word"),
    [
        ({"numpy": "0.0.1"}, "warn", "numpy 0.0.1"),
        ({"no-such-library": "1"}, "fail", "no-such-library"),
        ({}, "ok", "0 / 0"),
        ({"numpy": ">=1.2,<99"}, "ok", "1 / 1"),
        ({"numpy": ">=98,<99"}, "warn", "numpy >=98,<99"),
        ({"numpy": ">=1.2,<2.0.1"}, "warn", "numpy"),
    ],
)
def test_versions_are_compared_with_the_pins(pins: dict[str, str], state: str, word: str) -> None:
    check = software.check_libraries(pins)
    assert check.state == state
    assert word in check.detail


def test_the_pins_are_those_of_the_requirements() -> None:
    pins = software.pinned()
    assert pins["paddlepaddle"] == "3.2.2"
    assert "paddleocr" in pins  # installed apart, without what it asks for
    assert len({pins[name] for name in software.OPENCV}) == 1


def test_an_installed_package_is_held_to_its_own_ranges_without_its_parts() -> None:
    asked = [
        "numpy>=2.3.5,<2.4",
        "onnxruntime-gpu[cuda,cudnn]==1.26.0; extra == 'gpu'",
        'paddle2onnx==2.0.1; extra == "train"',
        "gradio==6.31.0",
    ]
    assert software._ranges(asked) == {"numpy": ">=2.3.5,<2.4", "gradio": "==6.31.0"}


def installed(monkeypatch: pytest.MonkeyPatch, **versions: str) -> None:
    monkeypatch.setattr(software, "installed_version", lambda name: versions.get(name.replace("-", "_")))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", list(software.GPU_VARIANTS))
def test_a_cpu_and_a_gpu_build_side_by_side_are_a_warning(
    name: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, **{name: "3.2.2", f"{name}_gpu": "1.26.0"})
    with messages.use_language(lang):
        check = software.check_libraries({name: "3.2.2"})
    assert check.state == "warn"
    assert f"{name}-gpu 1.26.0" in check.detail
    assert "pip uninstall" in check.advice(lang)


def test_a_gpu_build_in_place_of_the_cpu_build_is_compared_with_its_own_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    pins = {"paddlepaddle": "3.2.2", "onnxruntime": "1.32.0"}
    gpu = software.pinned_gpu()
    assert gpu.keys() == set(software.GPU_VARIANTS.values())
    installed(monkeypatch, paddlepaddle_gpu=gpu["paddlepaddle-gpu"], onnxruntime_gpu=gpu["onnxruntime-gpu"])
    assert software.check_libraries(pins).state == "ok"
    installed(monkeypatch, paddlepaddle_gpu=gpu["paddlepaddle-gpu"], onnxruntime_gpu="1.27.0")
    assert software.check_libraries(pins).state == "warn"
    monkeypatch.setattr(software, "pinned_gpu", dict)
    assert software.check_libraries(pins).state == "ok"


@pytest.mark.parametrize(
    ("versions", "state"),
    [
        ({"opencv-python": f"{cv2.__version__}.1", "opencv-contrib-python": f"{cv2.__version__}.1"}, "ok"),
        ({"opencv-python": "5.0.0.1", "opencv-contrib-python": f"{cv2.__version__}.1"}, "fail"),
        ({"opencv-python": "4.9.0.80"}, "fail"),
    ],
    ids=["one version", "two in one folder", "another lies in the folder"],
)
def test_opencv_distributions_must_agree(versions: dict[str, str | None], state: str) -> None:
    assert software.check_opencv(versions).state == state


def test_a_missing_system_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> Any:
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(software.importlib, "import_module", broken)
    check = software.check_opencv()
    assert check.state == "fail"
    assert "libGL.so.1" in check.detail
    assert "libgl1" in check.advice("zh")


WORKS, UNBUILT = Trial("ONNX Runtime", True), Trial("Paddle", False)
FAILS = Trial("Paddle", True, "Paddle could not be started on the GPU: CUDA error(100).")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("trials", "state"),
    [
        pytest.param((WORKS, Trial("Paddle", True)), "ok", id="both run"),
        pytest.param((WORKS, UNBUILT), "warn", id="one was built without CUDA"),
        pytest.param((Trial("ONNX Runtime", False), UNBUILT), "warn", id="both were"),
        pytest.param((WORKS, FAILS), "fail", id="one does not run"),
    ],
)
def test_a_gpu_is_well_only_when_both_libraries_run_on_it(
    trials: tuple[Trial, ...], state: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "choose_device", lambda wanted: Device("gpu", 2, "H100", "gpu-free"))
    monkeypatch.setattr(machine, "try_gpu", lambda index: trials if index == 2 else ())
    with messages.use_language(lang):
        check = machine.check_device()
    assert check.state == state
    for trial in trials:
        assert trial.engine in check.detail
        assert trial.failure in check.detail
    assert ("requirements-gpu.txt" in check.advice(lang)) == (state != "ok")


def test_without_a_gpu_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "choose_device", lambda wanted: Device("cpu", 0, "CPU", "no-driver"))
    monkeypatch.setattr(machine, "try_gpu", lambda index: pytest.fail("a GPU was tried"))
    assert machine.check_device().state == "ok"


def test_a_driver_that_answers_with_an_error_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "choose_device", lambda wanted: Device("cpu", 0, "EPYC", "driver-error", "GPU lost"))
    check = machine.check_device()
    assert check.state == "warn"
    assert "GPU lost" in check.detail


@pytest.mark.parametrize(("free", "state"), [(GIB // 2, "fail"), (2 * GIB, "warn"), (64 * GIB, "ok")])
def test_memory_and_disk_have_a_least_and_a_good_amount(free: int, state: str) -> None:
    assert machine.check_memory(free).state == state
    assert place.check_disk(free).state == state


def test_a_held_port_is_said() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        check = place.check_port(port)
    assert (check.state, str(port) in check.detail) == ("warn", True)
    assert place.check_port(port).state == "ok"


def test_a_data_root_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "file"))
    check = place.check_rights()
    assert check.state == "fail"
    assert str(tmp_path / "file") in check.detail


def test_too_little_shared_memory_is_a_warning(tmp_path: Path) -> None:
    assert place.check_shm(tmp_path / "none").state == "warn"


def test_the_arithmetic_of_detection_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setattr(machine, "abilities", lambda: Abilities(bf16=False, onnx_cuda=False, paddle_cuda=False))
    check = machine.check_bf16()
    assert (check.state, check.detail) == ("warn", Note("f32-cpu").text())
    assert "ocrweb models --int8" in check.advice("en")
    copy = Int8Copy(
        cpu=cpu_name(), times={"f32": 10, "int8": 4}, hmean={"f32": 0.9, "int8": 0.9}, calibration="rendered",
        pictures=1, layers=1, kept_float32=(), network=tmp_path / "n",
    )  # fmt: skip
    monkeypatch.setattr(machine, "find_copy", lambda entry: copy)
    check = machine.check_bf16()
    assert (check.state, check.detail) == ("ok", Note("int8-fast", {"share": 0.4, "other": "f32"}).text())
