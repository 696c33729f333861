"""How long a model takes for a page on this machine: measured once, then kept."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import Any

from ocrweb.config.documents import is_number
from ocrweb.runtime.entry import ModelEntry
from ocrweb.services.detect.golden import shipped_pictures
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.remembered import Remembered
from ocrweb.services.registry.digest import digest_of_entry

TIMES = 3
_speeds = Remembered("model-speeds.json", "speeds", schema=1, kept=200)


@dataclass(frozen=True, slots=True)
class Speed:
    """seconds: the median for one of the golden pictures, from its file to its boxes. device: in words."""

    seconds: float
    device: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def known_speed(entry: ModelEntry) -> Speed | None:
    """None as long as it was not measured here."""
    found = _speeds.get(digest_of_entry(entry))
    if not isinstance(found, dict) or not is_number(found.get("seconds")):
        return None
    return Speed(float(found["seconds"]), str(found.get("device", "")))


def measure_speed(name: str) -> Speed:
    """Measure it now and keep it. Raises what loading the model raises, usage.disk-full."""
    detector = DetectRequest(name).detector()
    picture = shipped_pictures()[0]
    detector.detect(picture)  # the first one prepares the engine
    seconds = [detector.detect(picture).timing.total for _ in range(TIMES)]
    speed = Speed(round(statistics.median(seconds), 4), detector.device)
    _speeds.put(digest_of_entry(detector.entry), speed.to_dict())
    return speed
