"""Exports that are refused, fail, are cancelled or find no room: a coded answer, and nothing half stays."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard, embed_card
from ocrweb.runtime.entry import from_onnx
from ocrweb.services.exporting import child as export_child
from ocrweb.services.exporting import jobs
from ocrweb.services.exporting import run as service
from ocrweb.services.exporting.jobs import cancel_export, export_job, start_export
from ocrweb.services.exporting.plan import ExportRequest
from ocrweb.services.exporting.run import run_export
from tests.model.graphs import detector as draw_network


def fake_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str) -> None:
    """A child that does what `body` says, with the specification as ``spec``."""
    (tmp_path / "fake_export_job.py").write_text(
        "import json, sys, time, os, pathlib\nspec = json.load(open(sys.argv[1]))\ntarget = pathlib.Path(spec['target'])\n"
        "def say(**event): print(json.dumps(event), flush=True)\n" + body
    )
    monkeypatch.setattr(export_child, "JOB", "fake_export_job")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


MEASURED = {
    "kind": "measured",
    "parity": {"onnx": {"max_abs_diff": 1e-5, "mean_abs_diff": 1e-7, "agreement": 1.0, "within_one_pixel": 1.0,
                        "worst_shift": 0.0, "boxes": [3, 3]}},
    "speed": {"size": [960, 960], "engines": {"onnx": {"best_ms": 5.0, "median_ms": 6.0, "engine": "CPU"}}},
    "memory_mib": None, "hmean": None, "details": {"quantised": None, "precision": "fp32"}, "forms": {"missing": {}},
}  # fmt: skip


def writes_then_says(**event: Any) -> str:
    return f"(target / 'model.onnx').write_text('a network')\nsay(**json.loads({json.dumps(json.dumps(event))}))\n"


def test_a_refused_export_leaves_nothing_and_says_by_how_much(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    far = {**MEASURED["parity"]["onnx"], "max_abs_diff": 0.02}  # type: ignore[index]
    fake_child(monkeypatch, tmp_path, writes_then_says(**{**MEASURED, "parity": {"onnx": far}}))
    report = run_export(ExportRequest("ppocrv6-small"))
    assert not report.passed
    document = report.to_dict("en")
    assert (document["path"], document["archive"], document["files"]) == (None, None, [])
    assert "2.0e-02" in document["problems"][0]["message"]
    assert list((home / "exports").iterdir()) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("say(kind='error', code='weights.damaged', where=None, params=dict(path='a', size=3))", "weights.damaged"),
        ("print('std::bad_alloc error', file=sys.stderr); os._exit(3)", "export.crashed"),
        ("say(kind='error', code='usage.disk-full', where=None, params=dict(path='/x'))", "usage.disk-full"),
    ],
    ids=["damaged", "died", "disk"],
)
def test_a_failed_child_is_a_coded_answer_and_no_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path, body: str, code: str
) -> None:
    fake_child(monkeypatch, tmp_path, "(target / 'half.onnx').write_text('x')\n" + body)
    with pytest.raises(OcrwebError) as caught:
        run_export(ExportRequest("ppocrv6-small"))
    assert caught.value.code == code
    assert list((home / "exports").iterdir()) == []


@pytest.mark.parametrize(("full", "code"), [(2**62, "usage.disk-full"), (0, "export.crashed")], ids=["full", "free"])
def test_what_libraries_raise_on_a_full_disk_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path, full: int, code: str
) -> None:
    (tmp_path / "fake_export_job.py").write_text(
        "import sys\nfrom ocrweb.training import export_job\nfrom ocrweb.training.export import steps as export_steps\n"
        "def export(*_): raise RuntimeError('basic_ios::clear: iostream error')\n"
        f"export_steps.export, export_job.NEARLY_FULL = export, {full}\nsys.exit(export_job.main())\n"
    )
    monkeypatch.setattr(export_child, "JOB", "fake_export_job")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(OcrwebError) as caught:
        run_export(ExportRequest("ppocrv6-small"))
    assert caught.value.code == code
    assert list((home / "exports").iterdir()) == []


def test_a_zip_that_finds_no_room_names_the_folder_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    def no_room(folder: Path) -> Path:
        raise OcrwebError("usage.disk-full", path=str(folder.parent))

    fake_child(monkeypatch, tmp_path, writes_then_says(**MEASURED))
    monkeypatch.setattr(service, "zip_outputs", no_room)
    with pytest.raises(OcrwebError) as caught:
        run_export(ExportRequest("ppocrv6-small"))
    assert caught.value.params["path"] == str(home / "exports")
    assert list((home / "exports").iterdir()) == []


def test_temporary_files_of_the_child_go_with_the_export(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    place = tmp_path / "place"
    body = f"import tempfile\npathlib.Path({str(place)!r}).write_text(tempfile.mkdtemp())\nos._exit(3)"
    fake_child(monkeypatch, tmp_path, body)
    with pytest.raises(OcrwebError):
        run_export(ExportRequest("ppocrv6-small"))
    assert not Path(place.read_text()).exists()
    with pytest.raises(OcrwebError):
        run_export(ExportRequest("ppocrv6-small", out=tmp_path / "导出" / "mine"))
    assert place.read_text().isascii()  # the converter garbles other names
    assert not Path(place.read_text()).exists()


def test_with_bf16_refused_no_card_of_the_export_allows_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    embed_card(ModelCard(name="small", bf16=True), draw_network(tmp_path / "drawn.onnx"))
    far = {**MEASURED["parity"]["onnx"], "agreement": 0.5}  # type: ignore[index]
    parity = {**MEASURED["parity"], "openvino-bf16": far}  # type: ignore[dict-item]
    body = (
        f"import shutil\nshutil.copy({str(tmp_path / 'drawn.onnx')!r}, target / 'model.onnx')\n"
        "(target / 'model.yml').write_text('name: small\\nbf16: true\\nexport: {opset: 11}\\n')\n"
    )
    fake_child(
        monkeypatch, tmp_path, body + f"say(**json.loads({json.dumps(json.dumps({**MEASURED, 'parity': parity}))}))\n"
    )
    report = run_export(ExportRequest("ppocrv6-small"))
    assert report.path is not None
    assert list(report.verdict.withdrawn) == ["openvino-bf16"]
    assert yaml.safe_load((report.path / "model.yml").read_text())["bf16"] is False
    alone = shutil.copy(report.path / "model.onnx", tmp_path / "alone.onnx")
    assert from_onnx(Path(alone), "alone").card.bf16 is False


def test_an_earlier_export_stays_when_the_new_one_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    fake_child(monkeypatch, tmp_path, writes_then_says(**MEASURED))
    first = run_export(ExportRequest("ppocrv6-small"))
    assert first.path is not None
    fake_child(monkeypatch, tmp_path, "os._exit(3)")
    with pytest.raises(OcrwebError):
        run_export(ExportRequest("ppocrv6-small"))
    assert (first.path / "model.onnx").read_text() == "a network"
    fake_child(monkeypatch, tmp_path, writes_then_says(**MEASURED).replace("a network", "a newer one"))
    move = Path.rename

    def broken(self: Path, target: Path) -> Path:
        if target == first.path and self.name != "old":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return move(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", broken)
        with pytest.raises(OcrwebError):
            run_export(ExportRequest("ppocrv6-small"))
    assert (first.path / "model.onnx").read_text() == "a network"
    run_export(ExportRequest("ppocrv6-small"))
    assert (first.path / "model.onnx").read_text() == "a newer one"
    assert sorted(path.name for path in (home / "exports").iterdir()) == [first.path.name, f"{first.path.name}.zip"]


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_cancelling_ends_the_child_and_what_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    pids = tmp_path / "pids"
    body = (
        "import subprocess\nhelper = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{helper.pid}} ')\nsay(kind='stage', stage='convert', share=0.1)\n"
        "time.sleep(600)\n"
    )
    fake_child(monkeypatch, tmp_path, body)
    job = start_export(ExportRequest("ppocrv6-small"))
    wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    wait_for(lambda: export_job(job).stage == "convert")  # type: ignore[union-attr]
    cancel_export(job)
    wait_for(lambda: not export_job(job).active)  # type: ignore[union-attr]
    assert export_job(job).state == "cancelled"  # type: ignore[union-attr]
    wait_for(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()))
    assert list((home / "exports").iterdir()) == []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_an_export_that_cannot_be_made_is_refused_before_it_is_a_job() -> None:
    with pytest.raises(OcrwebError) as caught:
        start_export(ExportRequest("no such model"))
    assert caught.value.code == "usage.unknown-name"


@pytest.mark.parametrize(("passed", "state"), [(True, "done"), (False, "refused")])
def test_a_job_says_how_far_it_is_and_one_that_is_cancelled_while_it_waits_is_never_begun(
    monkeypatch: pytest.MonkeyPatch, passed: bool, state: str
) -> None:
    begun, over = [], threading.Event()
    report = SimpleNamespace(passed=passed)

    def exporting(request: ExportRequest, told: Callable[[str, float], None], cancel: threading.Event) -> Any:
        told("convert", 0.25)
        begun.append((request, cancel.is_set()))
        over.wait(60)
        return report

    monkeypatch.setattr(jobs, "run_export", exporting)
    request = ExportRequest("ppocrv6-small")
    first, waiting = start_export(request), start_export(request)
    wait_for(lambda: bool(begun))
    cancel_export(waiting)
    assert (found := export_job(first)) is not None
    assert (found.state, found.stage, found.share, found.request) == ("running", "convert", 0.25, request)
    over.set()
    wait_for(lambda: not export_job(waiting).active)  # type: ignore[union-attr]
    assert (done := export_job(first)) is not None
    assert (done.state, done.report) == (state, report)
    assert export_job(waiting).state == "cancelled"  # type: ignore[union-attr]
    assert begun == [(request, False)]


def test_a_cancel_that_is_already_set_starts_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_child(monkeypatch, tmp_path, "time.sleep(600)")
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(OcrwebError) as caught:
        run_export(ExportRequest("ppocrv6-small"), cancel=cancel)
    assert caught.value.code == "export.cancelled"


def test_leftovers_of_a_killed_export_are_swept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for pid in (ended.pid, os.getpid()):
        (home / "exports" / f".export-{pid}-0a0a0a0a").mkdir(parents=True)
    fake_child(monkeypatch, tmp_path, writes_then_says(**MEASURED))
    run_export(ExportRequest("ppocrv6-small"))
    assert [path.name for path in (home / "exports").glob(".export-*")] == [f".export-{os.getpid()}-0a0a0a0a"]
