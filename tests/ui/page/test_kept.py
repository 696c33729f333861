"""The page has the widgets and events that it had when somebody last looked at it: one that got lost or moved is noticed."""

from __future__ import annotations

import difflib

import gradio as gr

from tests.ui.page.kept import FILE, kept_of


def test_widgets_and_events_are_those_that_were_looked_at(built_page: gr.Blocks) -> None:
    """Meant to be otherwise? Look at the page, then ``python -m tests.ui.page.kept``."""
    kept, now = FILE.read_text(encoding="utf-8").splitlines(), kept_of(built_page)
    assert "\n".join(difflib.unified_diff(kept, now, "kept", "now", lineterm="", n=0)) == ""
