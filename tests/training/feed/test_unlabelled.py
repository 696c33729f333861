"""Pictures without labels among those with some: as many as asked for, for the teacher alone, the same ones each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.training.feed.unlabelled import WithUnlabelled, unlabelled_pictures


class Source:
    """Samples that tell their number; every pixel counts."""

    def __init__(self, count: int, base: int) -> None:
        self._count, self._base = count, base
        self.asked: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return self._count

    def sample(self, epoch: int, index: int) -> dict[str, np.ndarray]:
        self.asked.append((epoch, index))
        mask = np.ones((2, 2), np.uint8)
        return {"image": np.full((3, 2, 2), self._base + index, np.float32), "shrink_mask": mask, "threshold_mask": mask.copy(), "shrink_map": mask.copy()}  # fmt: skip

    def place(self, index: int) -> str:
        return f"{self._base + index}.jpg"


def joined(share: float, seed: int = 3) -> tuple[WithUnlabelled, Any, Any]:
    labelled, plain = Source(50, 0), Source(7, 1000)
    return WithUnlabelled(labelled, plain, share, seed), labelled, plain  # type: ignore[arg-type]


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.2, 10, 35), (0.7, 55, 85), (1.0, 100, 100)])
def test_so_large_a_share_comes_from_the_pictures_without_labels(share: float, low: int, high: int) -> None:
    source, labelled, plain = joined(share)
    for epoch in (0, 1):
        for index in range(50):
            source.sample(epoch, index)
    assert low <= len(plain.asked) <= high
    assert len(plain.asked) + len(labelled.asked) == 100


def test_no_pixel_of_them_counts_and_all_else_is_as_it_was() -> None:
    (source, _, _), (labels, _, _) = joined(1.0), joined(0.0)
    sample, other = source.sample(0, 4), labels.sample(0, 4)
    assert not sample["shrink_mask"].any()
    assert not sample["threshold_mask"].any()
    assert sample["shrink_mask"].dtype == np.uint8
    assert sample["shrink_map"].all()
    assert sample["image"].min() >= 1000
    assert all(other[name].all() for name in ("shrink_mask", "threshold_mask"))
    assert (other["image"] == 4).all()


def test_each_draw_of_a_picture_has_a_crop_of_its_own_and_all_of_them_come() -> None:
    source, _, plain = joined(1.0)
    for epoch in (0, 1):
        for index in range(50):
            source.sample(epoch, index)
    assert [epoch for epoch, _ in plain.asked] == list(range(100))
    assert {index for _, index in plain.asked} == set(range(7))


def test_seed_epoch_and_index_decide_and_places_are_those_of_the_labelled() -> None:
    def drawn(seed: int, epoch: int) -> list[int]:
        source, _, _ = joined(0.5, seed)
        return [int(source.sample(epoch, index)["image"][0, 0, 0]) for index in range(50)]

    assert drawn(3, 0) == drawn(3, 0)
    assert len({tuple(drawn(seed, epoch)) for seed, epoch in ((3, 0), (4, 0), (3, 1))}) == 3
    source, _, _ = joined(1.0)
    assert (source.place(2), len(source)) == ("2.jpg", 50)


def test_pictures_of_a_folder_and_below_it_come_in_order_without_boxes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c.png", "b/a.png", "a.png"):
        cv2.imwrite(str(tmp_path / name), np.zeros((4, 4, 3), np.uint8))
    (tmp_path / "notes.txt").write_text("x")
    found = unlabelled_pictures(tmp_path)
    assert [sample.image.relative_to(tmp_path).as_posix() for sample in found] == ["a.png", "b/a.png", "c.png"]
    assert all(sample.boxes == () for sample in found)
    (tmp_path / "empty").mkdir()
    with pytest.raises(OcrwebError) as caught:
        unlabelled_pictures(tmp_path / "empty")
    assert (caught.value.code, caught.value.params) == ("pretrain.no-pictures", {"path": str(tmp_path / "empty")})
