"""A seed gives the crop that it gave when somebody last looked: an interrupted run goes on with the pictures it would have had."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.training.augment.kept import FILE, RECIPES, SEEDS, drawn


@pytest.fixture(scope="module")
def crops() -> tuple[dict, dict]:  # type: ignore[type-arg]
    return json.loads(FILE.read_text(encoding="utf-8")), drawn()


@pytest.mark.parametrize("name", RECIPES)
def test_crops_of_known_seeds_are_as_they_were(name: str, crops: tuple[dict, dict]) -> None:  # type: ignore[type-arg]
    before, now = crops[0][name], crops[1][name]
    assert len(before) == len(now) == SEEDS
    for old, new in zip(before, now, strict=True):
        assert new["ignored"] == old["ignored"]
        for was, came in zip(old["texts"], new["texts"], strict=True):
            np.testing.assert_allclose(came, was, atol=0.05)
        np.testing.assert_allclose(new["colours"], old["colours"], atol=2.0)
        assert new["unrest"] == pytest.approx(old["unrest"], rel=0.1, abs=0.2)


def test_the_kept_crops_show_what_there_is_to_notice(crops: tuple[dict, dict]) -> None:  # type: ignore[type-arg]
    kept = [crop for recipe in crops[0].values() for crop in recipe]
    assert {flag for crop in kept for flag in crop["ignored"]} == {True, False}
    assert len({json.dumps(crop) for crop in kept}) > 0.9 * len(kept)
