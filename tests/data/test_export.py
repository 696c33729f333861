"""What is written for other tools comes back the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocrweb.data.export import TARGETS, Proposal, Target, export_dataset, label_studio_task, write_ppocrlabel
from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.data.formats.write import write_import
from ocrweb.data.icdar import read_split
from ocrweb.data.icdar_write import write_split
from ocrweb.data.labelling.record import PictureRecord, read_picture_record, write_picture_record
from ocrweb.data.sample import SPLITS, LabelledBox, Sample
from ocrweb.errors import OcrwebError
from tests.data.formats.sources import HEIGHT, QUAD, TILTED, WIDTH, put


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Six pictures in both splits with upright, tilted, skewed and ignored boxes at random places."""
    rng = np.random.default_rng(5)
    pictures = put(tmp_path / "pics", *(f"p{n}.jpg" for n in range(6)))
    samples = []
    for number in range(6):
        boxes = []
        for index in range(5):
            corner = rng.uniform((5, 5), (WIDTH - 80, HEIGHT - 50))
            angle = np.radians(rng.choice([0.0, 7.0, -12.0, 30.0]))
            along, down = np.array([np.cos(angle), np.sin(angle)]) * 60, np.array([-np.sin(angle), np.cos(angle)]) * 15
            quad = np.stack([corner, corner + along, corner + along + down, corner + down])
            quad[2] += rng.choice([0.0, 1.0, 9.0])
            points = np.clip(np.rint(quad), 0, (WIDTH, HEIGHT)).astype(np.float32)
            boxes.append(LabelledBox(points, "###" if index == 4 else f"t{index}, 好", index == 4))
        samples.append(Sample(pictures / f"p{number}.jpg", None, tuple(boxes)))
    root = tmp_path / "dataset"
    write_split(root, "train", samples[:4])
    write_split(root, "test", samples[4:])
    return root


@pytest.mark.parametrize("target", TARGETS)
def test_a_dataset_comes_back_from_another_tool_as_it_was(dataset: Path, tmp_path: Path, target: Target) -> None:
    exported = export_dataset(dataset, tmp_path / "out", target)
    assert (exported.pictures, exported.boxes) == (6, 30)
    plan = plan_import(tmp_path / "out")
    assert plan.format == target
    write_import(plan, tmp_path / "back")
    for split in SPLITS:
        before, after = read_split(dataset, split), read_split(tmp_path / "back", split)
        assert [sample.image.name for sample in before] == [sample.image.name for sample in after]
        for old, new in zip(before, after, strict=True):
            assert old.image.read_bytes() == new.image.read_bytes()
            assert [(box.text, box.ignore) for box in old.boxes] == [(box.text, box.ignore) for box in new.boxes]
            for one, other in zip(old.boxes, new.boxes, strict=True):
                assert np.array_equal(one.points, other.points)


@pytest.mark.parametrize("target", TARGETS)
def test_a_dataset_without_test_pictures_comes_back_without(dataset: Path, tmp_path: Path, target: Target) -> None:
    write_split(dataset, "test", ())
    export_dataset(dataset, tmp_path / "out", target)
    write_import(plan_import(tmp_path / "out"), tmp_path / "back")
    assert [len(read_split(tmp_path / "back", split)) for split in SPLITS] == [4, 0]


def test_importing_what_was_exported_twice_changes_nothing_more(dataset: Path, tmp_path: Path) -> None:
    export_dataset(dataset, tmp_path / "a", "ppocrlabel")
    write_import(plan_import(tmp_path / "a"), tmp_path / "b")
    export_dataset(tmp_path / "b", tmp_path / "c", "ppocrlabel")
    for name in ("train_images/Label.txt", "test_images/Label.txt"):
        assert (tmp_path / "a" / name).read_text() == (tmp_path / "c" / name).read_text()


def test_ppocrlabel_reads_its_files_as_python_with_the_folder_in_each_name(tmp_path: Path) -> None:
    folder = tmp_path / "train_images"
    folder.mkdir()
    boxes = [Proposal(LabelledBox(np.array(QUAD, np.float32), "a\tb", False), 0.4, unsure=True)]
    write_ppocrlabel(folder, [("1.jpg", boxes), ("2.jpg", [])])
    for file in ("Label.txt", "Cache.cach"):
        labels = {}
        for line in (folder / file).read_text(encoding="utf-8").splitlines():
            name, label = line.split("\t")  # as PPOCRLabel does; more than one tab would stop it
            labels[name] = eval(label.replace("false", "False").replace("true", "True"), {"__builtins__": {}})
        assert labels == {
            "train_images/1.jpg": [{"transcription": "a b", "points": QUAD, "difficult": True}],
            "train_images/2.jpg": [],
        }


