"""Links from where trouble is shown to the chapter of the manual that tells what to do."""

from __future__ import annotations

from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape

CHAPTERS = {"data": 1, "log": 2, "remedies": 3, "after": 4, "golden": 5, "checklist": 6}


def manual_link(chapter: str, lang: str) -> str:
    """HTML of a link that opens the manual beside the page. chapter: of `CHAPTERS`."""
    address = f"help/troubleshooting#chapter-{CHAPTERS[chapter]}"
    words = escape(texts.say("page.help", lang))
    return f'<a class="ocrweb-manual" href="{escape(address)}" target="_blank" rel="noopener">{words}</a>'
