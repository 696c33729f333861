"""Going on with a batch that was stopped: what its folder says is finished, and whether the settings are the same."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.config.documents import fits, is_number, is_object, is_text, parse_json
from ocrweb.disk.passing import sweep_all
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole
from ocrweb.services.batch.summary import summary_row
from ocrweb.services.files.outputs import OutputFolder, to_json
from ocrweb.services.intake.sources import RUN_MARK

RESULT = {
    "image_path": is_text,
    "success": lambda value: isinstance(value, bool),
    "boxes": lambda value: isinstance(value, list),
    "scores": lambda value: isinstance(value, list) and all(map(is_number, value)),
    "width": lambda value: value is None or is_number(value),
    "height": lambda value: value is None or is_number(value),
    "inference_time": lambda value: value is None or is_number(value),
    "error": lambda value: value is None or isinstance(value, dict),
}


@dataclass(frozen=True, slots=True)
class Finished:
    """A picture that an earlier run answered. row: its line of the summary. written: when, in seconds since 1970."""

    name: str
    success: bool
    row: dict[str, Any]
    written: float


def picture_key(shown: str, base: str = "") -> str:
    """The same for a picture however its path was typed. base: the folder where that was, by default the working folder."""
    return os.path.normpath(os.path.join(base or os.getcwd(), shown))


def settle_run(folder: OutputFolder, settings: dict[str, Any]) -> str:
    """Mark the folder with the settings of its results, and with the folder that relative paths in them start from.

    Returns that folder: the working folder of the first run. Raises `batch.other-settings` when there are results of
    other settings.
    """
    mark = folder.path / RUN_MARK
    try:
        kept = parse_json(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = None  # a new folder, or a kill while the mark was written
    if not fits(kept, {"settings": is_object, "base": is_text}):
        kept = None
    before = kept.get("settings", {}) if kept is not None else None
    plain = json.loads(to_json(settings))
    if before is not None and (changed := sorted(name for name in before if plain.get(name) != before[name])):
        raise OcrwebError("batch.other-settings", path=str(folder.path), changed=", ".join(changed))
    base = str((kept or {}).get("base") or os.getcwd())
    told = {"schema": 1, "settings": plain, "base": base}
    if kept != told:
        write_whole(mark, to_json(told))
    return base


def read_finished(folder: OutputFolder, base: str = "") -> dict[str, Finished]:
    """By `picture_key`, what the folder's JSON files answer. A damaged file answers nothing; leftovers are removed.

    base: what `settle_run` returned.
    """
    for place in (folder.json, folder.visualization, folder.path):
        sweep_all(place)
    found: dict[str, Finished] = {}
    for path in sorted(folder.json.glob("*.json")):
        document = read_document(path)
        if document is not None:
            row = summary_row(document, path.name)
            entry = Finished(path.stem, bool(document["success"]), row, path.stat().st_mtime)
            found[picture_key(document["image_path"], base)] = entry
    return found


def read_document(path: Path) -> dict[str, Any] | None:
    """A whole result document, or None when the file is cut short or something else."""
    try:
        document = parse_json(path.read_bytes())
    except (OSError, ValueError):
        return None
    return document if fits(document, RESULT) and document.keys() >= RESULT.keys() else None
