"""What a visitor of the page may name in a training form."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.services.training import choices
from ocrweb.services.training.choices import allowed_config, config_from_file
from ocrweb.ui.parts.training_fields import FIELDS
from tests.services.training.made_runs import make_run

OUTSIDE = "/usr/share"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"dataset": OUTSIDE}, "batch.outside-root"),
        ({"distill": {"pictures": OUTSIDE}}, "batch.outside-root"),
        ({"distill": {"pictures": ".."}}, "batch.outside-root"),
        ({"unlabelled": {"folder": OUTSIDE}}, "batch.outside-root"),
        ({"model": f"{OUTSIDE}/a.onnx"}, "model.by-name"),
        ({"model": ".."}, "model.by-name"),
        ({"model": "datasets/mine/a.onnx"}, "model.by-name"),
        ({"model": "a.pdparams"}, "model.by-name"),
        ({"distill": {"teacher": f"{OUTSIDE}/a.onnx"}}, "model.by-name"),
        ({"distill": {"teacher": "~"}}, "model.by-name"),
    ],
    ids=[
        "dataset",
        "pictures",
        "pictures above",
        "unlabelled",
        "model",
        "folder above",
        "own file",
        "bare file",
        "teacher",
        "home",
    ],
)
def test_no_path_of_a_form_leads_to_a_model_or_out_of_the_allowed_folders(
    settings: dict[str, Any], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (paths.home() / "datasets" / "mine").mkdir(parents=True)
    for place in (paths.home(), paths.home() / "datasets" / "mine"):
        (place / "a.onnx").write_bytes(b"x")
        (place / "a.pdparams").write_bytes(b"x")
    monkeypatch.chdir(paths.home())
    with pytest.raises(OcrwebError) as caught:
        allowed_config(TrainingConfig.model_validate(settings))
    assert caught.value.code == code


def test_every_setting_that_is_a_path_is_held() -> None:
    """A new text setting has to be looked at here: does it lead to a file?"""
    texts = {entry.key for entry in FIELDS if entry.schema.model_fields[entry.name].annotation is str}
    held = {"dataset", "model", "distill.teacher", "distill.pictures", "unlabelled.folder"}
    harmless = {"name", "device", "pages.kinds"}
    assert texts == held | harmless


def test_names_and_folders_inside_are_allowed() -> None:
    inside = paths.home() / "pictures"
    inside.mkdir(parents=True)
    distill = {"teacher": "db-resnet18", "pictures": str(inside)}
    config = TrainingConfig.model_validate({"dataset": str(inside), "model": "receipts", "distill": distill})
    assert allowed_config(config) is config


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: [", b"- a\n- b\n"], ids=["no text", "no YAML", "a list"])
def test_an_uploaded_file_that_cannot_be_read_is_told_by_its_name_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.yml").write_bytes(content)
    with pytest.raises(OcrwebError) as told:
        config_from_file(tmp_path / "mine.yml")
    assert "mine.yml" in told.value.message("en")
    assert str(tmp_path) not in f"{told.value.message('en')} {told.value.hint('en')}"


def test_datasets_are_offered_the_newest_first_and_a_folder_of_a_run_is_called_by_its_name() -> None:
    assert choices.dataset_names() == []
    for age, name in ((10, "b"), (30, "a"), (20, "c"), (40, ".incoming")):
        (paths.datasets_dir() / name).mkdir(parents=True)
        os.utime(paths.datasets_dir() / name, (age, age))
    (paths.datasets_dir() / "notes.txt").touch()
    assert choices.dataset_names() == ["a", "c", "b"]
    assert choices.known_name(str(paths.datasets_dir() / "c")) == "c"
    for other in ("/data/demo", "c", "x" * 5000):
        assert choices.known_name(other) == other
    run = make_run(epochs=7)
    assert (choices.run_config(run.name).dataset, choices.run_config(run.name).epochs) == ("/data/demo", 7)
    assert choices.run_folder(run.name) == run


def test_training_starts_from_shipped_models_and_from_those_made_here_that_can_be_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def model(name: str, kind: str, *, trains: bool = True, available: bool = True) -> Any:
        return SimpleNamespace(name=name, kind=kind, trains=trains, available=available)

    found = [
        model("r", "run"), model("e", "export"), model("i", "imported"), model("half", "run", available=False),
        model("fixed", "imported", trains=False), model("o", "official"), model("ppocrv6-small", "embedded"),
    ]  # fmt: skip
    monkeypatch.setattr(choices, "list_models", lambda: found)
    assert choices.base_models() == ["ppocrv6-small", "db-resnet18", "r", "e", "i"]
    monkeypatch.setattr(
        choices, "see_gpus", lambda: SimpleNamespace(gpus=[SimpleNamespace(index=0), SimpleNamespace(index=2)])
    )
    assert choices.devices() == ["auto", "cpu", "gpu:0", "gpu:2"]
