"""A report speaks the language of its reader, whatever language it was written in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.messages import text
from ocrweb.services.exporting.words import fact_lines, remarks
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
