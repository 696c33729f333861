"""What a folder is, in one look: whose labels, how many, and over how many pictures."""

from __future__ import annotations

from pathlib import Path

from ocrweb.data.formats.folder import MadeBy, made_by
from ocrweb.data.formats.tree import read_source
from tests.data.formats.sources import entry, label_txt, put, write_json

COCO = {"images": [], "annotations": [], "categories": []}


def test_a_folder_is_told_by_its_labels(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    assert made_by(read_source(tmp_path)) == MadeBy((), 0, 2)
    assert made_by(read_source(tmp_path)).plain_pictures
    label_txt(tmp_path, {"1.jpg": [entry()]})
    assert made_by(read_source(tmp_path)) == MadeBy(("ppocrlabel",), 1, 2, largest="ppocrlabel")
    write_json(tmp_path / "train" / "_annotations.coco.json", COCO)
    assert made_by(read_source(tmp_path)) == MadeBy(("coco", "ppocrlabel"), 2, 2, roboflow=True, largest="ppocrlabel")
    assert not made_by(read_source(tmp_path)).plain_pictures
