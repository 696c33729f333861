"""Sentences that stand on the page in both languages, of which the visitor's is shown."""

from __future__ import annotations

from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape


def both(key: str, /, **params: object) -> str:
    """HTML of ``texts.say(key)`` in each language; in the forced one alone where there is one."""
    forced = texts.forced_language()
    langs = [forced] if forced else ["en", "zh"]
    return "".join(f'<span data-of="{escape(lang)}">{escape(texts.say(key, lang, **params))}</span>' for lang in langs)
