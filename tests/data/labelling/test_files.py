"""A label file and its outlines change together: whoever reads in between sees the old boxes or the new ones, whole."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.data.labelling import files as module
from ocrweb.data.labelling.drawn import LabelFiles
from ocrweb.data.labelling.files import outlines_file, read_files, replace_files
from ocrweb.data.outlines import read_outlines
from ocrweb.errors import OcrwebError


def entry(left: int, bulge: int) -> dict[str, Any]:
    box = [left, 10, left + 40, 10, left + 40, 30, left, 30]
    points = [[left, 10], [left + 20, 10 - bulge], [left + 40, 10], [left + 40, 30], [left, 30]]
    return {"transcription": "a", "points": points, "box": box}


def line(left: int) -> str:
    return f"{left},10,{left + 40},10,{left + 40},30,{left},30,a\n"


def outlines(*entries: dict[str, Any]) -> bytes:
    return f"{json.dumps(list(entries))}\n".encode()


STATES = {
    "nothing": LabelFiles(None, None),
    "no outline": LabelFiles(line(10).encode(), None),
    "an outline": LabelFiles(line(10).encode(), outlines(entry(10, 4))),
    "another box": LabelFiles(line(60).encode(), outlines(entry(60, 4))),
    "both": LabelFiles((line(10) + line(60)).encode(), outlines(entry(10, 4), entry(60, 4))),
}


def put(label: Path, state: LabelFiles) -> None:
    for file, content in ((label, state.label), (outlines_file(label), state.outlines)):
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content)


@pytest.mark.parametrize(("before", "after"), itertools.permutations(STATES, 2))
def test_after_it_the_new_state_lies_there_and_on_the_way_no_box_is_without_its_outline(
    before: str, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, label = STATES[before], STATES[after], tmp_path / "1.txt"
    put(label, old)
    seen: list[LabelFiles] = []
    write, remove = module.write_whole, module._remove

    def writing(file: Path, content: bytes) -> None:
        write(file, content)
        seen.append(read_files(label))

    def removing(file: Path) -> None:
        remove(file)
        seen.append(read_files(label))

    monkeypatch.setattr(module, "write_whole", writing)
    monkeypatch.setattr(module, "_remove", removing)
    assert replace_files(label, old, new) == new
    assert read_files(label) == new
    for state in seen:
        there = read_outlines(state.outlines or b"[]").keys()
        whose = [one for one in (old, new) if one.label == state.label]
        assert any(read_outlines(one.outlines or b"[]").keys() <= there for one in whose)
    assert len(seen) <= 3


def test_what_is_as_it_was_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    label, state = tmp_path / "1.txt", STATES["both"]
    put(label, state)
    monkeypatch.setattr(module, "write_whole", lambda *given: pytest.fail("written"))
    assert replace_files(label, state, state) == state


def test_a_box_with_another_outline_is_moved_a_little_unless_the_very_bytes_are_wanted(tmp_path: Path) -> None:
    old, new = STATES["an outline"], LabelFiles(line(10).encode(), outlines(entry(10, 7)))
    for exact in (False, True):
        label = tmp_path / f"{exact}.txt"
        put(label, old)
        made = replace_files(label, old, new, exact=exact)
        assert (made == new) is exact
        assert read_files(label) == made
        (points,) = read_outlines(made.outlines or b"").values()
        assert points[:, 1].min() == 3


def test_damaged_outlines_do_not_stand_in_the_way_of_new_ones(tmp_path: Path) -> None:
    label, old = tmp_path / "1.txt", LabelFiles(line(10).encode(), b"{")
    put(label, old)
    assert replace_files(label, old, STATES["another box"]) == STATES["another box"]
    assert read_files(label) == STATES["another box"]


def test_what_is_there_and_cannot_be_read_or_removed_is_said(tmp_path: Path) -> None:
    (tmp_path / "1.txt").mkdir()
    with pytest.raises(OcrwebError) as refused:
        read_files(tmp_path / "1.txt")
    assert (refused.value.code, refused.value.where) == ("dataset.unreadable", "1.txt")
    with pytest.raises(OcrwebError, match=r"usage\."):
        replace_files(tmp_path / "1.txt", LabelFiles(b"x", None), STATES["nothing"])
