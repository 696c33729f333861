"""What speaks for and against a label is measured as it was when the weights were fitted."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ocrweb.evaluation.suspects.candidates import FAR, _common, _common_height, _log
from tests.evaluation.suspects.kept import FILE, measured


def test_every_measure_is_what_it_was() -> None:
    kept, now = json.loads(FILE.read_text(encoding="utf-8")), measured()
    assert [(one["kind"], one["labels"]) for one in now] == [(one["kind"], one["labels"]) for one in kept]
    assert {one["kind"] for one in kept} == {"missing", "extra", "joined", "cut", "shifted", "ignored", "readable"}
    for one, other in zip(now, kept, strict=True):
        np.testing.assert_allclose(one["box"], other["box"], atol=0.2)
        assert one["evidence"] == pytest.approx(other["evidence"], abs=0.02), one["kind"]
    assert all(abs(value) <= 10 and abs(value) != FAR + 1 for one in kept for value in one["evidence"].values())


@pytest.mark.parametrize(
    ("one", "other", "common"), [(3, 5, 3), (-3, -5, 3), (5, -3, 0), (0, 5, 0), (-4, -1, 1), (2, 2, 2)]
)
def test_displacements_share_what_points_the_same_way(one: float, other: float, common: float) -> None:
    assert _common(one, other) == common


@pytest.mark.parametrize(
    ("one", "other", "share"), [((0, 10), (0, 10), 1), ((0, 10), (5, 15), 0.5), ((0, 10), (10, 20), 0), ((0, 10), (15, 20), -1), ((0, 10), (2, 6), 1)]
)  # fmt: skip
def test_heights_share_a_part_of_the_thinner_one(one: tuple[float, float], other: tuple[float, float], share: float) -> None:  # fmt: skip
    assert _common_height((0, 0, *one), (0, 0, *other)) == pytest.approx(share)
    assert [_log(ratio) for ratio in (1.0, 1e-9, 1e9)] == pytest.approx([0, np.log(1e-3), np.log(1e3)])
