"""A rendered dataset reads, validates, repeats, and is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrweb.data.icdar import read_split
from ocrweb.data.sample import LabelledBox
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.render import dataset
from ocrweb.render.dataset import render_dataset, whole_pixels


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample") / "data"
    assert render_dataset(out, 5, 2, seed=7) == 7
    return out


def test_the_reader_loads_it(rendered: Path) -> None:
    train, test = read_split(rendered, "train"), read_split(rendered, "test")
    assert [len(train), len(test)] == [5, 2]
    assert all(sample.image.is_file() for sample in train + test)
    assert sum(not box.ignore for sample in train for box in sample.boxes) > 20


def test_the_validator_finds_nothing_to_mend(rendered: Path) -> None:
    rules = {finding.rule for finding in validate_dataset(rendered).findings}
    assert rules <= {"stats.few-pictures"}


def test_no_training_page_is_a_test_page(rendered: Path) -> None:
    pictures = [path.read_bytes() for path in rendered.rglob("*.jpg")]
    assert len(set(pictures)) == 7


@pytest.mark.slow
def test_processes_do_not_change_the_files(rendered: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    render_dataset(tmp_path / "again", 5, 2, seed=7, progress=lambda done, total: seen.append((done, total)), workers=2)
    assert files(tmp_path / "again") == files(rendered)
    assert seen == [(count, 7) for count in range(1, 8)]


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(OcrwebError) as caught:
        render_dataset(tmp_path, 1, 0)
    assert caught.value.code == "render.not-empty"
    assert files(tmp_path) == {"mine.txt": b"x"}


@pytest.mark.parametrize(("train", "test", "seed"), [(0, 0, 0), (-1, 2, 0), (1, 1, -4), (10**9, 0, 0)])
def test_impossible_counts_are_refused(train: int, test: int, seed: int, tmp_path: Path) -> None:
    with pytest.raises(OcrwebError) as caught:
        render_dataset(tmp_path / "out", train, test, seed)
    assert caught.value.code == "usage.bad-value"
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, pixels: np.ndarray) -> None:
        raise OcrwebError("usage.disk-full", path=str(path))

    monkeypatch.setattr(dataset, "write_picture", full)
    with pytest.raises(OcrwebError):
        render_dataset(tmp_path / "out", 1, 0)
    assert list(tmp_path.iterdir()) == []


def test_whole_pixels_drop_what_has_no_area_and_what_comes_twice() -> None:
    def box(right: float, bottom: float) -> LabelledBox:
        return LabelledBox(np.array([(1, 1), (right, 1), (right, bottom), (1, bottom)], np.float32), "a", False)

    kept = whole_pixels([box(30.2, 9.7), box(30.4, 10.3), box(30, 1.3), box(99.9, 10)], 100, 50)
    assert [found.points[2].tolist() for found in kept] == [[30, 10], [99, 10]]
