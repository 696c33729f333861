"""What is shown before a run is what the run would learn from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrweb.config.loader import build, dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.data.labelling.record import PictureRecord, write_picture_record
from ocrweb.errors import OcrwebError
from ocrweb.training import show
from tests.training.program import run_as_program
from tests.training.run.ended import draw


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    draw(tmp_path / "data", "train", text=0.9, other=0.5)
    return tmp_path / "data"


def test_the_pictures_of_the_training_list_are_shown_but_none_that_was_set_aside(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    write_picture_record(dataset, "train_images/1.png", PictureRecord(state="aside"))
    config = build(TrainingConfig, {"dataset": str(dataset), "crop_size": 64})
    (tmp_path / "config.yml").write_text(dump_yaml(config))
    assert show.main([str(tmp_path / "config.yml"), str(tmp_path / "shown")]) == 0
    files = [tmp_path / "shown" / name for name in ("overview.jpg", "01_0.jpg", "02_2.jpg")]
    assert json.loads(capsys.readouterr().out) == {"files": list(map(str, files))}
    assert all(file.stat().st_size for file in files)


def test_pages_that_are_drawn_need_no_dataset(tmp_path: Path) -> None:
    config = build(TrainingConfig, {"pages": {"crops": 1}, "crop_size": 64})
    assert [file.name for file in show.show(config, tmp_path)] == ["overview.jpg", "01_page-1.jpg"]


def test_nothing_to_learn_from_is_told_as_of_a_run(dataset: Path, tmp_path: Path) -> None:
    for number in range(3):
        write_picture_record(dataset, f"train_images/{number}.png", PictureRecord(state="aside"))
    with pytest.raises(OcrwebError, match=r"train\.nothing-to-learn"):
        show.show(build(TrainingConfig, {"dataset": str(dataset)}), tmp_path)


def test_run_as_a_program_it_ends_with_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    ended = run_as_program(show, monkeypatch, str(tmp_path / "none.yml"), str(tmp_path))
    assert (getattr(ended, "code", None), "code" in json.loads(capsys.readouterr().out)) == (1, True)
