"""The gate: whether an export may be offered, from what was measured. Plain numbers in, coded reasons out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocrweb.errors import OcrwebError

HMEAN_DROP = 0.01  # a dataset of a few pictures moves by that much through a handful of boxes
FASTER = 0.95  # of the float32 time: less of a gain is noise


@dataclass(frozen=True, slots=True)
class Limits:
    """max_abs: greatest difference of a map value, None = any. close: share of boxes that must lie within one pixel of
    Paddle's. agreement: share of boxes that must overlap theirs by more than half."""

    max_abs: float | None
    close: float
    agreement: float


LIMITS: Mapping[str, Limits] = {
    "fp32": Limits(1e-4, close=0.99, agreement=0.995),
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
    problems = [problem for problem in [_parity(precision, parity["onnx"], "ONNX")] if problem]
    hmean = measured.get("hmean")
    if hmean is not None and hmean["difference"] < -HMEAN_DROP:
        figures = {"exported": f"{hmean['hmean']:.4f}", "reference": f"{hmean['reference']['hmean']:.4f}"}
        problems.append(OcrwebError("export.hmean-lost", **figures, limit=HMEAN_DROP))
    withdrawn = {}
    for name in ("openvino", "openvino-bf16"):
        if name in parity:
            kind = precision if name == "openvino" and precision != "fp32" else name
            if problem := _parity(kind, parity[name], "OpenVINO bf16" if name.endswith("bf16") else "OpenVINO"):
                withdrawn[name] = problem
    return Verdict(tuple(problems), withdrawn, tuple(_notes(precision, measured)))


def speed_ratio(measured: Mapping[str, Any]) -> float | None:
    """Time of the export over that of the float32 ONNX, both in ONNX Runtime; None for float32 itself."""
    engines = measured["speed"]["engines"]
    if "onnx-fp32" not in engines:
        return None
    return float(engines["onnx"]["best_ms"]) / float(engines["onnx-fp32"]["best_ms"])


def _parity(kind: str, gap: Mapping[str, Any], form: str) -> OcrwebError | None:
    limits = LIMITS[kind]
    worst = gap["max_abs_diff"]
    if worst is None:
        return OcrwebError("export.not-finite", form=form)
    if limits.max_abs is not None and worst > limits.max_abs:
        return OcrwebError("export.maps-differ", form=form, difference=f"{worst:.1e}", limit=f"{limits.max_abs:.0e}")
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
