"""Paddle's files become ONNX in the child; the console never runs Paddle's own form of a stranger's model."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import paddle
import pytest
from paddle import nn

from ocrweb.config.model_names import HOUSE
from ocrweb.errors import OcrwebError
from ocrweb.model.architecture import Architecture as Network
from ocrweb.model.architecture import new_layer
from ocrweb.model.pdparams import write_pdparams
from ocrweb.training.export.onnx import export_inference_folder
from ocrweb.training.importing.steps import NETWORK, WEIGHTS, find_model, import_file


class Brightness(nn.Layer):
    """White is text."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Conv2D(3, 1, 1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        return nn.functional.sigmoid(self.mix(x))


def import_into(source: Path, folder: Path) -> dict[str, object]:
    folder.mkdir()
    return import_file(source, folder, "theirs", source.name, lambda stage, share: None)


def test_a_zip_of_an_inference_folder_becomes_a_network(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    export_inference_folder(Brightness(), tmp_path / "inference")
    (tmp_path / "inference" / "inference.yml").write_text(
        "Global: {model_name: x}\nPreProcess:\n  transform_ops:\n  - DetResizeForTest: {resize_long: 640}\n"
    )
    with zipfile.ZipFile(given / "given.zip", "w") as archive:
        for path in (tmp_path / "inference").iterdir():
            archive.write(path, f"theirs/{path.name}")
    proven = import_into(given / "given.zip", tmp_path / "model")
    assert (proven["form"], proven["card"]["limit_side"]) == ("paddle", 640)  # type: ignore[index]
    assert [path.name for path in (tmp_path / "model").iterdir()] == [NETWORK]


@pytest.mark.slow
def test_weights_of_the_house_model_become_a_network_that_trains(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    tensors = {name: np.asarray(value.numpy()) for name, value in new_layer(Network(HOUSE)).state_dict().items()}
    write_pdparams(tensors, given / "given.pdparams")
    proven = import_into(given / "given.pdparams", tmp_path / "model")
    assert (proven["form"], proven["trains"]) == ("pdparams", True)
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [NETWORK, WEIGHTS]


def test_the_folder_of_a_run_holds_one_model(tmp_path: Path) -> None:
    """Its network counts, not the weights that it was made of nor the graph that they started from."""
    for name in ("model.onnx", "base.onnx", "best.pdparams", "latest.pdparams"):
        (tmp_path / name).write_bytes(b"x")
    assert find_model(tmp_path, tmp_path / "unpacked", "run.zip").name == "model.onnx"
    (tmp_path / "other.onnx").write_bytes(b"x")
    with pytest.raises(OcrwebError) as caught:
        find_model(tmp_path, tmp_path / "unpacked", "run.zip")
    assert (caught.value.code, caught.value.params["count"]) == ("imports.no-model", 2)
