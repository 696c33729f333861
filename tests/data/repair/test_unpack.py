"""A zip in the place of a dataset's folder is unpacked by the repair, within the limits of an upload, and that is undone."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ocrweb.data.repair import apply as applying
from ocrweb.data.repair.apply import apply_repair, finish_interrupted, undo_repair
from ocrweb.data.repair.change import Change
from ocrweb.data.repair.journal import FOLDER
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.repair.preview import preview_text
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.validation import repair, undo
from ocrweb.ui.datasets.findings import diff_html
from tests.data.corpus import GOOD_LINES, label, make_good
from tests.data.snapshot import snapshot


def packed(root: Path, folder: str, name: str = "", within: str = "") -> Path:
    """Pack a folder of the dataset in its place. within: the folder inside the zip that its files lie in."""
    archive = root / (name or f"{folder}.zip")
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted((root / folder).iterdir()):
            file.write(path, f"{within}{path.name}")
            path.unlink()
    (root / folder).rmdir()
    return archive


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_good(tmp_path / "data")


@pytest.mark.parametrize("within", ["", "train_images/", "export/train_images/", "pictures/"])
def test_a_zip_in_a_folders_place_is_unpacked_and_that_is_undone(root: Path, within: str) -> None:
    whole = snapshot(root)
    packed(root, "train_images", within=within)
    packed(root, "test_gts", "Test-GTs.ZIP")
    before = snapshot(root)
    found = [one for one in validate_dataset(root).findings if one.rule == "layout.in-archive"]
    assert [(one.file, one.fixable) for one in found] == [("train_images", True), ("test_gts", True)]
    plan = plan_repair(root)
    assert preview_text(plan).splitlines()[0] == "unpack train_images.zip → train_images/  # layout.in-archive"
    assert "解压 train_images.zip → <ins>train_images/</ins>" in diff_html(plan, "zh")
    assert apply_repair(plan, "in-place").changes == 2
    after = snapshot(root)
    assert {name: after[name] for name in whole} == whole
    assert validate_dataset(root).ok
    undo_repair(root)
    assert snapshot(root) == before
    assert not (root / FOLDER).exists()


def test_what_lies_in_the_zip_is_mended_by_the_next_repair(root: Path) -> None:
    label("1，2，30，2，30，20，1，20，a")(root)
    packed(root, "train_gts")
    before = snapshot(root)
    first = repair(root, "in-place")
    assert [change.kind for change in first.plan.changes] == ["unpack"]
    assert first.report.counts["fixable"] > 0
    assert repair(root, "in-place").report.ok
    undo(root)
    undo(root)
    assert snapshot(root) == before


def test_a_copy_has_it_unpacked_and_the_original_is_left(root: Path, tmp_path: Path) -> None:
    packed(root, "train_images")
    before = snapshot(root)
    assert apply_repair(plan_repair(root), "copy", tmp_path / "copy").changes == 1
    assert validate_dataset(tmp_path / "copy").ok
    assert snapshot(root) == before


def test_what_was_changed_in_the_folder_since_is_not_taken_away(root: Path) -> None:
    archive = packed(root, "train_gts")
    apply_repair(plan_repair(root), "in-place")
    (root / "train_gts/3.txt").write_text(GOOD_LINES[0] + "\n")
    with pytest.raises(OcrwebError) as caught:
        undo_repair(root)
    assert (caught.value.code, caught.value.where) == ("dataset.changed-since", "train_gts")
    archive.unlink()
    with pytest.raises(OcrwebError) as caught:
        undo_repair(root)
    assert (caught.value.code, caught.value.where) == ("dataset.changed-since", "train_gts.zip")
    assert (root / "train_gts/3.txt").is_file()


def test_what_is_no_zip_or_not_the_only_one_or_too_large_is_left_to_a_person(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = packed(root, "train_images")

    def left() -> bool:
        (found,) = (one for one in validate_dataset(root).findings if one.rule == "layout.in-archive")
        return not found.fixable and all(change.kind != "unpack" for change in plan_repair(root).changes)

    assert not left()
    (root / "images.zip").write_bytes(archive.read_bytes())
    assert left()
    (root / "images.zip").unlink()
    monkeypatch.setenv("OCRWEB_MAX_UPLOAD_GB", f"{(archive.stat().st_size - 1) / (1 << 30):.12f}")
    assert left()
    monkeypatch.delenv("OCRWEB_MAX_UPLOAD_GB")
    archive.rename(root.parent / "outside.zip")
    archive.symlink_to(root.parent / "outside.zip")
    assert left()
    archive.unlink()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../1.jpg", b"x")
    assert left()


def test_a_second_zip_that_fails_takes_the_first_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(root, "train_images")
    packed(root, "train_gts")
    before, plan = snapshot(root), plan_repair(root)
    (root / "train_gts.zip").write_bytes((root / "train_gts.zip").read_bytes()[:-30])
    with pytest.raises(OcrwebError) as caught:
        apply_repair(plan, "in-place")
    assert caught.value.code.startswith("archive.")
    assert set(snapshot(root)) == set(before)
    assert not (root / FOLDER).exists()


def test_of_one_that_was_cut_short_only_what_it_made_goes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(root, "train_images")
    before, do = snapshot(root), applying._do

    class Killed(BaseException):
        pass

    def killed(root: Path, change: Change) -> None:
        do(root, change)
        raise Killed

    monkeypatch.setattr(applying, "_do", killed)
    monkeypatch.setattr(applying, "_take_back", lambda journal: None)
    monkeypatch.setattr(applying, "_remove_backup", lambda journal: None)
    with pytest.raises(Killed):
        apply_repair(plan_repair(root), "in-place")
    monkeypatch.undo()
    (root / "train_images/own.jpg").write_bytes(b"somebody's")
    assert finish_interrupted(root) == 1
    assert set(snapshot(root)) > set(before), "nobody knows any more what of it is the zip's: it stays"
