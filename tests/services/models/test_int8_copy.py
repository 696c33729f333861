"""Making a model's copy in int8: in a process of its own, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.render.dataset import render_dataset
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.entry import ModelEntry, from_folder
from ocrweb.runtime.int8 import NETWORK, RECORD, copies_folder, find_copy
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


def test_the_child_is_asked_and_its_copy_lies_by_the_models_digest(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    asked: list[dict[str, Any]] = []
    found: list[Any] = ["a copy", None]

    def ask(job: str, spec: dict[str, Any], staging: Path, **how: Any) -> dict[str, Any]:
        assert Path(how["environment"]["TMPDIR"]) == staging / "work"
        assert (staging / "work").is_dir()
        (Path(spec["target"]) / NETWORK).write_bytes(b"network")
        how["told"]("judge", 0.5)
        asked.append(spec)
        return {"kind": "made", "layers": 3}

    monkeypatch.setattr(int8_copy, "ask_module", ask)
    monkeypatch.setattr(int8_copy, "find_copy", lambda entry: found.pop(0))
    stages: list[tuple[str, float]] = []
    assert make_int8_copy(str(model), str(tmp_path / "data"), lambda *stage: stages.append(stage)) == "a copy"
    assert stages == [("judge", 0.5), ("done", 1.0)]
    assert (asked[0]["network"], asked[0]["dataset"]) == (str(model), str(tmp_path / "data"))
    assert asked[0]["card"]["limit_side"] == 320
    kept = copies_folder() / resolve(str(model)).digest()
    assert json.loads((kept / RECORD).read_text()) == {"layers": 3}
    assert (kept / NETWORK).read_bytes() == b"network"
    with pytest.raises(OcrwebError, match=r"quantised\.crashed"):  # the model was replaced meanwhile
        make_int8_copy(str(model))
    assert asked[1]["dataset"] is None
    told = OcrwebError("quantised.already", name="small")
    monkeypatch.setattr(int8_copy, "ask_module", lambda *given, **how: {"kind": "error", **told.to_record()})
    with pytest.raises(OcrwebError, match=r"quantised\.already"):
        make_int8_copy(str(model))
    assert [path.name for path in copies_folder().iterdir()] == [kept.name]


def test_eight_copies_are_kept_the_oldest_go_and_an_older_one_of_a_model_is_replaced(tmp_path: Path) -> None:
    def publish(name: str, age: int) -> None:
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / NETWORK).write_text(name)
        int8_copy._publish(tmp_path / "new", {"of": name}, tmp_path / "kept" / name)
        if (tmp_path / "kept" / name).is_dir():
            os.utime(tmp_path / "kept" / name, (age, age))

    (tmp_path / "kept" / "theirs").mkdir(parents=True)  # no copy of ours
    os.utime(tmp_path / "kept" / "theirs", (1, 1))
    for number in range(8):
        publish(f"m{number}", 100 + number)
    publish("m0", 200)
    assert len(list((tmp_path / "kept").iterdir())) == 9
    publish("m8", 300)
    names = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert names == ["m0", *(f"m{number}" for number in range(2, 9)), "theirs"]


def test_a_copy_is_made_of_the_network_else_of_one_that_is_made_of_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(int8_copy, "onnx_of", lambda weights: weights.with_suffix(".onnx"))
    card, weights, network = ModelCard(name="m"), Path("/m/w.pdparams"), Path("/m/n.onnx")
    for files, made_of in (({"onnx": network, "weights": weights}, network), ({"weights": weights}, Path("/m/w.onnx"))):
        assert int8_copy._network(ModelEntry("m", "run", card, files)) == made_of  # type: ignore[arg-type]
    with pytest.raises(OcrwebError, match=r"image\.empty"):
        int8_copy._network(ModelEntry("m", "run", card, missing=OcrwebError("image.empty")))
