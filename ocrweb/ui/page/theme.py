"""Colours and shapes of the page: the known violet-blue gradient, #6A5ACD to #4169E1."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr

from ocrweb import messages
from ocrweb.errors import OcrwebError
from ocrweb.ui.page import build
from ocrweb.ui.parts import texts

VIOLET, BLUE = "#6A5ACD", "#4169E1"
_HERE = Path(__file__).parent
SCRIPTS = (
    "face.js",
    "address.js",
    "answers.js",
    "arrival.js",
    "band.js",
    "clock.js",
    "fresh.js",
    "keys.js",
    "kinds.js",
    "lost.js",
    "paste.js",
    "press.js",
    "settings.js",
    "tour.js",
    "words.js",
)  # the first settles the language


def head() -> str:
    """Styles and the viewer. Not as `css=`: Gradio scopes that to the page's content, without the outer frame."""
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    return f'<style>{style}</style><script type="module" src="viewer/static/element.js"></script>'


def scripts() -> list[str]:
    """What runs before anything of Gradio, which asks the browser for its language as soon as it is loaded."""
    words = {
        lang: messages.load_area(lang, "text", "ui_framework") | messages.load_area(lang, "text", "ui_tour")
        for lang in ("en", "zh")
    }
    refusal = OcrwebError("usage.file-kind", file="{file}", fits="{fits}")  # filled in by kinds.js
    kinds = {lang: refusal.to_dict(lang) for lang in ("en", "zh")}
    unknown = {lang: unknown_failure().to_dict(lang) for lang in ("en", "zh")}
    forced = texts.forced_language()
    told = json.dumps(
        {"forced": forced, "words": words, "kinds": kinds, "unknown": unknown, "build": build.mark()},
        ensure_ascii=False,
    ).replace("<", "\\u003c")
    return [f"window.ocrwebWords = {told};", *((_HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)]


def unknown_failure() -> OcrwebError:
    """What `words.js` says in the place of a sentence of the framework that nobody knows."""
    return OcrwebError("usage.page-failed")


def theme() -> gr.themes.Base:
    """System fonts only, so that the page is whole without a network."""
    violet = gr.themes.Color(
        c50="#f4f3fc", c100="#e8e6f8", c200="#d0ccf1", c300="#b1aae6", c400="#8e83da", c500="#6a5acd",
        c600="#5749b8", c700="#473b98", c800="#3a317a", c900="#2f2862", c950="#1d183f",
    )  # fmt: skip
    fonts = [
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "PingFang SC",
        "Microsoft YaHei",
        "Noto Sans CJK SC",
        "sans-serif",
    ]
    return gr.themes.Soft(
        primary_hue=violet,
        secondary_hue="indigo",
        neutral_hue="slate",
        font=fonts,
        font_mono=["ui-monospace", "Consolas", "monospace"],
    ).set(
        button_primary_background_fill=f"linear-gradient(135deg, {VIOLET}, {BLUE})",
        button_primary_background_fill_hover=f"linear-gradient(135deg, {BLUE}, {VIOLET})",
        button_primary_background_fill_dark=f"linear-gradient(135deg, {VIOLET}, {BLUE})",
        button_primary_background_fill_hover_dark=f"linear-gradient(135deg, {BLUE}, {VIOLET})",
        button_primary_text_color="white",
        body_background_fill="#f6f7fb",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
        block_border_width="1px",
        block_border_color="*neutral_300",
        block_border_color_dark="*neutral_700",
        block_label_text_color="*primary_700",
        block_info_text_color="*neutral_500",  # a contrast of 4.7 on white; the theme's own has 2.6
        block_info_text_color_dark="*neutral_300",
        block_title_text_color="*primary_600",  # on its tinted ground: 5.6, the theme's own 4.3
        block_radius="12px",
        checkbox_border_color="*neutral_500",  # the theme's own is all but white: an empty box could not be seen
        checkbox_border_color_dark="*neutral_400",
        input_border_width="1px",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_600",
    )
