"""Going on with a batch that was stopped: what its folder says is finished, and whether the settings are the same."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole
from ocrweb.services.outputs import OutputFolder, to_json
from ocrweb.services.sources import RUN_MARK
from ocrweb.services.summary import summary_row


@dataclass(frozen=True, slots=True)
class Finished:
    """A picture that an earlier run answered. row: its line of the summary."""

    name: str
    success: bool
    row: dict[str, Any]


def picture_key(shown: str) -> str:
    """The same for a picture however its path was typed."""
    return os.path.abspath(shown)


def settle_run(folder: OutputFolder, settings: dict[str, Any]) -> None:
    """Mark the folder with the settings of its results; `batch.other-settings` when it holds results of others."""
    mark = folder.path / RUN_MARK
    document = {"schema": 1, "settings": settings}
    try:
        kept = json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = None  # a new folder, or a kill while the mark was written
    if kept is not None and kept != json.loads(to_json(document)):
        changed = sorted(
            name
            for name in {**settings, **kept.get("settings", {})}
            if settings.get(name) != kept.get("settings", {}).get(name)
        )
        raise OcrwebError("batch.other-settings", path=str(folder.path), changed=", ".join(changed))
    write_whole(mark, to_json(document))


def read_finished(folder: OutputFolder) -> dict[str, Finished]:
    """By `picture_key`, what the folder's JSON files answer. A damaged file answers nothing; leftovers are removed."""
    for leftover in [*folder.json.glob(".*.tmp"), *folder.visualization.glob(".*.tmp"), *folder.path.glob(".*.tmp")]:
        leftover.unlink(missing_ok=True)
    found: dict[str, Finished] = {}
    for path in sorted(folder.json.glob("*.json")):
        document = read_document(path)
        if document is not None:
            entry = Finished(path.stem, bool(document["success"]), summary_row(document, path.name))
            found[picture_key(document["image_path"])] = entry
    return found


def read_document(path: Path) -> dict[str, Any] | None:
    """A whole result document, or None when the file is cut short or something else."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    needed = {"image_path", "success", "boxes", "scores", "width", "height", "inference_time", "error"}
    return document if isinstance(document, dict) and needed <= document.keys() else None
