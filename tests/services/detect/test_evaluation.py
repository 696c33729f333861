from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.config import paths
from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.detect.evaluation import EvaluationReport, EvaluationRequest, evaluate_model, looks_named
from ocrweb.services.detect.request import DetectRequest


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """One page that is labelled rightly, and one with a label where nothing stands."""
    root = tmp_path / "pages"
    (root / "test_images").mkdir(parents=True)
    (root / "test_gts").mkdir()
    (root / "train_images").mkdir()
    (root / "train_gts").mkdir()
    rows = []
    for name, extra in (("good", ""), ("bad", "20,250,120,250,120,280,20,280,nothing\n")):
        page = np.full((300, 400, 3), 255, np.uint8)
        cv2.putText(page, "Total 12.50", (40, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (0, 0, 0), 3)
        cv2.imwrite(str(root / "test_images" / f"{name}.png"), page)
        (root / "test_gts" / f"{name}.txt").write_text(f"38,66,304,66,304,106,38,106,Total\n{extra}")
        rows.append(f"test_images/{name}.png test_gts/{name}.txt\n")
    (root / "test_list.txt").write_text("".join(rows))
    (root / "train_list.txt").write_text("")
    return root


def request(dataset: Path, **changes: object) -> EvaluationRequest:
    detect = DetectRequest(decode=DecodeOptions(threshold=0.3, box_threshold=0.5))
    return EvaluationRequest(detect, str(dataset), **changes)  # type: ignore[arg-type]


def test_scores_are_at_stated_thresholds_and_the_worst_picture_is_shown(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "datasets_dir", lambda: dataset.parent)
    heard: list[tuple[int, int]] = []
    out = tmp_path / "report"
    report = evaluate_model(request(dataset, out=out, sweep=True), lambda done, total: heard.append((done, total)))
    document = report.to_dict()
    assert heard == [(1, 2), (2, 2)]
    assert (report.score.labels, report.score.matched) == (3, 2)
    assert document["thresholds"] == {"threshold": 0.3, "box_threshold": 0.5, "unclip_ratio": 1.5}
    assert document["pictures"] == 2
    assert [Path(item["image"]).name for item in document["worst"]] == ["bad.png"]
    assert document["worst"][0]["edit"] == f"labels/edit?dataset={dataset.name}&picture=test_images%2Fbad.png"
    assert [path.name for path in (out / "worst").iterdir()] == ["001_bad.jpg"]
    with (out / "pictures.csv").open() as file:
        assert [Path(row["image"]).name for row in csv.DictReader(file)] == ["bad.png", "good.png"]
    with (out / "sweep.csv").open() as file:
        hmeans = [float(row["hmean"]) for row in csv.DictReader(file)]
    assert hmeans == sorted(hmeans, reverse=True)
    assert report.best is not None
    assert report.best.score.hmean >= report.score.hmean
    assert [row["labels"] for row in document["by_height"]] == [0, 0, 3, 0]
    assert document["by"].keys() == {"height"}


def test_looks_of_the_text_are_scored_apart(dataset: Path) -> None:
    document = evaluate_model(request(dataset, by=looks_named(["script", "darkness"]))).to_dict()
    assert document["by"].keys() == {"height", "darkness", "script"}
    latin, bright = document["by"]["script"][0], document["by"]["darkness"][2]
    assert (latin["group"], latin["matched"], latin["labels"], latin["hmean"]) == ("latin", 2, 3, None)
    assert (bright["group"], bright["labels"], round(bright["hmean"], 3)) == ("170-", 3, 0.8)
    assert [Path(path).name for path in bright["worst"]] == ["bad.png"]


def test_a_look_that_there_is_not_is_named() -> None:
    with pytest.raises(OcrwebError) as caught:
        looks_named(["height", "colour"])
    assert caught.value.code == "usage.bad-value"
    assert "crowding" in str(caught.value.params["expected"])


def test_an_empty_list_is_named(dataset: Path) -> None:
    (dataset / "test_list.txt").write_text("")
    with pytest.raises(OcrwebError) as caught:
        evaluate_model(request(dataset))
    assert caught.value.code == "evaluation.no-pictures"


def test_a_list_in_which_every_box_is_ignored_has_no_score(dataset: Path) -> None:
    for labels in (dataset / "test_gts").iterdir():
        labels.write_text("38,66,304,66,304,106,38,106,###\n")
    with pytest.raises(OcrwebError) as caught:
        evaluate_model(request(dataset))
    assert caught.value.code == "evaluation.nothing-labelled"


def test_an_absent_dataset_is_named() -> None:
    with pytest.raises(OcrwebError) as caught:
        evaluate_model(request(Path("/nowhere/at/all")))
    assert caught.value.code == "usage.missing-path"


def test_a_report_tells_ratios_with_six_places_and_at_most_twenty_of_the_worst_pictures() -> None:
    from ocrweb.config.detection import ResizeOptions
    from ocrweb.data.sample import Sample
    from ocrweb.evaluation.gallery import Judgement
    from ocrweb.evaluation.groups import GroupScore
    from ocrweb.evaluation.matching import match
    from ocrweb.evaluation.metric import score
    from ocrweb.evaluation.sweep import Choice

    square = np.array([[0, 0], [20, 0], [20, 20], [0, 20]], np.float64)
    wrong = match([square, square + 50], [False, False], [square + 100])
    judged = tuple(Judgement(Sample(Path(f"/{number}.png"), None, ()), (square,), wrong) for number in range(25))
    heights = [GroupScore("0-8", 1, 2, None, ()), GroupScore("8-", 3, 4, None, ())]
    decode = DecodeOptions(threshold=0.3, box_threshold=0.5, unclip_ratio=1.7)
    best = Choice(0.2, 0.4, 1.6, score(1, 3, 7, 25))
    report = EvaluationReport("m", "CPU", decode, ResizeOptions(limit_side=640), score(2, 7, 3, 25), judged, {"height": heights}, best, (Path("/a.csv"),))  # fmt: skip
    document = report.to_dict()
    assert [document[name] for name in ("precision", "recall", "hmean")] == [0.666667, 0.285714, 0.4]
    assert document["counts"] == {"matched": 2, "labels": 7, "detections": 3}
    assert document["best"] == {
        "threshold": 0.2, "box_threshold": 0.4, "unclip_ratio": 1.6, "hmean": 0.2, "precision": 0.142857, "recall": 0.333333,
    }  # fmt: skip
    assert document["by_height"] == [
        {"from": 0, "to": 8, "labels": 2, "found": 1}, {"from": 8, "to": None, "labels": 4, "found": 3},
    ]  # fmt: skip
    assert len(document["worst"]) == 20
    assert (document["worst"][0]["missed"], document["worst"][0]["false_alarms"]) == (2, 1)
    assert (document["model"], document["device"], document["shape"], document["files"]) == (
        "m",
        "CPU",
        "quad",
        ["/a.csv"],
    )
    assert (document["resize"]["limit_side"], document["pictures"]) == (640, 25)
    odd = EvaluationReport("m", "CPU", decode, ResizeOptions(), score(3, 7, 10, 1), (), {"height": []}).to_dict()
    assert (odd["hmean"], odd["recall"], "best" in odd) == (0.352941, 0.428571, False)


def test_labels_beside_their_text_are_told_with_how_they_would_lie_on_it(dataset: Path) -> None:
    assert evaluate_model(request(dataset)).misplaced is None
    for name in ("good", "bad"):
        (dataset / "test_gts" / f"{name}.txt").write_text(
            "38,194,304,194,304,234,38,234,Total\n"
        )  # of 300, from the bottom
    report = evaluate_model(request(dataset))
    assert report.score.matched == 0
    assert report.misplaced is not None
    assert (report.misplaced.frame.name, report.misplaced.now, report.misplaced.there) == ("from-bottom", 0.0, 1.0)
    told = report.to_dict()["labels_misplaced"]
    assert told["code"] == "evaluation.labels-misplaced"
    assert "with y counted from the bottom they would (hmean 1.00)" in told["message"]
