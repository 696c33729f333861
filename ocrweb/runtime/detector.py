"""Picture → probability map → regions, with real timings, on one loaded model."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import read_picture
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.decode import decode as decode_map
from ocrweb.runtime.engines.load import Loaded
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.preprocess import NetworkInput
from ocrweb.runtime.result import SHRUNK, DetectionResult, Timing
from ocrweb.runtime.seeing import InputRule, Network, Seen, see, whole_input
from ocrweb.runtime.tiling import LARGEST, vanishes
from ocrweb.runtime.transform import PageTransform
from ocrweb.runtime.watchdog import patience_for, watchdog

Source = Path | bytes | np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class PageMap:
    """What the network saw in a picture: enough to decode again with other settings.

    map: (h, w) float32, 0..1, only the part that shows the picture. picture: (H, W, 3) uint8 BGR, upright.
    timing: seconds up to and with the network; its ``postprocess`` is 0. tiles: pieces that the network saw it in.
    """

    map: np.ndarray
    page: PageTransform
    picture: np.ndarray
    timing: Timing
    tiles: int = 1


class Detector:
    """One loaded model. Keeps nothing between calls; safe to share between threads.

    model: the name it was asked for by. device: the device, engine and precision in words.
    """

    def __init__(self, entry: ModelEntry, loaded: Loaded) -> None:
        self.entry = entry
        self.loaded = loaded
        self.model = entry.name
        self.device = loaded.engine.device
        self._stamp = entry.stamp()

    @property
    def card(self) -> ModelCard:
        return self.entry.card

    def detect(
        self, source: Source, decode: DecodeOptions | None = None, resize: ResizeOptions | None = None
    ) -> DetectionResult:
        """The regions of one picture. A picture or network that fails is a result with its ``error``, never raised.

        decode: None means `default_decode` of the card. resize: None means the card's rule.
        """
        decode = decode or default_decode(self.card)
        try:
            return self.regions(self.probability(source, resize), decode, image_path=_shown(source))
        except OcrwebError as error:
            return DetectionResult(_shown(source), 0, 0, self.model, self.device, decode.threshold, error=error)

    def probability(
        self, source: Source, resize: ResizeOptions | None = None, check: Callable[[], None] = lambda: None
    ) -> PageMap:
        """The probability map of one picture, made of tiles where the whole would be shrunk too far.

        check: called before every tile; what it raises ends the work. Raises `image.…`, and what `_run` raises.
        """
        start = time.perf_counter()
        pixels = source if isinstance(source, np.ndarray) else read_picture(source).pixels
        decoded, network = time.perf_counter(), 0.0

        def run(blob: np.ndarray) -> np.ndarray:
            nonlocal network
            began = time.perf_counter()
            answer = self._run(blob)
            network += time.perf_counter() - began
            return answer

        seen = see(pixels, self._rule(resize), run, fixed=self.loaded.engine.fixed_size, check=check)
        preprocess = time.perf_counter() - decoded - network
        timing = Timing(decode=decoded - start, preprocess=preprocess, network=network)
        return PageMap(seen.map, seen.page, pixels, timing, seen.tiles)

    def prepare(self, source: Source, resize: ResizeOptions | None = None) -> NetworkInput:
        """Read, resize and normalise a whole picture: everything before the network.

        source: a file, encoded bytes, or (H, W, 3) uint8 BGR pixels.
        """
        pixels = source if isinstance(source, np.ndarray) else read_picture(source).pixels
        return whole_input(pixels, self._rule(resize), self.loaded.engine.fixed_size)

    def look(self, pixels: np.ndarray, network: Network) -> Seen:
        """A picture as another network in this one's place would see it, by the card's rule."""
        return see(pixels, self._rule(None), network, fixed=self.loaded.engine.fixed_size)

    def _rule(self, resize: ResizeOptions | None) -> InputRule:
        return InputRule(resize or default_resize(self.card), self.card.mean, self.card.std)

    def longest(self, resize: ResizeOptions | None = None) -> int:
        """Pixels of the longest side that a page should be drawn with for this network."""
        fixed, rule = self.loaded.engine.fixed_size, resize or default_resize(self.card)
        return max(fixed) if fixed else rule.limit_side if rule.limit_type == "max" else LARGEST

    def _run(self, blob: np.ndarray) -> np.ndarray:
        """(1, 3, H, W) → (H, W) probabilities.

        Raises `engine.run-failed`, `engine.out-of-memory`, `engine.no-answer` when it takes beyond all measure.
        """
        engine = self.loaded.engine
        patience = patience_for(blob[:, 0].size)
        try:
            full = watchdog.call(self.model, self._stamp, lambda: engine.run(blob), patience, engine.interrupt)[0]
        except MemoryError as failure:
            raise OcrwebError("engine.out-of-memory", size=f"{blob.shape[3]}x{blob.shape[2]}") from failure
        watchdog.tell_answer(self.model)
        return full

    def regions(
        self, page_map: PageMap, decode: DecodeOptions | None = None, *, image_path: str = ""
    ) -> DetectionResult:
        """Decode a map. Cheap: this is what a threshold slider calls."""
        decode = decode or default_decode(self.card)
        start = time.perf_counter()
        regions = tuple(decode_map(page_map.map, page_map.page, decode, tiles=page_map.tiles))
        timing = replace(page_map.timing, postprocess=time.perf_counter() - start)
        height, width = page_map.picture.shape[:2]
        page = page_map.page
        scale = max(page.resized_width, page.resized_height) / max(width, height)
        warnings = (SHRUNK,) if vanishes(width, height, scale) else ()
        return DetectionResult(
            image_path, width, height, self.model, self.device, decode.threshold, regions, timing,
            tiles=page_map.tiles, warnings=warnings,
        )  # fmt: skip


def default_decode(card: ModelCard) -> DecodeOptions:
    """The card's recommended settings, the product's where it recommends none."""
    recommended = {"threshold": card.threshold, "box_threshold": card.box_threshold, "unclip_ratio": card.unclip_ratio}
    return DecodeOptions.model_validate({name: value for name, value in recommended.items() if value is not None})


def default_resize(card: ModelCard) -> ResizeOptions:
    """The resize rule the card's thresholds were chosen with."""
    return ResizeOptions(limit_side=card.limit_side, limit_type=card.limit_type)


def _shown(source: Source) -> str:
    return str(source) if isinstance(source, Path) else ""
