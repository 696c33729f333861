"""The comparison of chosen pictures with others: which sets are trained, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.chosen import CHOSEN, RANDOM, START, TWICE, judged, parse, trials
from ocrweb.data.icdar import read_split
from ocrweb.services.datasets.sample_data import make_sample_data


def row(name: str, seed: int, hmean: float) -> dict[str, Any]:
    return {"trial": {"name": name, "seed": seed}, "hmean": hmean}


def test_three_sets_a_seed_make_as_many_steps_and_hold_the_labels_of_the_pile(tmp_path: Path) -> None:
    make_sample_data(tmp_path / "pile", train=5, test=1, seed=3)
    words = [str(tmp_path / name) for name in ("pile", "dev", "log.jsonl")]
    given = parse([*words, "--count", "2", "--seeds", "1,2", "--epochs", "6", "-o", "crop_size=128"])
    start, *made = trials(given)
    assert (start.name, start.dev) == (START, str(tmp_path / "dev"))
    assert [(one.name, one.seed, one.epochs) for one in made] == [
        (name, seed, epochs) for seed in (1, 2) for name, epochs in ((CHOSEN, 6), (RANDOM, 6), (TWICE, 3))
    ]
    assert {one.words for one in made} == {("model=ppocrv6-small", "crop_size=128")}
    boxes = {sample.image.name: len(sample.boxes) for sample in read_split(tmp_path / "pile", "train")}
    sets = {(one.name, one.seed): read_split(Path(one.train), "train") for one in made}
    for (name, _), samples in sets.items():
        assert len(samples) == (4 if name == TWICE else 2)
        assert all(len(sample.boxes) == boxes[sample.image.name] for sample in samples)
    for seed in (1, 2):
        less, more = ({sample.image.name for sample in sets[name, seed]} for name in (RANDOM, TWICE))
        assert less < more
    assert sets[CHOSEN, 1] == sets[CHOSEN, 2]
    seen = sorted(path.name for path in (tmp_path / "log-sets" / "pictures").iterdir())
    assert seen == sorted(boxes)  # no labels, and nothing of the test part
    assert [one.train for one in trials(given)] == [start.train, *(one.train for one in made)]


def test_the_way_is_told_over_the_seeds_that_all_three_have() -> None:
    rows = [row(CHOSEN, 1, 0.55), row(RANDOM, 1, 0.5), row(TWICE, 1, 0.6), row(CHOSEN, 2, 0.9), row(RANDOM, 2, 0.1)]
    found = judged(rows)
    assert found["seeds"] == [1]
    assert found["of_the_way"] == pytest.approx(0.5)
    assert judged([row(CHOSEN, 1, 0.5), row(RANDOM, 1, 0.5), row(TWICE, 1, 0.5)])["of_the_way"] is None
    assert judged([])["of_the_way"] is None


def test_nothing_is_told_when_the_trainings_were_too_short_to_learn_from_labels() -> None:
    rows = [row(CHOSEN, 1, 0.55), row(RANDOM, 1, 0.5), row(TWICE, 1, 0.6)]
    assert judged([row(START, 0, 0.6), *rows])["of_the_way"] is None
    assert judged([row(START, 0, 0.59), *rows])["of_the_way"] == pytest.approx(0.5)
