"""What a remedy would do to the dataset of a run, before it does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrweb.config import paths
from ocrweb.services.training import mend
from tests.data.corpus import label, make_good
from tests.services.training.made_runs import make_run

RUN = "20260101_000000_demo"


@pytest.fixture
def dataset() -> Path:
    """Of the run: twelve pictures of 64×48, one line of a label without its end."""
    root = make_good(paths.datasets_dir() / "demo")
    label("5,5,40,5,40,20,5,20,a", "1,2,3")(root)
    make_run(RUN)
    return root


@pytest.fixture(autouse=True)
def by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    given = mend.training_choices.run_config
    monkeypatch.setattr(
        mend.training_choices, "run_config", lambda run: given(run).model_copy(update={"dataset": "demo"})
    )


def test_a_repair_is_told_with_what_it_would_change_and_the_errors_there_are(dataset: Path) -> None:
    found = mend.plan_mending("repair", RUN)
    assert (found.kind, found.run, found.dataset, found.errors) == ("repair", RUN, "demo", 1)
    assert found.plan is not None
    assert found.changes == len(found.plan.changes) >= 1


def test_only_pictures_with_a_side_over_640_are_shrunk(dataset: Path) -> None:
    for number, (height, width) in enumerate(((640, 640), (641, 10), (10, 641)), 1):
        picture = cv2.imencode(".jpg", np.zeros((height, width, 3), np.uint8))[1].tobytes()
        (dataset / "train_images" / f"{number}.jpg").write_bytes(picture)
    (dataset / "test_images" / "1.jpg").write_bytes(cv2.imencode(".jpg", np.zeros((900, 9, 3), np.uint8))[1].tobytes())
    (dataset / "train_images" / "no picture.jpg").write_bytes(b"x")
    (dataset / "train_images" / "folder").mkdir()
    found = mend.plan_mending("resize", RUN)
    assert (found.larger, found.pictures, found.changes, found.plan) == (3, 13, 3, None)


def test_each_remedy_begins_its_own_work_beside_the_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[Any] = []
    monkeypatch.setattr(mend.dataset_work, "start_repair", lambda name, copy: began.append((name, copy)) or "r")
    monkeypatch.setattr(mend.dataset_work, "start_resize", lambda name, side: began.append((name, side)) or "s")
    assert [mend.begin_mending(kind, "demo") for kind in ("repair", "resize")] == ["r", "s"]
    assert began == [("demo", True), ("demo", 640)]


def test_the_run_goes_on_with_the_mended_dataset_and_its_own_settings() -> None:
    make_run(RUN, epochs=7)
    config = mend.with_dataset(RUN, "demo_640")
    assert (config.dataset, config.epochs) == ("demo_640", 7)
