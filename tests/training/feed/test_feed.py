"""How many processes prepare the pictures of one trainer."""

from __future__ import annotations

import paddle
import pytest

from ocrweb.config.loader import build
from ocrweb.config.training import TrainingConfig
from ocrweb.training.feed import feed
from ocrweb.training.feed.loader_plan import WorkerPlan
from ocrweb.training.machine.distributed import Group


class Opened:
    """Stands for the loader, whose processes are not started here."""

    batches_per_epoch = 1

    def __init__(self, source: object, batch: int, plan: WorkerPlan, **place: int) -> None:
        self.plan = plan


@pytest.mark.parametrize(
    ("size", "local", "count"), [(1, "", 7), (4, "", 1), (2, "", 3), (8, "4", 1)], ids=["alone", "4", "2", "2 machines"]
)
def test_trainers_on_gpus_share_the_processor(
    monkeypatch: pytest.MonkeyPatch, size: int, local: str, count: int
) -> None:
    monkeypatch.setattr(paddle.device, "get_device", lambda: "gpu:0")
    monkeypatch.setattr(feed, "usable_cores", lambda: 8)
    monkeypatch.setattr(feed, "BatchLoader", Opened)
    monkeypatch.setenv("PADDLE_LOCAL_SIZE", local)
    opened = feed.open_feed([], build(TrainingConfig, {"crop_size": 64}), Group(0, size))  # type: ignore[arg-type]
    assert opened._loader.plan.count == count
