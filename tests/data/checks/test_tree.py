"""What lies in a dataset, by the names it should have: found, meant, led out of it, or left over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocrweb.data.checks.tree import DEEPEST, Tree, read_tree


def laid(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def tree(root: Path, *names: str) -> Tree:
    return read_tree(laid(root, *names))


def test_names_are_those_it_should_have_and_paths_those_on_the_disk(tmp_path: Path) -> None:
    found = tree(
        tmp_path / "d", "train_list.txt", "img_train/a/1.jpg", "img_train/2.jpg", "train_gts/1.txt", "other/x.txt"
    )
    assert dict(found.files) == {"train_images/a/1.jpg": 17, "train_images/2.jpg": 15, "train_gts/1.txt": 15}
    assert found.real("train_images/a/1.jpg") == "img_train/a/1.jpg"
    assert found.path("train_images/2.jpg").read_text() == "img_train/2.jpg"
    assert (found.real("other/x.txt"), found.real("test_images/1.jpg")) == ("other/x.txt", "test_images/1.jpg")
    assert [found.has(name) for name in ("train_images", "train_list.txt", "test_images", "other")] == [True, True, False, False]  # fmt: skip


def test_what_systems_leave_behind_is_not_seen(tmp_path: Path) -> None:
    found = tree(
        tmp_path / "d", "train_images/1.jpg", "train_images/Thumbs.db", "train_images/.DS_Store", "train_images/desktop.ini",
        "train_images/__MACOSX/1.jpg", "train_images/.hidden/1.jpg", "train_gts/1.txt",
    )  # fmt: skip
    assert set(found.files) == {"train_images/1.jpg", "train_gts/1.txt"}


def test_folders_go_so_deep(tmp_path: Path) -> None:
    inside = "train_images" + "/d" * (DEEPEST - 1)
    found = tree(tmp_path / "d", f"{inside}/1.jpg", f"{inside}/d/2.jpg")
    assert set(found.files) == {f"{inside}/1.jpg"}


def test_links_that_lead_out_are_told_and_those_that_stay_inside_are_files(tmp_path: Path) -> None:
    root = laid(tmp_path / "d", "train_images/1.jpg", "train_gts/1.txt")
    laid(tmp_path / "d-evil", "1.jpg")
    (root / "train_images" / "2.jpg").symlink_to(root / "train_images" / "1.jpg")
    (root / "train_images" / "3.jpg").symlink_to(tmp_path / "d-evil" / "1.jpg")
    (root / "train_images" / "deep").symlink_to(tmp_path / "d-evil")
    found = read_tree(root)
    assert found.escaping == {"train_images/3.jpg", "train_images/deep"}
    assert found.files["train_images/2.jpg"] == found.files["train_images/1.jpg"] == 18
    assert found.files["train_images/3.jpg"] == 0


def test_a_folder_that_is_a_link_out_takes_all_of_its_files_with_it(tmp_path: Path) -> None:
    laid(tmp_path / "else", "1.jpg", "a/2.jpg")
    root = laid(tmp_path / "d", "train_gts/1.txt")
    (root / "train_images").symlink_to(tmp_path / "else")
    found = read_tree(root)
    assert found.escaping == {"train_images/1.jpg", "train_images/a"}
    assert "train_gts/1.txt" not in found.escaping


def test_a_dataset_reached_by_a_link_is_itself(tmp_path: Path) -> None:
    root = laid(tmp_path / "d", "train_images/1.jpg")
    (tmp_path / "link").symlink_to(root)
    assert read_tree(tmp_path / "link").escaping == frozenset()


def test_files_of_a_folder_come_as_people_count(tmp_path: Path) -> None:
    found = tree(tmp_path / "d", *(f"train_images/{n}.jpg" for n in (10, 2, 1)), "train_images/a/3.jpg")
    assert found.under("train_images") == ["train_images/1.jpg", "train_images/2.jpg", "train_images/10.jpg", "train_images/a/3.jpg"]  # fmt: skip
    assert found.under("test_images") == []


@pytest.mark.parametrize(
    ("name", "exact", "found"),
    [
        ("train_images/1.jpg", True, "train_images/1.jpg"), ("train_images/1.PNG", True, "train_images/1.jpg"), ("TRAIN_IMAGES/1.jpg", True, "train_images/1.jpg"),
        ("train_images/sub/1.jpg", True, None), ("train_images/sub/1.jpg", False, "train_images/1.jpg"), ("1.jpeg", False, "train_images/1.jpg"), ("1.jpg", True, None),
        ("train_images/7.jpg", False, None), (None, True, None), ("train_images/5.jpg", True, None), ("train_images/5.png", True, "train_images/5.png"),
        ("C:/x/5.bmp", False, "train_images/5.bmp"), ("x/5.jpg", False, None),
    ],
)  # fmt: skip
def test_what_a_list_may_mean(name: str | None, exact: bool, found: str | None, tmp_path: Path) -> None:
    """Two that differ in their suffix alone are meant by their full name only."""
    laid_out = tree(tmp_path / "d", "train_images/1.jpg", "train_images/5.png", "train_images/5.bmp")
    assert laid_out.locate(name, "train_images", exact=exact) == found


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["1.txt", "gt_1.txt"], "1.txt"), (["gt_1.txt", "res_1.txt"], "gt_1.txt"), (["1.jpg.txt"], "1.jpg.txt"), (["gt_1.jpg.txt"], "gt_1.jpg.txt"), (["res_1.txt"], "res_1.txt"),
        (["a/1.txt", "1.txt"], "a/1.txt"), (["1.TXT"], None), (["b/1.txt"], None), (["2.txt"], None), (["a/gt_1.txt", "1.txt"], "1.txt"),
    ],
)  # fmt: skip
def test_the_label_of_a_picture_is_of_its_name_first_and_in_its_folder_first(labels: list[str], found: str | None, tmp_path: Path) -> None:  # fmt: skip
    laid_out = tree(tmp_path / "d", "train_images/a/1.jpg", *(f"train_gts/{name}" for name in labels))
    assert laid_out.label_of("train_images/a/1.jpg", "train") == (found and f"train_gts/{found}")


def test_no_more_of_a_file_is_read_than_may_be(tmp_path: Path) -> None:
    found = tree(tmp_path / "d", "train_images/1.jpg")
    assert [len(found.read("train_images/1.jpg", limit)) for limit in (3, 17, 18, 99)] == [4, 18, 18, 18]
    os.unlink(tmp_path / "d" / "train_images" / "1.jpg")
    with pytest.raises(OSError, match=r"1\.jpg"):
        found.read("train_images/1.jpg", 99)
    with pytest.raises(OSError, match="nowhere"):
        read_tree(tmp_path / "nowhere")
