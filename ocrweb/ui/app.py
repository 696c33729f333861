"""The page: header, tabs in the order of the work, status bar."""

from __future__ import annotations

import gradio as gr

from ocrweb.ui import header, texts
from ocrweb.ui.tabs import single


def build_page(*, open_to_all: bool) -> gr.Blocks:
    """The whole console as one Gradio page.

    open_to_all: the page is reachable from the network without a login, which the visitor is told.
    """
    with gr.Blocks(title=texts.label("page.title"), analytics_enabled=False, fill_width=False) as page:
        header.build(open_to_all=open_to_all)
        with gr.Tabs(elem_id="tabs"), gr.Tab(texts.label("single.tab"), id="single"):
            single.build()
    return page
