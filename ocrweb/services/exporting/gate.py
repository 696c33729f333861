"""The gate: whether an export may be offered, from what was measured. Plain numbers in, coded reasons out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocrweb.config.judgement import HMEAN_DROP, MAP_TOLERANCE, MEAN_TOLERANCE
from ocrweb.errors import OcrwebError

FEW = 2  # labelled boxes that may go either way: in a dataset of a few pictures they weigh more than that
FORMS = {"openvino": "OpenVINO", "openvino-bf16": "OpenVINO bf16"}
FASTER = 0.95  # of the float32 time: less of a gain is noise


@dataclass(frozen=True, slots=True)
class Limits:
    """max_abs, mean_abs: greatest and mean difference of map values, None = any. close: share of boxes that must lie within one pixel of
    Paddle's. agreement: share of boxes that must overlap theirs by more than half."""

    max_abs: float | None
    close: float
    agreement: float
    mean_abs: float | None = None


LIMITS: Mapping[str, Limits] = {
    "fp32": Limits(MAP_TOLERANCE, close=0.99, agreement=0.995, mean_abs=MEAN_TOLERANCE),
    "fp16": Limits(None, close=0.9, agreement=0.98),
    "int8": Limits(None, close=0.0, agreement=0.9),
    "openvino": Limits(1e-2, close=0.98, agreement=0.99),
    "openvino-bf16": Limits(None, close=0.5, agreement=0.95),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """problems: why the export is not offered; empty when it is. withdrawn: other forms that failed, with the reason.
    notes: what people should know all the same."""

    problems: tuple[OcrwebError, ...]
    withdrawn: Mapping[str, OcrwebError]
    notes: tuple[OcrwebError, ...]

    @property
    def passed(self) -> bool:
        return not self.problems


def judge(precision: str, parity: Mapping[str, Mapping[str, Any]], measured: Mapping[str, Any]) -> Verdict:
    """parity: per engine (``onnx``, ``openvino``, ``openvino-bf16``) the document of `Gap`. measured: ``speed``, ``hmean``."""
    hmean = measured.get("hmean")
    found = [_parity(precision, parity["onnx"], "ONNX"), _lost(hmean, hmean, "ONNX")]
    withdrawn = {}
    for name, form in FORMS.items():
        if name in parity:
            kind = precision if precision == "int8" or (name == "openvino" and precision != "fp32") else name
            others = (hmean or {}).get("others", {})
            if problem := _parity(kind, parity[name], form) or _lost(others.get(name), hmean, form):
                withdrawn[name] = problem
    return Verdict(tuple(filter(None, found)), withdrawn, tuple(_notes(precision, measured)))


def speed_ratio(measured: Mapping[str, Any]) -> float | None:
    """Time of the export over that of the float32 ONNX, both in ONNX Runtime; None for float32 itself."""
    engines = measured["speed"]["engines"]
    if "onnx-fp32" not in engines:
        return None
    return float(engines["onnx"]["best_ms"]) / float(engines["onnx-fp32"]["best_ms"])


def _lost(found: Mapping[str, Any] | None, hmean: Mapping[str, Any] | None, form: str) -> OcrwebError | None:
    """What is wrong with the hmean of a form on the dataset; None without a dataset."""
    if found is None or hmean is None:
        return None
    limit = max(HMEAN_DROP, FEW / max(1, hmean["labels"]))
    if found["difference"] >= -limit:
        return None
    figures = {"exported": f"{found['hmean']:.4f}", "reference": f"{hmean['reference']['hmean']:.4f}"}
    return OcrwebError("export.hmean-lost", form=form, **figures, limit=f"{limit:.4f}")


def _parity(kind: str, gap: Mapping[str, Any], form: str) -> OcrwebError | None:
    limits = LIMITS[kind]
    worst = gap["max_abs_diff"]
    if worst is None:
        return OcrwebError("export.not-finite", form=form)
    if limits.max_abs is not None and worst > limits.max_abs:
        return OcrwebError("export.maps-differ", form=form, difference=f"{worst:.1e}", limit=f"{limits.max_abs:.0e}")
    mean = gap["mean_abs_diff"]
    if limits.mean_abs is not None and mean > limits.mean_abs:
        return OcrwebError("export.maps-drift", form=form, difference=f"{mean:.1e}", limit=f"{limits.mean_abs:.0e}")
    for name, share, limit in (
        ("export.boxes-differ", gap["agreement"], limits.agreement),
        ("export.boxes-moved", gap["within_one_pixel"], limits.close),
    ):
        if share < limit:
            return OcrwebError(
                name, form=form, share=f"{share:.1%}", limit=f"{limit:.1%}", shift=gap["worst_shift"],
                reference=gap["boxes"][0], exported=gap["boxes"][1],
            )  # fmt: skip
    return None


def _notes(precision: str, measured: Mapping[str, Any]) -> list[OcrwebError]:
    ratio = speed_ratio(measured)
    if ratio is None or ratio < FASTER:
        return []
    return [OcrwebError("export.not-faster", precision=precision, ratio=f"{ratio:.2f}")]
