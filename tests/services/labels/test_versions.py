"""Versions of all labels: kept once, compared box by box, brought back without losing what was there."""

from __future__ import annotations

import shutil

import pytest

from ocrweb.data.labelling.difference import Difference, difference
from ocrweb.data.labelling.drawn import DrawnBox
from ocrweb.errors import OcrwebError
from ocrweb.services.labels.editing import Edit, history_of, read_labels, save_labels
from ocrweb.services.labels.entries import LabelledSet, stored_set
from ocrweb.services.labels.versions import (
    NOW,
    compare,
    keep_version,
    restore_version,
    version_of,
    versions_document,
)
from tests.services.labels.test_editing import bytes_of

ONE, TWO = "train_images/1.png", "train_images/2.png"


def box(left: float, top: float = 10, text: str = "", ignored: bool = False) -> DrawnBox:
    return DrawnBox(((left, top), (left + 40, top), (left + 40, top + 20), (left, top + 20)), text, ignored)


def save(labelled: LabelledSet, picture: str, *boxes: DrawnBox) -> None:
    save_labels(labelled, picture, Edit(read_labels(labelled, picture).version, boxes))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([], [], Difference()),
        ([], [box(10)], Difference(added=1)),
        ([box(10), box(100)], [box(100)], Difference(removed=1)),
        ([box(10)], [box(14)], Difference(moved=1)),
        ([box(10)], [box(10, text="x")], Difference(retold=1)),
        ([box(10)], [box(10, ignored=True)], Difference(retold=1)),
        ([box(10)], [box(140)], Difference(added=1, removed=1)),
        ([box(10), box(20)], [box(20), box(12)], Difference(moved=1)),
    ],
    ids=["nothing", "added", "removed", "moved", "another text", "ignored", "far away", "nearest first"],
)
def test_what_became_of_each_box(before: list[DrawnBox], after: list[DrawnBox], found: Difference) -> None:
    assert difference(before, after) == found


def test_the_same_labels_are_one_version(labelled: LabelledSet) -> None:
    first = keep_version(labelled, "run a")
    assert keep_version(labelled).id == first.id
    save(labelled, ONE, box(10))
    second = keep_version(labelled)
    assert second.id != first.id
    told = versions_document(labelled)["versions"]
    assert [(one["id"], one["pictures"], one["boxes"], one["why"], one["current"]) for one in told] == [
        (second.id, 4, 3, "", True), (first.id, 4, 4, "run a", False)
    ]  # fmt: skip


def test_versions_are_compared_with_each_other_and_with_now(labelled: LabelledSet) -> None:
    first = keep_version(labelled)
    save(labelled, ONE, *read_labels(labelled, ONE).boxes, box(120, 60))
    second = keep_version(labelled)
    save(labelled, TWO, box(14))
    assert compare(labelled, first.id, second.id).pictures == {ONE: Difference(added=1)}
    told = compare(labelled, first.id, NOW).to_dict()
    assert told["pictures"] == [
        {"picture": ONE, "added": 1, "removed": 0, "moved": 0, "retold": 0},
        {"picture": TWO, "added": 0, "removed": 0, "moved": 1, "retold": 0},
    ]
    assert told["total"] == {"added": 1, "removed": 0, "moved": 1, "retold": 0}
    with pytest.raises(OcrwebError) as refused:
        compare(labelled, "../../etc", NOW)
    assert refused.value.code == "labels.no-such-version"


def test_an_older_version_comes_back_and_the_newer_one_is_kept(labelled: LabelledSet) -> None:
    first, before = keep_version(labelled), bytes_of(labelled.root)
    save(labelled, ONE, box(10))
    save(labelled, TWO)
    changed = bytes_of(labelled.root)
    told = restore_version(labelled, first.id)
    assert told["restored"] == 2
    assert bytes_of(labelled.root) == before
    assert [done.what for done in history_of(labelled, ONE)] == ["version", "saved"]
    restore_version(labelled, told["before"])
    assert bytes_of(labelled.root) == changed


def test_a_version_whose_bytes_are_gone_writes_nothing(labelled: LabelledSet) -> None:
    first = keep_version(labelled)
    for picture in (ONE, TWO):
        save(labelled, picture, box(10))
    changed = bytes_of(labelled.root)
    kept = first.labels[TWO].label  # those of the first picture are there
    (labelled.root / ".ocrweb_labels" / "kept" / kept[:2] / kept).write_bytes(b"other")
    with pytest.raises(OcrwebError) as refused:
        restore_version(labelled, first.id)
    assert refused.value.code == "labels.lost"
    assert bytes_of(labelled.root) == changed


def test_a_picture_of_one_version_alone_is_named_and_unlisted_ones_are_in_none(labelled: LabelledSet) -> None:
    first = keep_version(labelled)
    lines = (labelled.root / "train_list.txt").read_text().splitlines(keepends=True)
    shutil.copy(labelled.root / ONE, labelled.root / "train_images" / "9.png")
    (labelled.root / "train_gts" / "9.txt").write_text("10,10,60,10,60,30,10,30,new\n")
    mine = stored_set("shop")
    assert version_of(mine).id == first.id  # no list names it
    (labelled.root / "train_list.txt").write_text("".join([*lines[1:], "train_images/9.png train_gts/9.txt\n"]))
    mine = stored_set("shop")
    second = keep_version(mine)
    told = compare(mine, first.id, second.id)
    assert (told.pictures, told.only_before, told.only_after) == ({}, (ONE,), ("train_images/9.png",))
    document = told.to_dict()
    assert (document["only_before"], document["only_after"]) == ([ONE], ["train_images/9.png"])
    back = compare(mine, second.id, first.id)
    assert (back.only_before, back.only_after) == (("train_images/9.png",), (ONE,))


def test_labels_that_did_not_come_back_otherwise_are_not_written_again(labelled: LabelledSet) -> None:
    first = keep_version(labelled)
    told = restore_version(labelled, first.id)
    assert told == {"restored": 0, "before": first.id}
    assert history_of(labelled, ONE) == ()
    with pytest.raises(OcrwebError) as unknown:
        restore_version(labelled, "x" * 50)
    assert (unknown.value.code, unknown.value.params["name"]) == ("labels.no-such-version", "x" * 40)
