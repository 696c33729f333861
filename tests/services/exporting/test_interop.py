"""The other forms run in the programs they are made for, without the network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.model.architecture import published_graph
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.paddle_env import child_environment
from ocrweb.services.detect.detection import detect_picture
from ocrweb.services.detect.golden import shipped_pictures
from ocrweb.services.detect.request import DetectRequest
from ocrweb.training.export.files import write_inference_yml, write_rapidocr
from ocrweb.training.export.parity import paired_shifts

pytestmark = pytest.mark.slow
SIDE = 960
CARD = resolve("ppocrv6-small").card.model_copy(update={"limit_side": SIDE})
DECODE = DecodeOptions(threshold=0.3, box_threshold=0.6, unclip_ratio=1.5)
OFFLINE = "import socket\ndef refuse(*a, **k): raise OSError('no network')\nsocket.getaddrinfo = refuse\n"
EXPORT = """
import sys
from pathlib import Path
from ocrweb.model.architecture import build_model
from ocrweb.training.export.onnx import export_inference_folder
export_inference_folder(build_model("ppocrv6-small")[0], Path(sys.argv[1]))
"""
PADDLEOCR = """
import json, sys
from paddleocr import TextDetection
from paddlex.utils.deps import is_extra_available
assert is_extra_available("ocr-core")
detector = TextDetection(model_dir=sys.argv[1])
for picture, out in zip(sys.argv[2::2], sys.argv[3::2]):
    found = detector.predict(picture)[0]
    open(out, "w").write(json.dumps([poly.tolist() for poly in found["dt_polys"]]))
"""
RAPIDOCR = """
import json, sys, cv2
from rapidocr import RapidOCR
engine = RapidOCR(config_path=sys.argv[1])
found = (engine.text_det if getattr(engine, "text_det", None) else engine._load_det_model())(cv2.imread(sys.argv[2]))
open(sys.argv[3], "w").write(json.dumps(found.boxes.tolist()))
"""


def run(script: str, *arguments: Path) -> None:
    environment = {**child_environment(), "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True"}
    child = subprocess.run(
        [sys.executable, "-c", OFFLINE + script, *map(str, arguments)],
        capture_output=True, text=True, env=environment, check=False, cwd=os.getcwd(),
    )  # fmt: skip
    assert child.returncode == 0, child.stderr[-2000:]


def ours(picture: Path) -> list[np.ndarray]:
    request = DetectRequest("ppocrv6-small", "onnx", decode=DECODE, resize=ResizeOptions(limit_side=SIDE))
    return [region.quad for region in detect_picture(picture, request).result.regions]


def boxes(path: Path) -> list[np.ndarray]:
    return [np.array(box, float) for box in json.loads(path.read_text())]


def test_paddleocr_loads_the_inference_folder_and_finds_the_same_boxes(tmp_path: Path) -> None:
    run(EXPORT, tmp_path / "paddle")
    write_inference_yml(tmp_path / "paddle", CARD, DECODE, SIDE)
    told = {picture: tmp_path / f"{picture.stem}.json" for picture in shipped_pictures()[:2]}
    run(PADDLEOCR, tmp_path / "paddle", *(path for pair in told.items() for path in pair))
    for picture, answer in told.items():
        expected, found = ours(picture), boxes(answer)
        shifts = paired_shifts([np.round(box) for box in expected], found)
        assert len(found) == len(expected) == len(shifts) > 20
        assert sum(shift <= 1 for shift in shifts) >= len(shifts) - 1  # PaddleOCR's own decoding differs in one of 500
        assert max(shifts) <= 2  # by one pixel of the map, which is 1.5 of the picture


def test_rapidocr_uses_the_network_through_its_configuration(tmp_path: Path) -> None:
    write_rapidocr(tmp_path / "rapidocr.yml", CARD, DECODE, SIDE, str(published_graph()))
    picture = shipped_pictures()[0]
    run(RAPIDOCR, tmp_path / "rapidocr.yml", picture, tmp_path / "found.json")
    expected, found = ours(picture), boxes(tmp_path / "found.json")
    assert len(paired_shifts(expected, found)) >= 0.95 * max(len(expected), len(found))
