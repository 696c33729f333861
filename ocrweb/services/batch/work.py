"""One picture of a batch, from its file to the files of its result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.detect.detection import draw_result, probe
from ocrweb.services.files.outputs import OutputFolder, SavedPicture, save_named, save_single
from ocrweb.services.files.reports import internal_error
from ocrweb.services.intake.sources import Source
from ocrweb.services.tally.pictures import OK, counted

UNSAVED = SavedPicture(Path(), Path(), None)


@dataclass(frozen=True, slots=True)
class Task:
    """A picture to answer. index: its place in the list. name: of its files. alone: it has the names of a single picture."""

    index: int
    source: Source
    name: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """How every picture of a batch is answered. Safe to use from several threads. folder: None where nothing is written."""

    detector: Detector
    decode: DecodeOptions
    resize: ResizeOptions | None
    folder: OutputFolder | None

    def answer(self, task: Task) -> tuple[DetectionResult, SavedPicture]:
        """Detect, draw and write one picture. A picture that cannot be used is a result with its error.

        Raises only what stops the whole batch: a folder that cannot be written, a full disk.
        """
        with counted("batch") as count:
            result, drawn = self._looked_at(task.source)
            count.outcome, count.regions = result.error.code if result.error else OK, len(result.regions)
        if self.folder is None:
            return result, UNSAVED
        if task.alone:
            return result, save_single(result, drawn, self.folder, task.name.removeprefix("result"))
        return result, save_named(result, drawn, self.folder, task.name)

    def _looked_at(self, source: Source) -> tuple[DetectionResult, np.ndarray | None]:
        drawn = None
        try:
            if source.error is not None:
                raise source.error
            sheet = source.read_page(self.detector.longest(self.resize))
            page = probe(self.detector, sheet.pixels if sheet else source.path, self.resize, source.shown)
            result = self.detector.regions(page, self.decode, image_path=source.shown)
            if sheet is not None:
                result = replace(result, page=sheet.number, to_points=sheet.to_points)
            drawn = draw_result(page.picture, result) if self.folder else None
        except OcrwebError as error:
            result = self._failed(source, error)
        except Exception as failure:  # one odd picture must not take the others with it; its traceback is kept
            result = self._failed(source, internal_error(failure))
        return result, drawn

    def _failed(self, source: Source, error: OcrwebError) -> DetectionResult:
        """A result with a copy of the error that was never raised: a traceback would keep the picture's bytes alive."""
        error = OcrwebError(error.code, where=error.where, **error.params)
        name, device = self.detector.model, self.detector.device
        return DetectionResult(source.shown, 0, 0, name, device, self.decode.threshold, error=error)
