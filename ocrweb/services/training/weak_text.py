"""What a run's model responds to but does not report: detection at a very low threshold."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ocrweb.config.training import dataset_folder
from ocrweb.data.icdar import read_split
from ocrweb.errors import OcrwebError
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.detect.detection import detect_once
from ocrweb.services.detect.golden import shipped_pictures
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import model_decode_options
from ocrweb.services.training.proof import LOW_THRESHOLD
from ocrweb.services.training.runs import run_info


def detect_weak_text(run: str) -> DetectionResult:
    """One of the run's own evaluation pictures at threshold 0.05; a shipped one when its dataset is gone.

    Raises what is wrong with the run, its model or the picture.
    """
    picture = _evaluated(run) or shipped_pictures()[0]
    request = DetectRequest(run, decode=model_decode_options(run, threshold=LOW_THRESHOLD))
    return detect_once(picture, request, picture.name)


def _evaluated(run: str) -> Path | None:
    """The first picture of the test list, else the last of the training list, of which a part is held out."""
    config = run_info(run).config
    if config is None:
        return None
    places: tuple[tuple[Literal["test", "train"], int], ...] = (("test", 0), ("train", -1))
    for split, place in places:
        try:
            return read_split(dataset_folder(config.dataset), split, pictures=False)[place].image
        except (OcrwebError, IndexError):  # no such list, or nothing in it that can be read
            continue
    return None
