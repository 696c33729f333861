"""One picture: detect, decode again with other settings, draw, save."""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.imaging.draw import draw_polygons
from ocrweb.imaging.heat import heat_picture
from ocrweb.runtime.detector import Detector, PageMap, Source
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.detect.maps import KeptPage, MapStore
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.sheet import Place, read_sheet
from ocrweb.services.files.outputs import OutputFolder, SavedPicture, new_output_folder, save_single
from ocrweb.services.tally.pictures import counted

_store = MapStore()


@dataclass(frozen=True, slots=True)
class Detection:
    """A result and the handle under which its probability map is kept for a while. pages: of the document, 0 for a picture
    that is a file of its own."""

    result: DetectionResult
    handle: str
    pages: int = 0


def detect_picture(
    source: Source,
    request: DetectRequest | None = None,
    *,
    shown: str | None = None,
    number: int = 1,
    cancel: threading.Event | None = None,
) -> Detection:
    """Run the network on one picture and keep its map.

    source: a file, encoded bytes, or (H, W, 3) uint8 BGR pixels. shown: ``image_path`` in the result. number: page of a
    PDF or TIFF, from 1.
    cancel: when set between two stages, `detect.cancelled` is raised and nothing is kept.
    Raises coded errors for pictures and models that cannot be used.
    """
    request = request or DetectRequest()
    shown = shown if shown is not None else str(source) if isinstance(source, Path) else ""
    result, page, place = _detect(source, request, shown, number, cancel)
    handle = _store.put(KeptPage(request, shown, source if isinstance(source, Path) else None, page, place))
    return Detection(result, handle, place.pages)


def detect_once(
    source: Source, request: DetectRequest, shown: str, number: int = 1, cancel: threading.Event | None = None
) -> DetectionResult:
    """`detect_picture` for those who want the result only: no map is kept."""
    return _detect(source, request, shown, number, cancel)[0]


def _detect(
    source: Source, request: DetectRequest, shown: str, number: int, cancel: threading.Event | None
) -> tuple[DetectionResult, PageMap, Place]:
    with counted("single") as count:
        _check(cancel)
        detector = request.detector()
        _check(cancel)
        place, page = _map(detector, source, request, shown, number, cancel)
        _check(cancel)
        result = place.told(detector.regions(page, request.decode, image_path=place.shown))
        _check(cancel)
        count.regions = len(result.regions)
        return result, page, place


def _map(
    detector: Detector, source: Source, request: DetectRequest, shown: str, number: int, cancel: threading.Event | None
) -> tuple[Place, PageMap]:
    if not isinstance(source, Path):
        return Place(shown), probe(detector, source, request.resize, shown, cancel)
    place, sheet = read_sheet(source, shown, number, detector.longest(request.resize))
    _check(cancel)
    return place, probe(detector, sheet.pixels if sheet else source, request.resize, place.shown, cancel)


def redecode(handle: str, decode: DecodeOptions) -> Detection:
    """The same picture with other decode settings, from its kept map: the network does not run.

    Only when the map was dropped and the picture's file is still there is it computed again; otherwise
    `detect.expired` asks for the picture.
    """
    kept, page = _page(handle)
    result = kept.request.detector().regions(page, decode, image_path=kept.place.shown)
    return Detection(kept.place.told(result), handle, kept.place.pages)


def drawing(handle: str, result: DetectionResult) -> np.ndarray:
    """(H, W, 3) uint8 BGR: the picture with its regions in red, numbered in reading order."""
    return draw_result(_page(handle)[1].picture, result)


def heat(handle: str) -> bytes | None:
    """A PNG with the probability map as heat on nothing, to be stretched over the picture; None where it holds no text."""
    return heat_picture(_page(handle)[1].map)


def picture(handle: str) -> np.ndarray:
    """(H, W, 3) uint8 BGR: the picture as a person sees it (EXIF applied)."""
    return _page(handle)[1].picture


def save_detection(handle: str, result: DetectionResult, folder: OutputFolder | None = None) -> SavedPicture:
    """``visualization/detection_result.png`` and ``json/result.json`` in a new output folder, or again in a given one."""
    return save_single(result, drawing(handle, result), folder or new_output_folder())


def draw_result(pixels: np.ndarray, result: DetectionResult) -> np.ndarray:
    """A copy of the picture with the regions of a result drawn on it."""
    polygons = [region.quad if region.outline is None else region.outline for region in result.regions]
    return draw_polygons(pixels, polygons)


def probe(
    detector: Detector,
    source: Source,
    resize: ResizeOptions | None,
    shown: str,
    cancel: threading.Event | None = None,
) -> PageMap:
    """The map of a picture; an error about the file names it as people know it, not as a temporary file."""
    try:
        return detector.probability(source, resize, lambda: _check(cancel))
    except OcrwebError as error:
        if shown and error.where is not None:
            raise OcrwebError(error.code, where=shown, **error.params) from error
        raise


def _page(handle: str) -> tuple[KeptPage, PageMap]:
    kept = _store.get(handle)
    if kept is None or (kept.page is None and not (kept.source and kept.source.is_file())):
        raise OcrwebError("detect.expired")
    if kept.page is not None:
        return kept, kept.page
    assert kept.source is not None
    page = _map(kept.request.detector(), kept.source, kept.request, kept.shown, kept.place.number or 1, None)[1]
    kept = dataclasses.replace(kept, page=page)
    _store.put(kept, handle)
    return kept, page


def _check(cancel: threading.Event | None) -> None:
    if cancel is not None and cancel.is_set():
        raise OcrwebError("detect.cancelled")
