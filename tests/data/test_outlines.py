"""Curved text keeps its outline: from every format through the dataset, its tools and back out, to target maps and scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.data.export import TARGETS, export_dataset
from ocrweb.data.formats.options import ImportOptions
from ocrweb.data.formats.plan import plan_import
from ocrweb.data.formats.write import write_import
from ocrweb.data.icdar import read_labels, read_split, write_split
from ocrweb.data.outlines import outlines_name
from ocrweb.data.repair.apply import apply_repair, undo_repair
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.resize import resize_dataset
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.data.split import split_dataset
from ocrweb.data.targets import make_targets
from ocrweb.data.validate import validate_dataset
from ocrweb.evaluation.gallery import judge
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.runtime.transform import PageTransform
from ocrweb.services.datasets.draw import draw_kernels
from ocrweb.training.feed.samples import labelled
from tests.data.corpus import make_good
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, entry, label_txt, put

CURVE = [[20, 80], [30, 55], [60, 45], [90, 55], [100, 80], [84, 80], [76, 66], [60, 60], [44, 66], [36, 80]]
BOUNDS = [[20, 45], [100, 45], [100, 80], [20, 80]]
FLAT = [value for point in CURVE for value in point]
LINE = ",".join(map(str, FLAT))
VIA = {"name": "polygon", "all_points_x": FLAT[::2], "all_points_y": FLAT[1::2]}
SOURCES: dict[str, tuple[str, str]] = {
    "ppocrlabel": ("Label.txt", f"1.jpg\t{json.dumps([entry(CURVE, 'arc')])}\n"),
    "labelme": ("1.json", json.dumps({"imagePath": "1.jpg", "shapes": [{"label": "arc", "points": CURVE}]})),
    "coco": ("c.json", json.dumps({"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [{"image_id": 1, "segmentation": [FLAT], "bbox": [20, 45, 80, 35], "text": "arc"}]})),
    "label-studio": ("ls.json", json.dumps([{"data": {"ocr": "1.jpg"}, "annotations": [{"result": [{"id": "a", "original_width": WIDTH, "original_height": HEIGHT, "type": "polygon", "value": {"points": [[x / 2, y / 1.2] for x, y in CURVE], "text": ["arc"]}}]}]}])),
    "mmocr": ("m.json", json.dumps({"metainfo": {}, "data_list": [{"img_path": "1.jpg", "instances": [{"polygon": FLAT, "text": "arc"}]}]})),
    "icdar": ("gt_1.txt", f"{LINE},arc\n"),
    "ctw1500": ("1.xml", f'<Annotations><image file="1.jpg"><box><label>arc</label><segs>{LINE}</segs></box></image></Annotations>'),
    "cvat": ("a.xml", f'<annotations><image name="1.jpg"><polygon label="text" points="{";".join(f"{x},{y}" for x, y in CURVE)}"><attribute name="text">arc</attribute></polygon></image></annotations>'),
    "via": ("v.json", json.dumps({"1.jpg9": {"filename": "1.jpg", "regions": [{"shape_attributes": VIA, "region_attributes": {"text": "arc"}}]}})),
    "art": ("t.json", json.dumps({"1": [{"transcription": "arc", "points": CURVE}]})),
    "hiertext": ("h.jsonl", json.dumps({"annotations": [{"image_id": "1", "paragraphs": [{"lines": [{"vertices": CURVE, "text": "arc", "legible": True}]}]}]})),
    "total-text": ("poly_gt_1.txt", f"x: [[{' '.join(map(str, FLAT[::2]))}]], y: [[{' '.join(map(str, FLAT[1::2]))}]], ornt: [u'c'], transcriptions: [u'arc']\n"),
    "datumaro": ("d.json", json.dumps({"categories": {}, "items": [{"id": "1", "image": {"path": "1.jpg"}, "annotations": [{"type": "polygon", "points": FLAT, "attributes": {"text": "arc"}}]}]})),
    "yolo": ("1.txt", "0 " + " ".join(f"{v / (HEIGHT if i % 2 else WIDTH):.6f}" for i, v in enumerate(FLAT)) + "\n"),
}  # fmt: skip


def curved(folder: Path) -> Path:
    """A dataset of two pictures, one with a curve and a plain box."""
    put(folder / "src", "1.jpg", "2.jpg")
    label_txt(folder / "src", {"1.jpg": [entry(CURVE, "arc"), entry()], "2.jpg": [entry()]})
    write_import(plan_import(folder / "src", ImportOptions(val_ratio=0)), folder / "set")
    return folder / "set"


def outline(root: Path, split: Any = "train") -> list[list[float]] | None:
    """The one outline of a dataset's split."""
    boxes = [box for sample in read_split(root, split) for box in sample.boxes if box.polygon is not None]
    assert len(boxes) <= 1
    return boxes[0].outline.tolist() if boxes else None


