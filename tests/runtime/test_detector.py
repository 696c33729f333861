"""Picture → map → regions on one model; a bad picture is a result, and settings change no network run."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.detector import Detector, default_decode, default_resize
from ocrweb.runtime.device import Device
from ocrweb.runtime.engines.load import Loaded, load_engine
from ocrweb.runtime.entry import from_onnx
from tests.runtime.networks import save_brightness

PLAIN = ModelCard(name="plain", mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0), bf16=False)
BARS = [(40, 30, 200, 60), (40, 100, 300, 130)]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return tmp_path


def brightness(folder: Path, size: tuple[int, int] | None = None) -> Detector:
    entry = from_onnx(save_brightness(folder / "m.onnx", size=size, card=PLAIN), "m")
    return Detector(entry, load_engine(entry, device="cpu"))


def bars(width: int = 352, height: int = 224) -> np.ndarray:
    page = np.zeros((height, width, 3), np.uint8)
    for left, top, right, bottom in BARS:
        page[top:bottom, left:right] = 255
    return page


def assert_bars(quads: list[np.ndarray], tolerance: float) -> None:
    """unclip grows each side by A·r/L."""
    assert len(quads) == len(BARS)
    for quad, (left, top, right, bottom) in zip(quads, BARS, strict=True):
        width, height = right - left, bottom - top
        grown = width * height * 1.5 / (2 * (width + height))
        expected = np.array([left - grown, top - grown, right + grown, bottom + grown])
        found = np.concatenate([quad.min(axis=0), quad.max(axis=0)])
        np.testing.assert_allclose(found, np.clip(expected, 0, None), atol=tolerance)


@pytest.mark.parametrize("form", ["pixels", "bytes", "file"])
def test_pixels_bytes_and_files_give_the_same_regions(form: str, tmp_path: Path) -> None:
    encoded = cv2.imencode(".png", bars())[1].tobytes()
    path = tmp_path / "图 片.png"
    path.write_bytes(encoded)
    result = brightness(tmp_path).detect({"pixels": bars(), "bytes": encoded, "file": path}[form])
    assert result.error is None
    assert (result.width, result.height, result.model) == (352, 224, "m")
    assert result.image_path == (str(path) if form == "file" else "")
    assert_bars([region.quad for region in result.regions], 3)


def test_regions_are_mapped_back_when_the_picture_was_shrunk(tmp_path: Path) -> None:
    large = cv2.resize(bars(), None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    result = brightness(tmp_path).detect(large, resize=ResizeOptions(limit_side=352))
    assert_bars([region.quad / 4 for region in result.regions], 3)


@pytest.mark.parametrize("size", [(224, 352), (320, 416), (96, 416), (448, 96)], ids=str)
def test_a_network_of_fixed_size_sees_the_whole_picture(size: tuple[int, int], tmp_path: Path) -> None:
    result = brightness(tmp_path, size).detect(bars())
    assert result.error is None
    scale = min(1.0, size[0] / 224, size[1] / 352)
    assert_bars([region.quad for region in result.regions], 3 + 3 / scale)


def test_a_bad_picture_is_a_result_with_its_error(tmp_path: Path) -> None:
    detector = brightness(tmp_path)
    (tmp_path / "text.jpg").write_text("no picture", encoding="utf-8")
    for source in (tmp_path / "text.jpg", tmp_path / "missing.jpg", b""):
        result = detector.detect(source)
        assert not result.success
        assert result.regions == ()
        assert result.to_dict()["error"]["code"]
    assert detector.detect(bars()).success


class Broken:
    name, device, fixed_size = "broken", "CPU", None

    def run(self, batch: np.ndarray) -> np.ndarray:
        raise MemoryError

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


def test_memory_running_out_is_a_result_with_its_error(tmp_path: Path) -> None:
    entry = from_onnx(save_brightness(tmp_path / "m.onnx"), "m")
    detector = Detector(entry, Loaded(Broken(), Device("cpu", 0, "CPU", "asked"), ()))
    error = detector.detect(bars()).error
    assert error is not None
    assert error.code == "engine.out-of-memory"
    with pytest.raises(OcrwebError):
        detector.probability(bars())


def test_a_map_is_decoded_again_without_the_network(tmp_path: Path) -> None:
    detector = brightness(tmp_path)
    page = (bars() * 0.5).astype(np.uint8)
    page_map = detector.probability(page)
    detector.loaded.engine.close()
    assert len(detector.regions(page_map, DecodeOptions(threshold=0.2)).regions) == 2
    assert len(detector.regions(page_map, DecodeOptions(threshold=0.7)).regions) == 0


def test_the_map_covers_just_the_picture(tmp_path: Path) -> None:
    page_map = brightness(tmp_path, (320, 416)).probability(bars())
    assert page_map.map.shape == (224, 352)
    assert page_map.map.flags.c_contiguous
    np.testing.assert_array_equal(page_map.picture, bars())


def test_every_stage_is_timed(tmp_path: Path) -> None:
    result = brightness(tmp_path).detect(cv2.imencode(".png", bars())[1].tobytes())
    timing = result.timing
    assert min(timing.decode, timing.preprocess, timing.network, timing.postprocess) > 0
    assert result.to_dict()["inference_time"] == pytest.approx(timing.total, abs=1e-4)


def test_the_cards_recommendations_hold_where_nothing_is_asked() -> None:
    assert default_decode(PLAIN) == DecodeOptions()
    recommended = ModelCard(
        name="r", threshold=0.3, box_threshold=0.45, unclip_ratio=1.8, limit_side=736, limit_type="min"
    )
    assert default_decode(recommended) == DecodeOptions(threshold=0.3, box_threshold=0.45, unclip_ratio=1.8)
    assert default_resize(recommended) == ResizeOptions(limit_side=736, limit_type="min")
