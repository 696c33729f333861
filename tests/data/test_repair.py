"""Repairs: exact, all or nothing, undone to the last byte, and never an invented or silently lost box."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings

from ocrweb.data.checks.label_file import check_in_picture, scan_label_bytes
from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.record import PictureRecord, read_picture_record, write_picture_record
from ocrweb.data.repair import apply as applying
from ocrweb.data.repair.apply import apply_repair, finish_interrupted, undo_repair
from ocrweb.data.repair.change import Change, RepairPlan
from ocrweb.data.repair.journal import FOLDER, load_journal
from ocrweb.data.repair.mend_label import mend_labels
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.repair.preview import preview_text
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.validation import repair, undo
from tests.data.corpus import GOOD_LINES, content, each, label, listed, make_good, picture, rename
from tests.data.test_reader import LABEL_BYTES

MESS = each(
    label("10，10，30，10，30，20，10，20，，", "0,0,0,0,0,0,0,0,x", GOOD_LINES[0]),
    rename("train_images/4.jpg", "train_images/4.JPG"),
    rename("train_gts/5.txt", "train_gts/gt_5.txt"),
    listed("train_images/5.jpg train_gts/gt_5.txt", 5),
    content("train_images/6.jpg", picture(6, suffix=".webp")),
    content("test_list.txt~", b"old"),
    rename("test_gts", "test_gt"),
    listed(" test_images/1.jpg  test_gts/1.txt", 1, "test"),
)


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file of a dataset by its name, backups left out."""
    files = (path for path in root.rglob("*") if path.is_file() and FOLDER not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    root = make_good(tmp_path / "data")
    MESS(root)
    return root


def crash(root: Path, at: int) -> None:
    """A child repairs in place and is gone before the change of this number."""
    plan = plan_repair(root)
    pid = os.fork()
    if pid == 0:
        do, calls = applying._do, iter(range(100))
        applying._do = lambda root, change: os._exit(9) if next(calls) == at else do(root, change)  # type: ignore
        apply_repair(plan, "in-place")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9


class TestLabels:
    @settings(max_examples=250, deadline=None)
    @given(LABEL_BYTES)
    @example(b"\x00\x81@")
    @example(b"\xef\xbb\xbf\x00")
    def test_mending_twice_changes_nothing_and_leaves_nothing_mendable(self, data: bytes) -> None:
        mended = mend_labels(data, (64, 48))
        if mended is not None:
            assert mend_labels(mended.content, (64, 48)) is None
            data = mended.content
        labels = scan_label_bytes(data)
        findings = [*labels.findings, *check_in_picture(labels, (64, 48))]
        assert not [found for found in findings if found.fixable]

    @settings(max_examples=250, deadline=None)
    @given(LABEL_BYTES)
    def test_no_box_is_invented_and_a_lost_one_is_an_edit(self, data: bytes) -> None:
        before = scan_label_bytes(data)
        mended = mend_labels(data, (64, 48))
        if mended is not None:
            after = scan_label_bytes(mended.content)
            gone = [edit for edit in mended.edits if edit.after is None and edit.line in before.lines]
            assert len(after.texts) == len(before.texts) - len(gone)
            assert all(edit.rules for edit in mended.edits)

    def test_corners_are_put_in_order_not_moved(self) -> None:
        mended = mend_labels(b"10,10,30.5,20,30.5,10,10,20,a\n", (64, 48))
        assert mended is not None
        assert mended.content == b"10,10,30.5,10,30.5,20,10,20,a\n"

    def test_a_box_is_cut_at_the_edge_only_when_the_size_is_known(self) -> None:
        line = b"50,10,90,10,90,20,50,20,a\n"
        assert mend_labels(line, None) is None
        mended = mend_labels(line, (64, 48))
        assert mended is not None
        assert mended.content == b"50,10,64,10,64,20,50,20,a\n"


class TestPlan:
    def test_a_good_dataset_needs_nothing(self, tmp_path: Path) -> None:
        plan = plan_repair(make_good(tmp_path / "data"))
        assert plan.changes == ()
        assert preview_text(plan) == ""

    def test_planning_touches_nothing(self, messy: Path) -> None:
        before = snapshot(messy)
        plan_repair(messy)
        assert snapshot(messy) == before

    def test_the_preview_shows_every_change_with_invisible_characters(self, messy: Path) -> None:
        shown = preview_text(plan_repair(messy))
        for line in (
            "rename train_images/4.JPG → train_images/4.jpg  # image.suffix",
            "rename train_gts/gt_5.txt → train_gts/5.txt  # pair.name-mismatch",
            "convert train_images/6.jpg → train_images/6.png  # image.content",
            "rename test_gt → test_gts  # layout.wrong-name",
            "delete test_list.txt~  # list.backup-file",
            "-10，10，30，10，30，20，10，20，，",
            "+10,10,30,10,30,20,10,20,，",
            "-·test_images/1.jpg··test_gts/1.txt",
        ):
            assert line in shown.split("\n"), shown

    def test_a_long_preview_is_cut_and_says_so(self, messy: Path) -> None:
        assert preview_text(plan_repair(messy), limit=3).count("\n") == 3
        assert "… +" in preview_text(plan_repair(messy), limit=3)

    def test_boxes_that_go_are_listed(self, messy: Path) -> None:
        dropped = plan_repair(messy).dropped_boxes
        assert [(file, edit.line, edit.before) for file, edit in dropped] == [
            ("train_gts/3.txt", 3, "0,0,0,0,0,0,0,0,x"),
            ("train_gts/3.txt", 4, GOOD_LINES[0]),
        ]

    def test_a_taken_name_is_left_to_a_human(self, tmp_path: Path) -> None:
        root = make_good(tmp_path / "data")
        (root / "train_images/4.JPG").write_bytes(picture(44))
        listed("train_images/4.JPG train_gts/4.txt", 4)(root)
        before = snapshot(root)
        apply_repair(plan_repair(root), "in-place")
        assert snapshot(root) == before


class TestApply:
    def test_in_place_mends_and_undo_restores_every_byte(self, messy: Path) -> None:
        before = snapshot(messy)
        result = apply_repair(plan_repair(messy), "in-place")
        assert validate_dataset(messy).findings == ()
        assert snapshot(messy) != before
        assert result.backup is not None
        assert undo_repair(messy).changes == result.changes
        assert snapshot(messy) == before
        assert not (messy / FOLDER).exists()

    def test_a_converted_picture_has_the_same_pixels(self, messy: Path) -> None:
        before = cv2.imread(str(messy / "train_images/6.jpg"))
        apply_repair(plan_repair(messy), "in-place")
        assert np.array_equal(cv2.imread(str(messy / "train_images/6.png")), before)
        assert not (messy / "train_images/6.jpg").exists()

    def test_a_copy_is_mended_and_the_original_untouched(self, messy: Path, tmp_path: Path) -> None:
        before = snapshot(messy)
        result = apply_repair(plan_repair(messy), "copy", tmp_path / "mended")
        assert result.root == tmp_path / "mended"
        assert snapshot(messy) == before
        assert len(read_split(result.root, "train")) == 10
        assert not [path for path in tmp_path.iterdir() if path.name.endswith(".partial")]

    def test_a_copy_never_goes_over_something_else(self, messy: Path, tmp_path: Path) -> None:
        (tmp_path / "taken").mkdir()
        (tmp_path / "taken/file").write_text("mine")
        with pytest.raises(OcrwebError, match="not empty"):
            apply_repair(plan_repair(messy), "copy", tmp_path / "taken")
        with pytest.raises(OcrwebError, match="No folder"):
            apply_repair(plan_repair(messy), "copy")

    @pytest.mark.parametrize("at", range(8))
    def test_a_full_disk_leaves_everything_as_it_was(
        self, messy: Path, monkeypatch: pytest.MonkeyPatch, at: int
    ) -> None:
        before, plan = snapshot(messy), plan_repair(messy)
        assert len(plan.changes) >= 8
        do, calls = applying._do, iter(range(100))

        def fail(root: Path, change: object) -> None:
            if next(calls) == at:
                raise OSError(errno.ENOSPC, "No space left on device")
            do(root, change)  # type: ignore[arg-type]

        monkeypatch.setattr(applying, "_do", fail)
        with pytest.raises(OcrwebError) as failure:
            apply_repair(plan, "in-place")
        assert failure.value.code == "usage.disk-full"
        assert snapshot(messy) == before
        assert not (messy / FOLDER).exists()

    def test_a_plan_goes_on_after_a_crash_from_the_originals_and_is_taken_back_to_them(self, messy: Path) -> None:
        before, plan = snapshot(messy), plan_repair(messy)
        crash(messy, 5)
        apply_repair(plan, "in-place")
        assert validate_dataset(messy).ok
        undo_repair(messy)
        assert snapshot(messy) == before
        assert not (messy / FOLDER).exists()

    def test_steps_are_undone_from_the_last_to_the_first(self, tmp_path: Path) -> None:
        """Each one was done to what the one before it had left."""
        root = make_good(tmp_path / "data")
        before = snapshot(root)
        steps = (
            Change("rename", "train_gts", (), target="labels"),
            Change("write", "labels/1.txt", (), content=b"mended"),
            Change("rename", "labels/1.txt", (), target="labels/one.txt"),
            Change("write", "labels/one.txt", (), content=b"mended again"),
            Change("delete", "labels/2.txt", ()),
            Change("rename", "labels/3.txt", (), target="labels/2.txt"),
            Change("make-folder", "new", ()),
            Change("write", "new/file.txt", (), content=b"new"),
        )
        apply_repair(RepairPlan(root, steps), "in-place")
        after = snapshot(root)
        assert after["labels/one.txt"] == b"mended again"
        assert after["labels/2.txt"] == before["train_gts/3.txt"]
        assert after["new/file.txt"] == b"new"
        journal = load_journal(next((root / FOLDER).iterdir()))
        assert [step.kept for step in journal.steps] == [False, True, False, True, True, False, False, False]
        applying._take_back(journal)
        assert snapshot(root) == before
        assert not (root / "new").exists()

    def test_a_file_that_appeared_since_is_not_renamed_over(self, messy: Path) -> None:
        plan = plan_repair(messy)
        (messy / "train_images/4.jpg").write_bytes(b"a new picture of somebody's")
        before = snapshot(messy)
        with pytest.raises(OcrwebError) as caught:
            apply_repair(plan, "in-place")
        assert caught.value.code == "usage.not-writable"
        assert os.strerror(errno.EEXIST) in caught.value.message("en")
        assert snapshot(messy) == before
        assert not (messy / FOLDER).exists()

    def test_the_journal_outlives_a_loss_of_power_before_the_first_step(
        self, messy: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sync, do, done = os.fsync, applying._do, []

        def synced(handle: int) -> None:
            done.append(Path(os.readlink(f"/proc/self/fd/{handle}")).parent.parent.name)
            sync(handle)

        def step(root: Path, change: Change) -> None:
            done.append("step")
            do(root, change)

        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(applying, "_do", step)
        apply_repair(plan_repair(messy), "in-place")
        assert FOLDER in done[: done.index("step")]

    @pytest.mark.parametrize("at", [0, 3, 7])
    def test_after_a_crash_the_next_repair_starts_from_the_originals(
        self, messy: Path, monkeypatch: pytest.MonkeyPatch, at: int
    ) -> None:
        before = snapshot(messy)
        crash(messy, at)
        assert finish_interrupted(messy) == 1
        assert snapshot(messy) == before
        apply_repair(plan_repair(messy), "in-place")
        assert validate_dataset(messy).ok

    def test_after_a_crash_a_repair_is_planned_for_the_originals(self, messy: Path) -> None:
        before = snapshot(messy)
        crash(messy, 7)
        assert repair(messy).report.ok
        undo(messy)
        assert snapshot(messy) == before

    def test_undo_keeps_work_done_after_the_repair(self, messy: Path) -> None:
        apply_repair(plan_repair(messy), "in-place")
        (messy / "train_gts/3.txt").write_text("5,5,40,5,40,20,5,20,corrected\n")
        with pytest.raises(OcrwebError, match=r"train_gts/3\.txt: This file was edited"):
            undo_repair(messy)
        assert "corrected" in (messy / "train_gts/3.txt").read_text()

    def test_nothing_to_undo(self, tmp_path: Path) -> None:
        with pytest.raises(OcrwebError, match="no repair to take back"):
            undo_repair(make_good(tmp_path / "data"))

    def test_two_repairs_are_undone_one_after_the_other(self, messy: Path) -> None:
        first = snapshot(messy)
        apply_repair(plan_repair(messy), "in-place")
        label("1 ,2,30,2,30,20,1,20,b")(messy)
        second = snapshot(messy)
        apply_repair(plan_repair(messy), "in-place")
        undo_repair(messy)
        assert snapshot(messy) == second
        label()(messy)
        (messy / "train_gts/3.txt").write_bytes(mended_label(first["train_gts/3.txt"]))
        undo_repair(messy)
        assert snapshot(messy) == first


def mended_label(data: bytes) -> bytes:
    mended = mend_labels(data, (64, 48))
    assert mended is not None
    return mended.content


def test_states_go_with_pictures_that_are_renamed_or_converted_and_come_back(messy: Path) -> None:
    known = {"train_images/4.JPG": "checked", "train_images/6.jpg": "aside", "train_images/5.jpg": "check"}
    for name, state in known.items():
        write_picture_record(messy, name, PictureRecord(state))  # type: ignore[arg-type]
    before = snapshot(messy)
    repair(messy, "in-place")
    after = ("train_images/4.jpg", "train_images/6.png", "train_images/5.jpg")
    assert [read_picture_record(messy, name).state for name in after] == list(known.values())
    undo(messy)
    assert snapshot(messy) == before
