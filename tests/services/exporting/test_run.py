"""Whole exports of a small network: what is in the folder, and that it runs elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import onnx
import pytest
import yaml

from ocrweb.config.paths import ASSETS
from ocrweb.render.dataset import render_dataset
from ocrweb.runtime.catalogue import list_models
from ocrweb.runtime.entry import card_of_paddle
from ocrweb.runtime.paddle_env import child_environment
from ocrweb.services.detect.detection import detect_picture
from ocrweb.services.detect.golden import shipped_pictures
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.exporting.jobs import archive_of, list_exports
from ocrweb.services.exporting.plan import PRECISIONS, ExportRequest
from ocrweb.services.exporting.run import delete_export, exported_report, run_export
from tests.model.graphs import detector as draw_network

FORMS = {
    "model.onnx", "model_opencv.onnx", "model.yml", "report.json", "rapidocr.yml",
    "openvino/model.xml", "openvino/model.bin",
    "paddle/inference.json", "paddle/inference.pdiparams", "paddle/inference.yml",
    "samples/detect.py", "samples/tiles.py", "samples/opencv.py", "samples/detect.cpp", "samples/input.hpp",
    "samples/tiles.hpp", "samples/CMakeLists.txt",
}  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> str:
    """A network of a few layers, with a card."""
    (tmp_path / "small.yml").write_text(
        "name: small\nlimit_side: 320\nthreshold: 0.25\nlicence: MIT\nmetrics: {hmean: 0.5}\n"
    )
    return str(draw_network(tmp_path / "small.onnx"))


def staging_left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".export.")]


@pytest.mark.slow
def test_an_export_is_a_folder_and_a_zip_that_detects_at_once_and_its_paddle_folder_becomes_onnx(
    small: str, home: Path, tmp_path: Path
) -> None:
    stages: list[str] = []
    report = run_export(ExportRequest(small), lambda stage, share: stages.append(stage))
    assert report.passed, report.to_dict("en")
    folder = home / "exports" / "small-dynamic-fp32"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == FORMS == set(report.files)
    assert report.to_dict()["missing_forms"] == {}
    assert staging_left(folder.parent) == []
    with zipfile.ZipFile(folder.with_suffix(".zip")) as archive:
        assert {name.partition("/")[2] for name in archive.namelist()} == FORMS
    assert stages[0] == "load"
    assert stages[-1] == "done"

    document = json.loads((folder / "report.json").read_text())
    assert document["path"] == str(folder)
    assert document["parity"]["max_abs_diff"] <= 1e-4
    assert document["parity"]["pictures"] == 3
    assert set(document["speed"]["engines"]) >= {"paddle", "onnx", "openvino"}
    assert document["hmean"] is None
    assert document["memory_mib"]["peak"] > 0

    model = onnx.load(str(folder / "model.onnx"))
    known = {item.key: item.value for item in model.metadata_props}
    assert (known["threshold"], known["licence"], known["size"], known["limit_side"]) == (
        "0.25",
        "MIT",
        "dynamic",
        "320",
    )
    assert json.loads(known["metrics"]) == {"hmean": 0.5}
    assert ([item.domain for item in model.opset_import], model.producer_name) == ([""], "ocrweb")
    assert document["details"]["onnxruntime"] == "1.0"
    card = yaml.safe_load((folder / "model.yml").read_text())
    assert card["export"]["input"] == {"name": "picture", "shape": ["N", 3, "H", "W"], "type": "float32"}
    assert card_of_paddle(folder / "paddle").threshold == 0.25  # type: ignore[union-attr]

    assert "small-dynamic-fp32" in [entry.name for entry in list_models() if entry.available]
    picture = shipped_pictures()[0]
    ours, theirs = (detect_picture(picture, DetectRequest(name, engine="onnx")).result for name in (small, folder.name))
    assert [region.quad.tolist() for region in theirs.regions] == [region.quad.tolist() for region in ours.regions]
    assert list_exports() == [folder.name]
    assert exported_report(folder.name) == document
    assert archive_of(folder.name)

    again = run_export(ExportRequest(str(folder / "paddle"), out=tmp_path / "again"))
    assert again.passed, again.to_dict("en")
    assert again.measured["parity"]["onnx"]["max_abs_diff"] <= 1e-4

    delete_export(folder.name)
    assert (list_exports(), archive_of(folder.name)) == ([], None)


@pytest.mark.slow
def test_int8_of_a_fixed_size_is_calibrated_and_measured_on_a_dataset(small: str, tmp_path: Path) -> None:
    render_dataset(tmp_path / "data", 2, 1, 0, kind="label")
    out = tmp_path / "here" / "mine"
    report = run_export(ExportRequest(small, "320x480", "int8", out, str(tmp_path / "data")))
    document = report.to_dict("en")
    assert document["hmean"]["pictures"] == 1
    assert document["details"]["quantised"]["calibration"] == "dataset"
    assert document["speed"]["ratio_to_fp32"] > 0
    assert document["parity"]["pictures"] == 4
    if report.passed:  # noise has boxes that int8 may move: both answers are right, half a folder is not
        graph = onnx.load(str(out / "model.onnx")).graph
        assert [axis.dim_value for axis in graph.input[0].type.tensor_type.shape.dim][2:] == [320, 480]
        assert document["missing_forms"]["rapidocr"]
    else:
        assert document["path"] is None
        assert not out.exists()
    assert staging_left(out.parent) == []


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's weights: the house model, a little further than shipped."""
    code = (
        "import sys, paddle\n"
        "from ocrweb.model.architecture import build_model\n"
        "from ocrweb.model import save_weights\n"
        "layer = build_model(sys.argv[2])[0]\n"
        "paddle.seed(1)\n"
        "[each.set_value(each * (1 + 0.001 * paddle.randn(each.shape))) for each in layer.parameters()]\n"
        "save_weights(layer, sys.argv[1])\n"
    )
    out = tmp_path_factory.mktemp("trained") / "tuned.pdparams"
    shipped = ASSETS / "weights" / "db_resnet18.pdparams"
    subprocess.run(
        [sys.executable, "-c", code, str(out), str(shipped)], env=child_environment(), check=True, capture_output=True
    )
    return out


