"""A batch for the eye: progress, table, gallery. Pure functions."""

from __future__ import annotations

import html

import pandas as pd

from ocrweb.services.batch_jobs import JobSnapshot
from ocrweb.ui import texts

GALLERY = 24  # thumbnails at a time; the zip has them all


def progress_card(job: JobSnapshot, lang: str) -> str:
    """HTML: a bar with pictures done, rate and time left while it runs; a sentence when it is over."""
    progress = job.progress
    if job.state == "waiting" or progress is None:
        return f'<div class="ocrweb-note" role="status">{html.escape(texts.say("batching.waiting", lang))}</div>'
    share = 100 * progress.done / max(progress.total, 1)
    if job.active:
        left = texts.say("batching.left", lang, seconds=f"{progress.eta:.0f}") if progress.eta is not None else ""
        line = texts.say(
            "batching.running", lang, done=progress.done, total=progress.total, rate=f"{progress.rate:.1f}"
        )
        words, kind = f"{line} {left}", "note"
    else:
        report = job.report
        boxes = report.boxes if report else 0
        key = "batching.cancelled" if job.state == "cancelled" else "batching.finished"
        words = texts.say(
            key, lang, done=progress.done, total=progress.total, boxes=boxes, seconds=f"{progress.seconds:.1f}"
        )
        kind = "warning" if job.state == "cancelled" else "good"
    failed = texts.say("batching.failed", lang, count=progress.failed) if progress.failed else ""
    where = f"<br><code>{html.escape(str(job.report.folder))}</code>" if job.report else ""
    return (
        f'<div class="ocrweb-{kind}" role="status" data-state="{job.state}">{html.escape(words.strip())}'
        f"{' <strong>' + html.escape(failed) + '</strong>' if failed else ''}"
        f'<div class="ocrweb-bar" aria-hidden="true"><i style="width:{share:.1f}%"></i></div>{where}</div>'
    )


def rows_table(job: JobSnapshot, lang: str) -> pd.DataFrame:
    """The latest pictures, newest first: name, regions, milliseconds, or what was wrong with it."""
    columns = [texts.say(f"batching.column-{name}", lang) for name in ("number", "name", "boxes", "time", "note")]
    rows = [
        (
            row.number,
            row.name,
            "" if row.error else row.boxes,
            "" if row.error else f"{row.seconds * 1000:.0f} ms",
            f"{row.error.message(lang)} {row.error.hint(lang)}" if row.error else "",
        )
        for row in reversed(job.rows)
    ]
    return pd.DataFrame(rows, columns=columns)


def gallery_items(job: JobSnapshot) -> list[tuple[str, str]]:
    """The latest drawn pictures with their names."""
    drawn = [row for row in reversed(job.rows) if row.drawing is not None][:GALLERY]
    return [(str(row.drawing), f"{row.name} · {row.boxes}") for row in drawn]
