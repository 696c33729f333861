"""Which measured differences keep an export from being offered."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.config.judgement import MAP_TOLERANCE, MEAN_TOLERANCE
from ocrweb.services.exporting.gate import judge, speed_ratio


def gap(**changes: Any) -> dict[str, Any]:
    same = {
        "max_abs_diff": 2e-5,
        "mean_abs_diff": 1e-7,
        "agreement": 1.0,
        "within_one_pixel": 1.0,
        "worst_shift": 0.2,
        "boxes": [50, 50],
    }
    return {**same, **changes}


def measured(fp32: float | None = None, export: float = 100.0, hmean: dict[str, Any] | None = None) -> dict[str, Any]:
    engines = {"onnx": {"best_ms": export}} | ({"onnx-fp32": {"best_ms": fp32}} if fp32 else {})
    return {"speed": {"engines": engines}, "hmean": hmean}


@pytest.mark.parametrize(
    ("precision", "changes", "code"),
    [
        ("fp32", {}, None),
        ("fp32", {"max_abs_diff": 2e-4}, None),
        ("fp32", {"max_abs_diff": 2e-3}, "export.maps-differ"),
        ("fp32", {"mean_abs_diff": 2e-5}, "export.maps-drift"),
        ("fp32", {"within_one_pixel": 0.9}, "export.boxes-moved"),
        ("fp32", {"agreement": 0.9}, "export.boxes-differ"),
        ("fp16", {"max_abs_diff": 2e-2}, None),
        ("fp16", {"agreement": 0.95}, "export.boxes-differ"),
        ("int8", {"max_abs_diff": 0.6, "agreement": 0.95, "within_one_pixel": 0.3}, None),
        ("int8", {"agreement": 0.85}, "export.boxes-differ"),
        ("int8", {"max_abs_diff": None}, "export.not-finite"),
    ],
)
def test_each_precision_has_its_limits(precision: str, changes: dict[str, Any], code: str | None) -> None:
    verdict = judge(precision, {"onnx": gap(**changes)}, measured())
    assert [problem.code for problem in verdict.problems] == ([code] if code else [])
    assert verdict.passed == (code is None)


@pytest.mark.parametrize(
    ("precision", "limit", "name", "step"),
    [
        ("fp32", MAP_TOLERANCE, "max_abs_diff", 1e-6), ("fp32", MEAN_TOLERANCE, "mean_abs_diff", 1e-8), ("fp32", 0.99, "within_one_pixel", -1e-6), ("fp32", 0.995, "agreement", -1e-6),
        ("fp16", 0.9, "within_one_pixel", -1e-6), ("fp16", 0.98, "agreement", -1e-6), ("int8", 0.9, "agreement", -1e-6),
    ],
)  # fmt: skip
def test_what_lies_at_the_limit_passes(precision: str, limit: float, name: str, step: float) -> None:
    assert judge(precision, {"onnx": gap(**{name: limit})}, measured()).passed
    assert not judge(precision, {"onnx": gap(**{name: limit + step})}, measured()).passed


@pytest.mark.parametrize(
    ("form", "limit", "name", "step"),
    [
        ("openvino", 1e-2, "max_abs_diff", 1e-5), ("openvino", 0.98, "within_one_pixel", -1e-6), ("openvino", 0.99, "agreement", -1e-6),
        ("openvino-bf16", 0.5, "within_one_pixel", -1e-6), ("openvino-bf16", 0.95, "agreement", -1e-6),
    ],
)  # fmt: skip
def test_a_form_at_its_limit_stays(form: str, limit: float, name: str, step: float) -> None:
    assert judge("fp32", {"onnx": gap(), form: gap(**{name: limit})}, measured()).withdrawn == {}
    verdict = judge("fp32", {"onnx": gap(), form: gap(**{name: limit + step})}, measured())
    assert (verdict.passed, list(verdict.withdrawn)) == (True, [form])


def test_an_openvino_file_of_halves_may_differ_as_much_as_the_onnx_file_of_halves() -> None:
    far = gap(max_abs_diff=0.1, agreement=0.985, within_one_pixel=0.95)
    assert judge("fp16", {"onnx": gap(), "openvino": far}, measured()).withdrawn == {}
    assert list(judge("fp32", {"onnx": gap(), "openvino": far}, measured()).withdrawn) == ["openvino"]


def test_boxes_that_differ_are_told_with_how_many_there_were() -> None:
    (problem,) = judge("fp32", {"onnx": gap(agreement=0.9, worst_shift=3.5, boxes=[50, 45])}, measured()).problems
    assert problem.params == {
        "form": "ONNX", "share": "90.0%", "limit": "99.5%", "shift": 3.5, "reference": 50, "exported": 45,
    }  # fmt: skip


@pytest.mark.parametrize(("export", "noted"), [(94.9, False), (95.0, True)])
def test_five_percent_of_a_gain_are_noise(export: float, noted: bool) -> None:
    notes = judge("fp16", {"onnx": gap()}, measured(fp32=100.0, export=export)).notes
    assert [(note.code, note.params) for note in notes] == (
        [("export.not-faster", {"precision": "fp16", "ratio": "0.95"})] if noted else []
    )


@pytest.mark.parametrize(("labels", "difference", "passes"), [(400, -0.005, True), (400, -0.0051, False), (40, -0.05, True), (40, -0.051, False), (0, -1.9, True)])  # fmt: skip
def test_half_a_point_or_two_boxes_may_be_lost(labels: int, difference: float, passes: bool) -> None:
    found = {"hmean": 0.9 + difference, "reference": {"hmean": 0.9}, "difference": difference, "labels": labels}
    verdict = judge("int8", {"onnx": gap()}, measured(hmean=found))
    assert verdict.passed is passes
    if not passes:
        limit = "0.0050" if labels == 400 else "0.0500"
        assert verdict.problems[0].params == {"form": "ONNX", "exported": f"{0.9 + difference:.4f}", "reference": "0.9000", "limit": limit}  # fmt: skip


def test_a_refusal_says_by_how_much() -> None:
    problem = judge("fp32", {"onnx": gap(max_abs_diff=3.47e-3)}, measured()).problems[0]
    assert "3.5e-03" in problem.message("en")
    assert "1e-03" in problem.message("zh")


@pytest.mark.parametrize(
    ("difference", "labels", "passes"),
    [(-0.004, 2000, True), (0.01, 2000, True), (-0.006, 2000, False), (-0.03, 50, True), (-0.05, 50, False)],
    ids=["within half a point", "better", "more than half a point", "two boxes of fifty", "more than two"],
)
def test_a_lost_hmean_refuses(difference: float, labels: int, passes: bool) -> None:
    found = {"hmean": 0.9 + difference, "reference": {"hmean": 0.9}, "difference": difference, "labels": labels}
    assert judge("int8", {"onnx": gap()}, measured(hmean=found)).passed is passes


def test_a_form_that_fails_is_withdrawn_and_the_others_stay() -> None:
    gaps = {"onnx": gap(), "openvino": gap(), "openvino-bf16": gap(agreement=0.8)}
    verdict = judge("fp32", gaps, measured())
    assert verdict.passed
    assert list(verdict.withdrawn) == ["openvino-bf16"]


@pytest.mark.parametrize(("difference", "withdrawn"), [(-0.004, []), (-0.02, ["openvino-bf16"])])
def test_bf16_must_keep_the_hmean_too(difference: float, withdrawn: list[str]) -> None:
    bf16 = {"hmean": 0.9 + difference, "difference": difference}
    found = {
        "hmean": 0.9,
        "reference": {"hmean": 0.9},
        "difference": 0.0,
        "labels": 2000,
        "others": {"openvino-bf16": bf16},
    }
    verdict = judge("fp32", {"onnx": gap(), "openvino-bf16": gap()}, measured(hmean=found))
    assert verdict.passed
    assert list(verdict.withdrawn) == withdrawn


def test_what_int8_may_change_it_may_change_in_bf16() -> None:
    gaps = {"onnx": gap(), "openvino-bf16": gap(agreement=0.92, within_one_pixel=0.3)}
    assert judge("int8", gaps, measured()).withdrawn == {}
    assert list(judge("fp32", gaps, measured()).withdrawn) == ["openvino-bf16"]


@pytest.mark.parametrize(
    ("export", "notes"), [(47.0, []), (98.0, ["export.not-faster"]), (140.0, ["export.not-faster"])]
)
def test_no_speed_is_promised_that_was_not_measured(export: float, notes: list[str]) -> None:
    figures = measured(fp32=100.0, export=export)
    assert [note.code for note in judge("int8", {"onnx": gap()}, figures).notes] == notes
    assert speed_ratio(figures) == pytest.approx(export / 100)


def test_float32_is_compared_with_nothing() -> None:
    assert speed_ratio(measured()) is None
    assert judge("fp32", {"onnx": gap()}, measured()).notes == ()
