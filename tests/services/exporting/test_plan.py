"""What may be exported, and how a wrong wish is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.data.icdar import read_split
from ocrweb.data.sample import SPLITS
from ocrweb.errors import OcrwebError
from ocrweb.render.dataset import render_dataset
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.entry import ModelEntry
from ocrweb.services.exporting import plan as planning
from ocrweb.services.exporting.plan import ExportRequest, export_name, parse_size, plan_export


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("dynamic", None),
        (" Dynamic ", None),
        ("800x1280", (800, 1280)),
        ("320", (320, 320)),
        ("1536X1536", (1536, 1536)),
        ("640×960", (640, 960)),
    ],
)
def test_a_size_is_height_times_width(text: str, size: tuple[int, int] | None) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("0", 320, 352),
        ("819x800", 800, 832),
        ("800x819", 800, 832),
        ("4096", 1504, 1536),
        ("-64", 320, 352),
        ("1537", 1504, 1536),
        ("319", 320, 352),
    ],
)
def test_another_side_is_refused_with_the_two_nearest(text: str, first: int, second: int) -> None:
    with pytest.raises(OcrwebError) as caught:
        parse_size(text)
    assert caught.value.code == "export.bad-size"
    assert (caught.value.params["first"], caught.value.params["second"]) == (first, second)


@pytest.mark.parametrize("text", ["", "big", "800x", "800x800x3", "8e2", "dynamicx32"])
def test_what_is_no_size_is_called_so(text: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        parse_size(text)
    assert caught.value.code == "export.not-a-size"


@pytest.mark.parametrize(
    ("model", "size", "name"),
    [
        ("ppocrv6-small", None, "ppocrv6-small-dynamic-fp32"),
        ("/data/mine.onnx", (640, 960), "mine-640x960-fp32"),
        ("20260101_100000_收据", (800, 800), "20260101_100000_收据-800x800-fp32"),
    ],
)
def test_an_export_is_named_after_what_it_is(model: str, size: tuple[int, int] | None, name: str) -> None:
    assert export_name(model, size, "fp32") == name


def plan_code(**given: object) -> str:
    with pytest.raises(OcrwebError) as caught:
        plan_export(ExportRequest(**{"model": "ppocrv6-small", **given}))  # type: ignore[arg-type]
    return caught.value.code


def test_a_run_without_weights_says_to_wait(home: Path) -> None:
    (home / "workdirs" / "20260101_100000_young").mkdir(parents=True)
    assert plan_code(model="young") == "model.no-weights-yet"


@pytest.mark.parametrize(
    ("kind", "files", "source", "folder"),
    [
        ("embedded", {"onnx": "/m/m.onnx"}, "m", False), ("run", {"weights": "/r/best.pdparams", "onnx": "/r/m.onnx"}, "/r", False),
        ("run", {"onnx": "/r/m.onnx"}, "/r/m.onnx", False), ("house", {"weights": "/h/h.pdparams", "onnx": "/h/h.onnx"}, "/h/h.pdparams", False),
        ("file", {"onnx": "/f/f.onnx", "paddle": "/f"}, "/f/f.onnx", False), ("official", {"paddle": "/o"}, "/o", True),
    ],
)  # fmt: skip
def test_weights_come_before_networks_that_were_made_of_them(
    kind: Any, files: dict[Any, str], source: str, folder: bool
) -> None:
    entry = ModelEntry("m", kind, ModelCard(name="m"), {form: Path(path) for form, path in files.items()})
    assert planning._source(entry) == (source, folder)


@pytest.mark.parametrize(("opset", "good"), [(10, False), (11, True), (19, True), (20, False)])
def test_opsets_from_the_oldest_to_the_newest_are_written(opset: int, good: bool) -> None:
    if good:
        assert plan_export(ExportRequest("ppocrv6-small", opset=opset)).request.opset == opset
    else:
        assert plan_code(opset=opset) == "usage.bad-value"


def test_models_that_are_not_here_are_not_fetched(home: Path) -> None:
    assert plan_code(model="PP-OCRv3_mobile_det") == "export.not-local"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"model": "nobody"}, "usage.unknown-name"),
        ({"precision": "int4"}, "usage.bad-value"),
        ({"opset": 9}, "usage.bad-value"),
        ({"data": "/nowhere"}, "usage.missing-path"),
    ],
    ids=["model", "precision", "opset", "dataset"],
)
def test_wrong_words_are_answered_before_any_work(given: dict[str, object], code: str) -> None:
    assert plan_code(**given) == code


def test_a_dataset_without_pictures_cannot_calibrate(tmp_path: Path) -> None:
    for name in ("train", "test"):
        (tmp_path / "empty" / f"{name}_images").mkdir(parents=True)
        (tmp_path / "empty" / f"{name}_gts").mkdir()
        (tmp_path / "empty" / f"{name}_list.txt").touch()
    assert plan_code(data=str(tmp_path / "empty"), precision="int8") == "export.no-pictures"


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    assert plan_code(out=tmp_path) == "export.target-taken"
    assert plan_code(out=tmp_path / "thesis.doc") == "export.target-taken"


def test_an_earlier_export_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")
    assert plan_export(ExportRequest("ppocrv6-small", out=tmp_path)).target == tmp_path


def test_int8_is_calibrated_on_training_pictures_and_measured_on_test_pictures(tmp_path: Path) -> None:
    render_dataset(tmp_path / "data", 2, 1, 0, kind="label")
    plan = plan_export(ExportRequest("ppocrv6-small", precision="int8", data=str(tmp_path / "data")))
    assert [path.parent.name for path in plan.calibration] == ["train_images", "train_images"]
    assert plan.split == "test"
    assert plan.pictures[-1].parent.name == "test_images"
    assert len(plan.pictures) == 4


def test_of_many_pictures_those_asked_for_are_spread_over_the_whole_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render_dataset(tmp_path / "data", 7, 5, 0, kind="label")
    monkeypatch.setattr(planning, "CALIBRATION", 3)
    monkeypatch.setattr(planning, "PARITY", 2)
    plan = plan_export(ExportRequest("ppocrv6-small", precision="int8", data=str(tmp_path / "data")))
    train, test = ([sample.image for sample in read_split(tmp_path / "data", split)] for split in SPLITS)
    assert list(plan.calibration) == [train[0], train[2], train[4]]
    assert [path for path in plan.pictures if path.parent.name == "test_images"] == [test[0], test[2]]