@pytest.mark.parametrize("format", SOURCES)
def test_every_format_with_outlines_keeps_them_beside_the_box(tmp_path: Path, format: str) -> None:
    name, content = SOURCES[format]
    put(tmp_path / "src", "1.jpg")
    (tmp_path / "src" / name).write_text(content)
    report = write_import(plan_import(tmp_path / "src", ImportOptions(val_ratio=0)), tmp_path / "set")
    assert (report.format, report.adjusted["outlines"], report.accounted) == (format, 1, True)
    (sample,) = read_split(tmp_path / "set", "train")
    (box,) = sample.boxes
    assert np.abs(box.outline - np.array(CURVE)).max() <= 0.01
    assert box.points.tolist() == BOUNDS
    line = (tmp_path / "set/train_gts/1.txt").read_text()
    assert line == f"20,45,100,45,100,80,20,80,{'text' if format == 'yolo' else 'arc'}\n"
    assert validate_dataset(tmp_path / "set").ok


def test_what_a_dataset_goes_through_keeps_its_outlines(tmp_path: Path) -> None:
    root = curved(tmp_path)
    assert outline(root) == CURVE
    small = tmp_path / "small"
    resize_dataset(root, 100, small)
    assert outline(small) == (np.array(CURVE) / 2).tolist()
    again = write_import(plan_import(root, ImportOptions(val_ratio=0, format="icdar")), tmp_path / "again")
    assert (again.adjusted["outlines"], outline(tmp_path / "again")) == (1, CURVE)
    seed = next(seed for seed in range(20) if split_dataset(root, 0.5, seed) and outline(root, "test"))
    assert seed >= 0
    assert outline(root, "train") is None
    assert not (root / "train_gts/1.polygons.json").exists()


