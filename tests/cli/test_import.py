"""`ocrweb import`, `resize` and `autolabel`: exit codes, one JSON document, one-line errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.cli.main import main
from ocrweb.data.validate import validate_dataset
from tests.data.corpus import make_good
from tests.data.formats.sources import entry, label_txt, put
from tests.imaging.documents.made import drawn_pdf
from tests.services.conftest import draw_page


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OCRWEB_LANG", "en")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    put(tmp_path / "in", *(f"{n}.jpg" for n in range(12)))
    label_txt(tmp_path / "in", {f"{n}.jpg": [entry()] for n in range(11)})
    return tmp_path / "in"


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    code = ended.value.code
    assert isinstance(code, int)
    return code


def run_json(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any]:
    code = run(*words, "--json")
    return code, json.loads(capsys.readouterr().out)


def test_import_writes_a_dataset_and_says_what_it_holds(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = run_json(capsys, "import", source, "--out", tmp_path / "out")
    assert code == 0
    assert (document["format"], document["pictures"], document["train"], document["test"]) == ("ppocrlabel", 11, 10, 1)
    assert document["unlabelled"] == 1
    assert document["problems"][0]["where"] == "11.jpg"
    assert document["out"] == str(tmp_path / "out")
    one_box_each = {"stats.in-corner": 1}  # up to the left in all of them
    assert validate_dataset(tmp_path / "out").rules == one_box_each
    assert [found["rule"] for found in document["findings"]] == list(one_box_each)


def test_import_for_people_names_the_next_step(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", source, "--out", tmp_path / "out", "--val-ratio", "0.05") == 0
    said = capsys.readouterr().out
    assert "11 pictures" in said
    assert "ocrweb validate" in said
    assert "! stats.in-corner  1 × warning" in said  # as a check would say it


def test_labels_without_their_picture_end_with_1(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label_txt(source, {"0.jpg": [entry()], "gone.jpg": [entry()]})
    assert run("import", source, "--out", tmp_path / "out") == 1
    assert "gone.jpg was not found" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run_json(capsys, "import", source, "--dry-run")
    assert code == 0
    assert document["out"] is None
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("tool", ["ppocrlabel", "label-studio"])
def test_a_dataset_is_written_for_another_tool_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tool: str
) -> None:
    dataset = make_good(tmp_path / "d")
    code, document = run_json(capsys, "import", dataset, "--to", tool, "--out", tmp_path / "for_tool")
    assert (code, document["pictures"], document["boxes"]) == (0, 12, 24)
    assert all(Path(file).is_file() for file in document["files"])
    assert run("import", tmp_path / "for_tool", "--out", tmp_path / "back") == 0
    assert validate_dataset(tmp_path / "back").ok


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["import", "IN"], "formats.out-or-dry-run"),
        (["import", "IN", "--dry-run", "--out", "OUT"], "formats.out-or-dry-run"),
        (["import", "nowhere/at/all", "--dry-run"], "usage.missing-path"),
        (["import", "IN/Label.txt", "--dry-run"], "formats.single-file"),
        (["import", "IN/1.hocr", "--dry-run"], "formats.single-file"),
        (["import", "IN", "--format", "coco", "--dry-run"], "formats.not-there"),
        (["import", "IN", "--val-ratio", "1.5", "--dry-run"], "usage.bad-value"),
        (["import", "IN", "--out", "IN"], "formats.not-empty"),
        (["resize", "IN"], "formats.exactly-one"),
        (["resize", "IN", "--in-place", "--undo"], "formats.exactly-one"),
        (["resize", "IN", "--out", "OUT", "--max-side", "5"], "usage.bad-value"),
        (["resize", "nodata", "--in-place"], "store.none"),
        (["autolabel", "IN", "--out", "IN"], "formats.not-empty"),
        (["autolabel", "nothere.jpg", "--out", "OUT"], "usage.missing-path"),
        (["autolabel", "IN", "--out", "OUT", "--margin", "7"], "usage.bad-value"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_coded_error(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    (source / "1.hocr").touch()
    places = {"IN": str(source), "OUT": str(tmp_path / "out")}
    places |= {f"IN/{name}": str(source / name) for name in ("Label.txt", "1.hocr")}
    ended, document = run_json(capsys, *(places.get(word, word) for word in words))
    assert ended == 2
    assert document["error"]["code"] == code
    assert document["error"]["hint"]


def test_resize_shrinks_in_place_and_takes_it_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset = make_good(tmp_path / "d")
    code, document = run_json(capsys, "resize", dataset, "--max-side", "32", "--in-place")
    assert code == 0
    assert (document["pictures"], document["resized"]) == (12, 12)
    assert Path(document["backup"]).is_dir()
    assert run("resize", dataset, "--undo") == 0
    assert not Path(document["backup"]).exists()


def test_resize_says_what_text_gets_too_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("resize", make_good(tmp_path / "d"), "--max-side", "32", "--out", tmp_path / "out") == 0
    assert "lower than 8 pixels" in capsys.readouterr().out


def test_autolabel_writes_a_dataset_and_says_how_to_correct_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import cv2

    cv2.imwrite(str(tmp_path / "p.png"), draw_page(3))
    (tmp_path / "bad.png").write_bytes(b"oops")
    assert run("autolabel", tmp_path / "p.png", tmp_path / "bad.png", "--out", tmp_path / "out") == 1
    printed = capsys.readouterr()
    assert "PPOCRLabel" in printed.out
    assert "bad.png" in printed.err
    code, document = run_json(capsys, "autolabel", tmp_path / "p.png", "--out", tmp_path / "out2")
    assert (code, document["pictures"], document["failed"]) == (0, 1, [])


def test_import_of_pdfs_names_the_command_that_labels_their_scans(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(drawn_pdf(["BT /F1 24 Tf 60 500 Td (Invoice) Tj ET", "q 420 0 0 594 0 0 cm /Im Do Q"]))
    assert run("import", file, "--dry-run") == 0
    said = capsys.readouterr().out
    assert f"1 page is a scan, which a model labels: `ocrweb autolabel '{file}#2' --out scans_dataset`" in said
    code, document = run_json(capsys, "import", file, "--dry-run")
    assert (code, document["to_autolabel"]) == (0, [f"{file}#2"])
    assert document["autolabel"] in said
