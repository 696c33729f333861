"""What nobody has checked is counted before a training, and left out of one on the checked pictures alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.config.loader import read_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.review import REVIEW
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.services.labels.editing import put_state
from ocrweb.services.labels.entries import labelled_set
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.checked_alone import Reviewed, reviewed, start_on_checked
from tests.sample_pages import sample_pages


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pictures that a model labelled, the first checked, and a test picture of a person's."""
    monkeypatch.setattr(training_jobs, "check_config", lambda config: ())
    monkeypatch.setattr(training_queue, "start_due", list)
    folder = paths.datasets_dir() / "shop"
    sample_pages(folder, train=3, test=1, seed=5)
    listed = [line.split()[0] for line in (folder / "train_list.txt").read_text().splitlines()]
    (folder / REVIEW).write_text("picture,unsure\n" + "".join(f"{Path(name).name},\n" for name in listed))
    put_state(labelled_set(folder), listed[:1], "checked")
    return folder


def test_what_is_checked_is_counted(shop: Path) -> None:
    assert reviewed("shop") == reviewed(str(shop)) == Reviewed(2, 1)
    assert reviewed("") == reviewed("nowhere") == Reviewed(0, 0)


def test_a_run_on_the_checked_ones_has_them_in_its_own_folder(shop: Path) -> None:
    run, pictures = start_on_checked(TrainingConfig(dataset="shop", epochs=7))
    folder = paths.workdirs_dir() / run
    settings = read_yaml(folder / names.CONFIG)
    own = Path(settings["dataset"])
    assert (pictures, settings["epochs"], settings["name"], own.name) == (1, 7, "shop", "shop")
    assert own.is_relative_to(folder)
    assert [len(read_split(own, "train")), len(read_split(own, "test"))] == [1, 1]


def test_a_start_that_fails_leaves_nothing(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(run: str) -> None:
        raise OcrwebError("usage.disk-full", path="queue.json")

    monkeypatch.setattr(training_queue, "enqueue", full)
    with pytest.raises(OcrwebError, match="disk-full"):
        start_on_checked(TrainingConfig(dataset="shop"))
    assert not [path for path in paths.workdirs_dir().iterdir() if path.name != names.LATEST_LINK]
