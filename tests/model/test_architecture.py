"""A name, a graph or a bare file of weights is enough to know the network and to build it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.model import build_model, from_onnx, save_weights
from ocrweb.model.architecture import architecture_named, architecture_of, keep_base_graph, published_graph
from ocrweb.model.onnx_graph.arrays import trainable_shapes
from ocrweb.model.pdparams import write_pdparams
from tests.model.golden import GOLDEN
from tests.model.graphs import detector


def house_weights(path: Path, *, only: str = "", without: str = "") -> Path:
    rows = [line.split("\t") for line in (GOLDEN / "keys.tsv").read_text().splitlines()[1:]]
    shapes = {row[0]: [int(side) for side in row[1].split(",")] for row in rows if row[0].startswith(only)}
    write_pdparams({name.removeprefix(without): np.zeros(shape, np.float32) for name, shape in shapes.items()}, path)
    return path


def published_weights(path: Path) -> Path:
    shapes = trainable_shapes(published_graph())
    write_pdparams({name: np.zeros(shape, np.float32) for name, shape in shapes.items()}, path)
    return path


def test_names_stand_for_networks() -> None:
    assert architecture_named("db-resnet18").graph is None
    assert architecture_named("ppocrv6-small").graph == published_graph()


def test_house_weights_are_recognised_whole_and_backbone_alone(tmp_path: Path) -> None:
    assert architecture_of(house_weights(tmp_path / "a.pdparams")).name == "db-resnet18"
    backbone = house_weights(tmp_path / "b.pdparams", only="backbone.", without="backbone.")
    assert architecture_of(backbone).name == "db-resnet18"


def test_bare_weights_of_the_published_graph_find_it(tmp_path: Path) -> None:
    found = architecture_of(published_weights(tmp_path / "w.pdparams"))
    assert (found.name, found.graph) == ("ppocrv6-small", published_graph())


def test_weights_of_an_own_graph_need_it_beside_them(tmp_path: Path) -> None:
    own = tmp_path / "own.onnx"
    layer = from_onnx(detector(own))
    run = tmp_path / "run"
    run.mkdir()
    save_weights(layer, run / "best.pdparams")
    with pytest.raises(OcrwebError) as caught:
        build_model(run)
    assert caught.value.code == "weights.unknown-architecture"
    kept = keep_base_graph(architecture_named(own), run)
    assert kept == run / "base.onnx"
    built, architecture, report = build_model(run)
    assert (architecture.name, architecture.graph) == ("onnx", kept)
    assert report is not None
    assert report.complete
    for name, tensor in built.state_dict().items():
        np.testing.assert_array_equal(tensor.numpy(), layer.state_dict()[name].numpy())


def test_a_kept_copy_of_the_published_graph_keeps_its_name(tmp_path: Path) -> None:
    shutil.copyfile(published_graph(), tmp_path / "base.onnx")
    assert architecture_of(published_weights(tmp_path / "w.pdparams")).name == "ppocrv6-small"


def test_house_weights_make_the_house_model_and_tell_what_fitted(tmp_path: Path) -> None:
    layer, architecture, report = build_model(house_weights(tmp_path / "w.pdparams"))
    assert (architecture.name, report is not None and report.complete) == ("db-resnet18", True)
    assert not any(tensor.numpy().any() for tensor in layer.parameters()), "those of the file are all 0"


def test_the_house_model_needs_no_base(tmp_path: Path) -> None:
    assert keep_base_graph(architecture_named("db-resnet18"), tmp_path) is None
    assert not list(tmp_path.iterdir())


def test_weights_beside_a_foreign_graph_are_refused(tmp_path: Path) -> None:
    published_weights(tmp_path / "best.pdparams")
    detector(tmp_path / "base.onnx")
    with pytest.raises(OcrwebError) as caught:
        build_model(tmp_path)
    assert caught.value.code == "weights.base-mismatch"


def test_weights_of_unknown_networks_are_refused(tmp_path: Path) -> None:
    write_pdparams({"conv.weight": np.zeros((2, 2))}, tmp_path / "w.pdparams")
    with pytest.raises(OcrwebError) as caught:
        architecture_of(tmp_path / "w.pdparams")
    assert caught.value.code == "weights.unknown-architecture"


@pytest.mark.parametrize(
    ("tensors", "code"),
    [
        (("backbone.conv1.weight", "head.ctc_head.fc.weight"), "weights.of-recognition"),
        (("Student.backbone.conv.weight", "Student.head.binarize.conv1.weight"), "weights.of-other-detector"),
        (("backbone.blocks2.0.dw_conv.lab.scale", "neck.ins_conv.0.in_conv.weight"), "weights.of-other-detector"),
        (("backbone.conv1.weight", "head.fc.weight"), "weights.unknown-architecture"),
    ],
)
def test_weights_of_paddleocrs_other_networks_are_told(tmp_path: Path, tensors: tuple[str, ...], code: str) -> None:
    write_pdparams(dict.fromkeys(tensors, np.zeros((2, 2))), tmp_path / "w.pdparams")
    with pytest.raises(OcrwebError) as caught:
        architecture_of(tmp_path / "w.pdparams")
    assert caught.value.code == code


def test_an_empty_run_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError, match=r"best\.pdparams"):
        build_model(tmp_path)


def test_telling_the_architecture_does_not_load_paddle(tmp_path: Path) -> None:
    path = published_weights(tmp_path / "w.pdparams")
    code = (
        "import sys; from ocrweb.model.architecture import architecture_of;"
        f"print(architecture_of({str(path)!r}).name, 'paddle' in sys.modules)"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["ppocrv6-small", "False"]
