"""Every page of a PDF or TIFF is a picture of the batch and of the labelling."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.services.batch.run import BatchRequest, run_batch
from ocrweb.services.datasets.autolabel import AutoLabelRequest, auto_label
from tests.imaging.documents.made import pdf


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))


def test_pages_are_pictures_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "scan.pdf").write_bytes(pdf(["Invoice 4711", "Total 12.50", "Thank you"]))
    (folder / "locked.pdf").write_bytes(pdf(["a"], locked=True))
    sheets = [Image.new("RGB", size, "white") for size in ((300, 200), (200, 300))]
    sheets[0].save(folder / "fax.tiff", save_all=True, append_images=sheets[1:])
    report = run_batch(BatchRequest((folder,), out=tmp_path / "out"))
    documents = {Path(document["image_path"]).name: document for document in report.documents()}
    assert sorted(documents) == ["fax.tiff#1", "fax.tiff#2", "locked.pdf", "scan.pdf#1", "scan.pdf#2", "scan.pdf#3"]
    assert documents["locked.pdf"]["error"]["code"] == "document.encrypted"
    assert [(documents[f"fax.tiff#{n}"]["width"], documents[f"fax.tiff#{n}"]["height"]) for n in (1, 2)] == [
        (300, 200), (200, 300),
    ]  # fmt: skip
    page = documents["scan.pdf#2"]
    assert page["page"] == 2
    assert len(page["boxes"]) == len(page["boxes_points"]) == 1
    (points,) = page["boxes_points"]
    assert min(points[::2]) == pytest.approx(60, abs=12)
    assert min(points[1::2]) == pytest.approx(500, abs=12)
    assert (tmp_path / "out" / "json" / "scan_p2.json").is_file()
    assert (tmp_path / "out" / "visualization" / "scan_p2_result.png").is_file()
    rows = list(csv.DictReader((tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig")))
    assert len(rows) == 6


def test_a_lone_document_has_names_for_its_pages_and_is_gone_on_with(tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf(["one", "two"]))
    first = run_batch(BatchRequest((file,), out=tmp_path / "out"))
    again = run_batch(BatchRequest((file,), out=tmp_path / "out"))
    assert (first.done, first.resumed) == (2, 0)
    assert (again.done, again.resumed) == (2, 2)
    assert sorted(path.name for path in (tmp_path / "out" / "json").iterdir()) == ["scan_p1.json", "scan_p2.json"]


def test_a_lone_document_that_cannot_be_opened_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf(["a"], locked=True))
    with pytest.raises(OcrwebError) as caught:
        run_batch(BatchRequest((file,)))
    assert caught.value.code == "document.encrypted"


def test_pages_become_labelled_pictures(tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf(["Invoice 4711", "Total 12.50"]))
    report = auto_label(AutoLabelRequest((file,)), tmp_path / "out")
    assert (report.pictures, report.boxes) == (2, 2)
    lines = (tmp_path / "out" / "train_list.txt").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["train_images/scan_p1.png", "train_images/scan_p2.png"]
    assert json.loads((tmp_path / "out" / "label_studio.json").read_text())
