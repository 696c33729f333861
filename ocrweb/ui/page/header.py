"""The coloured band on top, and the warning of a console without a login."""

from __future__ import annotations

import json

import gradio as gr

from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape

# The browser's title is fixed when the console starts; the band brings the visitor's. A run being watched stands before it.
TITLE = """() => {
  const title = document.querySelector('.ocrweb-header')?.dataset.title;
  if (!title) return [];
  const page = (window.ocrwebTitle ??= { plain: document.title, watched: "" });
  document.title = document.title.replace(page.plain, () => title);
  page.plain = title;
  return [];
}"""
WORDS = (
    "webcam",
    "uploading",
    "processing",
    "queue",
    "busy",
    "warning",
    "info",
    "error",
)  # Gradio's own that it does not translate: see words.js


def build(*, open_to_all: bool) -> None:
    band = gr.HTML(_band(None))
    warning = gr.HTML("", visible=open_to_all)
    blocks = gr.context.Context.root_block
    assert blocks is not None
    shown = blocks.load(_band, None, band, api_visibility="private", show_progress="hidden")
    shown.then(None, None, None, js=TITLE, api_visibility="private")
    if open_to_all:
        blocks.load(_warning, None, warning, api_visibility="private", show_progress="hidden")


def _band(request: gr.Request | None) -> str:
    lang = texts.language_of(request)
    told = ""
    if request is not None:  # before that the language is only guessed
        words = json.dumps({word: texts.say(f"page.word-{word}", lang) for word in WORDS}, ensure_ascii=False)
        told = f' data-title="{escape(texts.say("page.title", lang))}" data-words="{escape(words)}"'
    return (
        f'<div class="ocrweb-header"{told}><h1>{escape(texts.say("page.heading", lang))}</h1>'
        f"<p>{escape(texts.say('page.tagline', lang))}</p></div>"
    )


def _warning(request: gr.Request) -> str:
    return f'<div class="ocrweb-warning">{escape(texts.say("page.no-login", texts.language_of(request)))}</div>'
