"""Pictures that a run is judged on are none of those it learns from, whatever their files are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.sample import Sample
from ocrweb.training.feed.holdout import hold_out, unseen
from ocrweb.training.feed.learnt import mark


def samples(folder: Path, contents: list[str]) -> list[Sample]:
    folder.mkdir()
    made = []
    for number, content in enumerate(contents):
        path = folder / f"{number:02d}.png"
        path.write_text(content)
        made.append(Sample(path, None, ()))
    return made


def contents(part: tuple[Sample, ...]) -> list[str]:
    return [sample.image.read_text() for sample in part]


def test_the_same_pictures_give_the_same_parts_in_whatever_order(tmp_path: Path) -> None:
    made = samples(tmp_path / "p", [f"{number:03d}" for number in range(20)])
    first, again = (hold_out(given, 0.2, 60, 7) for given in (made, made[::-1]))
    assert first == again
    assert (len(first.train), len(first.validation), first.held_out) == (16, 4, True)
    assert not set(first.train) & set(first.validation)


@pytest.mark.parametrize("seed", range(5))
def test_copies_of_a_picture_are_learnt_from_or_judged_on_never_both(tmp_path: Path, seed: int) -> None:
    made = samples(tmp_path / "p", [f"{number % 6:03d}" for number in range(24)])
    parts = hold_out(made, 0.34, 60, seed)
    assert parts.held_out
    assert not set(contents(parts.train)) & set(contents(parts.validation))
    assert len(set(contents(parts.validation))) == len(parts.validation) == 2


def test_one_picture_many_times_holds_nothing_out_and_is_judged_once(tmp_path: Path) -> None:
    parts = hold_out(samples(tmp_path / "p", ["same"] * 20), 0.2, 60, 0)
    assert (len(parts.train), len(parts.validation), parts.held_out) == (20, 1, False)


def test_a_test_picture_that_was_learnt_from_is_not_unseen(tmp_path: Path) -> None:
    learnt = samples(tmp_path / "p", ["aaa", "bbb"])
    tests = samples(tmp_path / "t", ["bbb", "ccc", "ccc", "a longer one"])
    assert [sample.image.name for sample in unseen(tests, learnt)] == ["01.png", "03.png"]
    assert unseen([], learnt) == []


@pytest.mark.parametrize(("count", "held_out"), [(4, False), (5, True)])
def test_five_pictures_are_enough_to_hold_one_out(tmp_path: Path, count: int, held_out: bool) -> None:
    parts = hold_out(samples(tmp_path / "p", [f"{number:03d}" for number in range(count)]), 0.2, 60, 0)
    assert (parts.held_out, len(parts.validation)) == (held_out, 1 if held_out else count)
    assert not hold_out(samples(tmp_path / "q", ["a", "b", "c", "d", "e"]), 0.0, 60, 0).held_out


def test_only_files_of_one_size_are_read_to_find_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, read = samples(tmp_path / "p", ["a", "b", "bb", "ccc", "a"]), list[str]()
    content = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path.name) or content(path))
    assert [sample.image.name for sample in unseen(made, ())] == ["00.png", "01.png", "02.png", "03.png"]
    assert sorted(read) == ["00.png", "01.png", "04.png"]


def test_a_picture_that_is_gone_is_a_picture_of_its_own(tmp_path: Path) -> None:
    made = samples(tmp_path / "p", [f"{number:03d}" for number in range(5)])
    for sample in made[:2]:
        sample.image.unlink()
    parts = hold_out(made, 0.4, 60, 0)
    assert (len(parts.train), len(parts.validation)) == (3, 2)


@pytest.mark.parametrize("seed", range(5))
def test_what_the_starting_weights_have_learnt_from_judges_nothing(tmp_path: Path, seed: int) -> None:
    made = samples(tmp_path / "p", [f"{number:03d}" for number in range(30)])
    first = hold_out(made[:20], 0.2, 60, seed)
    known = frozenset(mark(sample.image) for sample in first.train)
    grown = hold_out(made, 0.2, 60, seed + 1, known)
    assert grown.held_out
    assert len(grown.validation) == 6
    assert not set(first.train) & set(grown.validation)
    same = hold_out(made[:20], 0.2, 60, seed + 1, known)
    assert same.validation == first.validation  # no other is left


def test_pictures_all_of_which_were_learnt_from_prove_nothing(tmp_path: Path) -> None:
    made = samples(tmp_path / "p", [f"{number:03d}" for number in range(10)])
    parts = hold_out(made, 0.2, 60, 0, frozenset(mark(sample.image) for sample in made))
    assert (len(parts.train), len(parts.validation), parts.held_out) == (8, 2, False)
