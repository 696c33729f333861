"""The six names of a dataset: each found under its own name, under the one other that means it, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.data.checks.layout import Slot, check_slots

WHOLE = ["train_list.txt", "train_images/", "train_gts/"]


def told(slot: Slot) -> tuple[str | None, list[tuple[str, str, bool]]]:
    return slot.real, [(found.rule, found.file, found.fixable) for found in slot.findings]


def slots(split: Any, *top: str) -> tuple[Any, Any, Any]:
    return tuple(told(slot) for slot in check_slots(top, split))  # type: ignore[return-value]


def test_a_whole_dataset_has_each_under_its_own_name() -> None:
    assert slots("train", *WHOLE) == (("train_list.txt", []), ("train_images", []), ("train_gts", []))
    assert [slot.name for slot in check_slots([], "test")] == ["test_list.txt", "test_images", "test_gts"]


def test_what_is_missing_is_told_by_its_own_rule() -> None:
    for split in ("train", "test"):
        names = (f"{split}_list.txt", f"{split}_images", f"{split}_gts")
        assert slots(split) == tuple(
            (None, [(rule, name, False)])
            for rule, name in zip(("list.missing", "layout.missing", "layout.missing"), names, strict=True)
        )


@pytest.mark.parametrize(
    ("split", "name", "place"),
    [
        ("train", "train_img/", 1), ("train", "Images_Train/", 1), ("train", "images/", 1), ("train", "JPEGImages/", 1), ("train", "training-pics/", 1),
        ("train", "labels/", 2), ("train", "train annotations/", 2), ("train", "gt/", 2), ("train", "txt/", 2), ("test", "val_images/", 1),
        ("test", "validation labels/", 2), ("test", "eval_gt/", 2), ("train", "train.txt", 0), ("train", "Train-List.TXT", 0), ("train", "list_train.txt", 0),
        ("test", "val.txt", 0), ("test", "valid_lists.txt", 0), ("train", "train_data/", 1), ("train", "trn_img/", 1),
    ],
)  # fmt: skip
def test_another_name_that_can_mean_one_alone_is_that_one(split: Any, name: str, place: int) -> None:
    found = slots(split, name)[place]
    bare = name.removesuffix("/")
    assert found == (bare, [("layout.wrong-name", bare, True)])


@pytest.mark.parametrize(
    ("split", "name", "place"),
    [
        ("test", "images/", 1), ("test", "labels/", 2), ("train", "data/", 1), ("test", "train_images/", 1), ("train", "val_gts/", 2), ("train", "train_images", 1),
        ("train", "train_list.txt/", 0), ("train", "list.txt", 0), ("test", "train.txt", 0), ("train", "words.zip", 1), ("test", "images.zip", 1), ("train", "label_images/", 2),
    ],
)  # fmt: skip
def test_a_name_that_means_something_else_is_none(split: Any, name: str, place: int) -> None:
    real, findings = slots(split, name)[place]
    assert real is None
    assert [rule for rule, _, _ in findings] == ["list.missing" if place == 0 else "layout.missing"]


@pytest.mark.parametrize(
    ("split", "name", "place"),
    [("train", "train_images.zip", 1), ("train", "Train GTs.tar.gz", 2), ("test", "test_images.7z", 1), ("test", "test-gts.RAR", 2), ("train", "pictures.zip", 1)],
)  # fmt: skip
def test_an_archive_in_a_folder_s_place_is_named(split: Any, name: str, place: int) -> None:
    found = check_slots([name], split)[place]
    assert (found.real, [one.rule for one in found.findings]) == (None, ["layout.in-archive"])
    assert all(name in found.findings[0].message(lang) + found.findings[0].hint(lang) for lang in ("en", "zh"))
    assert slots(split, name, f"{found.name}/")[place] == (found.name, [])


def test_of_two_that_could_be_it_nobody_chooses_and_its_own_name_counts_before_both() -> None:
    _, images, _ = slots("train", "img_train/", "images/")
    assert images == (None, [("layout.wrong-name", "images", False), ("layout.wrong-name", "img_train", False)])
    assert slots("train", "train_images/", "img_train/", "images/")[1] == ("train_images", [])
    lists, _, _ = slots("train", "train.txt", "list_train.txt")
    assert lists == (None, [("layout.wrong-name", "list_train.txt", False), ("layout.wrong-name", "train.txt", False)])


BACKUPS = [
    "train_list.txt~", "train_list.txt.bak", "train_list.txt.bak2~", "train_list.txt.1", ".train_list.txt", ".train_list.txt.swp", "train_list (1).txt", "train_list(2).txt",
    "train_list - Copy.txt", "train_list - 副本 (3).txt", "train_list copy.txt", "train_list.bak", "train_list.txt.txt", "Train_List.TXT.old", "train_list.txt.tmp",
]  # fmt: skip


@pytest.mark.parametrize("name", BACKUPS)
def test_what_an_editor_leaves_is_told_beside_the_list_and_stands_for_it_where_there_is_none(name: str) -> None:
    assert slots("train", *WHOLE, name)[0] == ("train_list.txt", [("list.backup-file", name, True)])
    assert slots("train", name)[0] == (
        name,
        [("list.missing", "train_list.txt", False), ("list.backup-file", name, True)],
    )
    assert slots("test", name)[0] == (None, [("list.missing", "test_list.txt", False)])


def test_of_several_backups_nobody_chooses() -> None:
    real, findings = slots("train", "train_list.txt~", "train_list.bak")[0]
    assert real is None
    assert findings[1:] == [
        ("list.backup-file", "train_list.bak", False),
        ("list.backup-file", "train_list.txt~", False),
    ]


@pytest.mark.parametrize("name", ["train_list.txt.backup9", "train_list.txt.orig", "train_list.txt.save"])
def test_those_with_numbers_too(name: str) -> None:
    assert slots("train", *WHOLE, name)[0][1] == [("list.backup-file", name, True)]


@pytest.mark.parametrize(
    "name", ["my_train_list.txt.bak", "train_list.txt.md", "train_list.csv", "train_list.txt.", "train_list.txt1"]
)
def test_other_files_beside_a_list_are_nobodys_business(name: str) -> None:
    assert slots("train", *WHOLE, name)[0] == ("train_list.txt", [])
