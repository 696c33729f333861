"""The way of the work under the header, from detecting to exporting: what there is of each step, what runs, what is next."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import gradio as gr

from ocrweb.config.judgement import IMPROVED, THRESHOLDS
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.store import list_datasets
from ocrweb.services.exporting.jobs import list_exports
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training.view import run_view
from ocrweb.ui.parts.both import both
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.opening import drawn_at_opening
from ocrweb.ui.parts.problems import caught

FRESH = 2.0  # seconds for which an answer is given again, to every visitor
# The steps with the tab that each is done on.
STEPS = {
    "detect": "single", "label": "datasets", "check": "datasets", "train": "training", "prove": "training",
    "use": "models", "export": "exporting",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is. ready: datasets that a check found good. runs: finished. better: of these, than their base; tuned: by
    their thresholds alone.

    training: name of the run that goes on and its share in percent; queued: runs that wait.
    """

    datasets: int = 0
    ready: int = 0
    runs: int = 0
    better: int = 0
    tuned: int = 0
    exports: int = 0
    training: tuple[str, int] | None = None
    queued: int = 0

    @property
    def next(self) -> str:
        """The first step that nothing has been done for yet."""
        missing = {"label": not self.datasets, "check": not self.ready, "train": not self.runs and not self.training}
        missing |= {"prove": not self.proven, "export": not self.exports}
        return next((step for step, is_missing in missing.items() if is_missing), "use")

    @property
    def proven(self) -> int:
        return self.better + self.tuned

    def counts(self) -> dict[str, int]:
        """How much there is of each step that leaves something behind."""
        return {
            "label": self.datasets, "check": self.ready, "train": self.runs, "prove": self.proven, "export": self.exports,
        }  # fmt: skip


class _Cache:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: tuple[float, Overview] | None = None


_cache = _Cache()


def overview() -> Overview:
    """At most `FRESH` seconds old, so that many open pages cost no more than one."""
    with _cache.lock:
        now = time.monotonic()
        if _cache.kept is None or now - _cache.kept[0] >= FRESH:
            found = caught(look)
            _cache.kept = (now, Overview() if isinstance(found, OcrwebError) else found)
        return _cache.kept[1]


def look() -> Overview:
    """What there is in the data root now."""
    datasets, rows = list_datasets(), training_jobs.rows()
    finished = [row for row in rows if row.state == "finished"]
    return Overview(
        datasets=len(datasets),
        ready=sum(bool(dataset.record.validation and dataset.record.validation.get("ok")) for dataset in datasets),
        runs=len(finished),
        better=sum(row.outcome == IMPROVED for row in finished),
        tuned=sum(row.outcome == THRESHOLDS for row in finished),
        exports=len(list_exports()),
        training=next(((row.name, _share(row.name)) for row in rows if row.state in ("starting", "running")), None),
        queued=sum(row.state == "queued" for row in rows),
    )


def _share(run: str) -> int:
    view = run_view(run)
    return round(100 * view.status.step / max(view.status.steps, 1)) if view else 0


def build() -> gr.HTML:
    """The rail as it is when the page is opened; `show` keeps it true."""
    widget = gr.HTML(rail(None), elem_id="rail")
    drawn_at_opening(widget, lambda _: {"value": show()})
    return widget


def show() -> str:
    return rail(overview())


def rail(found: Overview | None) -> str:
    """HTML, in both languages. found: None before anything is known."""
    counts, training = (found.counts(), found.training) if found else ({}, None)
    items = []
    for step, tab in STEPS.items():
        count = counts.get(step)
        amount = f' <span class="count">{count}</span>' if count else ""
        going = training if step == "train" else None
        if going is not None:
            amount = f' <span class="count">{going[1]}%</span>'
        state = "now" if going else "next" if found is not None and found.next == step else "some" if count else "none"
        link = f'<a href="?tab={escape(tab)}" data-go="{escape(tab)}">{both(f"page.rail-{step}")}{amount}</a>'
        items.append(f'<li data-state="{escape(state)}">{link}</li>')
    return f'<nav class="ocrweb-rail"><ol>{"".join(items)}</ol>{_told(found)}</nav>'


def _told(found: Overview | None) -> str:
    """What goes on, else what to do next."""
    if found is None:
        return '<p role="status"></p>'
    if found.training is not None:
        run, share = found.training
        return f'<p role="status">{both("page.rail-running", run=run, share=share)}</p>'
    by_thresholds = "-thresholds" if found.next == "export" and not found.better else ""
    return f'<p role="status">{both(f"page.rail-next-{found.next}{by_thresholds}")}</p>'
