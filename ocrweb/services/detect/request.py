"""What one detection is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.config.model_names import DEFAULT
from ocrweb.errors import OcrwebError
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.pool import shared_detector


@dataclass(frozen=True, slots=True)
class DetectRequest:
    """What to detect with. decode, resize: None means the model's own (its card)."""

    model: str = DEFAULT
    engine: str = "auto"
    precision: str = "auto"
    device: str = "auto"
    decode: DecodeOptions | None = None
    resize: ResizeOptions | None = None

    def detector(self, streams: int = 1) -> Detector:
        """The shared detector of this model; raises what the catalogue or the engine finds wrong.

        streams: pictures that the network works on at the same time. ``detect.fixed-size`` when a resize is asked for
        and the network takes one size alone.
        """
        detector = shared_detector(self.model, self.engine, self.precision, self.device, streams=streams)
        if self.resize is not None and (size := detector.loaded.engine.fixed_size):
            raise OcrwebError("detect.fixed-size", name=self.model, height=size[0], width=size[1])
        return detector
