"""The curves of a watched run, drawn once for all who watch and only now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from gradio.components.plot import PlotData

from ocrweb.services.files.recent import Recent
from ocrweb.services.training.view import RunView, Series
from ocrweb.ui.parts import texts
from ocrweb.ui.training.plots import LOSS_LINES, SCORE_LINES, loss_figure, score_figure

EVERY = 5.0  # seconds between two drawings of a run that goes on
KEPT = 16
Stamp = tuple[Any, ...]
Views = tuple[RunView, ...]  # of the runs to compare with
_lock = threading.Lock()
_stamps: Recent[tuple[str, str], tuple[float, Stamp]] = Recent(KEPT)
_drawn: Recent[tuple[Any, ...], PlotData] = Recent(KEPT)


def stamp(view: RunView | None, others: Views) -> Stamp:
    """Changes when the curves are worth drawing again: at once for an evaluation or an end, else every `EVERY` seconds."""
    if view is None:
        return ()
    runs = (view.name, ",".join(other.name for other in others))
    now = (*runs, view.active, _extent(view.evaluations), _extent(view.losses), *_extents(*others))
    with _lock:
        since, before = _stamps.get(runs) or (0.0, ())
        if before[:4] == now[:4] and view.active and time.monotonic() - since < EVERY:
            return before
        if before != now:
            _stamps.put(runs, (time.monotonic(), now))
        return now


def losses(view: RunView, others: Views, lang: str) -> PlotData:
    """Loss with its parts, and the learning rate."""
    return _once("losses", loss_figure, view, others, ("lr", "steps", "losses", "empty", *LOSS_LINES), lang)


def scores(view: RunView, others: Views, lang: str) -> PlotData:
    """hmean, precision and recall."""
    return _once("scores", score_figure, view, others, ("steps", "scores", "empty-scores", *SCORE_LINES), lang)


def _once(
    kind: str, draw: Callable[..., Any], view: RunView, others: Views, lines: tuple[str, ...], lang: str
) -> PlotData:
    extents = (_extents(view)[kind == "scores"], _extents(*others))
    key = (kind, view.name, *(other.name for other in others), lang, extents)
    with _lock:
        found = _drawn.get(key)
        if found is None:
            names = {line: texts.say(f"training.curve-{line.replace('_', '-')}", lang) for line in lines}
            found = _drawn.put(key, PlotData(type="plotly", plot=draw(view, others, names).to_json()))
    return found


def _extents(*views: RunView) -> tuple[Stamp, ...]:
    return tuple(_extent(series) for view in views for series in (view.losses, view.evaluations))


def _extent(series: Series) -> Stamp:
    return (*series.steps[-1:], len(series.steps))
