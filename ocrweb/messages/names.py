"""Names that are the same in every language and stand in many sentences: these write them as placeholders."""

from __future__ import annotations

DEFAULT_MODEL = "ppocrv6-small"
HOUSE_MODEL = "db-resnet18"
NAMES = {"default_model": DEFAULT_MODEL, "house_model": HOUSE_MODEL}


def filled(written: str) -> str:
    """The text with ``{default_model}`` and ``{house_model}`` filled in; other placeholders stay."""
    for name, value in NAMES.items():
        written = written.replace(f"{{{name}}}", value)
    return written
