"""The answered pictures of a batch that a page shows: all that failed, and the latest of the others."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.config.documents import parse_json
from ocrweb.errors import OcrwebError
from ocrweb.services.batch.originals import Original
from ocrweb.services.batch.resume import read_document
from ocrweb.services.batch.run import BatchRow
from ocrweb.services.batch.summary import known_warnings
from ocrweb.services.files.table import plain

SHOWN_ROWS = 200
MOST_FAILED = 1000  # a batch of unusable files must not fill the memory or the page


@dataclass(frozen=True, slots=True)
class WrittenError:
    """An error as a result file has it: in the language of the console that wrote it."""

    code: str
    sentence: str
    advice: str

    def message(self, lang: str | None = None) -> str:
        return self.sentence

    def hint(self, lang: str | None = None) -> str:
        return self.advice


@dataclass(frozen=True, slots=True)
class Row:
    """One answered picture, light enough to keep: no arrays. number: its place in the list, from 1. tiles, warnings: as of
    `DetectionResult`. original: the picture as it was given, where that is known and as long as it lies there."""

    number: int
    name: str
    boxes: int
    seconds: float
    error: OcrwebError | WrittenError | None
    drawing: Path | None
    tiles: int = 1
    warnings: tuple[str, ...] = ()
    original: Original | None = None


class Rows:
    """Counts all rows; keeps the first `MOST_FAILED` failed ones and the latest `SHOWN_ROWS` others."""

    def __init__(self) -> None:
        self._failed: list[Row] = []
        self._latest: deque[Row] = deque(maxlen=SHOWN_ROWS)
        self.done = self.failures = self.boxes = 0

    def add(self, row: Row) -> None:
        self.done += 1
        self.boxes += row.boxes
        if row.error is None:
            self._latest.append(row)
            return
        self.failures += 1
        if len(self._failed) < MOST_FAILED:
            self._failed.append(row)

    @property
    def failed(self) -> tuple[Row, ...]:
        return tuple(self._failed)

    @property
    def latest(self) -> tuple[Row, ...]:
        return tuple(self._latest)


def row_of(answer: BatchRow, original: Original | None = None) -> Row:
    """The row of a picture that was answered just now."""
    result = answer.result
    number, boxes = answer.index + 1, len(result.regions)
    return Row(
        number, result.image_path, boxes, result.timing.total, result.error, answer.saved.visualization, result.tiles,
        result.warnings, original,
    )  # fmt: skip


def kept_row(number: int, line: dict[str, Any], folder: Path) -> Row | None:
    """The row of a line of the folder's summary; None for a line that a kill cut short."""
    try:
        boxes, seconds = int(line["boxes"]), float(line["inference_time"])
        document = folder / "json" / Path(line["json"]).name
        failed = str(line["success"]).lower() != "true"
        code = line["error"] or ""
        tiles, warnings = int(line.get("tiles") or 1), known_warnings((line.get("warnings") or "").split())
    except (KeyError, TypeError, ValueError):
        return None
    error = _written_error(document, code) if failed else None
    drawing = None if failed else _drawing(document.stem, folder)
    return Row(number, plain(line["image_path"]), boxes, seconds, error, drawing, tiles, warnings)


def read_rows(folder: Path) -> Rows:
    """What the summary of an output folder tells; empty without one."""
    rows = Rows()
    for number, line in enumerate(_lines(folder / "summary.csv"), 1):
        row = kept_row(number, line, folder)
        if row is not None:
            rows.add(row)
    return rows


def shown_document(drawing: Path) -> dict[str, Any] | None:
    """The result document of a drawn picture; None when it is not there any more."""
    documents = drawing.parent.parent / "json"
    names = (drawing.stem.removesuffix("_result"), drawing.stem.removeprefix("detection_"))  # as `_drawing`
    return next(filter(None, (read_document(documents / f"{name}.json") for name in names)), None)


def _lines(summary: Path) -> Iterator[dict[str, Any]]:
    try:
        with summary.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            yield from csv.DictReader(stream)
    except (OSError, csv.Error):
        return


def _drawing(name: str, folder: Path) -> Path | None:
    """The drawing of a result, whose name differs for a picture that was asked for alone."""
    pictures = folder / "visualization"
    for path in (pictures / f"{name}_result.png", pictures / f"detection_{name}.png"):
        if path.is_file():
            return path
    return None


def _written_error(document: Path, code: str) -> WrittenError:
    try:
        error = parse_json(document.read_bytes())["error"]
        return WrittenError(str(error["code"]), str(error["message"]), str(error["hint"]))
    except (OSError, ValueError, KeyError, TypeError):
        return WrittenError(code, code, "")
