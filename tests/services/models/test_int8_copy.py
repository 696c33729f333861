"""Making a model's copy in int8: in a process of its own, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.render.dataset import render_dataset
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.entry import from_folder
from ocrweb.runtime.int8 import NETWORK, copies_folder, find_copy
from ocrweb.runtime.pool import DetectorPool
from ocrweb.services.models import int8_copy
from ocrweb.services.models.int8_copy import make_int8_copy
from tests.model.graphs import detector


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small network whose pictures are small."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    network = detector(tmp_path / "small.onnx")
    write_card(ModelCard(name="small", limit_side=320), tmp_path / "small.yml")
    return network


@pytest.mark.slow
def test_a_copy_is_made_judged_and_run(model: Path, tmp_path: Path) -> None:
    render_dataset(tmp_path / "data", 4, 0, 0, kind="label")
    stages: list[str] = []
    pool = DetectorPool()
    before = pool.get(str(model))
    copy = make_int8_copy(str(model), str(tmp_path / "data"), lambda stage, share: stages.append(stage))
    assert find_copy(resolve(str(model))) == copy
    assert (copy.measured_here, copy.calibration, copy.pictures) == (True, "dataset", 2)
    assert {"f32", "int8"} <= copy.times.keys() == copy.hmean.keys()
    assert min(copy.times.values()) > 0
    assert stages[0] == "pictures"
    assert stages[-1] == "done"
    assert [path.name for path in copies_folder().iterdir() if not path.name.startswith(".")] == [
        copy.network.parent.name
    ]

    detector = pool.get(str(model), precision="int8")
    assert "OpenVINO int8" in detector.loaded.engine.device
    pixels = np.full((96, 160, 3), 200, np.uint8)
    assert detector.detect(pixels).error is None
    assert pool.get(str(model)) is not before  # what auto takes is asked anew since there is a copy

    with pytest.raises(OcrwebError) as raised:
        make_int8_copy(str(copy.network))
    assert raised.value.code == "quantised.already"


def test_a_model_without_a_plain_network_has_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    folder = tmp_path / "paddle"
    folder.mkdir()
    for name in ("inference.json", "inference.pdiparams"):
        (folder / name).write_bytes(b"{}")
    assert set(from_folder(folder, "p").files) == {"paddle"}
    with pytest.raises(OcrwebError) as raised:
        make_int8_copy(str(folder))
    assert raised.value.code == "quantised.no-network"


def test_a_child_that_dies_leaves_no_copy(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8_copy, "JOB", "ocrweb.nothing_of_this_name")
    with pytest.raises(OcrwebError) as raised:
        make_int8_copy(str(model))
    assert raised.value.code == "quantised.crashed"
    assert list(copies_folder().glob(f"*/{NETWORK}")) == []
    assert find_copy(resolve(str(model))) is None
