"""The one way into HTML for texts of any origin."""

from __future__ import annotations

import html

from ocrweb.messages.visible import visible


def escape(value: object) -> str:
    """A value as the text or the quoted attribute of an element: markup is shown, and so is what would hide or turn it."""
    return html.escape(visible(str(value)).encode("utf-8", "replace").decode())
