"""A picture's labels are changed whole or not at all, and what was there before comes back byte by byte."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ocrweb.data.labelling.drawn import DrawnBox
from ocrweb.data.labelling.review import REVIEW
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.reports import checked, known_report
from ocrweb.services.labels.editing import (
    Edit,
    history_of,
    put_state,
    read_labels,
    restore_labels,
    save_labels,
)
from ocrweb.services.labels.entries import LabelledSet, stored_set
from ocrweb.services.labels.listing import list_pictures
from ocrweb.services.labels.versions import keep_version

ONE = "train_images/1.png"
NEW = DrawnBox(((120.0, 20.0), (180.0, 20.0), (180.0, 50.0), (120.0, 50.0)))


def bytes_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".ocrweb_labels" not in path.parts
    }


def test_what_is_saved_is_what_is_read(labelled: LabelledSet) -> None:
    before = read_labels(labelled, ONE)
    assert [box.ignored for box in before.boxes] == [False, True]
    assert (before.width, before.height, before.changed) == (200, 120, False)
    saved = save_labels(labelled, ONE, Edit(before.version, (*before.boxes, NEW)))
    assert saved.boxes == (*before.boxes, NEW)
    assert saved.changed
    assert saved.version != before.version
    assert read_labels(labelled, ONE) == saved
    lines = (labelled.root / "train_gts" / "1.txt").read_text().splitlines()
    assert lines[2] == "120,20,180,20,180,50,120,50,text"


def test_an_ignored_box_has_no_text_in_the_file_and_says_it_again_when_it_is_read(labelled: LabelledSet) -> None:
    first = read_labels(labelled, ONE)
    file = labelled.root / "train_gts" / "1.txt"
    spoken = save_labels(labelled, ONE, Edit(first.version, (*first.boxes, replace(NEW, text="合计 12.50"))))
    written = file.read_bytes()
    unread = replace(spoken.boxes[2], ignored=True)
    ignored = save_labels(labelled, ONE, Edit(spoken.version, (*first.boxes, unread)))
    assert file.read_text().splitlines()[2] == "120,20,180,20,180,50,120,50,###"
    assert ignored.boxes[2] == unread == read_labels(labelled, ONE).boxes[2]
    back = save_labels(labelled, ONE, Edit(ignored.version, (*first.boxes, replace(unread, ignored=False))))
    assert (back.boxes, file.read_bytes()) == (spoken.boxes, written)


def test_the_same_boxes_again_bring_back_the_same_bytes(labelled: LabelledSet) -> None:
    """Also those that we would have written otherwise: with \\r\\n, and coordinates of three digits."""
    name, file = "test_images/1.png", labelled.root / "test_gts" / "1.txt"
    original, first = file.read_bytes(), read_labels(labelled, name)
    changed = save_labels(labelled, name, Edit(first.version, (NEW, *first.boxes)))
    assert file.read_bytes() != original
    back = save_labels(labelled, name, Edit(changed.version, first.boxes))
    assert file.read_bytes() == original
    assert not back.changed
    assert back.version == first.version


def test_who_comes_second_is_told_and_overwrites_nothing(labelled: LabelledSet) -> None:
    first = read_labels(labelled, ONE)
    save_labels(labelled, ONE, Edit(first.version, (NEW,)))
    before = bytes_of(labelled.root)
    with pytest.raises(OcrwebError) as refused:
        save_labels(labelled, ONE, Edit(first.version, ()))
    assert refused.value.code == "labels.changed-meanwhile"
    assert bytes_of(labelled.root) == before


def test_restoring_brings_back_what_came_with_the_dataset(labelled: LabelledSet) -> None:
    before = bytes_of(labelled.root)
    curved = DrawnBox(((10.0, 50.0), (50.0, 40.0), (90.0, 50.0), (90.0, 70.0), (50.0, 60.0), (10.0, 70.0)), "arc")
    untouched = read_labels(labelled, ONE)
    assert restore_labels(labelled, ONE) == untouched, "nothing to bring back"
    version = untouched.version
    for boxes in ((NEW,), (curved, NEW), ()):
        version = save_labels(labelled, ONE, Edit(version, boxes, state="checked")).version
    restored = restore_labels(labelled, ONE)
    assert bytes_of(labelled.root) == before
    assert not restored.changed
    assert [(done.what, done.boxes) for done in history_of(labelled, ONE)] == [
        ("restored", 2), ("saved", 0), ("saved", 2), ("saved", 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("box", "code"),
    [
        (DrawnBox(((5.0, 5.0), (5.0, 5.0), (5.0, 5.0), (5.0, 5.0))), "labels.bad-box"),
        (DrawnBox(((500.0, 5.0), (600.0, 5.0), (600.0, 25.0), (500.0, 25.0))), "labels.bad-box"),
        (replace(NEW, text="1,2,3,4,5,6,7,8,9,10"), "labels.bad-text"),
    ],
    ids=["no area", "outside", "text of points"],
)
def test_a_box_that_nobody_could_read_again_is_refused_and_nothing_is_written(
    labelled: LabelledSet, box: DrawnBox, code: str
) -> None:
    first, before = read_labels(labelled, ONE), bytes_of(labelled.root)
    with pytest.raises(OcrwebError) as refused:
        save_labels(labelled, ONE, Edit(first.version, (NEW, box)))
    assert refused.value.code == code
    assert bytes_of(labelled.root) == before


def test_an_edit_makes_the_check_of_the_dataset_a_thing_of_the_past(labelled: LabelledSet) -> None:
    checked(labelled.root)
    assert known_report(labelled.root) is not None
    save_labels(labelled, ONE, Edit(read_labels(labelled, ONE).version, (NEW,)))
    assert known_report(labelled.root) is None


def test_a_picture_that_no_list_named_is_named_once_it_has_labels(labelled: LabelledSet) -> None:
    shutil.copy(labelled.root / "train_images" / "1.png", labelled.root / "train_images" / "9.png")
    before = (labelled.root / "train_list.txt").read_text()
    fresh = stored_set("shop")
    save_labels(fresh, "train_images/9.png", Edit(read_labels(fresh, "train_images/9.png").version, (NEW,)))
    assert (fresh.root / "train_list.txt").read_text() == f"{before}train_images/9.png train_gts/9.txt\n"


def test_states_are_told_and_counted(labelled: LabelledSet) -> None:
    listed = list_pictures(labelled)
    assert {row.picture: row.state for row in listed.pictures} == {
        ONE: "checked",
        "train_images/2.png": "checked",
        "train_images/3.png": "new",
        "test_images/1.png": "check",  # a rule speaks against it: \r\n
    }
    assert put_state(labelled, ["train_images/3.png", "test_images/1.png"], "checked") == [
        "train_images/3.png", "test_images/1.png"
    ]  # fmt: skip
    assert list_pictures(labelled).counts == {"new": 0, "auto": 0, "check": 0, "checked": 4, "aside": 0}
    assert put_state(labelled, ["train_images/3.png"], "checked") == []


def test_a_picture_that_came_labelled_stays_checked_when_it_is_changed_and_a_new_one_is_to_be_checked(
    labelled: LabelledSet,
) -> None:
    new = "train_images/3.png"
    for picture in (ONE, new):
        before = read_labels(labelled, picture)
        save_labels(labelled, picture, Edit(before.version, (*before.boxes, NEW)))
    assert {row.picture: row.state for row in list_pictures(labelled).pictures if row.picture in (ONE, new)} == {
        ONE: "checked",
        new: "check",
    }


def test_a_picture_that_does_not_exist_is_refused_before_any_state_is_written(labelled: LabelledSet) -> None:
    with pytest.raises(OcrwebError) as refused:
        put_state(labelled, [ONE, "../secret.png"], "aside")
    assert refused.value.code == "store.no-such-picture"
    assert {row.state for row in list_pictures(labelled).pictures} == {"checked", "new", "check"}


def test_saying_how_far_a_picture_is_leaves_the_check_of_the_dataset_true(labelled: LabelledSet) -> None:
    checked(labelled.root)
    put_state(labelled, [ONE], "aside")
    keep_version(labelled)
    assert known_report(labelled.root) is not None


def test_labels_are_a_models_own_until_somebody_changes_or_checks_them(labelled: LabelledSet) -> None:
    second = "train_images/2.png"
    (labelled.root / REVIEW).write_text("picture,unsure\n1.png,yes\n2.png,no\n", encoding="utf-8")
    first = read_labels(labelled, ONE)
    assert first.by_model
    assert read_labels(labelled, "train_images/3.png").by_model  # it found nothing there
    assert not save_labels(labelled, ONE, Edit(first.version, (*first.boxes, NEW))).by_model
    assert read_labels(labelled, second).by_model
    put_state(labelled, [second], "checked")
    assert not read_labels(labelled, second).by_model
    (labelled.root / REVIEW).unlink()
    assert not read_labels(labelled, "train_images/3.png").by_model
