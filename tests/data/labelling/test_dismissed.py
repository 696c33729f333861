"""Suspects that were found to be right do not come back: the same thing on the same picture, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.data.labelling import dismissed
from ocrweb.data.labelling.dismissed import (  # fmt: skip
    NAME,
    Dismissed,
    DismissedSet,
    parse_dismissed,
    read_dismissed,
    write_dismissed,
)
from ocrweb.errors import OcrwebError

BOX = (0.0, 0.0, 40.0, 0.0, 40.0, 20.0, 0.0, 20.0)


def quad(right: float = 40.0) -> np.ndarray:
    return np.array([[0, 0], [right, 0], [right, 20], [0, 20]], float)


ONE = Dismissed("a.jpg", "missed", BOX)


@pytest.mark.parametrize(
    ("right", "same"), [(40, True), (21, True), (20, False), (79, True), (80, False), (-40, False)]
)
def test_a_box_that_covers_more_than_half_of_both_is_the_same(right: float, same: bool) -> None:
    assert ONE.is_about("a.jpg", "missed", quad(right), None) is same


@pytest.mark.parametrize(
    ("picture", "kind", "box", "of"),
    [("b.jpg", "missed", quad(), None), ("a.jpg", "doubtful", quad(), None), ("a.jpg", "missed", None, None), ("a.jpg", "missed", quad(), "c.jpg")],
)  # fmt: skip
def test_another_picture_kind_or_partner_is_another_suspect(picture: str, kind: str, box: Any, of: str | None) -> None:
    assert not ONE.is_about(picture, kind, box, of)
    assert not DismissedSet([ONE]).holds(picture, kind, box, of)


def test_a_picture_as_a_whole_and_a_pair_of_them_are_suspects_too() -> None:
    known = DismissedSet([ONE, Dismissed("a.jpg", "turned"), Dismissed("b.jpg", "copy", None, "a.jpg")])
    assert known.holds("a.jpg", "missed", quad())
    assert known.holds("a.jpg", "turned", None)
    assert not known.holds("a.jpg", "turned", quad())
    assert known.holds("b.jpg", "copy", None, "a.jpg")
    assert not known.holds("b.jpg", "copy", None, "c.jpg")
    assert not DismissedSet([]).holds("a.jpg", "turned", None)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    kept = [ONE, Dismissed("票.jpg", "copy", None, "a.jpg")]
    write_dismissed(tmp_path, kept)
    assert read_dismissed(tmp_path) == kept
    assert "票" in (tmp_path / NAME).read_text(encoding="utf-8")
    assert ONE.to_dict() == {"picture": "a.jpg", "kind": "missed", "box": list(BOX), "of": None}


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"{}", b'[{"picture": 1}]', b"\xff", b'[{"picture": "a", "kind": "b"}, 3]']
)
def test_a_damaged_file_dismisses_nothing(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / NAME).parent.mkdir()
        (tmp_path / NAME).write_bytes(content)
    assert read_dismissed(tmp_path) == []


GOOD: dict[str, Any] = {"picture": "a", "kind": "b"}


@pytest.mark.parametrize(
    "bad",
    [
        3, None, {}, {"picture": "a"}, {"kind": "b"}, {**GOOD, "picture": 1}, {**GOOD, "kind": None}, {**GOOD, "of": 5}, {**GOOD, "box": [1] * 7},
        {**GOOD, "box": [1] * 9}, {**GOOD, "box": "12345678"}, {**GOOD, "box": [1] * 7 + ["8"]}, {**GOOD, "box": [1] * 7 + [True]}, {**GOOD, "box": {}},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_none_is_refused_by_its_number(bad: Any) -> None:
    with pytest.raises(OcrwebError) as refused:
        parse_dismissed([GOOD, bad, bad])
    assert (refused.value.code, refused.value.params) == ("labels.bad-suspects", {"number": 2})


def test_a_list_of_suspects_is_taken_as_it_is_or_as_the_command_prints_it(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [{**GOOD, "of": "c", "box": None, "score": 0.5}, {**GOOD, "box": [1, 2, 3, 4, 5, 6, 7, 8.5]}]
    expected = [Dismissed("a", "b", None, "c"), Dismissed("a", "b", (1, 2, 3, 4, 5, 6, 7, 8.5))]
    assert parse_dismissed(listed) == parse_dismissed({"suspects": listed}) == expected
    assert json.loads(json.dumps(expected[1].to_dict()))["box"] == [1, 2, 3, 4, 5, 6, 7, 8.5]
    for bad in ({"suspects": 3}, {"others": []}, "x"):
        with pytest.raises(OcrwebError):
            parse_dismissed(bad)
    monkeypatch.setattr(dismissed, "MOST", 2)
    assert len(parse_dismissed([GOOD] * 2)) == 2
    with pytest.raises(OcrwebError) as refused:
        parse_dismissed([GOOD] * 3)
    assert refused.value.params == {"number": 1}
