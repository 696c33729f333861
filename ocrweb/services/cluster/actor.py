"""What runs on the machines of a cluster: one detector each, part after part."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.cluster.inputs import Shard
from ocrweb.services.cluster.shard import ShardReport, ShardWork


@dataclass(frozen=True, slots=True)
class ActorTask:
    """What an actor is started with. weights: digest that its model must have. cores: of its machine, that are its own.

    home: the data root of who started the job, where the actor's machine names none itself.
    """

    model: str
    engine: str
    precision: str
    device: str
    decode: DecodeOptions
    resize: ResizeOptions | None
    weights: str
    out: str
    overlays: bool
    cores: int
    home: str


class ShardActor:
    """Answers parts. It never raises: an error is an answer that ends the job with its own words."""

    def __init__(self, task: ActorTask, ledger: Any) -> None:
        self._task, self._ledger = task, ledger
        self._work: ShardWork | None = None

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str]]:
        """{"shard": JSON documents} → {"report": JSON documents}, with an ``error`` each where it could not be done."""
        return {"report": [json.dumps(self._answered(json.loads(str(text)))) for text in batch["shard"]]}

    def _answered(self, document: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._answer(Shard.of(document)).to_dict()
        except OcrwebError as error:
            return {"error": error.to_record()}

    def _answer(self, shard: Shard) -> ShardReport:
        from ocrweb.services.cluster.manifest import report_of

        self._work = self._work or _work_of(self._task)
        if self._work.out.at(f"{shard.name}.parquet").exists():  # written just before its worker was lost
            return report_of(self._work.out, shard.name)
        tries = _Tries(self._ledger, shard.name)
        report = self._work.answer(shard, tries)
        tries.finish()
        return report


class _Tries:
    """The ledger's page of one part. `begin` waits until it is written, `end` does not."""

    def __init__(self, ledger: Any, part: str) -> None:
        import ray

        self._ledger, self._part = ledger, part
        self._get = ray.get
        self._ended: dict[int, int] = ray.get(ledger.start.remote(part))

    def before(self, place: int) -> int:
        return self._ended.get(place, 0)

    def begin(self, place: int) -> None:
        self._get(self._ledger.begin.remote(self._part, place))

    def end(self, place: int) -> None:
        self._ledger.end.remote(self._part, place)

    def finish(self) -> None:
        self._ledger.finish.remote(self._part)


def _work_of(task: ActorTask) -> ShardWork:
    """Load the detector. Raises what the catalogue or the engine finds wrong, and `cluster.other-weights`."""
    os.environ.setdefault("OCRWEB_HOME", task.home)
    from ocrweb.runtime.paddle_env import grant_cores
    from ocrweb.services.cluster.store import opened
    from ocrweb.services.detect.request import DetectRequest

    grant_cores(task.cores)
    request = DetectRequest(task.model, task.engine, task.precision, task.device, task.decode, task.resize)
    detector = request.detector(streams=task.cores)
    if detector.entry.digest() != task.weights:
        raise OcrwebError("cluster.other-weights", name=task.model, machine=os.uname().nodename)
    return ShardWork(detector, task.decode, task.resize, opened(task.out), task.overlays, task.cores + 1)
