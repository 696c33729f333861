"""What a visitor of the page may name in a training form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.services.training_choices import allowed_config

OUTSIDE = "/usr/share"


@pytest.mark.parametrize(
    "settings",
    [
        {"dataset": OUTSIDE},
        {"model": f"{OUTSIDE}/a.onnx"},
        {"model": ".."},
        {"distill": {"teacher": f"{OUTSIDE}/a.onnx"}},
        {"distill": {"teacher": "~"}},
        {"distill": {"pictures": OUTSIDE}},
        {"distill": {"pictures": ".."}},
    ],
    ids=["dataset", "model", "folder above", "teacher", "home folder", "pictures", "pictures above"],
)
def test_no_path_of_a_form_leads_out_of_the_allowed_folders(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths.home().mkdir()
    monkeypatch.chdir(paths.home())
    with pytest.raises(OcrwebError, match=r"batch\.outside-root"):
        allowed_config(TrainingConfig.model_validate(settings))


def test_names_and_paths_inside_are_allowed() -> None:
    inside = paths.home() / "pictures"
    inside.mkdir(parents=True)
    distill = {"teacher": "db-resnet18", "pictures": str(inside)}
    config = TrainingConfig.model_validate({"dataset": str(inside), "model": "receipts", "distill": distill})
    assert allowed_config(config) is config