def test_label_studio_tasks_hold_rectangles_with_a_turn_and_polygons(tmp_path: Path) -> None:
    skewed = [[10, 20], [90, 20], [90, 60], [10, 40]]
    proposals = [
        Proposal(LabelledBox(np.array(points, np.float32), "x", False), score, score < 0.5)
        for points, score in ((QUAD, 0.9), (skewed, 0.3))
    ]
    task = label_studio_task("train_images/1.jpg", (WIDTH, HEIGHT), proposals, "m")
    assert task["data"] == {"image": "/data/local-files/?d=train_images/1.jpg"}
    (prediction,) = task["predictions"]
    assert prediction["model_version"] == "m"
    assert prediction["score"] == 0.6
    outlines = [entry for entry in prediction["result"] if entry["type"] in ("rectangle", "polygon")]
    assert [entry["type"] for entry in outlines] == ["rectangle", "polygon"]
    assert outlines[0]["value"] == pytest.approx(
        {"x": 5, "y": 20 / 1.2, "width": 40, "height": 20 / 1.2, "rotation": 0}
    )
    labels = [entry["value"]["labels"] for entry in prediction["result"] if entry["type"] == "labels"]
    assert labels == [["Text"], ["Unsure"]]
    assert [entry["score"] for entry in outlines] == [0.9, 0.3]
    json.dumps(task)


def test_an_unsure_box_that_nobody_looked_at_is_ignored_when_imported(tmp_path: Path) -> None:
    folder = put(tmp_path / "train_images", "1.jpg")
    boxes = [
        Proposal(LabelledBox(np.array(points, np.float32), "text", False), score, score < 0.5)
        for points, score in ((QUAD, 0.9), (TILTED, 0.3))
    ]
    write_ppocrlabel(folder, [("1.jpg", boxes)])
    plan = plan_import(folder, ImportOptions(val_ratio=0))
    assert [box.ignore for box in plan.pictures[0].boxes] == [False, True]


def test_export_leaves_nothing_when_the_dataset_is_broken(dataset: Path, tmp_path: Path) -> None:
    (dataset / "test_gts" / "p5.txt").write_text("1,2,3\n")
    with pytest.raises(OcrwebError, match=r"dataset\.label-too-few"):
        export_dataset(dataset, tmp_path / "out", "ppocrlabel")
    assert not (tmp_path / "out").exists()


STATES = {"train_images/p0.jpg": "checked", "train_images/p1.jpg": "aside", "train_images/p2.jpg": "check"}


@pytest.mark.parametrize("target", ["ppocrlabel", "label-studio", "cvat"])
def test_states_marks_outlines_and_texts_come_back_from_another_tool(
    dataset: Path, tmp_path: Path, target: Target
) -> None:
    for picture, state in STATES.items():
        write_picture_record(dataset, picture, PictureRecord(state))  # type: ignore[arg-type]
    curved = np.array([[10, 10], [40, 5], [70, 10], [72, 30], [40, 25], [12, 30]], np.float32)
    quad = np.array([[10, 5], [72, 5], [72, 30], [10, 30]], np.float32)
    boxes = (
        LabelledBox(quad, "弯 curved", False, curved),
        LabelledBox(quad + 60, "###", True),
        LabelledBox(quad + 90, "a, b", False),
    )
    train = [replace(one, boxes=boxes) if one.image.name == "p3.jpg" else one for one in read_split(dataset, "train")]
    write_split(dataset, "train", train)
    export_dataset(dataset, tmp_path / "out", target)
    write_import(plan_import(tmp_path / "out"), tmp_path / "back")
    known = {name: read_picture_record(tmp_path / "back", name).state for name in (*STATES, "train_images/p3.jpg")}
    assert known == {**STATES, "train_images/p3.jpg": None}
    (back,) = [one for one in read_split(tmp_path / "back", "train") if one.image.name == "p3.jpg"]
    assert [(box.text, box.ignore) for box in back.boxes] == [(box.text, box.ignore) for box in boxes]
    assert np.allclose(back.boxes[0].outline, curved, atol=0.02)
    for box, other in zip(boxes[1:], back.boxes[1:], strict=True):
        assert np.array_equal(box.points, other.points)


def test_what_a_model_labelled_is_not_checked_in_a_copy_and_is_when_somebody_confirmed_it(
    dataset: Path, tmp_path: Path
) -> None:
    rows = "picture,box,score,unsure\np0.jpg,1,0.9,\np1.jpg,1,0.4,yes\n"
    (dataset / "review.csv").write_text(rows, encoding="utf-8-sig")
    export_dataset(dataset, tmp_path / "out", "ppocrlabel")
    folder = tmp_path / "out" / "train_images"
    (folder / "fileState.txt").write_text("C:\\pictures\\train_images\\p1.jpg\t1\n")
    write_import(plan_import(tmp_path / "out"), tmp_path / "back")
    states = {
        name: read_picture_record(tmp_path / "back", f"train_images/{name}").state
        for name in ("p0.jpg", "p1.jpg", "p2.jpg")
    }
    assert states == {"p0.jpg": "auto", "p1.jpg": "checked", "p2.jpg": None}


def test_states_of_a_model_end_where_a_person_annotated_in_label_studio(dataset: Path, tmp_path: Path) -> None:
    for picture, state in STATES.items():
        write_picture_record(dataset, picture, PictureRecord(state))  # type: ignore[arg-type]
    export_dataset(dataset, tmp_path / "out", "label-studio")
    file = tmp_path / "out" / "label_studio.json"
    tasks = json.loads(file.read_text(encoding="utf-8"))
    for task in tasks:
        task["annotations"] = [{"result": task["predictions"][0]["result"]}]
    file.write_text(json.dumps(tasks), encoding="utf-8")
    write_import(plan_import(tmp_path / "out"), tmp_path / "back")
    states = [read_picture_record(tmp_path / "back", name).state for name in STATES]
    assert states == ["checked", "aside", None]
