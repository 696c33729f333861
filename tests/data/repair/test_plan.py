"""What a repair would change is planned and shown, and nothing is touched."""

from __future__ import annotations

from pathlib import Path

from ocrweb.data.repair.apply import apply_repair
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.repair.preview import preview_text
from ocrweb.data.validate import validate_dataset
from tests.data.corpus import GOOD_LINES, listed, make_good, picture
from tests.data.snapshot import snapshot


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

    def test_a_label_file_whose_encoding_cannot_be_told_is_read_as_those_beside_it(self, tmp_path: Path) -> None:
        root = make_good(tmp_path / "data")
        box = "10,10,30,10,30,20,10,20"
        for number, text in ((1, "統一發票"), (2, "中文")):
            (root / f"train_gts/{number}.txt").write_bytes(f"{box},{text}\n".encode("cp950"))
        told = [found for found in validate_dataset(root).findings if found.rule == "label.encoding"]
        assert [(found.file, found.params["encoding"]) for found in told] == [
            ("train_gts/1.txt", "Big5"),
            ("train_gts/2.txt", "Big5"),
        ]
        apply_repair(plan_repair(root), "in-place")
        assert (root / "train_gts/2.txt").read_text(encoding="utf-8") == f"{box},中文\n"

    def test_a_taken_name_is_left_to_a_human(self, tmp_path: Path) -> None:
        root = make_good(tmp_path / "data")
        (root / "train_images/4.JPG").write_bytes(picture(44))
        listed("train_images/4.JPG train_gts/4.txt", 4)(root)
        before = snapshot(root)
        apply_repair(plan_repair(root), "in-place")
        assert snapshot(root) == before
