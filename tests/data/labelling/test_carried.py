"""What goes with a picture into a copy of its dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.labelling import carried
from ocrweb.data.labelling.carried import carried_record, put_record
from ocrweb.data.labelling.record import PictureRecord, read_picture_record

PICTURE = "train_images/1.jpg"


@pytest.mark.parametrize(
    ("state", "unsure", "boxes", "expected"),
    [
        ("checked", True, 3, "checked"),
        (None, True, 3, "check"),
        (None, False, 3, "auto"),
        (None, True, 0, None),
        (None, None, 3, None),
    ],
)
def test_what_a_model_has_labelled_and_nobody_has_looked_at_stays_so(
    state: str | None,
    unsure: bool | None,
    boxes: int,
    expected: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(carried, "auto_labelled", lambda root: {} if unsure is None else {PICTURE: unsure})
    put_record(tmp_path, PICTURE, PictureRecord(state, ("a", "b")))  # type: ignore[arg-type]
    assert carried_record(tmp_path, PICTURE, boxes) == PictureRecord(expected, ("a", "b"))  # type: ignore[arg-type]


def test_nothing_is_written_of_a_picture_of_which_nothing_is_known(tmp_path: Path) -> None:
    put_record(tmp_path, PICTURE, PictureRecord())
    assert list(tmp_path.iterdir()) == []
    put_record(tmp_path, PICTURE, PictureRecord(tags=("a",)))
    assert read_picture_record(tmp_path, PICTURE).tags == ("a",)
