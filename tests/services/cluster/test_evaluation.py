"""A model judged over a cluster has the figures that it has on one machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.cluster.evaluation import evaluate_on_cluster
from ocrweb.services.cluster.job import ClusterRequest
from ocrweb.services.detect.evaluation import EvaluationRequest, evaluate_model
from ocrweb.services.detect.request import DetectRequest
from tests.services.cluster.conftest import bright

pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Three pictures of one to three regions, of which the first two are labelled."""
    data = tmp_path / "data"
    for name in ("test_images", "test_gts"):
        (data / name).mkdir(parents=True)
    (data / "train_list.txt").touch()
    labels = [f"{5 + 60 * n},25,{55 + 60 * n},25,{55 + 60 * n},65,{5 + 60 * n},65,text\n" for n in range(2)]
    for number in (1, 2, 3):
        (data / "test_images" / f"{number}.png").write_bytes(bright(number))
        (data / "test_gts" / f"{number}.txt").write_text("".join(labels))
    lines = [f"test_images/{number}.png test_gts/{number}.txt\n" for number in (1, 2, 3)]
    (data / "test_list.txt").write_text("".join(lines))
    return data


def request(dataset: Path, network: Path, shape: str = "quad") -> EvaluationRequest:
    decode = DecodeOptions.model_validate({"shape": shape, "unclip_ratio": 1.0})
    detect = DetectRequest(str(network), engine="onnx", device="cpu", decode=decode)
    return EvaluationRequest(detect, str(dataset), by=("angle",))


@pytest.mark.parametrize("shape", ["quad", "polygon"])
def test_the_figures_are_the_same(dataset: Path, network: Path, tmp_path: Path, shape: str) -> None:
    asked = request(dataset, network, shape)
    cluster = ClusterRequest((), str(tmp_path / "boxes"), size=2)
    expected = evaluate_model(asked).to_dict()
    assert expected["counts"]["labels"] == 6
    assert (expected["counts"]["matched"], expected["counts"]["detections"]) == (5, 6)
    assert evaluate_on_cluster(asked, cluster).to_dict() == expected


def test_what_cannot_be_judged_there_is_told(dataset: Path, network: Path, tmp_path: Path) -> None:
    asked = request(dataset, network)
    (dataset / "test_images" / "2.png").write_bytes(bright(2)[:-30])
    for changed, code in ((asked, "cluster.unusable"), (replace(asked, sweep=True), "cluster.no-sweep")):
        with pytest.raises(OcrwebError) as caught:
            evaluate_on_cluster(changed, ClusterRequest((), str(tmp_path / "boxes")))
        assert caught.value.code == code
