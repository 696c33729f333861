"""An export for the eye: how far it is, then verdict, tables and facts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.exporting.jobs import ExportSnapshot
from ocrweb.services.exporting.plan import ExportRequest
from ocrweb.ui.exporting.present import job_card, report_card
from tests.ui.exporting.test_tab import REPORT

WANTED = ExportRequest("ppocrv6-small", "dynamic", "fp32")
STOPPED = OcrwebError("export.cancelled")


def job(state: str, **more: Any) -> ExportSnapshot:
    return ExportSnapshot("a", state, request=WANTED, **more)


def rows(card: str, table: str) -> list[list[str]]:
    """The cells of a table's body."""
    (body,) = [part for part in card.split("<table")[1:] if table in part.partition("</caption>")[0]]
    found = re.findall(r"<tr>(.*?)</tr>", body.partition("<tbody>")[2])
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in found]


def test_a_job_that_runs_says_its_stage_its_seconds_and_its_share() -> None:
    card = job_card(job("running", seconds=4.6, share=0.255), "en")
    assert "width:25.5%" in card
    assert " 5 s" in card
    assert 'data-state="running"' in card
    assert "ocrweb-bar" not in job_card(job("waiting"), "en")


@pytest.mark.parametrize(("state", "kind"), [("failed", "ocrweb-problem"), ("cancelled", "ocrweb-warning")])
def test_what_failed_is_a_problem_and_what_was_stopped_is_none(state: str, kind: str) -> None:
    card = job_card(job(state, error=STOPPED), "en")
    assert kind in card
    assert STOPPED.message("en") in card


@pytest.mark.parametrize(("passed", "kind", "state"), [(True, "good", "done"), (False, "problem", "refused")])
def test_the_verdict_is_what_the_gate_said(passed: bool, kind: str, state: str) -> None:
    card = report_card({**REPORT, "passed": passed, "path": ""}, "en")
    assert card.startswith(f'<div class="ocrweb-{kind}" role="status" data-state="{state}">')
    assert "<code>" not in card
    assert "<code>" in report_card({**REPORT, "passed": passed, "path": "/x/exports/one"}, "en")


def test_tables_have_a_row_for_every_form_and_every_engine() -> None:
    gap = {"max_abs_diff": 2e-5, "mean_abs_diff": 1e-6, "agreement": 0.9, "within_one_pixel": 0.75, "boxes": [8, 7]}
    figures = {"median_ms": 12.34, "best_ms": 10.0}
    report = {
        **REPORT,
        "parity": {**gap, "others": {"openvino": {**gap, "max_abs_diff": None}}},
        "speed": {"size": [640, 320], "engines": {"paddle": figures, "onnx": figures}, "ratio_to_fp32": None},
        "details": {**REPORT["details"], "precision": "fp32"},
        "seconds": 61.6,
    }
    card = report_card(report, "en")
    captions = re.findall(r"<caption[^>]*>(.*?)</caption>", card)
    assert rows(card, captions[0]) == [
        ["ONNX fp32", "2.0e-05", "90.0%", "75.0%", "8 / 7"],
        ["OpenVINO fp32", "NaN", "90.0%", "75.0%", "8 / 7"],
    ]
    assert rows(card, captions[1]) == [["Paddle", "12.3", "10.0"], ["ONNX fp32", "12.3", "10.0"]]
    measured = re.findall(r'<p class="ocrweb-quiet">(.*?)</p>', card)[0]
    assert re.findall(r"\d+", measured) in (["640", "320", "62"], ["320", "640", "62"])
