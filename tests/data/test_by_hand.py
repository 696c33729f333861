"""What a person decides about a finding is carried out on exactly that place, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.repair.apply import apply_repair, undo_repair
from ocrweb.data.repair.by_hand import Decision, decisions, plan_decisions
from ocrweb.data.validate import validate_dataset
from tests.data.corpus import GOOD_LINES, Spoil, content, label, listed, make_good
from tests.data.test_repair import snapshot

TOO_FEW = "1,2,3,4"


@pytest.mark.parametrize(
    ("spoil", "place", "deed", "gone", "left"),
    [
        (label(TOO_FEW), "train_gts/3.txt:2", "drop-line", (), {"train_gts/3.txt": f"{GOOD_LINES[0]}\n"}),
        (listed("train_images/none.jpg train_gts/none.txt"), "train_list.txt:3", "drop-line", (), {}),
        (
            content("train_images/3.jpg", b"\xff\xd8\xff broken"), "train_images/3.jpg", "take-out",
            ("train_images/3.jpg", "train_gts/3.txt"), {},
        ),
        (content("train_gts/lonely.txt", b""), "train_gts/lonely.txt", "take-out", ("train_gts/lonely.txt",), {}),
    ],
    ids=["a line with too few numbers", "a listed picture that is not there", "a broken picture", "labels of no picture"],
)  # fmt: skip
def test_a_decision_settles_its_finding_and_is_undone(
    tmp_path: Path, spoil: Spoil, place: str, deed: str, gone: tuple[str, ...], left: dict[str, str]
) -> None:
    root = make_good(tmp_path / "data")
    spoil(root)
    before = snapshot(root)
    (one,) = [one for one in decisions(validate_dataset(root).findings) if one.where == place]
    assert one.deed == deed
    apply_repair(plan_decisions(root, [one]), "in-place")
    after = snapshot(root)
    assert place not in {other.where for other in decisions(validate_dataset(root).findings) if other.rule == one.rule}
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed - {"train_list.txt"} == {*gone, *left}
    assert {name for name in before if name not in after} == set(gone)
    for name, text in left.items():
        assert after[name].decode() == text
    undo_repair(root)
    assert snapshot(root) == before


def test_many_places_go_at_once_and_what_others_use_stays(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    names = (root / "train_list.txt").read_text().splitlines()
    (root / "train_list.txt").write_text("\n".join([*names, "train_images/4.jpg train_gts/5.txt"]) + "\n")
    decided = [Decision("image.tiny", "train_images/5.jpg"), Decision("label.too-few", "train_gts/4.txt", 2)]
    apply_repair(plan_decisions(root, decided), "in-place")
    assert not (root / "train_images/5.jpg").exists()
    assert (root / "train_gts/5.txt").exists() == ("train_gts/5.txt" in (root / "train_list.txt").read_text())
    assert (root / "train_gts/4.txt").read_text().splitlines() == [GOOD_LINES[0]]


def test_findings_of_the_whole_dataset_and_those_a_repair_mends_are_no_decisions(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    label("1，2，30，2，30，20，1，20，a")(root)
    assert decisions(validate_dataset(root).findings) == []
