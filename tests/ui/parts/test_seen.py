"""What a tab shows of work has a word that is another when any of it is."""

from __future__ import annotations

import dataclasses

import pytest

from ocrweb.services.work.jobs import Snapshot
from ocrweb.ui.parts.seen import NOTHING, sight, word

JOB = Snapshot("a", "running")


@pytest.mark.parametrize("other", [{"id": "b"}, {"state": "done"}], ids=str)
def test_another_work_and_another_state_are_other_news(other: dict[str, str]) -> None:
    assert sight(dataclasses.replace(JOB, **other)) != sight(JOB) == sight(Snapshot("a", "running"))


def test_so_is_whatever_else_is_told_of_it_while_its_state_stays() -> None:
    assert sight(JOB, 1).whose == sight(JOB, 2).whose == "a running"
    assert len({sight(JOB).word, sight(JOB, 1).word, sight(JOB, 2).word, sight(JOB, 1, 2).word}) == 4


def test_a_sight_knows_whose_it_is() -> None:
    assert (sight(JOB).job, NOTHING.job) == ("a", "")


def test_a_word_is_short_and_tells_one_from_another() -> None:
    assert len(word(("a", 1))) == 12
    assert word(("a", 1)) != word(("a", 2))
