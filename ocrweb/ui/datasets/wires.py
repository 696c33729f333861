"""What the parts of the dataset tab share: the running job, the chosen dataset, and how a button starts work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.problems import caught, note_card, problem_card

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


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
        """Outputs of a handler that ends with `starting`."""
        return [self.job, self.status, self.timer]


def starting(work: Callable[[], str], lang: str) -> tuple[Any, ...]:
    """Start work in the background and watch it, or say why it cannot start."""
    answer = caught(work)
    if isinstance(answer, OcrwebError):
        return gr.skip(), problem_card(answer, lang), gr.skip()
    return answer, note_card(texts.say("datasets.stage-wait", lang)), gr.Timer(active=True)


def refused(key: str, lang: str) -> tuple[Any, ...]:
    """In place of `starting` when something is missing in the form."""
    return gr.skip(), note_card(texts.say(key, lang), "warning"), gr.skip()
