"""What the words of the page mean, each with a picture of its own that opens from the word."""

from __future__ import annotations

from collections.abc import Sequence

from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape

FOUND, MISSED, FALSE = "#2F9E77", "#d64545", "#4169E1"  # as in the pictures of evaluations


def _text(x: int, y: int, width: int = 70) -> str:
    """A line of printed text."""
    return f'<rect x="{x:d}" y="{y:d}" width="{width:d}" height="10" rx="3" fill="currentColor" opacity=".45"/>'


def _box(x: int, y: int, colour: str, *, dashed: bool = False, width: int = 82) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<rect x="{x:d}" y="{y:d}" width="{width:d}" height="22" rx="3" fill="none" stroke="{escape(colour)}" '
        f'stroke-width="2.5"{dash}/>'
    )


def _bar(x: int, share: float, colour: str) -> str:
    height = round(90 * share)
    return (
        f'<rect x="{x:d}" y="15" width="46" height="90" fill="currentColor" opacity=".12"/>'
        f'<rect x="{x:d}" y="{105 - height:d}" width="46" height="{height:d}" fill="{escape(colour)}"/>'
    )


LINES = ((16, 20), (16, 54), (16, 88), (130, 20), (130, 54))  # of text
_PAGE = "".join(_text(*place) for place in LINES)
_HILL = "M10 104 C40 104 42 22 70 22 S100 104 128 100 S150 66 172 66 S196 104 230 104"
PICTURES = {
    "recall": _PAGE
    + "".join(_box(x - 6, y - 6, FOUND) for x, y in LINES[:4])
    + _box(LINES[4][0] - 6, LINES[4][1] - 6, MISSED, dashed=True),
    "precision": "".join(_text(*place) for place in LINES[:4])
    + "".join(_box(x - 6, y - 6, FOUND) for x, y in LINES[:4])
    + f'<circle cx="165" cy="98" r="7" fill="currentColor" opacity=".3"/>{_box(124, 87, FALSE)}',
    "hmean": _bar(24, 0.9, FOUND)
    + _bar(86, 0.4, MISSED)
    + _bar(166, 0.55, "#6A5ACD")
    + '<path d="M141 60 h15 m-6 -6 l6 6 l-6 6" fill="none" stroke="currentColor" stroke-width="2"/>',
    "threshold": f'<path d="{escape(_HILL)}" fill="none" stroke="currentColor" stroke-width="2.5"/>'
    f'<path d="M10 52 H230" stroke="{escape(MISSED)}" stroke-width="2" stroke-dasharray="6 4"/>'
    f'<path d="M10 84 H230" stroke="{escape(FOUND)}" stroke-width="2" stroke-dasharray="6 4"/>'
    f'<path d="M46 112 h48" stroke="{escape(MISSED)}" stroke-width="5"/>'
    f'<path d="M30 118 h82 M152 118 h42" stroke="{escape(FOUND)}" stroke-width="4"/>',
}


def explained(terms: Sequence[str], lang: str) -> str:
    """HTML: the words in a row, each of which opens its picture. terms: of `PICTURES`."""
    return f'<div class="ocrweb-explained">{"".join(_word(term, lang) for term in terms)}</div>'


def _word(term: str, lang: str) -> str:
    word, meaning = (escape(texts.say(f"explained.{term}{part}", lang)) for part in ("", "-means"))
    picture = f'<svg viewBox="0 0 240 122" width="240" role="img" aria-label="{escape(texts.say(f"explained.{term}", lang))}">'
    return (
        f'<details data-term="{escape(term)}"><summary>{word}</summary>'
        f"<figure>{picture}{PICTURES[term]}</svg><figcaption>{meaning}</figcaption></figure></details>"
    )
