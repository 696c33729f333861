"""An export that passed is there in whole, with its zip and its report, in the place of an earlier one."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.exporting import run as service
from ocrweb.services.exporting.jobs import archive_of, list_exports
from ocrweb.services.exporting.plan import ExportRequest
from ocrweb.services.exporting.run import delete_export, exported_report, read_report, run_export
from ocrweb.services.models.bin import restore_model
from tests.services.registry.made_models import make_export

GAP = {"max_abs_diff": 1e-5, "mean_abs_diff": 1e-7, "agreement": 1.0, "within_one_pixel": 1.0, "worst_shift": 0.0, "boxes": [3, 3]}  # fmt: skip
NAME = "ppocrv6-small-dynamic-fp16"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the child measures of an export with two files and a folder."""
    engines = {"onnx": {"best_ms": 4.0, "median_ms": 5.0}, "onnx-fp32": {"best_ms": 9.0, "median_ms": 9.5}}
    found: dict[str, Any] = {
        "parity": {"onnx": GAP, "openvino": GAP}, "speed": {"size": [960, 960], "engines": engines}, "memory_mib": None, "hmean": None,
        "details": {"precision": "fp16", "quantised": None}, "forms": {"missing": {"rapidocr": "size"}},
    }  # fmt: skip

    def child(plan: Any, staging: Path, folder: Path, told: Any, cancel: Any) -> Any:
        assert (staging / "work").is_dir()
        (folder / "openvino").mkdir()
        for name in ("model.onnx", "openvino/model.xml"):
            (folder / name).write_text(name)
        told("measure", 0.5)
        return found

    monkeypatch.setattr(service, "run_child", child)
    return found


def test_folder_zip_and_report_are_there_at_once(measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((100.0, 112.3456))
    monkeypatch.setattr(service.time, "monotonic", lambda: next(clock))
    stages: list[tuple[str, float]] = []
    report = run_export(ExportRequest("ppocrv6-small", precision="fp16"), lambda *stage: stages.append(stage))
    folder = paths.exports_dir() / NAME
    assert stages == [("measure", 0.5), ("pack", 0.99), ("done", 1.0)]
    assert (report.passed, report.path, report.archive) == (True, folder, folder.with_name(f"{NAME}.zip"))
    assert report.files == ("model.onnx", "openvino/model.xml", "report.json")
    assert sorted(path.name for path in paths.exports_dir().iterdir()) == [NAME, f"{NAME}.zip"]
    with zipfile.ZipFile(folder.with_name(f"{NAME}.zip")) as archive:
        assert sorted(archive.namelist()) == [f"{NAME}/{name}" for name in report.files]
    document = json.loads((folder / "report.json").read_text())
    assert document == json.loads(json.dumps(report.to_dict("en"))) == exported_report(NAME)
    assert (document["path"], document["model"], document["seconds"]) == (str(folder), "ppocrv6-small", 12.35)
    assert (document["speed"]["ratio_to_fp32"], document["parity"]["others"]) == (0.444, {"openvino": GAP})
    assert (document["missing_forms"], document["problems"], document["notes"]) == ({"rapidocr": "size"}, [], [])


def test_an_earlier_export_of_that_name_makes_room_and_a_form_that_failed_is_taken_away(
    measured: dict[str, Any],
) -> None:
    request = ExportRequest("ppocrv6-small", precision="fp16")
    run_export(request)
    (paths.exports_dir() / NAME / "more").touch()
    measured["parity"]["openvino"] = {**GAP, "agreement": 0.5}
    report = run_export(request)
    assert report.files == ("model.onnx", "report.json")
    assert sorted(path.name for path in (paths.exports_dir() / NAME).iterdir()) == ["model.onnx", "report.json"]
    assert [problem["code"] for problem in report.to_dict()["withdrawn"].values()] == ["export.boxes-differ"]
    assert sorted(path.name for path in paths.exports_dir().iterdir()) == [NAME, f"{NAME}.zip"]


def test_the_newest_export_comes_first_and_what_is_none_is_not_listed() -> None:
    assert list_exports() == []
    for age, name in ((10, "b"), (30, "a"), (20, "c"), (40, ".hidden")):
        os.utime(make_export(name), (age, age))
    (paths.exports_dir() / "theirs").mkdir()
    (paths.exports_dir() / "theirs" / "report.json").write_text("[]")
    (paths.exports_dir() / "other").mkdir()
    (paths.exports_dir() / "other" / "report.json").write_text("{}")
    assert list_exports() == ["a", "c", "b"]
    assert (read_report(paths.exports_dir() / "theirs"), read_report(paths.exports_dir() / "other")) == (None, None)
    assert archive_of("a") == paths.exports_dir() / "a.zip"
    assert archive_of("theirs") is None


def test_a_deleted_export_can_come_back_and_one_that_is_not_there_is_said_to_be(home: Path) -> None:
    make_export("a")
    identifier = delete_export("a")
    assert (list_exports(), archive_of("a")) == ([], None)
    assert restore_model(identifier) == "a"
    for deed in (delete_export, exported_report):
        with pytest.raises(OcrwebError) as refused:
            deed("b")
        assert (refused.value.code, refused.value.params["path"]) == ("usage.missing-path", "b")
