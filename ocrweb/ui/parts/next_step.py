"""What stands where nothing is yet: a sentence, and the one button that goes on. The browser's half is `page/press.js`."""

from __future__ import annotations

from ocrweb.ui.parts.escape import escape


def next_step(sentence: str, word: str, *, press: str = "", tab: str = "") -> str:
    """HTML. press: CSS selector of what the button presses for the visitor, an upload field's input or a button.

    tab: of the page, to which it leads instead.
    """
    if tab:
        go = f'<a class="ocrweb-go" href="?tab={escape(tab)}" data-go="{escape(tab)}">{escape(word)}</a>'
        return _placed(sentence, go)
    button = f'<button type="button" class="ocrweb-go" data-press="{escape(press)}">{escape(word)}</button>'
    return _placed(sentence, button)


def _placed(sentence: str, button: str) -> str:
    return f'<div class="ocrweb-note ocrweb-empty" role="status"><span>{escape(sentence)}</span>{button}</div>'
