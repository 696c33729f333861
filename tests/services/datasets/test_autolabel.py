"""Pictures become a dataset that a person corrects and imports again."""

from __future__ import annotations

import csv
import io
import json
import threading
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.model_names import DEFAULT, HOUSE, IN_USE
from ocrweb.data.export import Proposal
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import LabelledBox
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.autolabel import (
    AutoLabelReport,
    AutoLabelRequest,
    Labelled,
    _report,
    auto_label,
    proposals_of,
    sure_from_of,
)
from ocrweb.services.datasets.importing import import_dataset
from ocrweb.services.datasets.store import get_dataset
from ocrweb.services.datasets.tools import auto_label_stored
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.labels.entries import labelled_set
from ocrweb.services.labels.proposing import labelling_model
from ocrweb.services.training.learning import learning
from tests.imaging.pictures import saved
from tests.model.graphs import house_drawn
from tests.services.conftest import draw_page


def labelled(out: Path, *given: Path, margin: float = 0.25) -> AutoLabelReport:
    return auto_label(AutoLabelRequest(given, margin=margin), out)


def review(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / "review.csv").read_text(encoding="utf-8-sig"))))


def test_a_folder_becomes_a_dataset_that_validates(pictures: Path, tmp_path: Path) -> None:
    report = labelled(tmp_path / "out", pictures)
    assert (report.pictures, report.failed, report.cancelled) == (6, (), False)
    assert report.boxes >= 1 + 2 + 3 + 4 + 5 + 6
    samples = read_split(tmp_path / "out", "train")
    assert [sample.image.name for sample in samples] == [f"p{n}.png" for n in range(1, 7)]
    assert sum(len(sample.boxes) for sample in samples) == report.boxes
    assert {box.text for sample in samples for box in sample.boxes} == {"text"}
    assert validate_dataset(tmp_path / "out").ok


def test_the_review_lists_every_box_the_least_sure_first(pictures: Path, tmp_path: Path) -> None:
    report = labelled(tmp_path / "out", pictures, margin=0.55)
    rows = review(tmp_path / "out")
    scores = [float(row["score"]) for row in rows]
    assert len(rows) == report.boxes
    assert scores == sorted(scores)
    assert sum(row["unsure"] == "yes" for row in rows) == report.unsure
    assert report.sure_from == 0.95
    assert 0 < report.unsure <= report.boxes
    assert all(score < 0.95 for score, row in zip(scores, rows, strict=True) if row["unsure"])


def test_unsure_boxes_are_difficult_in_ppocrlabel_and_ignored_when_nobody_looked(
    pictures: Path, tmp_path: Path
) -> None:
    report = labelled(tmp_path / "out", pictures, margin=0.55)
    entries = [
        entry
        for line in (tmp_path / "out" / "train_images" / "Label.txt").read_text().splitlines()
        for entry in json.loads(line.split("\t")[1])
    ]
    assert sum(entry["difficult"] for entry in entries) == report.unsure
    again = import_dataset(tmp_path / "out" / "train_images", None)
    assert (again.format, again.boxes, again.ignored) == ("ppocrlabel", report.boxes, report.unsure)


def test_label_studio_gets_the_scores(pictures: Path, tmp_path: Path) -> None:
    report = labelled(tmp_path / "out", pictures)
    tasks = json.loads((tmp_path / "out" / "label_studio.json").read_text(encoding="utf-8"))
    scores = [
        entry["score"]
        for task in tasks
        for entry in task["predictions"][0]["result"]
        if entry["type"] in ("rectangle", "polygon")
    ]
    assert len(tasks) == 6
    assert len(scores) == report.boxes
    assert sorted(scores) == [float(row["score"]) for row in review(tmp_path / "out")]
    assert "<View>" in (tmp_path / "out" / "label_config.xml").read_text()


def test_zips_odd_formats_and_equal_names_are_taken_and_bad_pictures_listed(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "a").mkdir(parents=True)
    cv2.imwrite(str(folder / "a" / "same name.png"), draw_page(2))
    cv2.imwrite(str(folder / "same name.png"), draw_page(1))
    (folder / "web.webp").write_bytes(saved(draw_page(1), "WEBP"))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff cut")
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        for path in folder.rglob("*.*"):
            archive.write(path, path.relative_to(folder))
    report = labelled(tmp_path / "out", tmp_path / "pictures.zip")
    names = {sample.image.name for sample in read_split(tmp_path / "out", "train")}
    assert names == {"same_name.png", "same_name_2.png", "web.png"}
    assert [(Path(name).name, error.code.split(".")[0]) for name, error in report.failed] == [("broken.jpg", "image")]
    assert validate_dataset(tmp_path / "out").ok


