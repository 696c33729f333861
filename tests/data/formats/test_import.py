"""From another tool's folder to a dataset that validates without an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrweb.data.checks import examine
from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.data.formats.report import ImportReport
from ocrweb.data.formats.write import report_of, write_import
from ocrweb.data.icdar import read_split
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import read_pixels
from tests.data.formats.sources import HEIGHT, QUAD, TILTED, WIDTH, entry, label_txt, put, put_turned, write_json


def imported(source: Path, out: Path, **options: Any) -> ImportReport:
    return write_import(plan_import(source, ImportOptions(**options)), out)


def source_of(root: Path, count: int = 12) -> Path:
    put(root, *(f"{number}.jpg" for number in range(count)))
    label_txt(root, {f"{number}.jpg": [entry(), entry(TILTED)] for number in range(count)})
    return root


def rules(dataset: Path) -> dict[str, int]:
    return validate_dataset(dataset).rules


def test_the_result_validates_without_a_finding(tmp_path: Path) -> None:
    report = imported(source_of(tmp_path / "in"), tmp_path / "out")
    assert (report.pictures, report.train, report.test, report.boxes) == (12, 11, 1, 24)
    assert rules(tmp_path / "out") == {}
    boxes = read_split(tmp_path / "out", "train")[0].boxes
    assert [box.points.tolist() for box in boxes] == [QUAD, TILTED]
    assert [box.text for box in boxes] == ["hello", "hello"]


def test_the_first_check_decodes_nothing_that_the_import_has_and_later_ones_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(source_of(tmp_path / "in"), tmp_path / "made")
    (tmp_path / "made").rename(tmp_path / "out")
    changed = next((tmp_path / "out" / "train_images").iterdir())
    changed.write_bytes(changed.read_bytes()[:-300])
    decoded: list[str] = []

    def decoding(data: bytes, header: Any, name: str) -> Any:
        decoded.append(name)
        return read_pixels(data, header, name)

    monkeypatch.setattr(examine, "read_pixels", decoding)
    assert rules(tmp_path / "out") == {"image.truncated": 1}
    assert decoded == [f"train_images/{changed.name}"]
    rules(tmp_path / "out")
    assert len(decoded) == 1 + 12


def test_awkward_sources_still_give_a_dataset_without_errors(tmp_path: Path) -> None:
    source = put(
        tmp_path / "in",
        "a/same.jpg", "b/same.jpg", "b/SAME.png", "with blank 好.JPEG", "list,mark.jpg", "web.webp", "dots..jpg",
        "zero\u200bwidth.png", "lying.png", *(f"n{number}.jpg" for number in range(6)),
    )  # fmt: skip
    (source / "lying.png").write_bytes((source / "n0.jpg").read_bytes()[:-1] + b"\xd9")
    (source / "broken.jpg").write_bytes((source / "n1.jpg").read_bytes()[:400])
    put_turned(source / "turned.jpg", 6, seed=77)
    names = [str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()]
    odd = [
        entry([[-30, 5], [260, 5], [260, 30], [-30, 30]], "cut \ud800\u200b"),
        entry([[9, 9], [9, 9], [9, 9], [9, 9]]),
        entry([[60, 60], [10, 60], [10, 80], [60, 80]], ""),
        entry([[1, 1], [30, 1], [40, 10], [30, 20], [1, 20]], " ### "),
        entry([[500, 500], [600, 500], [600, 600], [500, 600]]),
    ]
    label_txt_ascii(source / "Label.txt", dict.fromkeys(names, odd))
    report = imported(source, tmp_path / "out")
    found = validate_dataset(tmp_path / "out")
    assert found.ok, found.rules
    assert set(found.rules) <= {"split.leak", "label.duplicate-box"}
    assert report.pictures == len(names) - 1
    assert report.counts["unreadable"] == 1
    assert report.counts["no-area"] == report.counts["outside"] == len(names) - 1
    assert report.adjusted["converted"] == 1
    assert report.adjusted["exif_rotated"] == 1


def label_txt_ascii(path: Path, lines: dict[str, list[dict[str, Any]]]) -> None:
    """With escapes, so that lone surrogates can be written."""
    path.write_text("".join(f"{name}\t{json.dumps(boxes)}\n" for name, boxes in lines.items()), encoding="utf-8")


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    source = source_of(tmp_path / "in")
    before = sorted(tmp_path.rglob("*"))
    tried = report_of(plan_import(source))
    assert sorted(tmp_path.rglob("*")) == before
    done = imported(source, tmp_path / "out")
    assert {**tried.to_dict(), "out": None} == {**done.to_dict(), "out": None}


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_makes_the_same_dataset(tmp_path: Path, seed: int) -> None:
    source = source_of(tmp_path / "in")
    for name in ("one", "two"):
        imported(source, tmp_path / name, seed=seed, val_ratio=0.3)
    lists = [(tmp_path / name / "test_list.txt").read_text() for name in ("one", "two")]
    assert lists[0] == lists[1]
    assert len(lists[0].splitlines()) == 4


def test_copies_of_one_picture_stay_on_one_side(tmp_path: Path) -> None:
    source = source_of(tmp_path / "in", 4)
    for number in (1, 2, 3):
        (source / f"{number}.jpg").write_bytes((source / "0.jpg").read_bytes())
    imported(source, tmp_path / "out", val_ratio=0.5)
    assert "split.leak" not in rules(tmp_path / "out")


def test_every_box_ignored_is_refused_unless_the_mark_only_means_untranscribed(tmp_path: Path) -> None:
    source = put(tmp_path / "in", "1.jpg")
    label_txt(source, {"1.jpg": [entry(text="###"), entry(TILTED, "*")]})
    assert report_of(plan_import(source)).all_ignored
    with pytest.raises(OcrwebError, match=r"formats\.all-ignored"):
        imported(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    report = imported(source, tmp_path / "out", ignored_as_text=True)
    assert (report.boxes, report.ignored) == (2, 0)
    assert validate_dataset(tmp_path / "out").ok


def test_no_box_left_is_refused(tmp_path: Path) -> None:
    source = put(tmp_path / "in", "1.jpg")
    label_txt(source, {"1.jpg": [entry([[5, 5], [5, 5], [5, 5], [5, 5]])]})
    with pytest.raises(OcrwebError, match=r"formats\.no-boxes"):
        imported(source, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_folder_with_files_in_it_is_left_alone(tmp_path: Path) -> None:
    source = source_of(tmp_path / "in", 2)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(OcrwebError, match=r"formats\.not-empty"):
        imported(source, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("val_ratio", [-0.1, 1.0, 2.0])
def test_a_share_that_is_none_is_refused(tmp_path: Path, val_ratio: float) -> None:
    with pytest.raises(OcrwebError, match=r"usage\.bad-value"):
        plan_import(source_of(tmp_path / "in", 2), ImportOptions(val_ratio=val_ratio))


def test_training_keeps_a_picture_to_learn_from(tmp_path: Path) -> None:
    source = put(tmp_path / "in", *(f"{n}.jpg" for n in range(5)))
    label_txt(source, {f"{n}.jpg": [entry(text="a" if n == 3 else "###")] for n in range(5)})
    for seed in range(6):
        imported(source, tmp_path / f"out{seed}", val_ratio=0.8, seed=seed)
        assert any(not box.ignore for sample in read_split(tmp_path / f"out{seed}", "train") for box in sample.boxes)


# sizes and turns


def with_size(root: Path, width: int, height: int) -> Path:
    document = {"shapes": [{"label": "x", "points": QUAD, "shape_type": "polygon"}], "imagePath": "1.jpg"}
    write_json(root / "1.json", {**document, "imageData": None, "imageWidth": width, "imageHeight": height})
    return root


def test_labels_of_a_picture_that_was_resized_since_are_scaled(tmp_path: Path) -> None:
    plan = plan_import(with_size(put(tmp_path, "1.jpg", width=2 * WIDTH, height=2 * HEIGHT), WIDTH, HEIGHT))
    assert plan.pictures[0].boxes[0].points.tolist() == (2 * np.array(QUAD)).tolist()
    assert report_of(plan).adjusted["rescaled"] == 1


def test_labels_of_a_picture_of_another_shape_are_left_out(tmp_path: Path) -> None:
    with_size(put(tmp_path, "1.jpg", "2.jpg"), WIDTH, 3 * HEIGHT)
    with pytest.raises(OcrwebError, match=r"formats\.no-pictures"):
        plan_import(tmp_path)


@pytest.mark.parametrize(
    ("size", "labels_on", "turned"),
    [
        pytest.param((HEIGHT, WIDTH), "auto", False, id="the stated size is the upright one"),
        pytest.param((WIDTH, HEIGHT), "auto", True, id="the stated size is the stored one"),
        pytest.param((WIDTH, HEIGHT), "stored", True, id="stored by choice"),
        pytest.param((HEIGHT, WIDTH), "displayed", False, id="displayed by choice"),
    ],
)
def test_pictures_with_an_exif_turn_and_their_labels_end_upright(
    tmp_path: Path, size: tuple[int, int], labels_on: str, turned: bool
) -> None:
    source = with_size(tmp_path / "in", *size)
    put_turned(source / "1.jpg", 6)
    report = imported(source, tmp_path / "out", labels_on=labels_on)
    assert report.adjusted["exif_rotated"] == 1
    assert report.adjusted["turned_labels"] == turned
    (sample,) = read_split(tmp_path / "out", "train")
    assert cv2.imread(str(sample.image), cv2.IMREAD_IGNORE_ORIENTATION).shape[:2] == (WIDTH, HEIGHT)
    expected = [[HEIGHT - y, x] for x, y in QUAD] if turned else QUAD
    assert sorted(map(tuple, sample.boxes[0].points.tolist())) == sorted(map(tuple, expected))
    assert "image.exif-rotated" not in rules(tmp_path / "out")


def test_without_a_stated_size_labels_are_taken_as_displayed(tmp_path: Path) -> None:
    put_turned(tmp_path / "1.jpg", 8)
    label_txt(tmp_path, {"1.jpg": [entry()]})
    plan = plan_import(tmp_path)
    assert plan.pictures[0].boxes[0].points.tolist() == QUAD
    assert (report_of(plan).adjusted["exif_rotated"], report_of(plan).adjusted["turned_labels"]) == (1, 0)
