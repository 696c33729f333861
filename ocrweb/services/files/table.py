"""Tables for people, as CSV: what a file or a person brought is never a formula of their spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from ocrweb.messages.visible import visible

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones count for some programs
QUOTE = "'"


class Table:
    """Writes rows to a text stream. Numbers stay numbers; a text that begins like a formula gets an apostrophe in front."""

    def __init__(self, stream: TextIO, columns: Sequence[str], *, line_end: str = "\r\n") -> None:
        self._columns = columns
        self._writer = csv.writer(stream, lineterminator=line_end)
        self._writer.writerow(columns)

    def add(self, row: Sequence[Any] | Mapping[str, Any]) -> None:
        """One row, as values in the order of the columns or by their names."""
        values = [row.get(name, "") for name in self._columns] if isinstance(row, Mapping) else row
        self._writer.writerow([cell(value) for value in values])

    def add_all(self, rows: Iterable[Sequence[Any] | Mapping[str, Any]]) -> None:
        for row in rows:
            self.add(row)


def cell(value: Any) -> Any:
    """A value as it is safe in a spreadsheet."""
    if not isinstance(value, str):
        return value
    text = visible(value)
    return f"{QUOTE}{text}" if text.lstrip(" '\"").startswith(FORMULA) and not text.startswith(QUOTE) else text


def plain(text: str) -> str:
    """What `cell` made a text of, without its apostrophe."""
    return text[1:] if text.startswith(QUOTE) and cell(text[1:]) == text else text
