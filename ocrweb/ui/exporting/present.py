"""An export for the eye: progress while it runs, then the verdict with what was measured. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ocrweb import messages
from ocrweb.config import paths
from ocrweb.services.exporting.jobs import ExportSnapshot
from ocrweb.services.exporting.words import engine_name, fact_lines, remarks, verdict_line
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.problems import note_card, problem_card


def job_card(job: ExportSnapshot, lang: str) -> str:
    """HTML of a job: a bar, an error, or the report."""
    if job.error is not None:
        return problem_card(job.error, lang) if job.state == "failed" else note_card(job.error.message(lang), "warning")
    if job.report is not None:
        return report_card(_in_language(job, lang), lang)
    if job.state == "waiting":
        return note_card(texts.say("exporting.waiting", lang))
    stage = messages.text(f"export.stage-{job.stage}", lang)
    line = texts.say("exporting.running", lang, stage=stage, seconds=f"{job.seconds:.0f}")
    return (
        f'<div class="ocrweb-note" role="status" data-state="{escape(job.state)}">{escape(line)}'
        f'<div class="ocrweb-bar" aria-hidden="true"><i style="width:{100 * job.share:.1f}%"></i></div></div>'
    )


def report_card(report: Mapping[str, Any], lang: str) -> str:
    """HTML of the document of `ExportReport.to_dict`: verdict, problems, tables of parity and speed, files."""
    kind, state = ("good", "done") if report["passed"] else ("problem", "refused")
    verdict = verdict_line(report, lang)
    lines = "".join(f"<li>{escape(sentence)}</li>" for sentence in remarks(report, lang))
    where = f"<br><code>{escape(paths.shown(Path(report['path'])))}</code>" if report["path"] else ""
    return (
        f'<div class="ocrweb-{escape(kind)}" role="status" data-state="{escape(state)}"><strong>{escape(verdict)}</strong>'
        f"{f'<ul>{lines}</ul>' if lines else ''}{where}</div>"
        f"{_parity_table(report, lang)}{_speed_table(report, lang)}{_facts(report, lang)}"
    )


def _parity_table(report: Mapping[str, Any], lang: str) -> str:
    gaps = {"onnx": report["parity"], **report["parity"]["others"]}
    rows = [
        (
            engine_name(form, report["details"]["precision"]),
            "NaN" if gap["max_abs_diff"] is None else f"{gap['max_abs_diff']:.1e}",
            f"{gap['agreement']:.1%}",
            f"{gap['within_one_pixel']:.1%}",
            f"{gap['boxes'][0]} / {gap['boxes'][1]}",
        )
        for form, gap in gaps.items()
    ]
    return _table("parity", ("form", "max", "agree", "close", "boxes"), rows, lang)


def _speed_table(report: Mapping[str, Any], lang: str) -> str:
    speed = report["speed"]
    rows = [
        (
            engine_name(name, report["details"]["precision"]),
            f"{figures['median_ms']:.1f}",
            f"{figures['best_ms']:.1f}",
        )
        for name, figures in speed["engines"].items()
    ]
    return _table("speed", ("engine", "median", "best"), rows, lang)


def _facts(report: Mapping[str, Any], lang: str) -> str:
    """Sentences under the tables: size of the measurement, then what no table holds."""
    height, width = report["speed"]["size"]
    lines = [texts.say("exporting.measured", lang, height=height, width=width, seconds=f"{report['seconds']:.0f}")]
    lines += fact_lines(report, lang)
    return "".join(f'<p class="ocrweb-quiet">{escape(line)}</p>' for line in lines)


def _table(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], lang: str) -> str:
    """The first column is a heading; the table scrolls on its own when the window is narrow."""
    head = "".join(f'<th scope="col">{escape(texts.say(f"exporting.column-{key}", lang))}</th>' for key in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f'<td style="white-space:nowrap">{escape(cell)}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    caption = escape(texts.say(f"exporting.table-{name}", lang))
    return (
        f'<div style="overflow-x:auto"><table class="ocrweb-table" style="width:100%">'
        f'<caption style="text-align:left;font-weight:600;padding:10px 0 4px">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _in_language(job: ExportSnapshot, lang: str) -> dict[str, Any]:
    assert job.report is not None
    return job.report.to_dict(lang)
