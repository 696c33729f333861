"""The list of suspects of a stored dataset: looked for in the background, kept with it, dismissed by a person."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config.documents import parse_json
from ocrweb.config.model_names import DEFAULT
from ocrweb.data.labelling.dismissed import Dismissed, DismissedSet, parse_dismissed, read_dismissed, write_dismissed
from ocrweb.disk.address import missing_path
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.suspects import SuspectsRequest, find_suspects
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.facts import label_version
from ocrweb.services.labels.held import records_held
from ocrweb.services.labels.known_suspects import (
    KnownSuspects,
    keep_suspects,
    known_suspects,
    living_suspects,
)
from ocrweb.services.models.listing import check_model
from ocrweb.services.work.jobs import Job, Jobs, Snapshot

LARGEST = 64 << 20  # bytes of a list


@dataclass(frozen=True, slots=True)
class SuspectsJob(Snapshot):
    """done, total: pictures."""

    done: int = 0
    total: int = 0
    dataset: str = field(default="", kw_only=True)


_jobs = Jobs[SuspectsJob]("suspects", stopped="dataset.cancelled")
_latest: dict[str, str] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class SuspectsAnswer:
    """job: that is at work; then there is no list yet. stale: labels were changed since a model has looked."""

    job: SuspectsJob | None
    suspects: Sequence[dict[str, Any]] = ()
    known: KnownSuspects | None = None
    stale: bool = False

    def to_dict(self) -> dict[str, Any]:
        if self.job is not None:
            return {"running": True, "done": self.job.done, "total": self.job.total}
        assert self.known is not None
        return {
            "suspects": list(self.suspects),
            "pictures": self.known.pictures,
            "boxes": self.known.boxes,
            "model": self.known.model,
            "stale": self.stale,
        }


def suspects_of(labelled: LabelledSet, model: str = "", *, anew: bool = False) -> SuspectsAnswer:
    """The list as it holds now. Where there is none yet, a job begins to make it, and is told of.

    model: that shall have looked; "" for whichever has. anew: look again. Raises what ended the job that was started last,
    once: who asks again starts another.
    """
    wanted = check_model(model or DEFAULT)
    with _lock:
        key = str(labelled.root.resolve())
        job = _jobs.get(_latest.get(key))
        if job is not None and job.active:
            return SuspectsAnswer(job)
        if job is not None and job.error is not None:
            del _latest[key]
            raise job.error
        known = known_suspects(labelled.root)
        if known is None or anew or (model and known.model != wanted):
            _latest[key] = _start(labelled, wanted)
            return SuspectsAnswer(_jobs.get(_latest[key]))
    places = labelled.places
    stale = any(label_version(places[name]) != version for name, version in known.versions.items() if name in places)
    return SuspectsAnswer(None, living_suspects(labelled), known, stale)


def parse_suspects(document: Any) -> list[Dismissed]:
    """Suspects as a list gives them. Raises labels.bad-suspects."""
    return parse_dismissed(document)


def read_suspects(file: Path) -> list[Dismissed]:
    """Suspects of a file as ``suspects --json`` wrote it. Raises usage.missing-path, labels.bad-suspects."""
    try:
        document = parse_json(read_ordinary(file, LARGEST))
    except OSError as failure:
        raise missing_path(file) from failure
    except ValueError as failure:
        raise OcrwebError("labels.bad-suspects", number=1) from failure
    return parse_suspects(document)


def dismiss(labelled: LabelledSet, suspects: Sequence[Dismissed]) -> int:
    """Let suspects never come back; how many were not dismissed already. Raises store.no-such-picture."""
    for one in suspects:
        labelled.place(one.picture)
    with records_held(labelled.root):
        before = read_dismissed(labelled.root)
        added: list[Dismissed] = []
        for one in suspects:
            box = None if one.box is None else np.array(one.box).reshape(4, 2)
            if not DismissedSet([*before, *added]).holds(one.picture, one.kind, box, one.of):
                added.append(one)
        if added:
            write_dismissed(labelled.root, [*before, *added])
    return len(added)


def _start(labelled: LabelledSet, model: str) -> str:
    handle = Job(SuspectsJob(uuid.uuid4().hex, dataset=labelled.name))

    def work() -> dict[str, Any]:
        versions = {name: label_version(place) for name, place in labelled.places.items() if place.listed}
        request = SuspectsRequest(labelled.root, DetectRequest(model=model))

        def progress(done: int, total: int) -> None:
            handle.update(done=done, total=total)
            if handle.cancel.is_set():
                raise OcrwebError("dataset.cancelled", done=done, total=total)

        report = find_suspects(request, progress)
        found = tuple(entry.to_dict() for entry in report.entries)
        with records_held(labelled.root):
            keep_suspects(labelled.root, KnownSuspects(found, report.pictures, report.boxes, model, versions))
        return {}

    return _jobs.start(handle, work)
