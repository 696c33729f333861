"""What stands where nothing is yet: a sentence, and the buttons that go on. The browser's half is `page/press.js`."""

from __future__ import annotations

from dataclasses import dataclass

from ocrweb.ui.parts.escape import escape


@dataclass(frozen=True)
class Way:
    """A button that goes on.

    press: CSS selectors of what it presses for the visitor (an upload field's input or a button), one after another, each
    once it is there. tab: of the page, to which it leads first.
    """

    word: str
    press: tuple[str, ...] = ()
    tab: str = ""


def next_step(sentence: str, word: str, *, press: str = "", tab: str = "", others: tuple[Way, ...] = ()) -> str:
    """HTML. press, tab: as those of `Way`. others: ways beside the one that most visitors take."""
    first = Way(word, (press,) if press else (), tab)
    buttons = _button(first, "ocrweb-go") + "".join(_button(way, "ocrweb-go ocrweb-plain") for way in others)
    return f'<div class="ocrweb-note ocrweb-empty" role="status"><span>{escape(sentence)}</span>{buttons}</div>'


def _button(way: Way, kind: str) -> str:
    presses = f' data-press="{escape(" | ".join(way.press))}"' if way.press else ""
    look = f'class="{escape(kind)}"'
    if way.tab:
        return f'<a {look} href="?tab={escape(way.tab)}" data-go="{escape(way.tab)}"{presses}>{escape(way.word)}</a>'
    return f'<button type="button" {look}{presses}>{escape(way.word)}</button>'
