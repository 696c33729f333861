"""Pictures and labels shrink together, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.data import resize
from ocrweb.data.icdar import dataset_hash, read_split
from ocrweb.data.icdar_write import write_split
from ocrweb.data.labelling.record import PictureRecord, read_picture_record, write_picture_record
from ocrweb.data.resize import finish_interrupted, resize_dataset, take_back_resize
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from tests.data.formats.sources import picture

BIG, SMALL = (800, 500), (300, 200)
BOX = [[80, 100], [400, 100], [400, 150], [80, 150]]
LOW = [[100, 300], [300, 300], [300, 312], [100, 312]]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A large picture with a word of 50 and one of 12 pixels, and a picture that is small already."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    samples = []
    for name, size, boxes in (
        ("big.jpg", BIG, [BOX, LOW]),
        ("small.png", SMALL, [[[5, 5], [60, 5], [60, 25], [5, 25]]]),
    ):
        (pictures / name).write_bytes(picture(1, *size, Path(name).suffix))
        labelled = tuple(LabelledBox(np.array(box, np.float32), "a, b", False) for box in boxes)
        samples.append(Sample(pictures / name, None, labelled))
    root = tmp_path / "data" / "d"
    write_split(root, "train", samples)
    write_split(root, "test", ())
    return root


def test_boxes_scale_by_the_factors_of_their_picture(dataset: Path, tmp_path: Path) -> None:
    report = resize_dataset(dataset, 400, tmp_path / "out")
    big, small = read_split(tmp_path / "out", "train")
    assert cv2.imread(str(big.image)).shape[:2] == (250, 400)
    assert np.allclose(big.boxes[0].points, np.array(BOX) / 2)
    assert big.boxes[0].text == "a, b"
    assert small.image.read_bytes() == (dataset / "train_images" / "small.png").read_bytes()
    assert small.boxes == read_split(dataset, "train")[1].boxes
    assert (report.pictures, report.resized, report.boxes) == (2, 1, 3)
    assert validate_dataset(tmp_path / "out").ok


def test_text_that_becomes_too_low_is_reported(dataset: Path, tmp_path: Path) -> None:
    report = resize_dataset(dataset, 400, tmp_path / "out")
    assert (report.too_small_before, report.too_small, report.worst) == (0, 1, "big.jpg")
    assert resize_dataset(dataset, 700, tmp_path / "larger").too_small == 0


def test_boxes_without_area_afterwards_are_taken_out_and_listed(dataset: Path, tmp_path: Path) -> None:
    with open(dataset / "train_gts" / "big.txt", "a") as file:
        file.write("10,10,12,10,12,11,10,11,dot\n")
    report = resize_dataset(dataset, 200, tmp_path / "out")
    assert report.dropped == (("big.txt", 3),)
    assert validate_dataset(tmp_path / "out").ok


def test_in_place_keeps_the_old_dataset_inside_and_undo_restores_it(dataset: Path) -> None:
    before = dataset_hash(dataset)
    report = resize_dataset(dataset, 400)
    assert report.backup is not None
    assert dataset_hash(report.backup) == before
    assert dataset_hash(dataset) != before
    assert validate_dataset(dataset).ok
    middle = dataset_hash(dataset)
    resize_dataset(dataset, 200)
    assert take_back_resize(dataset) == dataset
    assert dataset_hash(dataset) == middle
    take_back_resize(dataset)
    assert dataset_hash(dataset) == before
    assert sorted(path.name for path in dataset.parent.iterdir()) == ["d"]
    with pytest.raises(OcrwebError, match=r"dataset\.no-backup"):
        take_back_resize(dataset)


@pytest.mark.parametrize("fails_at", [1, 2, 3, 4])
def test_a_crash_between_two_renames_loses_nothing(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    before = dataset_hash(dataset)
    real, calls = os.rename, []

    def crash(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == fails_at:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(resize.os, "rename", crash)
    with pytest.raises(KeyboardInterrupt):
        resize_dataset(dataset, 400)
    monkeypatch.undo()
    finish_interrupted(dataset.parent)
    kept = dataset_hash(dataset)
    if kept != before:
        take_back_resize(dataset)
    assert dataset_hash(dataset) == before


@pytest.mark.parametrize("side", [0, 31, 20_001, -5])
def test_a_side_that_makes_no_sense_is_refused(dataset: Path, side: int) -> None:
    with pytest.raises(OcrwebError, match=r"usage\.bad-value"):
        resize_dataset(dataset, side)


def test_a_broken_dataset_is_refused_and_stays(dataset: Path) -> None:
    (dataset / "train_images" / "big.jpg").write_bytes(b"\xff\xd8\xff not a picture")
    before = dataset_hash(dataset)
    with pytest.raises(OcrwebError):
        resize_dataset(dataset, 400)
    assert dataset_hash(dataset) == before
    assert sorted(path.name for path in dataset.parent.iterdir()) == ["d"]


@pytest.mark.parametrize("copied", [True, False], ids=["a copy", "in place"])
def test_states_and_tags_go_with_the_pictures(dataset: Path, tmp_path: Path, copied: bool) -> None:
    write_picture_record(dataset, "train_images/big.jpg", PictureRecord("checked", ("invoice",)))
    (dataset / "review.csv").write_text("picture,box,score,unsure\nsmall.png,1,0.9,yes\n", encoding="utf-8-sig")
    out = tmp_path / "out" if copied else None
    resize_dataset(dataset, 400, out)
    records = [read_picture_record(out or dataset, f"train_images/{name}") for name in ("big.jpg", "small.png")]
    assert records == [PictureRecord("checked", ("invoice",)), PictureRecord("check")]


def add(dataset: Path, name: str, size: tuple[int, int], *boxes: list[list[int]], ignored: bool = False) -> None:
    """One more training picture."""
    file = dataset / "train_images" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(picture(7, *size, file.suffix))
    label = dataset / "train_gts" / Path(name).with_suffix(".txt")
    label.parent.mkdir(parents=True, exist_ok=True)
    numbers = (",".join(str(value) for point in box for value in point) for box in boxes)
    label.write_text("".join(f"{line},{'###' if ignored else 'a'}\n" for line in numbers))
    with open(dataset / "train_list.txt", "a") as rows:
        rows.write(f"train_images/{name} train_gts/{Path(name).with_suffix('.txt')}\n")


def high(height: int) -> list[list[int]]:
    return [[100, 100], [300, 100], [300, 100 + height], [100, 100 + height]]


def test_text_is_too_low_under_eight_pixels_and_ignored_text_counts_nowhere(dataset: Path, tmp_path: Path) -> None:
    add(dataset, "a.jpg", BIG, high(16), high(15), high(7))
    add(dataset, "b.jpg", BIG, high(10), high(11), high(12))
    add(dataset, "c.jpg", BIG, high(9), ignored=True)
    report = resize_dataset(dataset, 400, tmp_path / "out")
    assert (report.boxes, report.too_small_before, report.too_small, report.worst) == (9, 1, 6, "b.jpg")
    assert report.to_dict() == {
        "dataset": str(tmp_path / "out"), "max_side": 400, "pictures": 5, "resized": 4, "boxes": 9, "too_small_before": 1, "too_small": 6,
        "too_small_below": 8.0, "worst": "b.jpg", "dropped": [], "backup": None,
    }  # fmt: skip


def test_where_all_text_stays_readable_no_picture_is_the_worst(dataset: Path, tmp_path: Path) -> None:
    report = resize_dataset(dataset, 799, tmp_path / "out")
    assert (report.worst, report.to_dict()["worst"], report.resized) == ("", None, 1)
    assert resize_dataset(dataset, 800, tmp_path / "same").resized == 0


@pytest.mark.parametrize(
    ("size", "side", "shape"), [((800, 500), 333, (208, 333)), ((501, 799), 400, (400, 251)), ((900, 11), 32, (1, 32)), ((40, 40), 32, (32, 32))]
)  # fmt: skip
def test_the_longer_side_is_the_one_that_was_asked_for(size: tuple[int, int], side: int, shape: tuple[int, int], tmp_path: Path) -> None:  # fmt: skip
    root = tmp_path / "data"
    write_split(root, "train", ())
    write_split(root, "test", ())
    for folder in ("train_images", "train_gts"):
        (root / folder).mkdir(exist_ok=True)
    width, height = size
    add(root, "a.png", size, [[0, 0], [width, 0], [width, height], [0, height]])
    resize_dataset(root, side, tmp_path / "out")
    (sample,) = read_split(tmp_path / "out", "train")
    assert cv2.imread(str(sample.image)).shape[:2] == shape
    height, width = shape
    np.testing.assert_allclose(sample.boxes[0].points, [[0, 0], [width, 0], [width, height], [0, height]], atol=0.006)


def test_pictures_of_one_name_come_together_without_covering_each_other(dataset: Path, tmp_path: Path) -> None:
    add(dataset, "more/big.jpg", (300, 200), high(15))
    add(dataset, "more/big.png", (300, 200), high(16))
    resize_dataset(dataset, 400, tmp_path / "out")
    found = read_split(tmp_path / "out", "train")
    assert len({sample.image.stem for sample in found}) == len(found) == 4
    assert [sample.image.suffix for sample in found] == [".jpg", ".png", ".jpg", ".png"]
    assert [len(sample.boxes) for sample in found] == [2, 1, 1, 1]


def test_who_watches_hears_of_each_picture_and_can_stop_it(dataset: Path, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    resize_dataset(dataset, 400, tmp_path / "out", lambda done, total: heard.append((done, total)))
    assert heard == [(1, 2), (2, 2)]

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = dataset_hash(dataset)
    with pytest.raises(KeyboardInterrupt):
        resize_dataset(dataset, 400, None, stop)
    assert dataset_hash(dataset) == before
    assert sorted(path.name for path in dataset.parent.iterdir()) == ["d"]


@pytest.mark.parametrize("side", [32, 20_000])
def test_the_least_and_the_largest_side_are_taken(dataset: Path, side: int, tmp_path: Path) -> None:
    report = resize_dataset(dataset, side, tmp_path / "out")
    assert report.resized == (2 if side == 32 else 0)


def test_a_disk_that_refuses_the_second_name_leaves_the_dataset_as_it_was(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, calls = dataset_hash(dataset), os.rename, []

    def refuse(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == 2:
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(resize.os, "rename", refuse)
    with pytest.raises(OcrwebError) as refused:
        resize_dataset(dataset, 400)
    assert refused.value.code == "usage.disk-full"
    assert dataset_hash(dataset) == before
    assert sorted(path.name for path in dataset.parent.iterdir()) == ["d"]


def test_what_a_crash_left_gets_its_name_back_or_becomes_the_backup(tmp_path: Path) -> None:
    for name in (".a.before-resize", ".b.before-resize", "b", "c", "x.before-resize"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("x")
    assert sorted(finish_interrupted(tmp_path)) == ["a", "b"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c", "x.before-resize"]
    assert (tmp_path / "a" / ".a.before-resize").is_file()
    (backup,) = (tmp_path / "b" / resize.BACKUPS).iterdir()
    assert (backup / ".b.before-resize").is_file()
    assert finish_interrupted(tmp_path) == []
    assert finish_interrupted(tmp_path / "nowhere") == []
