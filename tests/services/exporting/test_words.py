"""A report speaks the language of its reader, whatever language it was written in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.messages import text
from ocrweb.services.exporting.words import fact_lines, measured_lines, remarks, report_lines
from ocrweb.services.files.retelling import retold

MOVED = OcrwebError("export.not-faster", precision="int8", ratio="1.20")


def stored(**changes: Any) -> dict[str, Any]:
    """What lies in ``report.json``, written in English."""
    document = {"problems": [], "withdrawn": {}, "notes": [], "missing_forms": {}, **changes}
    return dict(json.loads(json.dumps(document)))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_stored_remarks_are_told_in_the_readers_language(lang: str) -> None:
    lost = OcrwebError("export.hmean-lost", form="OpenVINO bf16", exported="0.8000", reference="0.9000", limit=0.01)
    report = stored(
        problems=[lost.to_record("en")], withdrawn={"openvino-bf16": lost.to_record("en")}, notes=[MOVED.to_record("en")],
        missing_forms={"rapidocr": "size"},
    )  # fmt: skip
    lines = remarks(report, lang)
    assert lines[:3] == [
        f"✗ {lost.message(lang)} {lost.hint(lang)}",
        f"! {lost.message(lang)} {text('export.withdrawn-openvino-bf16', lang)}",
        f"! {MOVED.message(lang)} {MOVED.hint(lang)}",
    ]
    assert "RapidOCR" in lines[3]


@pytest.mark.parametrize(
    "entry",
    [
        {"code": "export.not-faster", "message": "as written", "hint": "then"},
        {"code": "export.from-a-later-version", "message": "as written", "hint": "then", "params": {}},
        {"code": "export.not-faster", "message": "as written", "hint": "then", "params": {"other": 1}},
    ],
    ids=["no values", "unknown code", "other values"],
)
def test_what_another_version_wrote_stays_as_written(entry: dict[str, Any]) -> None:
    assert retold(entry, "zh") == ("as written", "then")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_who_can_read_the_file_and_what_the_opencv_file_is_in_are_told(lang: str, precision: str) -> None:
    details = {"precision": precision, "quantised": None, "opset": 16, "ir_version": 8, "onnxruntime": "1.11"}
    report = {"speed": {"ratio_to_fp32": None}, "memory_mib": None, "hmean": None, "details": details}
    assert fact_lines(report, lang) == [text("export.readers", lang, opset=16, ir_version=8, onnxruntime="1.11")]
    details["opencv_precision"] = "fp32"
    told = text("export.opencv-fp32", lang)
    assert (told in fact_lines(report, lang)) == (precision != "fp32")
    del details["onnxruntime"]
    assert len(fact_lines(report, lang)) == (precision != "fp32")


def measured(precision: str = "int8", **changes: Any) -> dict[str, Any]:
    """Figures of which no two are alike."""
    gap = {
        "max_abs_diff": 0.0131,
        "mean_abs_diff": 0.00037,
        "agreement": 0.9914,
        "within_one_pixel": 0.8762,
        "boxes": [17, 16],
    }
    lost = {**gap, "max_abs_diff": None, "mean_abs_diff": None, "boxes": [17, 3]}
    speed = {
        "size": [640, 960], "ratio_to_fp32": 0.456,
        "engines": {"onnx": {"median_ms": 12.34, "best_ms": 11.06}, "paddle": {"median_ms": 99.94, "best_ms": 98.76}},
    }  # fmt: skip
    scores = {
        "hmean": 0.71239,
        "reference": {"hmean": 0.81},
        "pictures": 21,
        "dataset": "shop",
        "others": {"openvino-bf16": {"hmean": 0.7}},
    }
    kept = {"kept_float32": ["a", "b", "c"], "layers": 40}
    return stored(
        passed=True, path="exports/m", archive="exports/m.zip", parity={**gap, "others": {"openvino": lost}}, speed=speed,
        memory_mib={"peak": 512.6}, hmean=scores, details={"precision": precision, "quantised": kept}, **changes,
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_figure_is_told_with_what_it_is_of(lang: str) -> None:
    about = {"share": "99.1%", "close": "87.6%", "reference": 17}
    assert measured_lines(measured(), lang) == [
        text("export.parity", lang, form="ONNX int8", max="1.3e-02", mean="3.7e-04", exported=16, **about),
        text("export.parity", lang, form="OpenVINO int8", max="NaN", mean="NaN", exported=3, **about),
        text("export.speed", lang, engine="ONNX int8", height=640, width=960, median="12.3", best="11.1"),
        text("export.speed", lang, engine="Paddle", height=640, width=960, median="99.9", best="98.8"),
        text("export.ratio", lang, ratio="0.46"),
        text("export.memory", lang, peak="513"),
        text("export.hmean", lang, form="ONNX int8", pictures=21, dataset="shop", hmean="0.7124", reference="0.8100"),
        text("export.hmean", lang, form="OpenVINO int8, bf16", pictures=21, dataset="shop", hmean="0.7000", reference="0.8100"),
        text("export.kept", lang, count=3, layers=40),
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("precision", "verdict"), [("fp32", "passed"), ("fp16", "passed-nearly"), ("int8", "passed-nearly")])  # fmt: skip
def test_the_verdict_comes_first_and_where_the_files_lie_last(lang: str, precision: str, verdict: str) -> None:
    first, *others = report_lines(measured(precision, notes=[MOVED.to_record("en")]), lang)
    assert first == text(f"export.{verdict}", lang, precision=precision)
    assert others[0] == f"! {MOVED.message(lang)} {MOVED.hint(lang)}"
    assert others[-2:] == [
        text("export.folder", lang, path="exports/m"),
        text("export.archive", lang, path="exports/m.zip"),
    ]
    failed, *others = report_lines({**measured(precision), "passed": False, "path": ""}, lang)
    assert failed == text("export.failed", lang)
    assert not any("exports/m" in line for line in others)
