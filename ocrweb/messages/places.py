"""Where this machine keeps things, which a visitor need not know: what is told of a file begins inside of these folders."""

from __future__ import annotations

import re

_kept: list[re.Pattern[str]] = []


def keep_to_yourself(*folders: str) -> None:
    """From now on texts told by this process name files in these folders without them. folders: patterns of whole paths.

    For a process that answers visitors; a command line's reader owns the machine and sees whole paths.
    """
    _kept[:] = [re.compile(rf"(?<![\w.-]){folder}/(?=[^\s/])") for folder in folders]


def told(text: str) -> str:
    """The text without the folders that are not told."""
    for folder in _kept:
        text = folder.sub("", text)
    return text
