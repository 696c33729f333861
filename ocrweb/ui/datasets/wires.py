"""What the parts of the dataset tab share: the running job, the chosen dataset, and how a button starts work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import QUIET
from ocrweb.ui.parts.problems import caught, note_card, problem_card


@dataclass(frozen=True)
class Current:
    """The dataset that is looked at. version: changes when it was checked again, so that everything is shown anew."""

    name: str
    version: str = ""


@dataclass(frozen=True)
class Wires:
    """job: id of the work this browser started last. chosen: the dropdown of datasets. current: State of a `Current`."""

    job: gr.BrowserState
    status: gr.HTML
    timer: gr.Timer
    chosen: gr.Dropdown
    current: gr.State

    def started(self) -> list[Any]:
        """Outputs of a handler that answers with `starting`."""
        return [self.job, self.status, self.timer]

    def starting(self, work: Callable[[], str], lang: str) -> dict[Any, Any]:
        """Start work in the background and watch it, or say why it cannot start."""
        answer = caught(work)
        if isinstance(answer, OcrwebError):
            return {self.status: problem_card(answer, lang)}
        waiting = note_card(texts.say("datasets.stage-wait", lang))
        return {self.job: answer, self.status: waiting, self.timer: gr.Timer(active=True)}

    def refused(self, key: str, lang: str) -> dict[Any, Any]:
        """In place of `starting` when something is missing."""
        return {self.status: note_card(texts.say(key, lang), "warning")}


def shows_when_opened(tab: gr.Tab, show: Callable[..., dict[Any, Any]], inputs: list[Any], outputs: list[Any]) -> None:
    """Have a view show the chosen dataset when its tab is opened. show: tells also that the view is open now.

    Twice: a dataset that was chosen while the first was under way met a view that was not open yet.
    """
    opened = tab.select(show, inputs, outputs, api_visibility="private")
    opened.then(show, inputs, outputs, **QUIET)
