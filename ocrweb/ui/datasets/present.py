"""Datasets for the eye: the list, a job's progress, the verdict. Pure functions."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ocrweb.services.datasets.importing import TOOLS
from ocrweb.services.datasets.jobs import DatasetJob
from ocrweb.services.datasets.store import StoredDataset
from ocrweb.services.datasets.validation import SEVERITIES, ValidationReport
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.manual import manual_link
from ocrweb.ui.parts.problems import note_card

LIST_COLUMNS = ("name", "pictures", "boxes", "state", "size")
WARNINGS = (
    "foreign",
    "label-failed",
    "resized-tiny",
    "import-left-out",
    "import-look",
    "import-all-ignored",
    "import-guessed",
    "check-stopped",
)


def tool_name(name: str) -> str:
    """A format as its tool calls itself, in every language."""
    return TOOLS.get(name, name)


def dataset_rows(datasets: list[StoredDataset], lang: str) -> pd.DataFrame:
    """One row a dataset: name, pictures, boxes, what the latest check said, size on disk."""
    columns = [texts.say(f"datasets.column-{name}", lang) for name in LIST_COLUMNS]
    return pd.DataFrame([_row(dataset, lang) for dataset in datasets], columns=columns)


def _row(dataset: StoredDataset, lang: str) -> tuple[str, ...]:
    known = dataset.record.validation
    boxes = str(known["counts"]["boxes"]) if known else "–"
    size = readable_bytes(dataset.record.bytes) if dataset.record.bytes else texts.say("datasets.size-later", lang)
    return dataset.name, f"{dataset.train} + {dataset.test}", boxes, state_words(dataset, lang), size


def state_words(dataset: StoredDataset, lang: str) -> str:
    """What the latest check of a dataset said, in few words with a mark."""
    known = dataset.record.validation
    if dataset.record.formats:
        return "⇄ " + ", ".join(dataset.record.formats)
    if not known:
        return "? " + texts.say("datasets.state-unknown", lang)
    if known["ok"]:
        return "✓ " + texts.say("datasets.state-ready", lang)
    return "✗ " + texts.say("datasets.state-errors", lang, count=known["counts"]["error"])


def readable_bytes(count: int) -> str:
    """``1536`` as ``1.5 KB``."""
    size, unit = float(count), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            break
        size /= 1024
    return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"


def job_card(job: DatasetJob, lang: str) -> str:
    """HTML: what goes on with a bar while it runs; afterwards what came of it."""
    if job.active:
        words = texts.say(f"datasets.stage-{job.stage or 'wait'}", lang)
        share = 100 * job.done / job.total if job.total else 0.0
        amount = _amount(job) if job.total else ""
        return (
            f'<div class="ocrweb-note" role="status" data-state="{escape(job.state)}">{escape(words)} {amount}'
            f'<div class="ocrweb-bar" aria-hidden="true"><i style="width:{share:.1f}%"></i></div></div>'
        )
    notes = job.outcome.note
    if job.state == "cancelled":
        if not job.outcome.dataset:
            return note_card(texts.say("datasets.cancelled", lang), "warning")
        notes = (*notes, ("check-stopped", {"name": job.outcome.dataset}))
    parts = [(texts.say(f"datasets.note-{key}", lang, **values), key) for key, values in notes]
    cards = "".join(note_card(words, "warning" if key in WARNINGS else "good") for words, key in parts)
    return f'<div data-state="{escape(job.state)}" data-kind="{escape(job.kind)}" class="ocrweb-stack">{cards}</div>'


def _amount(job: DatasetJob) -> str:
    if job.stage == "unpack":
        return f"{readable_bytes(job.done)} / {readable_bytes(job.total)}"
    return f"{job.done} / {job.total}"


def verdict_card(report: ValidationReport, lang: str) -> str:
    """HTML: whether training may start, and of each kind of findings how many there are, mend themselves and do not."""
    counts = report.counts
    ready = texts.say("datasets.ready", lang)
    heading = ready if report.ok else texts.say("datasets.stopped", lang, count=counts["error"])
    found = [(severity, counts[severity], counts[f"fixable_{severity}"]) for severity in SEVERITIES if counts[severity]]
    lines = [
        texts.say("datasets.numbers", lang, **{name: value for name, value in counts.items() if name != "rules"}),
        *(
            texts.say(f"datasets.split-{severity}", lang, count=count, fixable=fixable, left=count - fixable)
            for severity, count, fixable in found
        ),
        texts.say("datasets.list-by-hand", lang) if any(count > fixable for _, count, fixable in found) else "",
    ]
    body = "<br>".join(escape(line) for line in lines if line)
    kind = "good" if report.ok else "problem"
    mark = "✓" if report.ok else "✗"
    link = "" if report.ok else f"<br>{manual_link('data', lang)}"
    return (
        f'<div class="ocrweb-{escape(kind)} ocrweb-verdict" role="status" data-ok="{escape(str(report.ok).lower())}">'
        f"<strong>{mark} {escape(heading)}</strong><br>{body}{link}</div>"
    )


def saved_findings(folder: Path, name: str, lang: str, documents: dict[str, str]) -> dict[str, str]:
    """Write the findings' downloads, one file a language: visitors share the folder. Returns the path of each suffix.

    CSV gets a BOM, so that Excel shows Chinese.
    """
    saved = {}
    for suffix, text in documents.items():
        path = folder / f"{name}_findings_{lang}.{suffix}"
        path.write_text(text, encoding="utf-8-sig" if suffix == "csv" else "utf-8", newline="")
        saved[suffix] = str(path)
    return saved
