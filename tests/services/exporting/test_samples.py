"""The samples of an export, and OpenCV, find with the network what our runtime finds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.paths import ASSETS
from ocrweb.runtime.card import CARD_KEY
from ocrweb.services.detect.detection import detect_picture
from ocrweb.services.detect.golden import shipped_pictures
from ocrweb.services.detect.request import DetectRequest
from ocrweb.training.export.parity import paired_shifts

MAP_PIXEL = {"dynamic": 1400 / 1280, "640x800": 1400 / 640}  # of the tallest picture, in its own pixels
ONNXRUNTIME = Path(os.environ.get("ONNXRUNTIME", "/usr"))
HEADERS = [*ONNXRUNTIME.glob("include/onnxruntime_cxx_api.h"), *ONNXRUNTIME.glob("include/*/onnxruntime_cxx_api.h")]
OPENCV = os.environ.get("OPENCV_DIR") or list(Path("/usr/lib").glob("*/cmake/opencv4/OpenCVConfig.cmake"))
SAMPLES = ASSETS / "samples"


@pytest.fixture(scope="module", params=["dynamic", "640x800"])
def with_text(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The embedded network with an export's metadata, so that there is text to find; and its size."""
    from ocrweb.model.architecture import published_graph
    from ocrweb.runtime.catalogue import resolve
    from ocrweb.runtime.detector import default_decode
    from ocrweb.training.export.files import finish_network
    from ocrweb.training.export.onnx import _finish

    size = str(request.param)
    card = resolve("ppocrv6-small").card
    decode = default_decode(card)
    sides = None if size == "dynamic" else tuple(map(int, size.split("x")))
    network = tmp_path_factory.mktemp("network") / "model.onnx"
    network.write_bytes(published_graph().read_bytes())
    _finish(network, sides, {}, rename=False)  # type: ignore[arg-type]
    facts = {"mean": card.mean, "std": card.std, "threshold": decode.threshold, "unclip_ratio": decode.unclip_ratio,
             "box_threshold": decode.effective_box_threshold, "limit_side": card.limit_side, "size": sides}  # fmt: skip
    texts = {name: json.dumps(value) for name, value in facts.items() if value is not None}
    whole = {CARD_KEY: card.model_dump_json(exclude_none=True)}
    finish_network(network, {"limit_type": "max", "size": "dynamic", **texts, **whole})
    return network, size


def gives_our_boxes(program: list[str], network: Path, size: str) -> None:
    for picture in shipped_pictures()[:2]:
        child = subprocess.run([*program, str(network), str(picture)], capture_output=True, text=True, check=False)
        assert child.returncode == 0, child.stderr
        found = [np.array(line.split(",")[:8], float).reshape(4, 2) for line in child.stdout.splitlines()]
        regions = detect_picture(picture, DetectRequest(str(network), engine="onnx")).result.regions
        shifts = paired_shifts([region.quad for region in regions], found)
        assert len(found) == len(regions) == len(shifts) > 20
        assert max(shifts) <= 1.5 * MAP_PIXEL[size]


@pytest.mark.slow
def test_the_python_sample_gives_the_boxes_of_the_runtime(with_text: tuple[Path, str]) -> None:
    gives_our_boxes([sys.executable, str(SAMPLES / "detect.py")], *with_text)


@pytest.mark.slow
def test_the_python_sample_sees_a_long_page_in_tiles_as_the_runtime_does(
    with_text: tuple[Path, str], tmp_path: Path
) -> None:
    """Six of a shipped picture under each other."""
    network, _ = with_text
    page = cv2.imread(str(shipped_pictures()[0]))
    assert page is not None
    long = tmp_path / "long.png"
    cv2.imwrite(str(long), np.concatenate([cv2.resize(page, (600, 840))] * 6))
    child = [sys.executable, str(SAMPLES / "detect.py"), str(network), str(long)]
    lines = subprocess.run(child, capture_output=True, text=True, check=True).stdout.splitlines()
    found = [np.array(line.split(",")[:8], float).reshape(4, 2) for line in lines]
    result = detect_picture(long, DetectRequest(str(network), engine="onnx")).result
    shifts = paired_shifts([region.quad for region in result.regions], found)
    assert result.tiles > 1
    assert len(found) == len(result.regions) == len(shifts) > 100
    assert max(shifts) <= 2


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("cmake") and HEADERS and OPENCV),
    reason="needs cmake, OpenCV's development files and ONNX Runtime's headers (ONNXRUNTIME=/their/prefix)",
)
def test_the_cpp_sample_gives_the_boxes_of_the_runtime(with_text: tuple[Path, str], tmp_path: Path) -> None:
    """No index that this project installs from has the headers, and OpenCV's fill 700 MB: where they are, it runs."""
    configure = ["cmake", "-S", str(SAMPLES), "-B", str(tmp_path), f"-DONNXRUNTIME={ONNXRUNTIME}"]
    for command in (configure, ["cmake", "--build", str(tmp_path)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    gives_our_boxes([str(tmp_path / "detect")], *with_text)


@pytest.mark.parametrize("name", ["detect.py", "tiles.py", "opencv.py", "detect.cpp", "input.hpp", "tiles.hpp"])
def test_a_sample_has_at_most_sixty_lines(name: str) -> None:
    assert len((SAMPLES / name).read_text().splitlines()) <= 60


def test_the_opencv_sample_finds_what_the_runtime_finds_and_the_file_says_its_precision(tmp_path: Path) -> None:
    """OpenCV decodes in its own way, but never three pixels off."""
    from ocrweb.model.architecture import published_graph
    from ocrweb.runtime.catalogue import resolve
    from ocrweb.training.export.files import write_model_yml, write_opencv

    card = resolve("ppocrv6-small").card
    facts = {"threshold": 0.3, "box_threshold": 0.6, "unclip_ratio": 1.5, "size": "dynamic"}
    flat = tmp_path / "model_opencv.onnx"
    write_opencv(published_graph(), flat, {"threshold": "0.3", "precision": "int8"})
    write_model_yml(tmp_path / "model.yml", card, facts)
    model = onnx.load(str(flat))
    assert {item.key: item.value for item in model.metadata_props} == {"threshold": "0.3", "precision": "fp32"}
    assert model.producer_name == "ocrweb"
    decode = DecodeOptions(threshold=0.3, box_threshold=0.6, unclip_ratio=1.5)
    for picture in shipped_pictures()[:2]:
        command = [sys.executable, str(SAMPLES / "opencv.py"), str(flat), str(tmp_path / "model.yml"), str(picture)]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        found = [np.array(line.split(",")[:8], float).reshape(4, 2) for line in lines]
        ours = detect_picture(picture, DetectRequest("ppocrv6-small", "onnx", decode=decode)).result.regions
        shifts = paired_shifts([region.quad for region in ours], found)
        assert len(shifts) == len(found) == len(ours) > 20
        assert max(shifts) <= 3