def test_blank_pages_are_counted(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    cv2.imwrite(str(tmp_path / "in" / "blank.png"), draw_page(0))
    cv2.imwrite(str(tmp_path / "in" / "text.png"), draw_page(1))
    assert labelled(tmp_path / "out", tmp_path / "in").empty == 1


def test_nothing_usable_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    with pytest.raises(OcrwebError, match=r"autolabel\.nothing-done") as caught:
        labelled(tmp_path / "out", tmp_path / "bad.jpg")
    why = caught.value.params["reason"]
    assert all(why.message(lang) in caught.value.message(lang) for lang in ("en", "zh"))
    assert not (tmp_path / "out").exists()


def test_a_stop_keeps_what_was_done(pictures: Path, tmp_path: Path) -> None:
    for number in range(40):
        (pictures / f"q{number}.png").write_bytes((pictures / "p1.png").read_bytes())
    stop = threading.Event()
    report = auto_label(AutoLabelRequest((pictures,)), tmp_path / "out", lambda *_: stop.set(), stop)
    assert report.cancelled
    assert 0 < report.pictures < 46
    assert len(read_split(tmp_path / "out", "train")) == report.pictures


@pytest.mark.parametrize(("model", "known"), [(HOUSE, HOUSE), (DEFAULT, IN_USE)])
def test_clicks_on_missed_text_ask_the_model_that_drew_the_boxes(
    pictures: Path, tmp_path: Path, model: str, known: str
) -> None:
    house_drawn()
    auto_label(AutoLabelRequest((pictures / "p1.png",), DetectRequest(model=model)), tmp_path / "out")
    mine = labelled_set(tmp_path / "out")
    assert labelling_model(mine) == known
    assert learning(mine).state == "none"


@pytest.mark.parametrize("margin", [-0.1, 1.5])
def test_a_margin_that_is_none_is_refused(pictures: Path, tmp_path: Path, margin: float) -> None:
    with pytest.raises(OcrwebError, match=r"usage\.bad-value"):
        labelled(tmp_path / "out", pictures, margin=margin)


def test_the_page_stores_the_result_under_a_name(pictures: Path) -> None:
    stored, report = auto_label_stored(AutoLabelRequest((pictures,)), "mine")
    assert stored.name == "mine"
    assert report.out == get_dataset("mine").path
    assert stored.train == 6


@pytest.mark.parametrize(("margin", "sure"), [(0.0, 0.6), (0.25, 0.85), (0.4, 1.0), (1.0, 1.0), (0.123456, 0.7235)])
def test_a_box_is_sure_from_so_much_over_its_threshold(margin: float, sure: float) -> None:
    assert sure_from_of(DecodeOptions(threshold=0.3, box_threshold=0.6), margin) == sure


def test_boxes_lie_within_the_picture_and_none_is_proposed_twice() -> None:
    quad = np.array([[10, 10], [50, 10], [50, 30], [10, 30]], np.float32)
    outside, nothing = quad + np.array([30, 0], np.float32), quad + 500
    found = proposals_of([quad, outside, quad, nothing], [0.7, 0.69, 0.9, 0.9], (60, 40), 0.7)
    assert [(one.score, one.unsure) for one in found] == [(0.7, False), (0.69, True)]
    assert found[1].box.points.max(axis=0).tolist() == [60, 30]
    assert {one.box.text for one in found} == {"text"}


@pytest.mark.parametrize("margin", [0.0, 1.0])
def test_a_margin_from_none_to_all_is_one(margin: float, tmp_path: Path) -> None:
    with pytest.raises(OcrwebError, match=r"usage\.missing-path"):
        labelled(tmp_path / "out", tmp_path / "gone", margin=margin)


def test_a_report_counts_boxes_and_pictures_and_tells_the_mean() -> None:
    box = LabelledBox(np.zeros((4, 2), np.float32), "text", False)
    sure, unsure, unscored = Proposal(box, 0.9, False), Proposal(box, 0.33333, True), Proposal(box, None, True)
    pictures = [Labelled(Path("1.png"), (9, 9), (sure, unsure, unscored)), Labelled(Path("2.png"), (9, 9), ())]
    failed = [("b.png", OcrwebError("image.empty"))]
    report = _report(Path("/out"), "m", pictures, failed, 0.85, cancelled=True)
    document = report.to_dict("en")
    assert document.pop("failed") == [{"picture": "b.png", **failed[0][1].to_dict("en")}]
    assert document == {
        "out": "/out", "model": "m", "pictures": 2, "boxes": 3, "unsure": 2, "empty": 1, "sure_from": 0.85, "mean_score": 0.6167, "cancelled": True,
    }  # fmt: skip
    assert _report(Path("/out"), "m", pictures[1:], [], 0.85, cancelled=False).mean_score is None
