"""The pages that judge a run are drawn by one of its processes, once, and read by all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.config.loader import build
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.training.feed import pages
from ocrweb.training.machine.distributed import Group

CONFIG = build(TrainingConfig, {"pages": {"crops": 5, "held_out": 7, "kinds": "label receipt"}, "seed": 3})


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What was agreed on with the other process, which has drawn meanwhile."""
    agreed: list[bool] = []
    monkeypatch.setattr(Group, "any", lambda group, flag: agreed.append(flag) or flag)
    return agreed


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was asked of the renderer; the lists are of words."""
    asked: list[Any] = []
    monkeypatch.setattr(pages, "render_dataset", lambda folder, *counts, fonts: asked.append((folder, counts, fonts)) or folder.mkdir())  # fmt: skip
    monkeypatch.setattr(pages, "read_split", lambda folder, split: [f"{split} of {folder.name}"])
    return asked


def test_the_first_process_draws_them_once_in_held_out_fonts(
    drawn: list[Any], waited: list[bool], tmp_path: Path
) -> None:
    for _ in range(2):  # a run that goes on finds them
        parts = pages.held_out_pages(tmp_path, CONFIG, Group(0, 2))
        assert (parts.train, parts.validation, parts.held_out) == ((), (f"train of {pages.FOLDER}",), True)
    assert drawn == [(tmp_path / pages.FOLDER, (7, 0, 5003), "held-out")]
    assert waited == [False, False]


def test_the_others_wait_for_it_and_draw_nothing(drawn: list[Any], waited: list[bool], tmp_path: Path) -> None:
    assert pages.held_out_pages(tmp_path, CONFIG, Group(1, 2)).held_out
    assert (drawn, waited) == ([], [False])


def test_a_kind_that_there_is_not_is_named_with_those_that_there_are(
    drawn: list[Any], waited: list[bool], tmp_path: Path
) -> None:
    config = build(TrainingConfig, {"pages": {"crops": 1, "kinds": "label recipt"}})
    with pytest.raises(OcrwebError, match=r"usage\.unknown-name") as refused:
        pages.held_out_pages(tmp_path, config, Group(0, 2))
    assert refused.value.params["name"] == "recipt"
    assert "receipt" in refused.value.params["nearest"].split(", ")
    assert (drawn, waited) == ([], [])
