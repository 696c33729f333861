"""``summary.csv``: one line a picture, written as results come."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Any

from ocrweb.disk.atomic import replacing
from ocrweb.runtime.result import WARNINGS
from ocrweb.services.files.outputs import writing
from ocrweb.services.files.table import Table

COLUMNS = (
    "image_path", "json", "success", "boxes", "mean_score", "width", "height", "inference_time", "error", "tiles",
    "warnings",
)  # fmt: skip


class SummaryCsv:
    """A growing table. It starts under a temporary name with the rows of an earlier run, then takes that run's place.

    UTF-8 with a byte-order mark, so that spreadsheet programs show Chinese names. Every row is flushed: a kill loses
    at most the line being written. After a loss of power the next run writes it anew from the result documents, which
    are synced; so only a table that takes the place of an earlier one is.
    """

    def __init__(self, path: Path, earlier: Collection[dict[str, Any]] = ()) -> None:
        self._path = path
        with writing(path), replacing(path, lasting=bool(earlier)) as part:
            self._stream = part.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
            self._table = Table(self._stream, COLUMNS)
            self._table.add_all(earlier)
            self._stream.flush()

    def add(self, row: dict[str, Any]) -> None:
        with writing(self._path):
            self._table.add(row)
            self._stream.flush()

    def __enter__(self) -> SummaryCsv:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        with writing(self._path):
            self._stream.close()


def known_warnings(told: Any) -> tuple[str, ...]:
    """The codes of a written result, or of a line's words, that this version knows."""
    return tuple(code for code in told if code in WARNINGS) if isinstance(told, list) else ()


def summary_row(document: dict[str, Any], json_name: str) -> dict[str, Any]:
    """The line of one result document."""
    scores = document["scores"]
    return {
        "image_path": document["image_path"],
        "json": json_name,
        "success": str(document["success"]).lower(),
        "boxes": len(document["boxes"]),
        "mean_score": round(sum(scores) / len(scores), 4) if scores else "",
        "width": document["width"],
        "height": document["height"],
        "inference_time": document["inference_time"],
        "error": (document["error"] or {}).get("code", ""),
        "tiles": tiles if isinstance(tiles := document.get("tiles"), int) else 1,
        "warnings": " ".join(known_warnings(document.get("warnings"))),
    }
