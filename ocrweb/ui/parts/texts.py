"""Page texts: labels translated by the browser, and server-made sentences in the visitor's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from ocrweb import messages
from ocrweb.config.detection import DecodeOptions
from ocrweb.services.intake.limits import archive_limits
from ocrweb.ui.parts.fields import field_texts
from ocrweb.ui.parts.training_fields import SCHEMAS

AREAS = ("page", "single", "batching", "datasets", "training", "exporting", "importing", "models")
CHOSEN = re.compile(r"(?:^|;\s*)ocrweb_lang=(en|zh)(?=;|$)")  # set by page/face.js
_forced: list[str] = []


def force_language(lang: str | None) -> None:
    """``--lang``: show every visitor this language, whatever the browser asks for."""
    _forced[:] = [lang] if lang else []


def _all_texts(lang: str) -> dict[str, str]:
    labels = field_texts(lang, [DecodeOptions, *SCHEMAS]) | {
        f"ocrweb_{area}_{name}": sentence
        for area in AREAS
        for name, sentence in messages.load_area(lang, "text", f"ui_{area}").items()
    }
    gigabytes = f"{archive_limits().bytes / (1 << 30):g}"
    missing = messages.load_area(lang, "text", "ui_gaps")  # of Gradio's own catalogue
    return labels | missing | {"ocrweb_datasets_zip": say("datasets.zip", lang, gigabytes=gigabytes)}


def translations() -> gr.I18n:
    """All labels for Gradio; Chinese under each tag that browsers send."""
    english, chinese = _all_texts("en"), _all_texts("zh")
    if _forced:  # Gradio's own words too, which otherwise follow the browser
        english = chinese = _all_texts(_forced[0]) | messages.load_area(_forced[0], "text", "ui_widgets")
    return gr.I18n(**{"en": english, "zh-CN": chinese, "zh": chinese, "zh-TW": chinese})


def label(key: str) -> Any:  # Gradio types some labels as plain str, all take I18nData
    """A label the browser translates (I18nData): ``label("single.detect")`` reads ``messages/*/text/ui_single.yml``.

    Raises KeyError at build time when the sentence is missing.
    """
    area, _, name = key.partition(".")
    messages.load_area("en", "text", f"ui_{area}")[name]
    return I18nData(f"ocrweb_{area}_{name}")


def forced_language() -> str | None:
    """The language of ``--lang``, None where each visitor has a choice."""
    return _forced[0] if _forced else None


def language_of(request: gr.Request | None) -> str:
    """The visitor's language for sentences made on the server: forced, else the chosen one, else the browser's first choice."""
    headers = request.headers if request is not None and request.headers else {}
    return language_of_headers(headers)


def language_of_headers(headers: Mapping[str, str]) -> str:
    """The same for the headers of a request: the cookie of the page's switch comes before ``Accept-Language``."""
    if _forced:
        return _forced[0]
    if chosen := CHOSEN.search(headers.get("cookie") or ""):
        return chosen[1]
    asked = headers.get("accept-language") or ""
    return "zh" if asked.lower().startswith("zh") else ("en" if asked else messages.language())


def say(key: str, lang: str, /, **params: object) -> str:
    """A server-made sentence of the page: ``say("single.found", lang, count=3)``. A value that says itself does so in `lang`."""
    area, _, name = key.partition(".")
    said = {name: value.message(lang) if isinstance(value, messages.Told) else value for name, value in params.items()}
    return messages.text(f"ui_{area}.{name}", lang, **said)


def page_title() -> str:
    """The browser's tab title: plain text in the forced or the server's language, since titles are not translated."""
    return messages.text("ui_page.title", _forced[0] if _forced else messages.language())
