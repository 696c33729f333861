"""Hundreds of small folders: every format and dialect, in every state that files come in. The right boxes by numbers,
or a refusal that says why; pictures and boxes in = written + reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.checks.names import is_picture_name
from ocrweb.data.formats.folder import made_by
from ocrweb.data.formats.options import ImportOptions
from ocrweb.data.formats.plan import ImportPlan, plan_import
from ocrweb.data.formats.recognise import FORMATS
from ocrweb.data.formats.report import ImportReport
from ocrweb.data.formats.tree import read_source
from ocrweb.data.formats.write import report_of, write_import
from ocrweb.data.icdar import read_split
from ocrweb.data.validate import ValidateOptions, validate_dataset
from ocrweb.errors import OcrwebError
from tests.data.formats.more_kinds import EVERY, Kind
from tests.data.formats.sources import picture
from tests.data.formats.twists import BAD, GOOD, Files


def lay(folder: Path, files: Files) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def files_of(kind: Kind) -> Files:
    labels = {name: content.encode() for name, content in (*kind.beside, (kind.file, kind.content))}
    return {"1.jpg": picture(), **labels}


def planned(folder: Path) -> ImportPlan:
    plan = plan_import(folder, ImportOptions(val_ratio=0))
    assert report_of(plan).accounted
    return plan


def test_the_corpus_is_large() -> None:
    assert {kind.format for kind in EVERY.values()} == set(FORMATS) - {"synthtext"}  # which is in `kinds` alone
    assert len(EVERY) >= 100
    folders = [GOOD[twist](files_of(kind)) for twist in GOOD for kind in EVERY.values()]
    assert sum(map(len, folders)) >= 2000


@pytest.mark.parametrize("twist", GOOD)
@pytest.mark.parametrize("name", EVERY)
def test_the_right_boxes_come_out_of_it(tmp_path: Path, name: str, twist: str) -> None:
    kind = EVERY[name]
    files = GOOD[twist](files_of(kind))
    lay(tmp_path, files)
    plan = planned(tmp_path)
    assert plan.format == kind.format
    (found,) = (one for one in plan.pictures if not one.file.endswith("bare.jpg"))
    assert [box.points.tolist() for box in found.boxes] == list(kind.boxes)
    assert {number for number, box in enumerate(found.boxes) if box.ignore} == kind.ignored
    assert sum(box.polygon is not None for box in found.boxes) == kind.outlines
    report = report_of(plan)
    pictures_in, boxes_in = sum(map(is_picture_name, files)), len(kind.boxes) + kind.lost
    assert (report.account.pictures, report.account.boxes) == (pictures_in, boxes_in)
    assert report.account.left_out.total() == kind.lost
    assert made_by(read_source(tmp_path)).formats == (kind.format,)


@pytest.mark.parametrize("twist", BAD)
@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_lost_without_a_word_where_files_are_damaged(tmp_path: Path, name: str, twist: str) -> None:
    kind = EVERY[name]
    lay(tmp_path / "src", BAD[twist](files_of(kind)))
    refused, report = caught(tmp_path)
    if refused is not None:
        assert refused.code.startswith("formats.")
    else:
        assert report is not None
        assert report.accounted
        boxes = [box for sample in read_split(tmp_path / "out", "train") for box in sample.boxes]
        whole = kind.content[:1] not in "{[<"  # a line that ends early may be a whole one
        assert whole or all(box.points.tolist() in kind.boxes for box in boxes)


def caught(folder: Path) -> tuple[OcrwebError | None, ImportReport | None]:
    """The refusal of an import, or its report."""
    try:
        return None, write_import(planned(folder / "src"), folder / "out")
    except OcrwebError as refused:
        return refused, None


@pytest.mark.parametrize("name", EVERY)
def test_what_is_written_validates_and_comes_back_the_same(tmp_path: Path, name: str) -> None:
    kind = EVERY[name]
    lay(tmp_path / "src", files_of(kind))
    if len(kind.ignored) == len(kind.boxes):
        with pytest.raises(OcrwebError, match="all-ignored"):
            write_import(planned(tmp_path / "src"), tmp_path / "out")
        return
    report = write_import(planned(tmp_path / "src"), tmp_path / "out")
    assert report.accounted
    assert validate_dataset(tmp_path / "out", ValidateOptions(open_pictures=False)).ok
    (sample,) = read_split(tmp_path / "out", "train")
    assert [box.points.tolist() for box in sample.boxes] == list(kind.boxes)
    again = write_import(planned(tmp_path / "out"), tmp_path / "again")
    assert again.accounted
    (back,) = read_split(tmp_path / "again", "train")
    assert back.boxes == sample.boxes
    assert back.image.read_bytes() == sample.image.read_bytes()
