"""What one picture gave: the contract that `result.json`, the API and the page share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.runtime.region import TextRegion

SCHEMA = 1
SHRUNK = "picture-shrunk"
WARNINGS = (SHRUNK,)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of each stage."""

    decode: float = 0.0
    preprocess: float = 0.0
    network: float = 0.0
    postprocess: float = 0.0

    @property
    def total(self) -> float:
        return self.decode + self.preprocess + self.network + self.postprocess


@dataclass(frozen=True, slots=True)
class DetectionResult:
    """The regions of one picture in reading order, or the error that stopped it.

    width, height: pixels of the picture as a person sees it; 0 when it could not be read.
    threshold: the bin_threshold in force. device: the device and engine, in words.
    tiles: pieces that the network saw the picture in. warnings: codes of what may be wrong with the result: `SHRUNK`
    means that text of ordinary size is too small to be found at the size the network saw. page: of a document, from 1. to_points: from pixels to the points of a PDF's page, as of
    `imaging.documents.page.DocumentPage`.
    """

    image_path: str
    width: int
    height: int
    model: str
    device: str
    threshold: float
    regions: tuple[TextRegion, ...] = ()
    timing: Timing = Timing()
    error: OcrwebError | None = None
    tiles: int = 1
    warnings: tuple[str, ...] = ()
    page: int | None = None
    to_points: tuple[float, ...] | None = None

    @property
    def success(self) -> bool:
        return self.error is None

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The JSON document of one picture. ``boxes`` and ``scores`` have the same length, in reading order."""
        document: dict[str, Any] = {
            "schema": SCHEMA,
            "image_path": self.image_path,
            "width": self.width,
            "height": self.height,
            "model": self.model,
            "device": self.device,
            "threshold": self.threshold,
            "boxes": [[round(float(v)) for v in region.quad.reshape(-1)] for region in self.regions],
            "scores": [round(float(region.score), 4) for region in self.regions],
            "texts": [],
            "success": self.success,
            "inference_time": round(self.timing.total, 4),
            "timing": {
                name: round(getattr(self.timing, name), 4)
                for name in ("decode", "preprocess", "network", "postprocess")
            },
            "error": self.error.to_dict(lang) if self.error else None,
        }
        if self.tiles > 1:
            document["tiles"] = self.tiles
        if self.warnings:
            document["warnings"] = list(self.warnings)
        if self.page is not None:
            document["page"] = self.page
        if self.to_points is not None:
            document["boxes_points"] = [_in_points(box, self.to_points) for box in document["boxes"]]
        if any(region.outline is not None for region in self.regions):
            document["polygons"] = [
                [round(float(v)) for v in (region.quad if region.outline is None else region.outline).reshape(-1)]
                for region in self.regions
            ]
        return document


def _in_points(box: list[int], to_points: tuple[float, ...]) -> list[float]:
    """x1, y1, … in pixels → in points of a PDF's page."""
    a, b, c, d, e, f = to_points
    return [
        round(value, 2)
        for x, y in zip(box[::2], box[1::2], strict=True)
        for value in (a * x + c * y + e, b * x + d * y + f)
    ]
