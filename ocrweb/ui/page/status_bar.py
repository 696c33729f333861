"""The line at the foot of the page: model, device, load, versions, uptime; refreshed while the tab is in view."""

from __future__ import annotations

import gradio as gr

from ocrweb.services.machine.system import status
from ocrweb.ui.page import build as program
from ocrweb.ui.page import rail
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import QUIET, page
from ocrweb.ui.parts.escape import escape

REFRESH_SECONDS = 5.0


def build(progress: gr.HTML) -> None:
    """progress: the rail, which is kept true with the line."""
    line = gr.HTML(elem_id="status-bar")
    # Not drawn at the opening: it would stand under the header until the tabs push it down.
    page().load(show, None, [line, progress], **QUIET)
    gr.Timer(REFRESH_SECONDS).tick(show, None, [line, progress], **QUIET, concurrency_limit=16, concurrency_id="status")


def show(request: gr.Request) -> tuple[str, str]:
    lang = texts.language_of(request)
    parts = [escape(f"{name} {value}" if name else value) for name, value in status().words(lang)]
    api = f'<a href="?view=api">{escape(texts.say("page.api", lang))}</a>'
    return (
        f'<div class="ocrweb-status" data-build="{escape(program.mark())}">{" · ".join([*parts, api])}</div>',
        rail.show(),
    )
