"""Which pictures weights have learnt from is handed on from run to run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocrweb.data.sample import Sample
from ocrweb.rundir import names
from ocrweb.training.feed import learnt
from ocrweb.training.feed.learnt import learnt_before, mark, without, write_learnt


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Path]:
    """An empty run folder, whose weights a model of its name has."""

    def files(name: str) -> SimpleNamespace:
        return SimpleNamespace(files={"weights": tmp_path / name / names.BEST} if name != "published" else {})

    def make(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    monkeypatch.setattr(learnt, "resolve", files)
    return make


def picture(folder: Path, name: str, content: bytes) -> Sample:
    (folder / name).write_bytes(content)
    return Sample(folder / name, None, ())


def test_a_run_knows_the_pictures_of_all_before_it(run: Callable[[str], Path], tmp_path: Path) -> None:
    first, second, third = run("first"), run("second"), run("third")
    red, blue = picture(tmp_path, "red.png", b"red"), picture(tmp_path, "blue.png", b"blue")
    assert learnt_before(first, "published") == frozenset()
    write_learnt(first, frozenset(), [red])
    assert learnt_before(second, "first") == {mark(red.image)}
    write_learnt(second, learnt_before(second, "first"), [blue])
    assert learnt_before(third, "second") == {mark(red.image), mark(blue.image)}
    assert without([red, blue], learnt_before(second, "first")) == [blue]


def test_a_run_that_goes_on_needs_the_one_before_no_more(run: Callable[[str], Path], tmp_path: Path) -> None:
    first, second = run("first"), run("second")
    write_learnt(first, frozenset(), [picture(tmp_path, "red.png", b"red")])
    before = learnt_before(second, "first")
    write_learnt(second, before, [picture(tmp_path, "blue.png", b"blue")])
    shutil.rmtree(first)
    assert learnt_before(second, "first") == before != frozenset()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"learnt": 3, "before": "x"}', "{"])
def test_a_damaged_list_is_none(run: Callable[[str], Path], content: str) -> None:
    (run("first") / names.LEARNT).write_text(content)
    assert learnt_before(run("second"), "first") == frozenset()


def test_a_picture_is_known_again_by_size_and_both_ends(tmp_path: Path) -> None:
    ends = learnt.ENDS
    same = [
        b"a" * 3 * ends,
        b"b" + b"a" * (3 * ends - 1),
        b"a" * (3 * ends - 1) + b"b",
        b"a" * (3 * ends + 1),
        b"a" * ends,
        b"",
    ]
    marks = [mark(picture(tmp_path, f"{number}.png", content).image) for number, content in enumerate(same)]
    assert len(set(marks)) == len(same)
    assert mark(picture(tmp_path, "copy.jpg", same[0]).image) == marks[0]
    assert mark(tmp_path / "none.png") == ""
