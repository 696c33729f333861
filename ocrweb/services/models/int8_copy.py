"""Make a model's copy in int8, whole or not at all, and say what it is worth on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ocrweb.config.training import dataset_folder
from ocrweb.disk.atomic import sync_file, sync_folder, write_text
from ocrweb.disk.passing import remove_folder
from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.convert import onnx_of
from ocrweb.runtime.entry import ModelEntry
from ocrweb.runtime.int8 import NETWORK, RECORD, Int8Copy, copies_folder, find_copy
from ocrweb.runtime.paddle_env import child_environment
from ocrweb.services.files.outputs import writing
from ocrweb.services.files.retelling import revived
from ocrweb.services.files.temporary import working_folder
from ocrweb.services.work.child import ask_module

JOB = "ocrweb.training.int8_job"
KEPT = 8  # copies; the oldest go
Told = Callable[[str, float], None]


def make_int8_copy(model: str, data: str = "", told: Told = lambda stage, share: None) -> Int8Copy:
    """Quantise a model, judge the copy and keep it by the model's digest; an older copy of it is replaced.

    data: a dataset like the pictures that will come; "" takes rendered pages. told: hears stage and share (0..1).
    ``--precision auto`` takes the copy where it is `good` and the quickest, ``int8`` in any case. Raises what naming the
    model and reading the dataset raise, ``quantised.no-network``, ``quantised.already``, ``quantised.crashed``,
    ``usage.disk-full``.
    """
    entry = resolve(model)
    network = _network(entry)
    dataset = dataset_folder(data) if data else None
    parent = copies_folder()
    with writing(parent):
        parent.mkdir(parents=True, exist_ok=True)
    with working_folder(parent, "int8") as staging:
        folder, work = staging / "copy", staging / "work"
        with writing(staging):
            folder.mkdir()
            work.mkdir()
        asked = {
            "network": str(network),
            "card": entry.card.model_dump(mode="json"),
            "dataset": str(dataset.resolve()) if dataset else None,
            "target": str(folder),
            "work": str(work),
        }
        answer = ask_module(
            JOB,
            asked,
            staging,
            environment={**child_environment(), "TMPDIR": str(work)},
            told=told,
            watch=lambda pid: None,
            crashed="quantised.crashed",
        )
        if answer.pop("kind") == "error":
            raise revived(answer)
        with writing(parent):
            _publish(folder, answer, parent / entry.digest())
    told("done", 1.0)
    copy = find_copy(entry)
    if copy is None:  # the model was replaced while its copy was made
        raise OcrwebError("quantised.crashed", reason=entry.name)
    return copy


def _network(entry: ModelEntry) -> Path:
    if entry.missing is not None:
        raise entry.missing
    if "onnx" in entry.files:
        return entry.files["onnx"]
    if "weights" in entry.files:
        return onnx_of(entry.files["weights"])
    raise OcrwebError("quantised.no-network", name=entry.name)


def _publish(folder: Path, record: dict[str, Any], target: Path) -> None:
    write_text(folder / RECORD, json.dumps(record, ensure_ascii=False, indent=2))
    sync_file(folder / NETWORK)
    if target.exists():
        remove_folder(target)
    folder.rename(target)
    sync_folder(target.parent)
    ages = sorted((path for path in target.parent.iterdir() if (path / RECORD).is_file()), key=_age)
    for old in ages[:-KEPT]:
        remove_folder(old)


def _age(folder: Path) -> int:
    return folder.stat().st_mtime_ns
