"""Output folders: where results land, and how they get there whole.

``outputs/outputs_YYYYMMDDHHMMSS/{visualization,json}`` with ``summary.csv``. A file appears under its final name only
when it is complete; a folder of another run is never written into.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config import paths
from ocrweb.disk.names import BREAKS_A_PATH, claim_folder, take_name
from ocrweb.disk.passing import passing_name
from ocrweb.imaging.encode import encode_picture, write_error, write_whole
from ocrweb.runtime.result import DetectionResult

LONGEST_NAME = 180  # bytes: `<name>_result.png` stays under the 255 of usual file systems
_UNSAFE = re.compile(f"[{BREAKS_A_PATH}]")


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """One run's folder. Its sub-folders exist."""

    path: Path

    @property
    def visualization(self) -> Path:
        return self.path / "visualization"

    @property
    def json(self) -> Path:
        return self.path / "json"

    @property
    def summary(self) -> Path:
        return self.path / "summary.csv"


@dataclass(frozen=True, slots=True)
class SavedPicture:
    """Files of one picture; ``visualization`` is None when nothing could be drawn."""

    folder: Path
    json: Path
    visualization: Path | None


def new_output_folder(parent: Path | None = None) -> OutputFolder:
    """A fresh folder named after the second it was made in, ``_2`` and so on when that second is taken.

    parent: default the data root's ``outputs``. Raises `usage.not-writable` or `usage.disk-full`.
    """
    parent = parent or paths.outputs_dir()
    stem = f"outputs_{time.strftime('%Y%m%d%H%M%S')}"
    with writing(parent):
        parent.mkdir(parents=True, exist_ok=True)
        path = claim_folder(parent, stem)
    return open_output_folder(path)


def open_output_folder(path: Path) -> OutputFolder:
    """The folder a person named, made when missing. Raises `usage.not-writable` or `usage.disk-full`."""
    folder = OutputFolder(path)
    with writing(path):
        folder.visualization.mkdir(parents=True, exist_ok=True)
        folder.json.mkdir(exist_ok=True)
        probe = path / passing_name("probe")
        probe.touch()
        probe.unlink()
    return folder


def save_single(
    result: DetectionResult, drawing: np.ndarray | None, folder: OutputFolder, suffix: str = ""
) -> SavedPicture:
    """``visualization/detection_result.png`` and ``json/result.json``; saving again replaces this picture's own files.

    drawing: (H, W, 3) uint8 BGR. suffix: appended to both names when the folder already holds another picture.
    """
    return _save(result, drawing, folder, f"detection_result{suffix}.png", f"result{suffix}.json")


def save_named(result: DetectionResult, drawing: np.ndarray | None, folder: OutputFolder, name: str) -> SavedPicture:
    """``visualization/<name>_result.png`` first, then ``json/<name>.json``: a JSON file says that its picture is done."""
    return _save(result, drawing, folder, f"{name}_result.png", f"{name}.json")


def _save(
    result: DetectionResult, drawing: np.ndarray | None, folder: OutputFolder, picture_name: str, json_name: str
) -> SavedPicture:
    picture = folder.visualization / picture_name
    if drawing is not None:
        write_whole(picture, encode_picture(drawing, ".png"))
    document = folder.json / json_name
    write_whole(document, to_json(result.to_dict()))
    return SavedPicture(folder.path, document, picture if drawing is not None else None)


def to_json(document: Any) -> bytes:
    """UTF-8 JSON; a file name that is not valid UTF-8 keeps its bytes as escapes instead of failing."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n"


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Inside it an `OSError` becomes `usage.disk-full` or `usage.not-writable`."""
    try:
        yield
    except OSError as failure:
        raise write_error(failure, path) from failure


class Names:
    """Hands out output names that are unique in one folder, on case-insensitive disks too."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}

    def give(self, source: str) -> str:
        """A name from a picture's path: its stem, shortened when very long, numbered when taken (``a_2``)."""
        return take_name(safe_stem(source), self._taken)


def safe_stem(source: str) -> str:
    """The file's stem without characters that break a path or a line, at most 180 bytes."""
    stem = _UNSAFE.sub("_", Path(source).stem).strip() or "picture"
    raw = os.fsencode(stem)
    if len(raw) <= LONGEST_NAME:
        return stem
    digest = hashlib.sha256(raw).hexdigest()[:10]
    return f"{raw[: LONGEST_NAME - 11].decode('utf-8', 'ignore')}_{digest}"
