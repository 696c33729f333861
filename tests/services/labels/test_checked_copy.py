"""The checked pictures stand on their own: whoever changes the dataset afterwards does not change them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocrweb.data.icdar import read_split
from ocrweb.data.labelling.drawn import DrawnBox
from ocrweb.errors import OcrwebError
from ocrweb.services.labels import checked_copy
from ocrweb.services.labels.checked_copy import copy_checked
from ocrweb.services.labels.editing import Edit, put_state, read_labels, save_labels
from ocrweb.services.labels.entries import LabelledSet

ONE, TEST = "train_images/1.png", "test_images/1.png"
CURVED = DrawnBox(((10.0, 50.0), (50.0, 40.0), (90.0, 50.0), (90.0, 70.0), (50.0, 60.0), (10.0, 70.0)), "arc")


@pytest.mark.parametrize("links", [True, False], ids=["a disk with links", "a disk without"])
def test_checked_pictures_are_copied_with_their_labels_and_stay_as_they_were(
    labelled: LabelledSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:

        def refuse(*_: object) -> None:
            raise OSError

        monkeypatch.setattr(os, "link", refuse)
    save_labels(labelled, ONE, Edit(read_labels(labelled, ONE).version, (CURVED,), "checked"))
    put_state(labelled, ["train_images/3.png"], "checked")  # without text
    put_state(labelled, ["train_images/2.png"], "check")
    assert copy_checked(labelled, tmp_path / "own" / "shop") == 2
    samples = read_split(tmp_path / "own" / "shop", "train")
    assert [(sample.image.name, len(sample.boxes)) for sample in samples] == [("1.png", 1), ("3.png", 0)]
    assert samples[0].boxes[0].polygon is not None
    assert read_split(tmp_path / "own" / "shop", "test") == []
    before = {path: path.read_bytes() for path in (tmp_path / "own").rglob("*") if path.is_file()}
    save_labels(labelled, ONE, Edit(read_labels(labelled, ONE).version, ()))
    assert {path: path.read_bytes() for path in before} == before
    assert before[tmp_path / "own" / "shop" / ONE] == (labelled.root / ONE).read_bytes()
    assert (tmp_path / "own" / "shop" / ONE).samefile(labelled.root / ONE) is links, (
        "bytes are shared where they can be"
    )


def test_a_full_disk_is_told(labelled: LabelledSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checked_copy, "_copy", full)
    with pytest.raises(OcrwebError, match="disk-full"):
        copy_checked(labelled, tmp_path / "own")