@pytest.mark.slow
@pytest.mark.timeout(1200)  # int8 looks for layers that must stay float32
@pytest.mark.parametrize(
    ("model", "precision"),
    [
        *(("ppocrv6-small", precision) for precision in PRECISIONS if precision != "int8"),
        ("tuned", "int8"),  # db-resnet18 with other numbers in it
    ],
)
def test_shipped_networks_pass_in_each_precision_and_every_form(
    model: str, precision: str, home: Path, request: pytest.FixtureRequest
) -> None:
    """In a size that is quick, with every form there is, each of standard operators that an ONNX Runtime of years ago reads."""
    source = str(request.getfixturevalue("trained")) if model == "tuned" else model
    report = run_export(ExportRequest(source, "320x320", precision))
    document = report.to_dict("en")
    assert report.path is not None, document
    assert document["withdrawn"].keys() <= {"openvino-bf16"}  # no form of a file: how our runtime would compute it
    assert document["missing_forms"].keys() == {"rapidocr"}
    for name in ("model.onnx", "model_opencv.onnx"):
        network = onnx.load(str(report.path / name))
        assert [item.domain for item in network.opset_import] == [""], name
        assert network.ir_version <= 8, name
        assert network.producer_name == "ocrweb", name
        known = {item.key: item.value for item in network.metadata_props}
        assert known["precision"] == (precision if name == "model.onnx" else "fp32")
    if precision == "fp16":
        half = onnx.load(str(report.path / "model.onnx"))
        onnx.checker.check_model(half)
        assert onnx.TensorProto.FLOAT16 in {item.data_type for item in half.graph.initializer}
        assert report.measured["details"]["input"]["type"] == report.measured["details"]["output"]["type"] == "float32"
        assert report.measured["parity"]["onnx"]["max_abs_diff"] > 0
    assert tuple(map(int, document["details"]["onnxruntime"].split("."))) <= (1, 12)
