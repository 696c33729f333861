"""A split is chosen by seed, keeps copies together, and moves files without changing them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrweb.data.labelling.record import PictureRecord, read_picture_record, write_picture_record
from ocrweb.data.repair.apply import undo_repair
from ocrweb.data.split import choose_test, split_dataset
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from tests.data.corpus import make_good


def contents(root: Path, folders: str) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in root.glob(folders) if path.is_file()}


@given(
    keys=st.lists(st.integers(0, 12), max_size=40),
    ratio=st.floats(0, 0.95),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_any_choice_is_repeatable_bounded_and_keeps_copies_together(
    keys: list[int], ratio: float, seed: int, data: st.DataObject
) -> None:
    usable = data.draw(st.lists(st.booleans(), min_size=len(keys), max_size=len(keys)))
    test = choose_test(keys, usable, ratio, seed)
    assert test == choose_test(keys, usable, ratio, seed)
    assert len(test) <= max(1, round(len(keys) * ratio))
    assert len(test) < max(1, len(keys))
    sides = {(key, index in test) for index, key in enumerate(keys)}
    assert len(sides) == len(set(keys))
    if any(usable):
        assert any(usable[index] for index in range(len(keys)) if index not in test)


@pytest.mark.parametrize(
    ("count", "ratio", "expected"), [(10, 0.1, 1), (10, 0.0, 0), (2, 0.01, 1), (1, 0.5, 0), (40, 0.25, 10)]
)
def test_the_share_is_met_where_nothing_speaks_against_it(count: int, ratio: float, expected: int) -> None:
    assert len(choose_test(range(count), [True] * count, ratio, 3)) == expected


def test_a_dataset_is_divided_anew_without_changing_a_picture_or_a_label(tmp_path: Path) -> None:
    root = make_good(tmp_path / "d")
    pictures, labels = contents(root, "*_images/*"), contents(root, "*_gts/*")
    result = split_dataset(root, 0.5, seed=1)
    assert (result.train, result.test) == (6, 6)
    assert result.moved > 0
    assert (contents(root, "*_images/*"), contents(root, "*_gts/*")) == (pictures, labels)
    report = validate_dataset(root)
    assert report.ok
    assert set(report.rules) <= {"stats.few-pictures"}
    assert split_dataset(root, 0.5, seed=1).train == 6


def test_undo_brings_the_old_split_back(tmp_path: Path) -> None:
    root = make_good(tmp_path / "d")
    before = {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    split_dataset(root, 0.4, seed=2)
    undo_repair(root)
    assert {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_broken_dataset_is_refused_and_stays(tmp_path: Path) -> None:
    root = make_good(tmp_path / "d")
    (root / "train_gts" / "3.txt").write_text("1,2\n")
    with pytest.raises(OcrwebError):
        split_dataset(root, 0.4)
    assert len((root / "train_list.txt").read_text().splitlines()) == 10


def test_what_is_known_of_a_picture_goes_with_it_and_comes_back(tmp_path: Path) -> None:
    root = make_good(tmp_path / "d")
    names = [line.split()[0] for line in (root / "train_list.txt").read_text().splitlines()]
    for name in names:
        write_picture_record(root, name, PictureRecord("checked", tags=(name,)))
    split_dataset(root, 0.5, seed=1)
    now = [
        line.split()[0] for part in ("train", "test") for line in (root / f"{part}_list.txt").read_text().splitlines()
    ]
    assert sorted(tag for name in now for tag in read_picture_record(root, name).tags) == sorted(names)
    undo_repair(root)
    assert [read_picture_record(root, name).tags for name in names] == [(name,) for name in names]
