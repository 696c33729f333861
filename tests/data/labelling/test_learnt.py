"""Which model learns from a dataset is kept with it, and whose boxes lie there until that one has drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ocrweb.data.labelling.learnt import NAME, Learnt, read_learnt, write_learnt

SECOND = Learnt("run2", 20.5, 30, before="run1", before_at=10.0)


def test_what_was_learnt_comes_back_as_it_was_written(tmp_path: Path) -> None:
    assert read_learnt(tmp_path) is None
    for learnt in (SECOND, replace(SECOND, renewed=0)):
        write_learnt(tmp_path, learnt)
        assert read_learnt(tmp_path) == learnt


def test_the_model_before_draws_until_the_new_one_has_drawn(tmp_path: Path) -> None:
    assert SECOND.drawing == ("run1", 10.0)
    assert replace(SECOND, renewed=0).drawing == ("run2", 20.5)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"model": 5, "at": 1, "pictures": 2}'])
def test_a_damaged_file_is_as_if_nothing_was_learnt(tmp_path: Path, content: str) -> None:
    write_learnt(tmp_path, SECOND)
    (tmp_path / NAME).write_text(content)
    assert read_learnt(tmp_path) is None
