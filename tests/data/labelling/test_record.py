"""What is known of a picture's labels, read back however damaged, and which pictures are set aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.kept import KeptLabels
from ocrweb.data.labelling.place import record_name
from ocrweb.data.labelling.record import PictureRecord, read_picture_record, without_aside, write_picture_record
from tests.data.corpus import make_good

WHOLE = PictureRecord("check", ("a", "b"), KeptLabels("0" * 64), texts=((((1.0, 2.5), (3.0, 4.0)), "合计"),)).done(
    12.5, "saved", 3, "check"
)


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    assert read_picture_record(tmp_path, "train_images/1.jpg") == PictureRecord()
    write_picture_record(tmp_path, "train_images/1.jpg", WHOLE)
    assert read_picture_record(tmp_path, "train_images/1.jpg") == WHOLE
    assert read_picture_record(tmp_path, "test_images/1.jpg") == PictureRecord()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"state": "done", "tags": 3, "original": ["x"], "texts": [5], "history": [1, {"at": "x"}]}',
        b"\xff",
    ],
    ids=str,
)
def test_a_damaged_record_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / record_name("a.jpg")
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    assert read_picture_record(tmp_path, "a.jpg") == PictureRecord()


def test_pictures_that_were_set_aside_are_left_out(tmp_path: Path) -> None:
    root = make_good(tmp_path / "d")
    samples = read_split(root, "train", pictures=False)
    assert without_aside(root, samples) == samples
    name = samples[1].image.relative_to(root).as_posix()
    write_picture_record(root, name, PictureRecord("aside"))
    assert without_aside(root, samples) == [samples[0], *samples[2:]]
    write_picture_record(root, name, PictureRecord("checked"))
    assert without_aside(root, samples) == samples
