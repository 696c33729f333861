"""Label.txt as scripts, spreadsheets and editors leave it: what can be told is read, what cannot is named by its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrweb import messages
from ocrweb.data.formats.label_txt import records_in
from ocrweb.data.formats.write import report_of
from tests.data.formats.sources import HEIGHT, QUAD, TILTED, WIDTH, corners, entry, planned, put, write_json

BOX = json.dumps([entry()])
TWO = f"1.jpg\t{BOX}\n2.jpg\t{BOX}\n"


def shares(quad: list[list[int]]) -> list[list[float]]:
    return [[x / WIDTH, y / HEIGHT] for x, y in quad]


@pytest.mark.parametrize(
    "content",
    [
        TWO,
        TWO.replace("transcription", "Transcription").replace("points", "POINTS"),
        TWO.replace("\t", " "),
        TWO.replace("\t", "    "),
        TWO.replace("\t", ","),
        f"1.jpg\t{BOX}\n2.jpg {BOX}\n",
        f"1.jpg\t{BOX}2.jpg\t{BOX}\n",
        f"1.jpg\t{BOX},\n2.jpg\t{BOX}\tchecked\n",
        f'["1.jpg", "2.jpg"]\t{BOX}\n',
        "".join(f'{name}\t"{BOX.replace(chr(34), chr(34) * 2)}"\n' for name in ("1.jpg", "2.jpg")),
        "".join(f"{name}\t{json.dumps(BOX)}\n" for name in ("1.jpg", "2.jpg")),
        "".join(f"{name}\t{json.dumps(entry())}\n" for name in ("1.jpg", "2.jpg")),
        "".join(f"{name}\t{json.dumps([entry(shares(QUAD))])}\n" for name in ("1.jpg", "2.jpg")),
        "".join(f"{name}\t{json.dumps([entry([QUAD[0], QUAD[2]])])}\n" for name in ("1.jpg", "2.jpg")),
    ],
    ids=["tab", "capitals", "blank", "blanks", "comma", "one-blank", "lost-line-end", "words-behind", "names", "spreadsheet", "string",
         "object", "shares", "two-corners"],
)  # fmt: skip
def test_every_notation_of_the_same_boxes_gives_them(tmp_path: Path, content: str) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    (tmp_path / "Label.txt").write_text(content, encoding="utf-8")
    plan = planned(tmp_path)
    assert plan.format == "ppocrlabel"
    assert corners(plan) == {"1.jpg": [QUAD], "2.jpg": [QUAD]}
    assert not plan.tally.problems
    assert report_of(plan).adjusted["shares"] == (2 if "0.05" in content else 0)


def test_lines_of_two_encodings_are_read_each_in_its_own(tmp_path: Path) -> None:
    put(tmp_path, "发票一.jpg", "发票二.jpg")
    first, second = (f"发票{number}.jpg\t{json.dumps([entry(text='金额')], ensure_ascii=False)}\n" for number in "一二")
    (tmp_path / "Label.txt").write_bytes(first.encode() + second.encode("gb18030"))
    plan = planned(tmp_path)
    assert {picture.file: picture.boxes[0].text for picture in plan.pictures} == {
        "发票一.jpg": "金额",
        "发票二.jpg": "金额",
    }


def test_a_corner_and_a_size_are_not_taken_for_two_corners(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    sizes = [entry([[10, 20], [80, 20]]), entry([[10, 60], [80, 30]]), entry()]
    (tmp_path / "Label.txt").write_text(f"1.jpg\t{json.dumps(sizes)}\n2.jpg\t{BOX}\n")
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD], "2.jpg": [QUAD]}
    assert [(one.kind, one.where, one.detail) for one in plan.tally.problems] == [("maybe-size", "Label.txt:1", "")] * 2


def test_pixels_beside_the_first_one_are_no_shares(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    corner = [[0, 0], [1, 0], [1, 1], [0, 1]]
    (tmp_path / "Label.txt").write_text(f"1.jpg\t{json.dumps([entry(corner)])}\n2.jpg\t{BOX}\n")
    plan = planned(tmp_path)
    assert report_of(plan).adjusted["shares"] == 0
    assert corners(plan)["1.jpg"] == [corner]


@pytest.mark.parametrize(
    "copy", ["Label.txt.bak", "Label.txt~", "Label - 副本.txt", "Label (1).txt", "Label_backup.txt"]
)
def test_the_labels_count_and_not_those_of_an_older_copy(tmp_path: Path, copy: str) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / copy).write_text(f"1.jpg\t{json.dumps([entry(TILTED)])}\n")
    (tmp_path / "Label.txt").write_text(f"1.jpg\t{BOX}\n")
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [QUAD]}
    assert [(one.kind, one.where) for one in plan.tally.problems] == [("repeated", "Label.txt:1")]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("1.jpg\t[{]", "Expecting property name enclosed in double quotes: …[{]…"),
        ('1.jpg\t[{"transcription": "12" inch"}]', "Expecting ',' delimiter: …tion\": \"12\" inch\"}]…"),
        ("1.jpg 7", "no tab"), ("1.jpg\t7", "no list"), ("notes [{", "no tab"), ("1.jpg\t", "Expecting value"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_says_where_it_breaks(line: str, told: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        records_in(line)
    assert str(refused.value) == told


def test_a_list_of_lists_by_picture_is_no_label_txt(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    write_json(tmp_path / "labels.json", {"1.jpg": [entry()], "2.jpg": [entry()]})
    assert planned(tmp_path).format == "art"


def test_what_a_check_of_label_files_tells_is_told_of_them_in_its_words_before_boxes_are_put_in_order(
    tmp_path: Path,
) -> None:
    put(tmp_path, *(f"{number}.jpg" for number in range(1, 5)))
    long, short, high = ([[x, 10], [x + 90, 10], [x + 90, 30], [x, 30]] for x in (100, 10, 30))
    exchanged = [[[y, x] for x, y in quad] for quad in (long, short)]
    columns = [[[*quad[0][:1], quad[1][0]], [quad[2][0], quad[3][0]], [10, 10], [30, 30]] for quad in (long, high)]
    turned = [[30, 10], [30, 110], [150, 110], [150, 10]]  # runs the wrong way round, and fits one way only
    boxes = {"1": [exchanged[0]], "2": [exchanged[1]] * 2, "3": columns, "4": [turned]}
    lines = [f"{name}.jpg\t{json.dumps([entry(quad) for quad in quads])}\n" for name, quads in boxes.items()]
    (tmp_path / "Label.txt").write_text("".join(lines), encoding="utf-8")
    plan = planned(tmp_path)
    assert corners(plan) == {"3.jpg": [long, high], "4.jpg": [[[30, 10], [150, 10], [150, 110], [30, 110]]]}
    assert [(one.kind, one.where) for one in plan.tally.problems] == [
        ("swapped", "Label.txt:1"), ("columns", "Label.txt:3"), ("maybe-swapped", "Label.txt:2"),
    ]  # fmt: skip
    report = report_of(plan)
    assert (report.lossless, report.accounted, report.adjusted["reordered"]) == (False, True, 1)  # 4.jpg's alone
    for lang in ("en", "zh"):
        for one in plan.tally.problems:
            values = {"width": WIDTH, "height": HEIGHT, "other": "Label.txt:1", "example": one.detail}
            assert messages.field("rules", f"label.{one.kind}", "message", lang, **values) in one.message(lang)
    (tmp_path / "Label.txt").write_text("".join([*lines[1:]]), encoding="utf-8")
    assert "2.jpg" in corners(planned(tmp_path))  # nothing says that it is swapped
