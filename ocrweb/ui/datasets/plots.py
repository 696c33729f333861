"""The numbers of the chosen dataset as plots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.statistics import statistics_of
from ocrweb.ui.datasets.asked import Asked
from ocrweb.ui.datasets.statistics import PLOTS, bars, statistics_words
from ocrweb.ui.datasets.wires import Current, Wires, shows_when_opened
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import QUIET
from ocrweb.ui.parts.problems import caught, note_card, problem_card


def build(wires: Wires, tab: gr.Tab) -> None:
    """tab: the tab this stands in; labels are read only while it is open."""
    open_now = gr.State(False)
    state = gr.State(None)
    asked = gr.State(Asked())
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
    view = Numbers(open_now, words, dict(zip(PLOTS, plots, strict=True)), state)
    shows_when_opened(tab, view.show, [wires.current, state, asked], [open_now, *view.outputs])
    wires.current.change(view.changed, [open_now, wires.current, asked], view.outputs, **QUIET)


@dataclass(frozen=True)
class Numbers:
    """The widgets of this view. Handlers answer with those that change."""

    open_now: gr.State
    words: gr.HTML
    plots: dict[str, gr.BarPlot]
    state: gr.State

    @property
    def outputs(self) -> list[Any]:
        return [self.words, *self.plots.values(), self.state]

    def show(self, current: Current | None, state: Current | None, asked: Asked, request: gr.Request) -> dict[Any, Any]:
        """The tab was opened."""
        known = current is not None and state == current
        return {self.open_now: True} | ({} if known else self._newest(current, asked, request))

    def changed(self, open_now: bool, current: Current | None, asked: Asked, request: gr.Request) -> dict[Any, Any]:
        """Another dataset, or the same one changed. Nothing is forgotten while another view is open: this may end last."""
        return (self._newest(current, asked, request) if open_now else {}) or gr.skip()

    def _newest(self, current: Current | None, asked: Asked, request: gr.Request) -> dict[Any, Any]:
        """The numbers, unless others were asked for meanwhile."""
        newest = asked.ask(current.name if current else None)
        drawn = self.draw(current, texts.language_of(request))
        return drawn if newest() else {}

    def draw(self, current: Current | None, lang: str) -> dict[Any, Any]:
        if current is None:
            return self._said(note_card(texts.say("datasets.empty", lang)))
        numbers = caught(lambda: statistics_of(current.name))
        if isinstance(numbers, OcrwebError):
            return self._said(problem_card(numbers, lang))
        drawn = {plot: _plot(bars(numbers, name, lang), name, lang) for name, plot in self.plots.items()}
        return {self.words: statistics_words(numbers, lang), self.state: current} | drawn

    def _said(self, card: str) -> dict[Any, Any]:
        hidden = {plot: gr.BarPlot(visible=False) for plot in self.plots.values()}
        return {self.words: card, self.state: None} | hidden


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
