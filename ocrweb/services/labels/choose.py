"""From a pile of pictures those whose labels would teach most, each with a sentence why."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrweb import messages
from ocrweb.config import paths
from ocrweb.config.detection import ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.choosing import Impression, Pick, impression, pick
from ocrweb.imaging.picture import read_picture
from ocrweb.runtime.detector import Detector
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.intake.sources import Source, open_sources
from ocrweb.services.labels.entries import stored_set
from ocrweb.services.labels.listing import list_pictures
from ocrweb.services.labels.states import OPEN

SMALLER = 0.6  # of the usual size, at which the model looks a second time
LARGEST_SIDE = 1600  # pixels that a page of a document is drawn with


@dataclass(frozen=True, slots=True)
class ChooseRequest:
    """folder: files, a folder, a zip, or the name of a stored dataset, of which the pictures that nobody has checked are
    looked at. count: how many to choose."""

    folder: Path
    count: int = 20
    detect: DetectRequest = field(default_factory=DetectRequest)


@dataclass(frozen=True, slots=True)
class Chosen:
    """picture: as the person knows it. pick: why."""

    picture: str
    pick: Pick
    places: int
    disagreement: float

    def why(self, lang: str | None = None) -> str:
        percent = round(100 * self.disagreement)
        return messages.text(
            f"choose.{self.pick.reason}", lang, places=self.places, percent=percent, count=self.pick.count
        )


@dataclass(frozen=True, slots=True)
class ChooseReport:
    """chosen: the best first. pictures: that were looked at. failed: that could not be, and why."""

    chosen: tuple[Chosen, ...]
    pictures: int
    failed: tuple[tuple[str, OcrwebError], ...]

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {
            "chosen": [{"picture": one.picture, "score": one.pick.score, "why": one.why(lang)} for one in self.chosen],
            "pictures": self.pictures,
            "failed": [{"picture": name, **error.to_dict(lang)} for name, error in self.failed],
        }


def choose(request: ChooseRequest, progress: Callable[[int, int], None] = lambda done, total: None) -> ChooseReport:
    """Look at every picture in two sizes and choose.

    Raises what opening the pictures or the model raises, and the error of the first picture when none could be read.
    """
    seen: list[tuple[str, Impression]] = []
    failed: list[tuple[str, OcrwebError]] = []
    with _pictures(request.folder) as sources:
        detector = request.detect.detector()
        for done, source in enumerate(sources, 1):
            try:
                seen.append((source.shown, _look(detector, source)))
            except OcrwebError as error:
                failed.append((source.shown, error))
            progress(done, len(sources))
    if not seen:
        raise failed[0][1]
    chosen = [
        Chosen(seen[one.index][0], one, seen[one.index][1].places, seen[one.index][1].disagreement)
        for one in pick([impression for _, impression in seen], request.count)
    ]
    return ChooseReport(tuple(chosen), len(seen), tuple(failed))


def _look(detector: Detector, source: Source) -> Impression:
    if source.error is not None:
        raise source.error
    page = source.read_page(LARGEST_SIDE)
    pixels = read_picture(source.path, name=source.shown).pixels if page is None else page.pixels
    large = detector.probability(pixels)
    if detector.loaded.engine.fixed_size:
        return impression(pixels, large.map, large.map)  # such a network knows one size alone
    side = max(64, round(max(large.map.shape) * SMALLER / 32) * 32)
    small = detector.probability(pixels, ResizeOptions(limit_side=side, limit_type="max"))
    return impression(pixels, large.map, small.map)


@contextlib.contextmanager
def _pictures(folder: Path) -> Iterator[tuple[Source, ...]]:
    """Raises as `open_sources`; batch.no-pictures too for a stored dataset whose pictures are all checked."""
    stored = len(folder.parts) == 1 and not folder.exists() and (paths.datasets_dir() / folder).is_dir()
    if not stored:
        with open_sources([folder]) as sources:
            yield sources
        return
    labelled = stored_set(str(folder))
    names = [row.picture for row in list_pictures(labelled).pictures if row.state in OPEN]
    if not names:
        raise OcrwebError("batch.no-pictures", path=str(folder))
    yield tuple(Source(labelled.places[name].image, name) for name in names)
