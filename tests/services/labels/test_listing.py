"""The list of pictures, and one picture's state: what they know outlives an edit, and what one costs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrweb.data.labelling.drawn import DrawnBox
from ocrweb.imaging.encode import write_whole
from ocrweb.services.datasets import reports
from ocrweb.services.datasets.reports import checked
from ocrweb.services.labels import facts
from ocrweb.services.labels.editing import Edit, read_labels, save_labels
from ocrweb.services.labels.entries import LabelledSet, stored_set
from ocrweb.services.labels.listing import list_pictures

ONE, TWO = "train_images/1.png", "train_images/2.png"
NEW = DrawnBox(((20.0, 20.0), (80.0, 20.0), (80.0, 50.0), (20.0, 50.0)), "new")


def findings_of(picture: str) -> tuple[str, ...]:
    return next(row.findings for row in list_pictures(stored_set("shop")).pictures if row.picture == picture)


def draw_in(picture: str) -> None:
    labelled = stored_set("shop")
    save_labels(labelled, picture, Edit(read_labels(labelled, picture).version, (NEW,)))


def test_what_a_check_said_of_a_picture_holds_after_labels_were_changed_and_ends_with_the_picture(
    labelled: LabelledSet,
) -> None:
    page = np.full((120, 200, 3), 90, np.uint8)
    write_whole(labelled.root / TWO, cv2.imencode(".jpg", page)[1].tobytes())
    checked(labelled.root)
    told = findings_of(TWO)
    assert [rule for rule in told if rule.startswith("image.")]
    draw_in(ONE)
    draw_in(TWO)
    assert findings_of(TWO) == told
    assert read_labels(stored_set("shop"), TWO).state == "check"
    write_whole(labelled.root / TWO, cv2.imencode(".png", page)[1].tobytes())
    assert findings_of(TWO) == ()


def test_a_list_is_told_row_by_row_with_the_counts_of_its_states(labelled: LabelledSet) -> None:
    document = list_pictures(labelled).to_dict()
    assert (document["dataset"], document["untouched"], document["minutes_left"]) == ("shop", 0, None)
    assert document["counts"] == {"new": 1, "auto": 0, "check": 1, "checked": 2, "aside": 0}
    assert document["pictures"][0] == {
        "picture": ONE, "split": "train", "state": "checked", "boxes": 2, "ignored": 1, "width": 200, "height": 120, "suspicion": None,
        "findings": [], "tags": [],
    }  # fmt: skip
    assert [row["picture"] for row in document["pictures"]] == [ONE, TWO, "train_images/3.png", "test_images/1.png"]
    (labelled.root / ONE).write_bytes(b"no picture")
    broken = list_pictures(stored_set("shop")).pictures[0]
    assert (broken.width, broken.height, "image.unreadable" in broken.findings) == (0, 0, True)


def test_to_read_and_to_change_one_picture_no_other_is_looked_at(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(labelled.root)
    list_pictures(labelled)
    monkeypatch.setattr(reports, "dataset_stamp", lambda folder: pytest.fail("every file of the dataset is looked at"))
    looked_at = set()
    state = facts._state
    monkeypatch.setattr(facts, "_state", lambda file: looked_at.add(file.stem) or state(file))
    read_labels(labelled, ONE)
    draw_in(ONE)
    draw_in(ONE)
    assert "1" in looked_at
    assert not looked_at & {"2", "3"}
