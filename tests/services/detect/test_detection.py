from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.runtime.detector import Detector
from ocrweb.services.detect import detection
from ocrweb.services.detect.detection import detect_picture, redecode
from ocrweb.services.detect.maps import MapStore
from ocrweb.services.detect.request import DetectRequest
from tests.imaging.documents.made import pdf
from tests.runtime.networks import save_brightness

pytestmark = pytest.mark.usefixtures("detector")


@pytest.fixture
def file(tmp_path: Path, page: np.ndarray) -> Path:
    path = tmp_path / "页.png"
    cv2.imwrite(str(path), page)
    return path


@pytest.fixture
def network_runs(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one whenever a network runs."""
    runs: list[object] = []
    run = Detector._run

    def counted(self: Detector, blob: np.ndarray) -> np.ndarray:
        runs.append(blob)
        return run(self, blob)

    monkeypatch.setattr(Detector, "_run", counted)
    return runs


def boxes(found: detection.Detection) -> list[list[int]]:
    return list(found.result.to_dict()["boxes"])


def test_the_lines_of_a_page_are_found_from_a_file_bytes_and_pixels(file: Path, page: np.ndarray) -> None:
    answers = [detect_picture(file), detect_picture(file.read_bytes()), detect_picture(page)]
    assert len(boxes(answers[0])) == 5
    assert boxes(answers[0]) == boxes(answers[1]) == boxes(answers[2])
    assert [answer.result.image_path for answer in answers] == [str(file), "", ""]
    assert (answers[0].result.width, answers[0].result.height) == (480, 320)


@pytest.mark.parametrize("threshold", [0.05, 0.2, 0.35, 0.6])
def test_the_slider_gives_what_a_new_detection_would_give_without_running_the_network(
    file: Path, network_runs: list[object], threshold: float
) -> None:
    moved = DecodeOptions(threshold=threshold)
    fresh = detect_picture(file, DetectRequest(decode=moved))
    first = detect_picture(file, DetectRequest(decode=DecodeOptions(threshold=0.3)))
    runs = len(network_runs)
    again = redecode(first.handle, moved)
    assert len(network_runs) == runs
    assert boxes(again) == boxes(fresh)
    assert again.result.to_dict()["scores"] == fresh.result.to_dict()["scores"]
    assert (again.result.threshold, again.handle) == (threshold, first.handle)


def test_polygons_come_from_the_kept_map_too(file: Path) -> None:
    found = redecode(detect_picture(file).handle, DecodeOptions(shape="polygon"))
    assert all(region.outline is not None for region in found.result.regions)
    assert len(found.result.to_dict()["polygons"]) == len(boxes(found))


def test_a_dropped_map_is_computed_again_while_the_file_is_there(
    file: Path, network_runs: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detection, "_store", MapStore(budget=1))
    first = detect_picture(file)
    detect_picture(file)
    again = redecode(first.handle, DecodeOptions())
    assert len(network_runs) == 3
    assert boxes(again) == boxes(first)
    file.unlink()
    detect_picture(np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(OcrwebError) as caught:
        redecode(first.handle, DecodeOptions())
    assert caught.value.code == "detect.expired"


def test_a_page_of_a_document_is_told_in_pixels_and_points_and_stays_itself_when_decoded_again(
    tmp_path: Path, network_runs: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detection, "_store", MapStore(budget=1))  # keeps the newest map only
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf(["Invoice 4711", "Total 12.50 in all"]))
    first, second = (detect_picture(file, shown="scan.pdf", number=number) for number in (1, 2))
    assert (first.pages, first.result.image_path, second.result.image_path) == (2, "scan.pdf#1", "scan.pdf#2")
    document = first.result.to_dict()
    assert (document["page"], len(document["boxes_points"])) == (1, len(document["boxes"]))
    again = redecode(first.handle, DecodeOptions())
    assert len(network_runs) == 3  # its map was dropped
    assert again.result.to_dict()["boxes_points"] == document["boxes_points"]
    with pytest.raises(OcrwebError) as caught:
        detect_picture(file, shown="scan.pdf", number=3)
    assert caught.value.code == "document.no-such-page"


def test_a_document_with_a_pictures_name_is_a_renamed_file(tmp_path: Path) -> None:
    file = tmp_path / "invoice.jpg"
    file.write_bytes(pdf(["a"]))
    with pytest.raises(OcrwebError) as caught:
        detect_picture(file)
    assert caught.value.code.startswith("image.")


def test_a_picture_has_one_page_and_no_number(file: Path) -> None:
    found = detect_picture(file)
    assert (found.pages, found.result.page) == (0, None)
    with pytest.raises(OcrwebError) as caught:
        detect_picture(file, number=2)
    assert caught.value.code == "document.no-such-page"


def test_an_unknown_handle_asks_for_the_picture_again() -> None:
    with pytest.raises(OcrwebError) as caught:
        redecode("gone", DecodeOptions())
    assert caught.value.code == "detect.expired"


def test_drawings_show_the_picture_at_its_size(file: Path, page: np.ndarray) -> None:
    found = detect_picture(file)
    drawn = detection.drawing(found.handle, found.result)
    assert np.array_equal(detection.picture(found.handle), page)
    assert drawn.shape == page.shape
    assert detection.heat(found.handle).startswith(b"\x89PNG")
    reds = (drawn[:, :, 2].astype(int) - drawn[:, :, 0]) > 100
    assert reds.sum() > 500


def test_a_detection_is_saved_under_the_known_names_and_saved_again_in_place(file: Path, home: Path) -> None:
    found = detect_picture(file)
    saved = detection.save_detection(found.handle, found.result)
    assert saved.folder.parent == home / "outputs"
    assert sorted(path.name for path in saved.folder.rglob("*.*")) == ["detection_result.png", "result.json"]


def test_an_error_names_the_picture_as_people_know_it(tmp_path: Path) -> None:
    upload = tmp_path / "3f2a.jpg"
    upload.write_bytes(b"<html>")
    with pytest.raises(OcrwebError) as caught:
        detect_picture(upload, shown="发票.jpg")
    assert caught.value.message("en").startswith("发票.jpg: ")
    assert str(tmp_path) not in caught.value.message("en")


def test_a_cancelled_detection_keeps_nothing(file: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(OcrwebError) as caught:
        detect_picture(file, cancel=cancel)
    assert caught.value.code == "detect.cancelled"


def test_two_detections_go_on_while_a_third_is_cancelled(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel, in_network = threading.Event(), threading.Barrier(3)
    run = Detector._run

    def together(self: Detector, blob: np.ndarray) -> np.ndarray:
        in_network.wait(30)
        cancel.set()
        return run(self, blob)

    expected = boxes(detect_picture(file))
    monkeypatch.setattr(Detector, "_run", together)
    with ThreadPoolExecutor(3) as pool:
        good = [pool.submit(detect_picture, file) for _ in range(2)]
        bad = pool.submit(detect_picture, file, cancel=cancel)
        assert [boxes(future.result()) for future in good] == [expected, expected]
        with pytest.raises(OcrwebError) as caught:
            bad.result()
    assert caught.value.code == "detect.cancelled"


def test_a_result_alone_is_the_same_and_keeps_no_map(file: Path) -> None:
    kept = detection.detect_picture(file, shown="a")
    held = detection._store.size()
    alone = detection.detect_once(file, DetectRequest(), "a")
    assert detection._store.size() == held > 0
    assert alone.to_dict()["boxes"] == kept.result.to_dict()["boxes"]


def test_a_size_for_a_network_of_one_size_is_refused_not_ignored(tmp_path: Path) -> None:
    path = str(save_brightness(tmp_path / "fixed.onnx", size=(96, 64)))
    assert DetectRequest(model=path).detector().loaded.engine.fixed_size == (96, 64)
    with pytest.raises(OcrwebError, match=r"detect\.fixed-size.*96 × 64"):
        DetectRequest(model=path, resize=ResizeOptions(limit_side=960)).detector()
