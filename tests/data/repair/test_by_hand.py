"""What a person decides about a finding is carried out on exactly that place, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.checks.finding import Finding
from ocrweb.data.checks.rules import RULES
from ocrweb.data.repair.apply import apply_repair, undo_repair
from ocrweb.data.repair.by_hand import plan_decisions
from ocrweb.data.repair.decisions import DEEDS, Decision, decisions
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import read_picture
from tests.data.checks.test_corpus import CASES, OPTIONS
from tests.data.corpus import GOOD_LINES, Case, Spoil, content, label, listed, make_good, picture
from tests.data.corpus_labels import BOX, SWAPPED
from tests.data.snapshot import snapshot

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
    (one,) = [one for one in decisions(validate_dataset(root).findings) if (one.where, one.deed) == (place, deed)]
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
    decided = [
        Decision("take-out", "image.tiny", "train_images/5.jpg"),
        Decision("drop-line", "label.too-few", "train_gts/4.txt", 2),
    ]
    apply_repair(plan_decisions(root, decided), "in-place")
    assert not (root / "train_images/5.jpg").exists()
    assert (root / "train_gts/5.txt").exists() == ("train_gts/5.txt" in (root / "train_list.txt").read_text())
    assert (root / "train_gts/4.txt").read_text().splitlines() == [GOOD_LINES[0]]


def test_findings_of_the_whole_dataset_and_those_a_repair_mends_are_no_decisions(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    label("1，2，30，2，30，20，1，20，a")(root)
    assert decisions(validate_dataset(root).findings) == []


# What a button elsewhere on the page does: convert, label, add pictures, shrink or choose a training size.
ELSEWHERE = {
    "layout.foreign", "layout.plain-pictures", "layout.unknown-labels", "layout.nothing", "layout.packed", "layout.several", "layout.in-archive", "stats.few-pictures", "stats.tiny-text", "stats.in-corner",
}  # fmt: skip
ALWAYS_MENDED = {
    "list.bom", "list.encoding", "label.encoding", "list.empty-line", "list.whitespace", "label.bom", "label.crlf", "label.empty-line", "label.orientation", "label.heading", "label.shares",
    "label.columns", "label.leading-number", "label.number-commas",
}  # fmt: skip


def test_every_rule_can_be_settled_without_an_editor_of_files() -> None:
    assert set(DEEDS) | ELSEWHERE | ALWAYS_MENDED == set(RULES)
    assert not set(DEEDS) & (ELSEWHERE | ALWAYS_MENDED)


# Pictures, or boxes on them, that nobody has: they are added, or drawn in the label editor.
LACKING = {
    "layout/train-images-missing": {"list.empty"},
    "layout/train-gts-missing": {"list.empty"},
    "stats/all-empty": {"stats.all-ignored"},
}


def settle(root: Path) -> list[Finding]:
    """Decide, as a person would, until nothing is left to decide or four rounds are over; the errors that are left."""
    for _ in range(4):
        apply_repair(plan_repair(root), "in-place")
        errors = [one for one in validate_dataset(root, OPTIONS).findings if one.severity == "error"]
        first: dict[str, Decision] = {}
        for one in decisions(errors):
            first.setdefault(one.where, one)
        if not first:
            break
        apply_repair(plan_decisions(root, list(first.values()), picture(7, 64, 48, ".png")), "in-place")
    return errors


@pytest.mark.parametrize("case", [case for case in CASES if case.left], ids=str)
def test_what_a_repair_leaves_is_settled_by_decisions(case: Case, tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    case.spoil(root)
    assert {one.rule for one in settle(root)} <= ELSEWHERE | LACKING.get(case.name, set())


@pytest.mark.parametrize(
    ("spoil", "deed", "place", "after"),
    [
        (
            content("train_gts/3.txt", f"{GOOD_LINES[0]}\n".replace("hello, world", "Latin,hello").encode()),
            "drop-field", "train_gts/3.txt", {"train_gts/3.txt": GOOD_LINES[0].replace("hello, world", "hello") + "\n"},
        ),
        (
            content("train_gts/3.txt", f"{GOOD_LINES[0]}\n{BOX},##\n{BOX.replace('30', '33')},#####\n".encode()),
            "ignore-box", "train_gts/3.txt:2",
            {"train_gts/3.txt": f"{GOOD_LINES[0]}\n{BOX},###\n{BOX.replace('30', '33')},#####\n"},
        ),
        (
            SWAPPED, "swap-axes", "train_gts/3.txt",
            {"train_gts/3.txt": "5,5,40.5,5,40.5,20,5,20,a\n5,25,60,25,60,40,5,40,b, c\n", "train_gts/4.txt": "5,5,40,5,40,20,5,20,a\n",
             "test_gts/1.txt": "5,5,30,5,30,9,5,9,###\n", "train_gts/5.txt": "5,5,5,20,60,20,60,5,a\n"},
        ),
        (content("train_gts/3.txt", b"\xff\x00" * 40), "start-anew", "train_gts/3.txt", {"train_gts/3.txt": ""}),
        (
            listed("train_images/9.jpg train_gts/8.txt", 9), "pair", "train_list.txt:9",
            {"train_list.txt": "".join(f"train_images/{n}.jpg train_gts/{n}.txt\n" for n in range(1, 11))},
        ),
    ],
    ids=["another dataset's field", "nearly the mark of a box to be ignored", "x and y swapped", "labels that are no text", "a line with another's labels"],
)  # fmt: skip
def test_a_decision_writes_exactly_this(
    tmp_path: Path, spoil: Spoil, deed: str, place: str, after: dict[str, str]
) -> None:
    root = make_good(tmp_path / "data")
    spoil(root)
    found = {one.deed: one for one in decisions(validate_dataset(root, OPTIONS).findings) if one.where == place}
    apply_repair(plan_decisions(root, [found[deed]]), "in-place")  # type: ignore[index]
    assert {name: (root / name).read_text(encoding="utf-8") for name in after} == after


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_another_picture_takes_the_place_under_the_same_name_and_the_old_one_comes_back(
    tmp_path: Path, suffix: str
) -> None:
    root = make_good(tmp_path / "data")
    content("train_images/3.jpg", b"\xff\xd8\xff broken")(root)
    before = snapshot(root)
    new = picture(3, 80, 60, suffix)
    (one,) = [one for one in decisions(validate_dataset(root, OPTIONS).findings) if one.deed == "replace"]
    apply_repair(plan_decisions(root, [one], new), "in-place")
    assert validate_dataset(root, OPTIONS).ok
    assert read_picture(root / "train_images/3.jpg").width == 80
    assert ((root / "train_images/3.jpg").read_bytes() == new) == (suffix == ".jpg")
    undo_repair(root)
    assert snapshot(root) == before


def test_what_is_no_picture_takes_no_place(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    with pytest.raises(OcrwebError, match="image"):
        plan_decisions(root, [Decision("replace", "image.tiny", "train_images/3.jpg")], b"no picture")
