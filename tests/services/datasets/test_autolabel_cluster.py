"""A dataset labelled over a cluster is the one that one machine makes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.services.cluster.job import ClusterRequest
from ocrweb.services.datasets.autolabel import AutoLabelRequest, auto_label
from ocrweb.services.datasets.autolabel_cluster import auto_label_on_cluster
from ocrweb.services.detect.request import DetectRequest
from tests.services.cluster.conftest import alone, bright, network

__all__ = ["alone", "network"]
pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"{number}.png").write_bytes(bright(number))
    page = Image.new("L", (200, 100), 0)
    page.paste(255, (20, 20, 120, 60))
    page.save(folder / "4.tif", save_all=True, append_images=[page])
    return folder


def test_the_dataset_is_the_same(folder: Path, network: Path, tmp_path: Path) -> None:
    detect = DetectRequest(str(network), engine="onnx", device="cpu")
    expected = auto_label(AutoLabelRequest((folder,), detect), tmp_path / "one").to_dict()
    cluster = ClusterRequest((str(folder),), str(tmp_path / "boxes"), detect=detect, size=2)
    report = auto_label_on_cluster(cluster, tmp_path / "many").to_dict()
    assert report["pictures"] == 5
    assert report == {**expected, "out": str(tmp_path / "many"), "mean_score": pytest.approx(expected["mean_score"])}
    for file in (tmp_path / "one").rglob("*.txt"):
        other = tmp_path / "many" / file.relative_to(tmp_path / "one")
        assert other.read_text(encoding="utf-8") == file.read_text(encoding="utf-8"), file.name


def test_a_bad_picture_of_a_shard_is_told_and_the_others_are_labelled(
    folder: Path, network: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("bad.png", b"broken")
        archive.writestr("x/good.png", bright(2))
    detect = DetectRequest(str(network), engine="onnx", device="cpu")
    cluster = ClusterRequest((str(tmp_path / "a.zip"),), str(tmp_path / "boxes"), detect=detect)
    report = auto_label_on_cluster(cluster, tmp_path / "many")
    assert [(Path(name).name, error.code) for name, error in report.failed] == [("bad.png", "cluster.unusable")]
    assert [path.name for path in sorted((tmp_path / "many" / "train_images").glob("*.png"))] == ["good.png"]


def test_a_margin_out_of_bounds_is_told_before_anything_is_done(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(OcrwebError) as caught:
        auto_label_on_cluster(ClusterRequest((str(folder),), str(tmp_path / "boxes")), tmp_path / "many", 2.0)
    assert caught.value.code == "usage.bad-value"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["in"]
