"""Models that the page has measured: one at a time in the background."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.services.registry.rows import model_facts
from ocrweb.services.registry.scores import ModelScore, measure_score
from ocrweb.services.registry.speed import Speed, measure_speed
from ocrweb.services.work.jobs import Job, Jobs, Snapshot


@dataclass(frozen=True, slots=True)
class MeasureSnapshot(Snapshot):
    """model: its own name. done, pictures: of the dataset that it is scored on; 0 while its speed is measured."""

    model: str = ""
    done: int = 0
    pictures: int = 0
    speed: Speed | None = None
    score: ModelScore | None = None


_jobs = Jobs[MeasureSnapshot]("measure", stopped="registry.measure-stopped")


def start_measuring(name: str, dataset: str = "") -> str:
    """Measure a model's speed, and its score on a dataset's test pictures; the job's id. Raises as `model_facts`."""
    job = Job(MeasureSnapshot(uuid.uuid4().hex, model=model_facts(name).name))

    def told(done: int, pictures: int) -> None:
        if job.cancel.is_set():
            raise OcrwebError("registry.measure-stopped", name=name)
        job.update(done=done, pictures=pictures)

    def work() -> dict[str, Any]:
        told(0, 0)
        speed = measure_speed(name)
        return {"speed": speed, "score": measure_score(name, dataset, told) if dataset else None}

    return _jobs.start(job, work)


def measure_job(identifier: str | None) -> MeasureSnapshot | None:
    """The job as it is now; None when the id is unknown."""
    return _jobs.get(identifier)


def cancel_measuring(identifier: str | None) -> None:
    """End it before the next picture; nothing of it is kept but the speed."""
    _jobs.cancel(identifier)
