"""Detection at threshold 0.05 is on the run's own pictures, at that threshold, and a failure is a failure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.runtime.detector import Detector
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import decode_options
from ocrweb.services.training import weak_text
from ocrweb.services.training.weak_text import detect_weak_text
from tests.data.corpus import make_good
from tests.services.training.made_runs import make_run

RUN = "20260101_000000_demo"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A good dataset, and a run that was trained on it."""
    folder = tmp_path / "data"
    make_good(folder)
    (make_run(RUN) / names.CONFIG).write_text(dump_yaml(TrainingConfig(dataset=str(folder))), encoding="utf-8")
    return folder


@pytest.fixture
def loaded(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the run's weights be those of the embedded model."""
    monkeypatch.setattr(DetectRequest, "detector", lambda self, streams=1: detector)
    monkeypatch.setattr(weak_text, "model_decode_options", lambda model, **given: decode_options(**given))


def first(listed: Path, place: int = 0) -> str:
    return Path(listed.read_text(encoding="utf-8").splitlines()[place].split()[0]).name


@pytest.mark.usefixtures("loaded")
def test_it_is_a_picture_of_the_test_list_at_that_threshold(data: Path) -> None:
    found = detect_weak_text(RUN)
    assert found.threshold == 0.05
    assert found.image_path == first(data / "test_list.txt")


@pytest.mark.usefixtures("loaded")
def test_without_a_test_list_it_is_a_training_picture(data: Path) -> None:
    (data / "test_list.txt").write_text("", encoding="utf-8")
    assert detect_weak_text(RUN).image_path == first(data / "train_list.txt", -1)


@pytest.mark.usefixtures("loaded")
def test_without_its_dataset_it_is_a_shipped_picture(data: Path) -> None:
    shutil.rmtree(data)
    assert detect_weak_text(RUN).image_path == "invoice.jpg"


@pytest.mark.usefixtures("data")
def test_a_run_that_cannot_detect_is_an_error_and_not_no_regions() -> None:
    with pytest.raises(OcrwebError) as caught:
        detect_weak_text(RUN)
    assert caught.value.code.startswith("model.")
