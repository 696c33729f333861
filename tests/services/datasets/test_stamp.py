"""The stamp of a dataset: quick, and never stopped by a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ocrweb.services.datasets import stamp as stamping
from ocrweb.services.datasets.stamp import dataset_stamp
from ocrweb.services.training.checklist import check_dataset
from tests.data.corpus import make_good


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_good(tmp_path / "data")


@pytest.mark.parametrize("place", ["", "train_images", "test_gts"], ids=["top", "pictures", "labels"])
def test_a_link_that_leads_nowhere_does_not_keep_a_dataset_from_training(dataset: Path, place: str) -> None:
    before = check_dataset(str(dataset))
    link = dataset / place / "link"
    link.symlink_to("nowhere")
    after = check_dataset(str(dataset))
    assert (after.state, after.error) == (before.state, None)
    stamp = dataset_stamp(dataset)
    link.unlink()
    assert dataset_stamp(dataset) != stamp


def test_a_file_that_vanishes_meanwhile_is_left_out(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir, vanishing = os.scandir, dataset / "train_images" / "1.jpg"

    @contextmanager
    def listed(folder: Path) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(folder) as found:
            entries = list(found)
        if folder.name == "train_images":
            vanishing.unlink()
        yield entries

    monkeypatch.setattr(stamping.os, "scandir", listed)
    stamp = dataset_stamp(dataset)
    monkeypatch.undo()
    assert stamp == dataset_stamp(dataset)
