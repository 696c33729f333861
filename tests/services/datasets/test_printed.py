"""PDFs that hold their text become a labelled dataset, clean and as paper, and everything in is written or told."""

from __future__ import annotations

import shlex
import zipfile
from pathlib import Path

import pytest

from ocrweb.data.icdar import read_split
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.importing import ImportOptions, import_dataset, import_sources
from ocrweb.services.intake.sources import open_sources
from tests.data.formats.sources import entry, label_txt, put
from tests.imaging.documents.made import drawn_pdf, pdf

SCAN = "q 420 0 0 594 0 0 cm /Im Do Q"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))


def line(text: str, y: int = 500) -> str:
    return f"BT /F1 24 Tf 60 {y} Td ({text}) Tj ET "


def test_pages_are_drawn_clean_and_as_paper_and_all_is_accounted_for(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    hidden = "BT 3 Tr /F1 24 Tf 60 300 Td (hidden) Tj ET"
    (folder / "a.pdf").write_bytes(drawn_pdf([line("Invoice 4711") + line("Total 12.50", 450) + hidden, SCAN]))
    (folder / "b.pdf").write_bytes(drawn_pdf([line("Thank you"), ""]))
    (folder / "locked.pdf").write_bytes(pdf(["a"], locked=True))
    put(folder, "photo.jpg")
    told_of: list[tuple[int, int]] = []
    report = import_dataset(folder, tmp_path / "out", progress=lambda done, total: told_of.append((done, total)))
    assert told_of == [(done, 6) for done in range(1, 7)]
    assert report.accounted
    assert (report.pictures, report.boxes, report.account.pages, report.account.lines) == (4, 6, 4, 4)
    assert report.account.to_dict()["pictures_left_out"] == {"scanned": 2, "blank": 2, "broken": 2, "unlabelled": 2}
    told = {(problem.kind, problem.where) for problem in report.problems}
    assert told == {
        ("hidden", "a.pdf#1"), ("scanned", "a.pdf#2"), ("blank", "b.pdf#2"), ("broken", "locked.pdf"),
        ("unlabelled", "photo.jpg"),
    }  # fmt: skip
    assert not report.lossless  # the locked one
    samples = [sample for split in ("train", "test") for sample in read_split(tmp_path / "out", split)]  # type: ignore[arg-type]
    names = {sample.image.name: [box.text for box in sample.boxes] for sample in samples}
    both = ["Invoice 4711", "Total 12.50"]
    assert names == {
        "a_p1.png": both, "a_p1_paper.jpg": both, "b_p1.png": ["Thank you"], "b_p1_paper.jpg": ["Thank you"],
    }  # fmt: skip
    assert validate_dataset(tmp_path / "out").ok


def test_pages_of_a_document_and_its_copy_stay_on_one_side(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(5):
        data = drawn_pdf([line(f"No {number} page {page}") for page in range(2)])
        (folder / f"{number}.pdf").write_bytes(data)
        (folder / f"{number}_again.pdf").write_bytes(data)
    report = import_dataset(folder, tmp_path / "out", ImportOptions(val_ratio=0.4, looks="clean"))
    assert (report.train, report.test) == (12, 8)
    sides = {
        split: {sample.image.name[0] for sample in read_split(tmp_path / "out", split)}  # type: ignore[arg-type]
        for split in ("train", "test")
    }
    assert len(sides["train"]) + len(sides["test"]) == 5


def test_the_same_seed_takes_the_same_pictures_and_another_one_others(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(drawn_pdf([line("Invoice")]))

    def paper(name: str, seed: int) -> bytes:
        import_dataset(file, tmp_path / name, ImportOptions(seed=seed, looks="paper"))
        return (tmp_path / name / "train_images" / "a_p1_paper.jpg").read_bytes()

    first = paper("first", 1)
    assert first == paper("second", 1)
    assert first != paper("third", 2)


def test_a_dry_run_says_what_would_be_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(drawn_pdf([line("Invoice")]))
    report = import_dataset(file, None)
    assert (report.pictures, report.boxes, report.out) == (2, 2, None)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["a.pdf"]


def test_scans_are_sent_to_a_model_by_a_command_that_takes_them_alone(tmp_path: Path) -> None:
    folder = tmp_path / "in put"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(drawn_pdf([line("Invoice"), SCAN, SCAN, line("Total"), SCAN]))
    (folder / "b.pdf").write_bytes(drawn_pdf([SCAN]))
    for sources, named in (([folder], folder), ([folder / "a.pdf", folder / "b.pdf"], folder)):
        report = import_sources(sources, None, ImportOptions(looks="clean"))
        assert report.counts["scanned"] == 4
        assert report.autolabel == f"ocrweb autolabel '{named}/a.pdf#2-3,5' '{named}/b.pdf#1' --out scans_dataset"
    words = shlex.split(report.autolabel)[2:-2]
    with open_sources([Path(word) for word in words]) as sources_:
        assert [source.shown.removeprefix(f"{folder}/") for source in sources_] == [
            "a.pdf#2", "a.pdf#3", "a.pdf#5", "b.pdf#1",
        ]  # fmt: skip
    page = import_sources([folder], tmp_path / "out", ImportOptions(looks="clean"), names_only=True)
    assert (page.autolabel, page.to_autolabel) == ("", ("a.pdf#2-3,5", "b.pdf#1"))
    assert page.to_dict()["autolabel"] is None
    alone = import_sources([folder / "a.pdf"], tmp_path / "alone", ImportOptions(looks="clean"), names_only=True)
    assert (alone.autolabel, alone.to_autolabel) == ("", ("a.pdf#2-3,5",))
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as zipped:
        zipped.write(folder / "a.pdf", "a.pdf")
    report = import_sources([tmp_path / "in.zip"], tmp_path / "of_zip", ImportOptions(looks="clean"))
    assert report.autolabel == f"ocrweb autolabel {tmp_path}/in.zip --out {tmp_path}/of_zip_scans"
    with pytest.raises(OcrwebError) as caught:
        import_sources([folder / "b.pdf"], tmp_path / "none")
    assert f"{tmp_path}/none_scans" in (caught.value.hint("en") or "")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf(["a"], locked=True), "document.encrypted"),
        (pdf(["a"])[:150], "document.damaged"),
        (drawn_pdf([SCAN, ""]), "formats.no-own-text"),
    ],
    ids=["locked", "cut", "scans alone"],
)
def test_a_pdf_that_gives_no_labels_is_a_code_and_leaves_nothing(data: bytes, code: str, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(data)
    with pytest.raises(OcrwebError) as caught:
        import_dataset(file, tmp_path / "out")
    assert caught.value.code == code
    assert not (tmp_path / "out").exists()


def test_labels_beside_pdfs_are_another_tools_and_several_sources_are_pdfs(tmp_path: Path) -> None:
    folder = put(tmp_path / "in", "1.jpg", "2.jpg")
    (folder / "a.pdf").write_bytes(drawn_pdf([line("Invoice")]))
    label_txt(folder, {"1.jpg": [entry()], "2.jpg": [entry()]})
    assert import_dataset(folder, None).format == "ppocrlabel"
    assert import_dataset(folder, None, ImportOptions("pdf")).format == "pdf"
    for sources in ([folder / "a.pdf", folder], [folder, folder / "a.pdf"], [folder, folder]):
        with pytest.raises(OcrwebError) as caught:
            import_sources(sources, None)
        assert (caught.value.code, caught.value.params["path"]) == ("formats.only-pdfs-together", str(folder))
    assert import_sources([folder / "a.pdf", folder / "a.pdf"], None).pictures == 4
