"""Loaded detectors, shared by all threads of the process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from ocrweb.config.model_names import DEFAULT
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.crew import Crew
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.engines.load import Loaded, load_engine
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.int8 import Stamp, copy_stamp
from ocrweb.runtime.watchdog import patience_for, watchdog

KEPT = 2  # one in use and the one compared with it; each holds some hundred megabytes

CONVERTING = 600.0  # seconds more for weights whose network has to be made first
DOWNLOADING = 1800.0  # and for a model that PaddleOCR may have to fetch

Key = tuple[str, str, str, str, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: Stamp
    detector: Detector


class DetectorPool:
    """The most recently used detectors. Loads are one at a time, and requests for a loaded one do not wait for them.

    A detector that leaves the pool lives on with whoever still uses it, and is freed by the last of them.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._detectors: OrderedDict[Key, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self.crew: Crew | None = None  # where the networks run; None for this process

    def get(
        self,
        model: str = DEFAULT,
        engine: str = "auto",
        precision: str = "auto",
        device: str = "auto",
        *,
        streams: int = 1,
    ) -> Detector:
        """The detector of a model, loaded unless it is there and its files are unchanged. Raises what loading raises.

        streams: see `load_engine`; more than 1 suits batches. A crew has one a process.
        """
        streams = 1 if self.crew is not None else streams
        entry = resolve(model)
        files = entry.stamp()
        watchdog.check(entry.name, files)
        # Before any lock, since the first look at a model reads the whole of it; and before it is loaded, so that files
        # which change meanwhile are loaded anew by whoever asks next.
        stamp = (*files, *copy_stamp(entry))
        key = (entry.name, engine, precision, device, streams)  # a model has several names
        if (found := self._find(key, entry, stamp)) is not None:
            return found
        with self._loading:
            if (found := self._find(key, entry, stamp)) is not None:
                return found
            with self._lock:
                self._detectors.pop(key, None)  # a stale one: freed before its successor needs the memory
            loaded = watchdog.call(
                entry.name,
                files,
                lambda: Detector(entry, self._load(entry, key)),
                _patience(entry),
            )
            with self._lock:
                while len(self._detectors) >= self._kept:
                    self._detectors.popitem(last=False)
                self._detectors[key] = _Kept(stamp, loaded)
            return loaded

    def loaded(self) -> list[Detector]:
        """What is loaded now, the most recently used last."""
        with self._lock:
            return [kept.detector for kept in self._detectors.values()]

    def clear(self) -> None:
        with self._lock:
            self._detectors.clear()

    def _load(self, entry: ModelEntry, key: Key) -> Loaded:
        model, engine, precision, device, streams = key
        if self.crew is not None:
            return self.crew.load((model, engine, precision, device))
        return load_engine(entry, engine, precision, device, streams=streams)

    def _find(self, key: Key, entry: ModelEntry, stamp: Stamp) -> Detector | None:
        with self._lock:
            kept = self._detectors.get(key)
            if kept is None or kept.stamp != stamp or kept.detector.entry.card != entry.card:
                return None
            self._detectors.move_to_end(key)
            return kept.detector


def _patience(entry: ModelEntry) -> float:
    """Seconds that loading may take."""
    if entry.kind == "official":
        return patience_for(0) + DOWNLOADING
    return patience_for(0) + (0.0 if "onnx" in entry.files else CONVERTING)


_pool = DetectorPool()  # of this process
shared_detector = _pool.get
loaded_detectors = _pool.loaded


def share_out(processes: int) -> None:
    """From now on the networks of this process run in so many processes of their own; 0: in this one again."""
    before = _pool.crew
    _pool.clear()
    _pool.crew = Crew(processes) if processes else None
    if before is not None:
        before.close()


def crew() -> Crew | None:
    """The processes that the networks run in, if they do not run in this one."""
    return _pool.crew
