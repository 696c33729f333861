"""A batch for the eye: progress, table, gallery. Pure functions."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import PurePath

import pandas as pd

from ocrweb import messages
from ocrweb.config import paths
from ocrweb.services.batch.originals import LATEST
from ocrweb.services.batch.past import JobSnapshot, PastBatch
from ocrweb.services.batch.rows import Row
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape

GALLERY = LATEST  # thumbnails at a time; the zip has them all
KINDS = {"done": "good", "cancelled": "warning", "failed": "warning", "interrupted": "warning"}


def progress_card(job: JobSnapshot, lang: str) -> str:
    """HTML: a bar with pictures done, rate and time left while it runs; a sentence when it is over."""
    progress = job.progress
    kind = KINDS.get(job.state, "note")
    if progress is None:
        key = {"interrupted": "interrupted-waiting", "running": "preparing"}.get(job.state, "waiting")
        words = " ".join(filter(None, (texts.say(f"batching.{key}", lang), _what_next(job, lang))))
        return (
            f'<div class="ocrweb-{escape(kind)}" role="status" data-state="{escape(job.state)}">{escape(words)}</div>'
        )
    if job.state == "done" and progress.failed:
        kind = "problem" if progress.failed == progress.done else "warning"
    share = 100 * progress.done / max(progress.total, 1)
    failed = texts.say("batching.failed", lang, count=progress.failed) if progress.failed else ""
    words = " ".join(filter(None, (_sentence(job, lang), _what_next(job, lang))))
    where = f"<br><code>{escape(paths.shown(job.folder))}</code>" if job.folder else ""
    return (
        f'<div class="ocrweb-{escape(kind)}" role="status" data-state="{escape(job.state)}">{escape(words)}'
        f"{' <strong>' + escape(failed) + '</strong>' if failed else ''}"
        f'<div class="ocrweb-bar" aria-hidden="true"><i style="width:{share:.1f}%"></i></div>{where}</div>'
    )


def _sentence(job: JobSnapshot, lang: str) -> str:
    """How far it is, or how it ended."""
    progress = job.progress
    assert progress is not None
    numbers = {"done": progress.done, "total": progress.total, "boxes": job.boxes}
    if job.active and progress.done == progress.total:
        return texts.say("batching.packing", lang, **numbers)
    if job.active and not progress.rate:
        return texts.say("batching.first" if not progress.done else "batching.going-on", lang, **numbers)
    if job.active:
        line = texts.say("batching.running", lang, rate=f"{progress.rate:.1f}", **numbers)
        left = texts.say("batching.left", lang, seconds=f"{progress.eta:.0f}") if progress.eta is not None else ""
        return f"{line} {left}".strip()
    key = {"done": "finished", "failed": "stopped-by"}.get(job.state, job.state)
    if job.state == "done" and not progress.seconds:
        key = "earlier"  # only its folder is known, which does not tell how long it took
    return texts.say(f"batching.{key}", lang, seconds=f"{progress.seconds:.1f}", **numbers)


def _what_next(job: JobSnapshot, lang: str) -> str:
    if job.resumable:
        return texts.say("batching.resumable", lang)
    return texts.say("batching.not-resumable", lang) if job.state == "interrupted" else ""


def shown_rows(job: JobSnapshot, lang: str) -> str:
    """HTML under the table: which pictures it lists and where the others are; empty when it lists all."""
    shown, done = len(job.rows) + len(job.failed), job.progress.done if job.progress else 0
    if shown >= done:
        return ""
    words = texts.say("batching.shown-rows", lang, shown=shown, done=done)
    return f'<div class="ocrweb-quiet" role="status">{escape(words)}</div>'


def rows_table(job: JobSnapshot, lang: str) -> pd.DataFrame:
    """Name, regions, milliseconds, or what was wrong, in the order of the pictures.

    Where not all can be listed, those that failed come first.
    """
    columns = [texts.say(f"batching.column-{name}", lang) for name in ("number", "name", "boxes", "time", "note")]
    rows = [
        (
            row.number,
            row.name,
            "" if row.error else row.boxes,
            "" if row.error else f"{row.seconds * 1000:.0f} ms",
            _note(row, lang),
        )
        for row in _in_order(job)
    ]
    return pd.DataFrame(rows, columns=columns)


def _in_order(job: JobSnapshot) -> list[Row]:
    done = job.progress.done if job.progress else 0
    whole = len(job.rows) + len(job.failed) >= done
    return sorted((*job.failed, *job.rows), key=lambda row: (not whole and row.error is None, row.number))


def _note(row: Row, lang: str) -> str:
    """What is wrong with the picture and what to do, or how it was seen; its name stands in another column."""
    if row.error is None:
        tiles = [messages.text("detect.tiles", lang, count=row.tiles)] if row.tiles > 1 else []
        return " ".join([*(messages.text(f"detect.{code}", lang) for code in row.warnings), *tiles])
    return f"{row.error.message(lang).removeprefix(f'{row.name}: ')} {row.error.hint(lang)}".strip()


def gallery_items(job: JobSnapshot) -> list[tuple[str, str]]:
    """The latest drawn pictures in the order that they were given in; the file's name stands first, because a caption is
    cut at its end."""
    latest = [row for row in job.rows if row.drawing is not None][-GALLERY:]
    drawn = sorted(latest, key=lambda row: row.number)
    return [(str(row.drawing), _caption(PurePath(row.name), row.boxes)) for row in drawn]


def _caption(name: PurePath, boxes: int) -> str:
    place = "" if str(name.parent) == "." else f" · {name.parent}"
    return f"{name.name} · {boxes}{place}"


def batch_choices(batches: Iterable[PastBatch], lang: str) -> list[tuple[str, str]]:
    """Label and id of each batch: when, of what, how many pictures."""
    return [(_choice(batch, lang), batch.id) for batch in batches]


def _choice(batch: PastBatch, lang: str) -> str:
    when = time.strftime("%m-%d %H:%M:%S", time.localtime(batch.started))
    key = (
        "batching.choice-interrupted"
        if batch.interrupted
        else "batching.choice-active"
        if batch.active
        else "batching.choice"
    )
    return " · ".join((when, batch.name or batch.folder, texts.say(key, lang, count=batch.done)))
