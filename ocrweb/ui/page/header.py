"""The coloured band on top with the switches of language and colours, and the warning of a console without a login.

It is in both languages at once, of which the page shows one: so it is right from the first moment, also after a reload.
"""

from __future__ import annotations

import gradio as gr

from ocrweb.ui.parts import texts
from ocrweb.ui.parts.both import both
from ocrweb.ui.parts.built import page
from ocrweb.ui.parts.escape import escape

MOON = (
    '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path fill="currentColor" '
    'd="M12 3a9 9 0 1 0 9 9c0-.5 0-.9-.1-1.4A5.5 5.5 0 0 1 13.4 3.1 9 9 0 0 0 12 3z"/></svg>'
)
# The browser's title is fixed when the console starts. A run being watched stands before it.
TITLE = """() => {
  const title = document.querySelector('.ocrweb-header')?.dataset['title' + ocrwebFace.lang];
  if (!title) return [];
  const page = (window.ocrwebTitle ??= { plain: document.title, watched: "" });
  document.title = document.title.replace(page.plain, () => title);
  page.plain = title;
  return [];
}"""


def build(*, open_to_all: bool) -> None:
    gr.HTML(band())
    if open_to_all:
        gr.HTML(warning())
    page().load(None, None, None, js=TITLE, api_visibility="private")


def warning() -> str:
    return f'<div class="ocrweb-warning">{both("page.no-login")}</div>'


def band() -> str:
    """HTML of the header. A forced language has no switch."""
    titles = " ".join(
        f'data-title{lang}="{escape(texts.say("page.title", texts.forced_language() or lang))}"'
        for lang in ("en", "zh")
    )
    language = "" if texts.forced_language() else _switch("language", both("page.switch-language"))
    theme = _switch("theme", f'{MOON}<span class="ocrweb-unseen">{both("page.switch-theme")}</span>')
    return (
        f'<div class="ocrweb-header" {titles}><h1>{both("page.heading")}</h1><p>{both("page.tagline")}</p>'
        f'<div class="ocrweb-switches">{_tour_button()}{language}{theme}</div></div>{_offer()}'
    )


def _tour_button() -> str:
    return f'<button type="button" data-tour="begin">{both("page.tour")}</button>'


def _offer() -> str:
    """A line for who has never been here; the browser, which remembers that, shows it or not."""
    return (
        f'<div class="ocrweb-first" role="note"><span>{both("page.tour-offer")}</span>'
        f'<button type="button" class="ocrweb-go" data-tour="begin">{both("page.tour-begin")}</button>'
        f'<button type="button" class="ocrweb-go ocrweb-plain" data-tour="no">{both("page.tour-no")}</button></div>'
    )


def _switch(what: str, words: str) -> str:
    return f'<button type="button" data-face="{escape(what)}">{words}</button>'
