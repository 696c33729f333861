"""How many processes prepare the pictures of one trainer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import paddle
import pytest

from ocrweb.config.loader import build
from ocrweb.config.training import TrainingConfig
from ocrweb.data.sample import Sample
from ocrweb.training.feed import feed
from ocrweb.training.feed.loader_plan import WorkerPlan, sample_bytes
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


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a loader was opened with."""
    seen: dict[str, Any] = {}

    def loader(source: object, batch: int, plan: WorkerPlan, **place: int) -> Any:
        seen.update(source=source, batch=batch, plan=plan, **place)
        return SimpleNamespace(batches_per_epoch=7, plan=plan)

    monkeypatch.setattr(feed, "BatchLoader", loader)
    monkeypatch.setattr(feed, "usable_cores", lambda: 8)
    return seen


@pytest.mark.parametrize(("reason", "without"), [("", False), ("shared-memory", True)])
def test_a_batch_of_a_process_is_that_of_one_step(opened: dict[str, Any], reason: Any, without: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    planned: list[Any] = []
    monkeypatch.setattr(feed, "plan_workers", lambda *given, **more: planned.append((given, more)) or WorkerPlan("threads", 1, reason))  # fmt: skip
    config = build(TrainingConfig, {"batch_size": 3, "seed": 9, "crop_size": 96, "optimizer": {"accumulate": 4}, "loader": {"workers": 5}})  # fmt: skip
    made = feed.open_feed([], config, Group(1, 2))  # type: ignore[arg-type]
    assert (opened["batch"], opened["seed"], opened["rank"], opened["world"]) == (12, 9, 1, 2)
    assert (made.steps, made.without_processes) == (7, without)
    assert planned == [((5, sample_bytes(96)), {"on_gpu": False, "cores": 4})]


def test_views_of_pictures_without_labels_have_no_more_processes_than_pictures_a_step(
    opened: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.device, "get_device", lambda: "gpu:0")
    monkeypatch.setattr(feed, "plan_workers", lambda requested, size, on_gpu, cores: WorkerPlan("processes", cores - 1) if (requested, size, on_gpu) == (6, sample_bytes(96), True) else None)  # fmt: skip
    config = build(
        TrainingConfig, {"unlabelled": {"pictures": 2}, "seed": 5, "crop_size": 96, "loader": {"workers": 6}}
    )
    rule: Any = SimpleNamespace(resize=None, mean=(0.5,) * 3, std=(0.5,) * 3)
    feed.open_views([Path("a.png")], config, rule, Group(1, 2))
    assert (opened["batch"], opened["plan"].count, opened["seed"]) == (2, 2, 5)
    assert (opened["rank"], opened["world"]) == (1, 2)
    assert len(opened["source"]) == 1


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({}, ["TrainingSamples"]),
        ({"pages": {"crops": 5}}, ["RenderedSamples"]),
        ({"distill": {"weight": 0.5}}, ["TrainingSamples", "teacher"]),
        ({"distill": {"weight": 0.5}, "pages": {"crops": 5}}, ["RenderedSamples", "teacher"]),
        ({"distill": {"weight": 0.5, "pictures": "/more"}}, ["WithUnlabelled", "teacher"]),
        ({"distill": {"pictures": "/more"}}, ["TrainingSamples"]),
    ],
    ids=str,
)
def test_what_is_learnt_from_follows_from_the_settings(given: dict[str, Any], kinds: list[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(feed, "TeacherMaps", lambda name: f"teacher {name}")
    monkeypatch.setattr(feed, "unlabelled_pictures", lambda folder: [Sample(folder / "x.png", None, ())])
    config = build(TrainingConfig, given)
    rule: Any = SimpleNamespace(resize=None, mean=(0.5,) * 3, std=(0.5,) * 3)
    source: Any = feed.open_source([Sample(Path("a.png"), None, ())], config, rule)
    assert type(source).__name__ == kinds[0]
    of_labels = getattr(source, "_labelled", source)
    assert (of_labels._teacher is not None) is ("teacher" in kinds)
    assert len(source) == (5 if "pages" in given else 1)
    assert of_labels.recipe.seed == config.seed
    if kinds[0] == "WithUnlabelled":
        assert source._unlabelled.place(0) == "/more/x.png"
        assert source._unlabelled._teacher == of_labels._teacher
