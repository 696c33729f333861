"""`ocrweb models`: what can be detected with or trained from."""

from __future__ import annotations

import unicodedata
from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, command, emit, text


@command
def models(json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False) -> int:
    """What can be detected with or trained from."""
    from ocrweb.services import models as service

    if json:
        emit(service.models_document())
        return GOOD
    listed = service.models()
    head = [text(f"model.{name}") for name in ("name", "detects", "trains", "available", "source")]
    mark = {True: text("model.can"), False: text("model.cannot")}
    rows = [[row.name, mark[row.detects], mark[row.trains], mark[row.available], row.source] for row in listed]
    widths = [max(_width(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip())
    for note in (f"{row.name}: {row.note}" for row in listed if not row.available):
        print(note)
    return GOOD


def _width(cell: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in cell)
