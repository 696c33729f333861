"""A tiny network, pictures and a job's parts without a cluster."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from ocrweb.runtime import paddle_env
from ocrweb.runtime.pool import share_out
from ocrweb.services.cluster import actor, job
from ocrweb.services.cluster.actor import ActorTask
from ocrweb.services.cluster.inputs import Shard
from ocrweb.services.cluster.shard import ShardReport, ShardWork
from ocrweb.services.cluster.store import opened
from ocrweb.services.detect.request import DetectRequest
from tests.runtime.networks import save_brightness


def bright(patches: int) -> bytes:
    """A PNG with so many white patches on black: each is a text region of the tiny network."""
    pixels = np.zeros((96, 320, 3), np.uint8)
    for number in range(patches):
        pixels[30:60, 10 + 60 * number : 50 + 60 * number] = 255
    return cv2.imencode(".png", pixels)[1].tobytes()


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_brightness(tmp_path_factory.mktemp("network") / "bright.onnx")


class Unmarked:
    """The ledger's page of a worker that never ends."""

    def __init__(self, ledger: object, part: str) -> None:
        self.part = part

    def before(self, place: int) -> int:
        return 0

    def begin(self, place: int) -> None: ...

    def end(self, place: int) -> None: ...

    def finish(self) -> None: ...


@pytest.fixture(autouse=True)
def nothing_is_loaded() -> None:
    """A network that an earlier test has loaded has the threads that it was granted there."""
    share_out(0)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are done in this process, by the actor that a cluster would start."""

    def answers(ray: object, shards: list[Shard], task: ActorTask, gpus: int) -> Iterator[ShardReport]:
        worker = actor.ShardActor(task, None)
        for shard in shards:
            (answer,) = worker({"shard": [json.dumps(shard.to_dict())]})["report"]
            yield ShardReport(**json.loads(answer))

    nobody = SimpleNamespace(cluster_resources=dict, nodes=list)
    monkeypatch.setattr(job, "connected", lambda address: contextlib.nullcontext(nobody))
    monkeypatch.setattr(job, "_answers", answers)
    monkeypatch.setattr(actor, "_Tries", Unmarked)
    monkeypatch.setattr(paddle_env, "_granted", None)


@pytest.fixture
def work(network: Path, tmp_path: Path) -> ShardWork:
    """Two pictures at a time, drawings too, into ``tmp_path/out``."""
    request = DetectRequest(str(network), engine="onnx", device="cpu")
    detector = request.detector()
    from ocrweb.runtime.detector import default_decode

    return ShardWork(detector, default_decode(detector.card), None, opened(str(tmp_path / "out")), True, 2)
