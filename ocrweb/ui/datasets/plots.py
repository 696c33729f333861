"""The numbers of the chosen dataset as plots."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.statistics import statistics_of
from ocrweb.ui.datasets.statistics import PLOTS, bars, statistics_words
from ocrweb.ui.datasets.wires import QUIET, Current, Wires
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.problems import caught, note_card, problem_card


def build(wires: Wires, tab: gr.Tab) -> None:
    """tab: the tab this stands in; labels are read only while it is open."""
    open_now = gr.State(False)
    state = gr.State(None)
    words = gr.HTML(elem_id="dataset-numbers")
    plots = []
    for start in range(0, len(PLOTS), 2):
        with gr.Row(elem_classes="ocrweb-wrap"):
            plots += [
                gr.BarPlot(
                    x="value", y="count", height=260, visible=False, elem_id=f"dataset-plot-{name}", min_width=300,
                    buttons=[],
                )
                for name in PLOTS[start : start + 2]
            ]  # fmt: skip
    outputs = [words, *plots, state]
    tab.select(show, [wires.current, state], [open_now, *outputs], api_visibility="private")
    wires.current.change(changed, [open_now, wires.current], outputs, **QUIET)


def show(current: Current | None, state: Current | None, request: gr.Request) -> tuple[Any, ...]:
    """The tab was opened."""
    if current is not None and state == current:
        return True, *(gr.skip() for _ in range(len(PLOTS) + 2))
    return True, *draw(current, texts.language_of(request))


def changed(open_now: bool, current: Current | None, request: gr.Request) -> tuple[Any, ...]:
    """Another dataset, or the same one changed."""
    if not open_now:
        return *(gr.skip() for _ in range(len(PLOTS) + 1)), None
    return draw(current, texts.language_of(request))


def draw(current: Current | None, lang: str) -> tuple[Any, ...]:
    hidden = [gr.BarPlot(visible=False) for _ in PLOTS]
    if current is None:
        return note_card(texts.say("datasets.empty", lang)), *hidden, None
    numbers = caught(lambda: statistics_of(current.name))
    if isinstance(numbers, OcrwebError):
        return problem_card(numbers, lang), *hidden, None
    return statistics_words(numbers, lang), *(_plot(bars(numbers, name, lang), name, lang) for name in PLOTS), current


def _plot(frame: Any, name: str, lang: str) -> Any:
    return gr.BarPlot(
        frame,
        x="value",
        y="count",
        visible=True,
        title=texts.say(f"datasets.plot-{name}", lang),
        x_title=texts.say(f"datasets.axis-{name}", lang),
        y_title=texts.say("datasets.axis-split-count" if name == "split" else f"datasets.count-{name}", lang),
        sort=list(frame["value"]),
        x_label_angle=0 if name == "split" else -45,  # level ones print over each other
        y_lim=[0, max(1, 1.1 * frame["count"].max())],
    )
