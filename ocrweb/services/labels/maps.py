"""Probability maps of pictures that are being labelled: each computed once for its picture and model, and kept for a while."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import cv2
import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.model_names import IN_USE
from ocrweb.imaging.picture import read_picture
from ocrweb.runtime.detector import default_decode
from ocrweb.runtime.transform import PageTransform
from ocrweb.services.detect.detection import probe
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.recent import Recent
from ocrweb.services.labels.entries import LabelPlace
from ocrweb.services.labels.picture import picture_tag

BUDGET = 128 * 2**20  # bytes


@dataclass(frozen=True, slots=True, eq=False)
class SeenPicture:
    """map: (h, w) float32, 0..1. usual: settings that the model's card recommends. tiles: pieces it was seen in.
    gray: (H, W) uint8, the picture itself, in which words are told apart."""

    map: np.ndarray
    page: PageTransform
    tiles: int
    usual: DecodeOptions
    gray: np.ndarray

    @property
    def nbytes(self) -> int:
        return self.map.nbytes + self.gray.nbytes


Key = tuple[str, str, str, object]


class KeptMaps:
    """The most recently used maps within a budget of bytes; the newest is always kept. One at a time computes one."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._maps: Recent[Key, SeenPicture] = Recent(budget, lambda seen: seen.nbytes)
        self._computing = threading.Lock()
        self.computed = 0

    def get(self, place: LabelPlace, model: str = IN_USE) -> SeenPicture:
        """Raises ``image.…``, and what the model raises."""
        detector = DetectRequest(model=model).detector()
        key = (str(place.image), picture_tag(place), detector.model, detector.entry.stamp())
        if (known := self._maps.get(key)) is not None:
            return known
        with self._computing:
            if (known := self._maps.get(key)) is not None:
                return known
            page = probe(detector, place.image, None, place.picture)
            gray = cv2.cvtColor(page.picture, cv2.COLOR_BGR2GRAY)
            seen = SeenPicture(page.map, page.page, page.tiles, default_decode(detector.card), gray)
            self.computed += 1
            return self._maps.put(key, seen)

    def size(self) -> int:
        """Bytes held."""
        return self._maps.size()


MAPS = KeptMaps()


def gray_of(place: LabelPlace) -> np.ndarray:
    """The picture itself, (H, W) uint8, without a look through the network. Raises ``image.…``."""
    return cv2.cvtColor(read_picture(place.image, name=place.picture).pixels, cv2.COLOR_BGR2GRAY)
