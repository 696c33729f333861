"""The order in which a stored dataset's open pictures teach most: looked for in the background, kept while the console runs."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrweb.config.model_names import DEFAULT
from ocrweb.errors import OcrwebError
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.labels.choose import ChooseReport, ChooseRequest, choose
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.models.listing import check_model
from ocrweb.services.work.jobs import Job, Jobs, Snapshot

MOST = 500  # pictures that are put in order; what comes after them teaches hardly more than any other


@dataclass(frozen=True, slots=True)
class TeachingJob(Snapshot):
    """done, total: pictures. report: once it is over."""

    done: int = 0
    total: int = 0
    report: ChooseReport | None = field(default=None, kw_only=True)


_jobs = Jobs[TeachingJob]("teaching", stopped="dataset.cancelled")
_latest: dict[tuple[str, str], str] = {}
_lock = threading.Lock()


def teaching(labelled: LabelledSet, model: str = "", *, anew: bool = False) -> TeachingJob:
    """What is known of the order; where there is none yet, a job begins to find it.

    model: that shall learn. anew: look again. Raises what ended the job that was started last, once: who asks again starts
    another; batch.no-pictures where all pictures are checked.
    """
    wanted = check_model(model or DEFAULT)
    with _lock:
        key = (str(labelled.root.resolve()), wanted)
        job = _jobs.get(_latest.get(key))
        if job is not None and job.error is not None:
            del _latest[key]
            raise job.error
        if job is None or (anew and not job.active):
            _latest[key] = _start(labelled, wanted)
            job = _jobs.get(_latest[key])
            assert job is not None
        return job


def _start(labelled: LabelledSet, model: str) -> str:
    handle = Job(TeachingJob(uuid.uuid4().hex))

    def progress(done: int, total: int) -> None:
        handle.update(done=done, total=total)
        if handle.cancel.is_set():
            raise OcrwebError("dataset.cancelled", done=done, total=total)

    def work() -> dict[str, Any]:
        return {"report": choose(ChooseRequest(Path(labelled.name), MOST, DetectRequest(model=model)), progress)}

    return _jobs.start(handle, work)
