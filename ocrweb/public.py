"""The public face for Python programs, reached as `ocrweb.detect` and so on. It writes nothing.

What only datasets need is imported when one is read: a script's first result is not kept waiting for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrweb.config.model_names import DEFAULT
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import chosen_options

if TYPE_CHECKING:
    from ocrweb.data.report import ValidationReport
    from ocrweb.data.sample import Sample, Split
    from ocrweb.services.detect.evaluation import EvaluationReport

Picture = str | Path | bytes | np.ndarray


class Detector:
    """One model, loaded once and shared by threads.

    model: a name from ``ocrweb models``, a run, ``latest``, or a file. engine, precision, device: as the options of
    ``ocrweb detect``. Raises OcrwebError for a model or an engine that cannot be used.
    """

    def __init__(
        self, model: str = DEFAULT, *, engine: str = "auto", precision: str = "auto", device: str = "auto"
    ) -> None:
        self._request = DetectRequest(model, engine, precision, device)
        self._detector = self._request.detector()

    @property
    def model(self) -> str:
        return self._detector.model

    @property
    def device(self) -> str:
        """The device, engine and precision in words."""
        return self._detector.device

    def detect(
        self,
        picture: Picture,
        *,
        threshold: float | None = None,
        box_threshold: float | None = None,
        unclip_ratio: float | None = None,
        limit_side: int | None = None,
    ) -> DetectionResult:
        """The text regions of a picture, in reading order.

        picture: a file, encoded bytes, or (H, W, 3) uint8 BGR pixels. None means the model's own setting. A picture
        that cannot be read is a result with its ``error``; a setting out of bounds raises OcrwebError.
        """
        given = {"threshold": threshold, "box_threshold": box_threshold, "unclip_ratio": unclip_ratio}
        decode, resize = chosen_options(self._request.model, given | {"limit_side": limit_side})
        source = Path(picture) if isinstance(picture, str) else picture
        return self._detector.detect(source, decode, resize)


def detect(
    picture: Picture,
    model: str = DEFAULT,
    *,
    threshold: float | None = None,
    box_threshold: float | None = None,
    unclip_ratio: float | None = None,
    limit_side: int | None = None,
) -> DetectionResult:
    """`Detector.detect` with a model that stays loaded between calls."""
    return Detector(model).detect(
        picture, threshold=threshold, box_threshold=box_threshold, unclip_ratio=unclip_ratio, limit_side=limit_side
    )


def validate(folder: str | Path, *, decode: bool = True, strict: bool = False) -> ValidationReport:
    """All rules over a dataset folder; ``report.ok`` says that training may start.

    decode: look at every picture, not at lists and labels alone. strict: warnings count as errors. Raises OcrwebError
    when the folder cannot be read.
    """
    from ocrweb.data.validate import ValidateOptions, validate_dataset

    return validate_dataset(Path(folder), ValidateOptions(open_pictures=decode, strict=strict))


def evaluate(
    dataset: str | Path,
    model: str = DEFAULT,
    *,
    split: Split = "test",
    threshold: float | None = None,
    box_threshold: float | None = None,
    unclip_ratio: float | None = None,
    limit_side: int | None = None,
) -> EvaluationReport:
    """Precision, recall and hmean (IoU 0.5, one to one) of a model on a split. Raises OcrwebError as ``ocrweb eval``."""
    from ocrweb.services.detect.evaluation import EvaluationRequest, evaluate_model

    given = {"threshold": threshold, "box_threshold": box_threshold, "unclip_ratio": unclip_ratio}
    decode, resize = chosen_options(model, given | {"limit_side": limit_side})
    request = EvaluationRequest(DetectRequest(model, decode=decode, resize=resize), str(dataset), split)
    return evaluate_model(request)


def read_dataset(folder: str | Path, split: Split = "train") -> list[Sample]:
    """Pictures and their labelled boxes, in the list's order. Raises OcrwebError for a list or label that is broken."""
    from ocrweb.data.icdar import read_split

    return read_split(Path(folder), split)
