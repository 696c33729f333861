"""What the doctor finds of Python, engines, fonts, Paddle and the port, and how it says what it cannot find out."""

from __future__ import annotations

import importlib.machinery
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from ocrweb.config import paths
from ocrweb.services.machine import doctor
from ocrweb.services.machine import doctor_place as place
from ocrweb.services.machine import doctor_software as software
from ocrweb.services.machine.missing import missing_library


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10), "fail"), ((3, 11), "ok"), ((3, 12), "warn"), ((3, 13), "fail"), ((4, 11), "fail")]
)
def test_python_is_the_one_that_everything_was_tested_with(
    version: tuple[int, int], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(software.sys, "version_info", (*version, 0))
    assert software.check_python().state == state


@pytest.mark.parametrize(
    ("absent", "state", "detail"),
    [
        ([], "ok", "openvino, onnx, paddle"), (["openvino"], "warn", "onnx, paddle (openvino: no openvino)"),
        (["paddle"], "warn", "openvino, onnx (paddle)"), (["openvino", "onnxruntime"], "fail", "paddle (openvino: no openvino; onnx: no onnxruntime)"),
        (["openvino", "onnxruntime", "paddle"], "fail", " (openvino: no openvino; onnx: no onnxruntime; paddle)"),
    ],
)  # fmt: skip
def test_one_engine_beside_paddle_is_enough_to_detect(
    absent: list[str], state: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str) -> None:
        if name in absent:
            raise ImportError(f"no {name}")

    spec = importlib.machinery.ModuleSpec("paddle", None)
    monkeypatch.setattr(software.importlib, "import_module", load)
    monkeypatch.setattr(software.importlib.util, "find_spec", lambda name: None if name in absent else spec)
    check = software.check_engines()
    assert (check.state, check.detail) == (state, detail)


@pytest.mark.parametrize(
    ("installed", "state", "version"),
    [
        ({"paddlepaddle": "3.2.2"}, "ok", "3.2.2"), ({"paddlepaddle-gpu": "3.2.1"}, "ok", "3.2.1"), ({}, "warn", "–"),
        ({"paddlepaddle": "3.2.2", "paddlepaddle-gpu": "3.2.1"}, "ok", "3.2.2"),
    ],
)  # fmt: skip
def test_paddle_is_told_with_what_its_processes_are_given(
    installed: dict[str, str], state: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(software, "installed_version", installed.get)
    monkeypatch.setattr(software, "cpu_vendor", lambda: "AMD")
    monkeypatch.setattr(software, "machine_environment", lambda: {"A": "1", "B": "2"})
    check = software.check_paddle()
    assert (check.state, check.detail) == (state, f"paddlepaddle {version}; AMD; A=1 B=2")
    monkeypatch.setattr(software, "cpu_vendor", str)
    monkeypatch.setattr(software, "machine_environment", dict)
    monkeypatch.setattr(software.platform, "machine", lambda: "arm64")
    assert software.check_paddle().detail == f"paddlepaddle {version}; arm64; –"


def test_fonts_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert software.check_fonts().state == "ok"
    monkeypatch.setattr(software, "ASSETS", tmp_path)
    assert (software.check_fonts().state, software.check_fonts().detail) == ("warn", "0")
    (tmp_path / "fonts").mkdir()
    for name in ("a.ttf", "b.otf", "LICENSE.txt"):
        (tmp_path / "fonts" / name).touch()
    assert (software.check_fonts().state, software.check_fonts().detail) == ("ok", "2")


def test_exact_versions_are_read_from_lines_with_parts_and_remarks() -> None:
    lines = [
        "numpy==2.3.5  # kept",
        "onnxruntime-gpu[cuda,cudnn]==1.26.0; extra",
        "# a==1",
        "opencv-python>=4",
        " ray == 3",
    ]
    assert software._pins(lines) == {"numpy": "2.3.5", "onnxruntime-gpu": "1.26.0"}


def test_without_requirements_the_package_says_what_it_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(software, "CHECKOUT", tmp_path)
    monkeypatch.setattr(software.metadata, "requires", lambda name: ["numpy>=2", "ray; extra == 'x'"])
    assert (software.pinned(), software.pinned_gpu()) == ({"numpy": ">=2"}, {})
    monkeypatch.setattr(software.metadata, "requires", lambda name: None)
    assert software.pinned() == {}

    def absent(name: str) -> Any:
        raise software.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(software.metadata, "requires", absent)
    assert software.pinned() == {}
    (tmp_path / "requirements-nodeps.txt").write_text("paddleocr==3\n")
    assert software.pinned() == {"paddleocr": "3"}


@pytest.mark.parametrize(
    ("pid", "command", "held"),
    [("4711", ["python", "/x/app.py"], True), ("4711", ["vim", "notes"], False), ("many", ["app.py"], False), (None, ["app.py"], False)],
)  # fmt: skip
def test_a_port_that_is_held_by_our_own_console_is_well(
    pid: str | None, command: list[str], held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def process(number: int) -> Any:
        assert number == 4711
        return SimpleNamespace(cmdline=lambda: command)

    monkeypatch.setattr(psutil, "Process", process)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        if pid is not None:
            paths.private_dir().mkdir(parents=True)
            (paths.private_dir() / f"console-{port}.pid").write_text(pid)
        check = place.check_port(port)
    assert check.state == ("ok" if held else "warn")
    assert check.detail.startswith(f"{port}: ")
    assert ("ocrweb, pid 4711" in check.detail) is held


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (ImportError("libGL.so.1: cannot open shared object file", name="cv2"), "usage.no-system-library", "libGL.so.1"),
        (ModuleNotFoundError("No module named 'yaml'", name="yaml"), "usage.no-library", "yaml"),
        (ImportError("numpy  failed\n IMPORTANT: PLEASE READ THIS", name="numpy"), "usage.no-library", "numpy failed"),
        (ModuleNotFoundError("No module named 'ocrweb.x'", name="ocrweb.x"), "", ""), (RuntimeError("libGL.so.1"), "", ""),
    ],
)  # fmt: skip
def test_a_library_that_is_missing_is_named(failure: Exception, code: str, said: str) -> None:
    found = missing_library(failure)
    assert (found.code if found else "") == code
    if found is not None:
        assert said in found.message("en")
        assert "IMPORTANT" not in found.message("en")


def test_a_long_reason_is_cut() -> None:
    found = missing_library(ImportError("x" * 1000, name="numpy"))
    assert found is not None
    assert found.params == {"name": "numpy", "reason": "x" * 200}


def test_where_no_report_can_be_written_the_kind_of_the_failure_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    assert doctor._reason(RuntimeError("odd")).code == "usage.internal"
    monkeypatch.setitem(sys.modules, "ocrweb.services.files.reports", None)
    found = doctor._reason(RuntimeError("odd"))
    assert (found.code, found.params) == ("usage.no-report", {"kind": "RuntimeError"})
