"""Names and texts that a person or a file brought, as they may be shown: nothing in them hides or turns what stands beside."""

from __future__ import annotations

import re

CONTROL = r"\x00-\x1f\x7f-\x9f"
TURNING = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they reorder what follows: ``exe.gpj`` reads ``jpg.exe``
HIDDEN = r"\u2028\u2029\ufeff"
_UNSEEN = re.compile(rf"[{CONTROL}{TURNING}{HIDDEN}]")
_BREAKS = "\t\n\r"


def visible(text: str) -> str:
    """The text with control characters and those that turn the direction written out as ``⟨U+202E⟩``.

    Tabs and ends of lines stay: a log has them.
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in _BREAKS else f"⟨U+{ord(found[0]):04X}⟩", text)