def test_labels_with_more_points_are_mended_into_a_box_and_its_outline_and_back(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    line = "10,10,25,5,40,10,40,20,25,22,10,20,curved\n"
    (root / "train_gts/3.txt").write_text(line)
    (root / "train_gts/3.txt").rename(root / "train_gts/gt_3.txt")
    (root / "train_list.txt").write_text((root / "train_list.txt").read_text().replace("gts/3.txt", "gts/gt_3.txt"))
    before = read_labels(root / "train_gts/gt_3.txt")
    apply_repair(plan_repair(root), "in-place")
    assert read_labels(root / "train_gts/3.txt") == before
    assert before[0].outline.tolist() == [[10, 10], [25, 5], [40, 10], [40, 20], [25, 22], [10, 20]]
    assert validate_dataset(root).rules == {}
    assert plan_repair(root).changes == ()
    for suffix in (".txt", ".polygons.json"):
        (root / f"train_gts/3{suffix}").rename(root / f"train_gts/gt_3{suffix}")
    (root / "train_list.txt").write_text((root / "train_list.txt").read_text().replace("gts/3.txt", "gts/gt_3.txt"))
    assert read_split(root, "train")[2].boxes == before
    apply_repair(plan_repair(root), "in-place")
    assert (root / "train_gts/3.polygons.json").is_file()
    assert read_split(root, "train")[2].boxes == before


def test_a_mended_line_is_taken_back_with_its_outline(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    line = "10,10,25,5,40,10,40,20,25,22,10,20,curved\n"
    (root / "train_gts/3.txt").write_text(line)
    apply_repair(plan_repair(root), "in-place")
    undo_repair(root)
    assert (root / "train_gts/3.txt").read_text() == line
    assert not (root / "train_gts/3.polygons.json").exists()


def test_an_outline_whose_box_was_changed_is_said_to_be_lost(tmp_path: Path) -> None:
    root = curved(tmp_path)
    label = root / "train_gts/1.txt"
    label.write_text(label.read_text().replace("20,45,", "22,45,"))
    assert outline(root) is None
    found = [found for found in validate_dataset(root).findings if found.rule == "label.lost-outline"]
    assert [(lost.file, lost.params["count"]) for lost in found] == [("train_gts/1.polygons.json", 1)]
    (root / "train_gts/1.polygons.json").write_text("[{")
    assert validate_dataset(root).rules["label.lost-outline"] == 1
    assert outline(root) is None


def test_outlines_are_written_beside_the_labels_that_have_some(tmp_path: Path) -> None:
    quad = np.array(QUAD, np.float32)
    box = LabelledBox(quad, "a", False, np.array(CURVE, np.float32))
    pictures = put(tmp_path / "src", "1.jpg", "2.jpg")
    plain = LabelledBox(quad, "a", False)
    write_split(
        tmp_path, "train", [Sample(pictures / "1.jpg", None, (box,)), Sample(pictures / "2.jpg", None, (plain,))]
    )
    assert read_labels(tmp_path / "train_gts" / "1.txt") == (box,)
    assert sorted(path.name for path in (tmp_path / "train_gts").iterdir()) == ["1.polygons.json", "1.txt", "2.txt"]
    assert outlines_name("train_gts/a.b.txt") == "train_gts/a.b.polygons.json"


@pytest.mark.parametrize("target", TARGETS)
def test_other_tools_get_the_outline_and_give_it_back(tmp_path: Path, target: Any) -> None:
    export_dataset(curved(tmp_path), tmp_path / "out", target)
    options = ImportOptions(val_ratio=0, format=target)
    plan = plan_import(tmp_path / "out", options)
    boxes = [box for picture in plan.pictures for box in picture.boxes if box.polygon is not None]
    assert [(box.text, np.rint(box.outline).tolist(), box.points.tolist()) for box in boxes] == [("arc", CURVE, BOUNDS)]


def test_training_draws_the_outline(tmp_path: Path) -> None:
    (first, _) = read_split(curved(tmp_path), "train")
    pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    picture = labelled(pixels, first.boxes)
    assert [polygon.tolist() for polygon in picture.polygons] == [CURVE, QUAD]
    drawn = (draw_kernels(pixels, first.boxes) != 255).any(axis=2)
    assert drawn[52, 60]  # on the arc
    assert not drawn[75, 60]  # under it, inside of its box


def test_outlines_are_judged_by_outlines(tmp_path: Path) -> None:
    turn = np.linspace(np.pi, 2 * np.pi, 12)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    arc = np.array((60, 90)) + np.concatenate([40 * ring, 26 * ring[::-1]])
    bounds = np.array([[20, 50], [100, 50], [100, 90], [20, 90]])
    kernel, filled = (
        make_targets([np.asarray(points, np.float64)], [False], HEIGHT, WIDTH).shrink_map.astype(np.float32)
        for points in (arc, bounds)
    )
    box = LabelledBox(bounds.astype(np.float32), "arc", False, arc.astype(np.float32))
    page = PageTransform.stretched(WIDTH, HEIGHT, WIDTH, HEIGHT)
    sample = Sample(tmp_path / "1.jpg", None, (box,))
    outlines, quads = (DecodeOptions(threshold=0.3, box_threshold=0.5, shape=shape) for shape in ("polygon", "quad"))
    assert len(judge(JudgedMap(sample, kernel, page), outlines).found.pairs) == 1
    assert not judge(JudgedMap(sample, filled, page), outlines).found.pairs  # its whole box is not the arc
    assert len(judge(JudgedMap(sample, filled, page), quads).found.pairs) == 1
