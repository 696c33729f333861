"""`eval` scores what is given out: the official script over the boxes of `detect --json` counts the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from ocrweb.config.detection import ResizeOptions
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.render.dataset import render_dataset
from ocrweb.runtime.detector import default_decode
from ocrweb.services.detect.detection import detect_picture
from ocrweb.services.detect.evaluation import EvaluationRequest, evaluate_model
from ocrweb.services.detect.request import DetectRequest

PAGES = 24
REQUEST = DetectRequest("ppocrv6-small", resize=ResizeOptions(limit_side=480))


def official(sample: Sample, boxes: list[list[int]]) -> tuple[int, int, int]:
    """(matched, labels, detections) as ICDAR2015's script counts them, over whole pixels."""
    truth = [(shapely.Polygon(box.points), box.ignore) for box in sample.boxes]
    found = [shapely.Polygon([box[0:2], box[2:4], box[4:6], box[6:8]]) for box in boxes]
    found = [each for each in found if each.is_valid and each.area > 0]
    ignored = [polygon for polygon, ignore in truth if ignore]
    counted = [each for each in found if not any(each.intersection(i).area / each.area > 0.5 for i in ignored)]
    free, matched = list(counted), 0
    labels = [polygon for polygon, ignore in truth if not ignore]
    for label in labels:
        hit = next((each for each in free if label.intersection(each).area / label.union(each).area > 0.5), None)
        if hit is not None:
            matched += 1
            free.remove(hit)
    return matched, len(labels), len(counted)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small labels and notes, looked at so small that the edges of boxes decide."""
    folder = tmp_path_factory.mktemp("pages") / "data"
    render_dataset(folder, 0, PAGES, 3, kind="label")
    return folder


def test_eval_the_official_script_and_detect_count_the_same(data: Path) -> None:
    report = evaluate_model(EvaluationRequest(REQUEST, str(data)))
    whole = [0, 0, 0]
    for sample in read_split(data, "test"):
        given = detect_picture(sample.image, REQUEST).result.to_dict()["boxes"]
        whole = [one + other for one, other in zip(whole, official(sample, given), strict=True)]
    assert whole == [report.score.matched, report.score.labels, report.score.detections]
    assert report.score.labels > 5 * PAGES


def test_what_is_judged_has_whole_pixels(data: Path) -> None:
    sample = read_split(data, "test")[0]
    detector = REQUEST.detector()
    page = detector.probability(sample.image, REQUEST.resize)
    outlines, _ = JudgedMap(sample, page.map, page.page, page.tiles).regions(default_decode(detector.card))
    given = detect_picture(sample.image, REQUEST).result.to_dict()["boxes"]
    assert [outline.reshape(-1).tolist() for outline in outlines] == given
    assert given
