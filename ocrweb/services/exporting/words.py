"""An export's report in sentences, for the terminal and for the page.

A stored report keeps what it says as codes with their values, so that every reader gets it in the own language; the
English sentences beside them are for those who open the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocrweb.messages import text
from ocrweb.services.files.retelling import retold

NAMES = {"paddle": "Paddle", "onnx-fp32": "ONNX fp32", "openvino-bf16": "OpenVINO bf16"}


def remarks(report: Mapping[str, Any], lang: str | None = None) -> list[str]:
    """What a reader must know before the figures: problems, forms taken away, notes, forms that could not be made."""
    lines = [f"✗ {' '.join(retold(problem, lang))}" for problem in report["problems"]]
    for form, problem in report["withdrawn"].items():
        lines.append(f"! {retold(problem, lang)[0]} {text(f'export.withdrawn-{form}', lang)}")
    lines += [f"! {' '.join(retold(note, lang))}" for note in report["notes"]]
    missing = report["missing_forms"].items()
    return lines + [f"! {text(f'export.without-{form}', lang, reason=reason)}" for form, reason in missing]


def engine_name(key: str, precision: str) -> str:
    """What a form or an engine of a report is called: the export's own two carry its precision."""
    if key == "openvino-bf16" and precision == "int8":
        return "OpenVINO int8, bf16"  # the layers that are not int8
    return NAMES.get(key) or f"{'ONNX' if key == 'onnx' else 'OpenVINO'} {precision}"


def report_lines(report: Mapping[str, Any], lang: str | None = None) -> list[str]:
    """report: the document of `ExportReport.to_dict`. The verdict first, then what it rests on."""
    lines = [verdict_line(report, lang), *remarks(report, lang), *measured_lines(report, lang)]
    if report["path"]:
        lines.append(text("export.folder", lang, path=report["path"]))
        lines.append(text("export.archive", lang, path=report["archive"]))
    return lines


def verdict_line(report: Mapping[str, Any], lang: str | None = None) -> str:
    """Whether it may be used, and for int8 and fp16 by which measure."""
    if not report["passed"]:
        return text("export.failed", lang)
    precision = report["details"]["precision"]
    return text("export.passed" if precision == "fp32" else "export.passed-nearly", lang, precision=precision)


def measured_lines(report: Mapping[str, Any], lang: str | None = None) -> list[str]:
    """Parity of every form, speed of every engine, memory, hmean, layers kept."""
    precision = report["details"]["precision"]
    gaps = {"onnx": report["parity"], **report["parity"]["others"]}
    lines = [parity_line(engine_name(name, precision), gap, lang) for name, gap in gaps.items()]
    speed = report["speed"]
    height, width = speed["size"]
    for name, figures in speed["engines"].items():
        times = {"median": f"{figures['median_ms']:.1f}", "best": f"{figures['best_ms']:.1f}"}
        lines.append(
            text("export.speed", lang, engine=engine_name(name, precision), height=height, width=width, **times)
        )
    return lines + fact_lines(report, lang)


def fact_lines(report: Mapping[str, Any], lang: str | None = None) -> list[str]:
    """What no table holds: time against float32, memory, every hmean, layers kept, who can read the files."""
    precision = report["details"]["precision"]
    lines = []
    if report["speed"]["ratio_to_fp32"] is not None:
        lines.append(text("export.ratio", lang, ratio=f"{report['speed']['ratio_to_fp32']:.2f}"))
    if report["memory_mib"]:
        lines.append(text("export.memory", lang, peak=f"{report['memory_mib']['peak']:.0f}"))
    if found := report["hmean"]:
        for name, score in {"onnx": found, **found.get("others", {})}.items():
            figures = {"hmean": f"{score['hmean']:.4f}", "reference": f"{found['reference']['hmean']:.4f}"}
            form = engine_name(name, precision)
            about = {"pictures": found["pictures"], "dataset": found["dataset"]}
            lines.append(text("export.hmean", lang, form=form, **about, **figures))
    if kept := report["details"]["quantised"]:
        lines.append(text("export.kept", lang, count=len(kept["kept_float32"]), layers=kept["layers"]))
    asked = {name: report["details"].get(name) for name in ("opset", "ir_version", "onnxruntime")}
    if all(asked.values()):  # earlier exports do not tell
        lines.append(text("export.readers", lang, **asked))
    if precision != "fp32" and report["details"].get("opencv_precision"):
        lines.append(text("export.opencv-fp32", lang))
    return lines


def parity_line(form: str, gap: Mapping[str, Any], lang: str | None = None) -> str:
    return text(
        "export.parity",
        lang,
        form=form,
        max=_small(gap["max_abs_diff"]),
        mean=_small(gap["mean_abs_diff"]),
        share=f"{gap['agreement']:.1%}",
        close=f"{gap['within_one_pixel']:.1%}",
        reference=gap["boxes"][0],
        exported=gap["boxes"][1],
    )


def _small(value: float | None) -> str:
    return "NaN" if value is None else f"{value:.1e}"
