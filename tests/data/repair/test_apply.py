"""Repairs: exact, all or nothing, undone to the last byte."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.record import PictureRecord, read_picture_record, write_picture_record
from ocrweb.data.repair import apply as applying
from ocrweb.data.repair.apply import apply_repair, finish_interrupted, undo_repair
from ocrweb.data.repair.change import Change, RepairPlan
from ocrweb.data.repair.journal import FOLDER, load_journal
from ocrweb.data.repair.mend_label import mend_labels
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.validation import repair, undo
from tests.data.corpus import label, make_good
from tests.data.snapshot import snapshot


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
