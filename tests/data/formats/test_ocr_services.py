"""Answers of services as scripts keep them: by picture, in parts, put straight, and damaged."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from tests.data.formats.kinds import KINDS, LOW, document_ai, rekognised, textract_block
from tests.data.formats.service_kinds import BOTH, EXPENSE, straightened
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, corners, planned, put, write_json

SEEN = {"TextDetections": [rekognised("LINE", QUAD, "a")], "TextModelVersion": "3.0"}


def test_answers_by_picture_are_of_their_pictures_and_an_error_is_of_none(tmp_path: Path) -> None:
    put(tmp_path, "发票/收据 1.jpg", "b.jpg", "c.jpg")
    lower = {"TextDetections": [rekognised("LINE", LOW, "b")]}
    write_json(tmp_path / "all.json", {"收据 1.jpg": SEEN, "b.jpg": lower, "c.jpg": {"error": "AccessDenied"}})
    plan = planned(tmp_path)
    assert corners(plan) == {"发票/收据 1.jpg": [QUAD], "b.jpg": [LOW]}
    assert plan.tally.counts["unlabelled"] == 1
    assert plan.format == "rekognition"


def test_blocks_of_expenses_find_their_pages(tmp_path: Path) -> None:
    put(tmp_path, "scan-1.png", "scan-2.png")
    first, second = copy.deepcopy(EXPENSE["ExpenseDocuments"][0]), {"ExpenseIndex": 2}
    first["Blocks"] = [textract_block("LINE", QUAD, "a", 1)]
    block = {key: value for key, value in textract_block("LINE", LOW, "b").items() if key != "Page"}
    second |= {"SummaryFields": [{"PageNumber": 2}], "Blocks": [block]}
    write_json(tmp_path / "scan.json", {"ExpenseDocuments": [first, second]})
    assert corners(planned(tmp_path)) == {"scan-1.png": [QUAD], "scan-2.png": [LOW]}


def test_expenses_without_blocks_are_told_and_make_no_empty_picture(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    write_json(tmp_path / "1.json", {"ExpenseDocuments": [{"ExpenseIndex": 1, "SummaryFields": [{"PageNumber": 1}]}]})
    with pytest.raises(OcrwebError, match="no Blocks"):
        planned(tmp_path)


@pytest.mark.parametrize("uri", ["", "gs://bucket/in/scan.pdf"])
def test_shards_of_a_document_find_their_pages(tmp_path: Path, uri: str) -> None:
    put(tmp_path, "scan-1.png", "scan-2.png")
    for number, quad in enumerate((QUAD, LOW)):
        shard = document_ai([(quad, "a")], uri=uri, shardInfo={"shardIndex": str(number), "shardCount": "2"})
        shard["pages"][0]["pageNumber"] = number + 1
        write_json(tmp_path / f"out/scan-{number}.json", shard)
    assert corners(planned(tmp_path)) == {"scan-1.png": [QUAD], "scan-2.png": [LOW]}


def test_documents_in_a_list_without_names_are_pages_after_each_other(tmp_path: Path) -> None:
    put(tmp_path, "scan-1.png", "scan-2.png", "scan-3.png")
    several = [document_ai([(QUAD, "a")], [(LOW, "b")]), document_ai([(LOW, "c")])]
    write_json(tmp_path / "scan.json", several)
    assert corners(planned(tmp_path)) == {"scan-1.png": [QUAD], "scan-2.png": [LOW], "scan-3.png": [LOW]}


def test_texts_of_document_ai_stand_where_their_anchors_say(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    document = document_ai([(QUAD, "发票 号码"), (LOW, "b")])
    first, second = (line["layout"]["textAnchor"]["textSegments"] for line in document["pages"][0]["lines"])
    del first[0]["startIndex"]
    second.append({"startIndex": "x", "endIndex": 10**30})
    write_json(tmp_path / "1.json", document)
    assert [box.text for box in planned(tmp_path).pictures[0].boxes] == ["发票 号码", "b 发票 号码 b"]


def test_a_page_whose_lines_were_not_asked_for_is_no_page_without_text(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    document = document_ai(BOTH)
    del document["pages"][0]["lines"]
    write_json(tmp_path / "1.json", document)
    with pytest.raises(OcrwebError, match=r"formats\.no-pictures"):
        planned(tmp_path)


def test_a_tilted_page_that_was_put_straight_is_tilted_again(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", width=400, height=200)
    turn = np.array([[0.8, 0.6, 0], [-0.6, 0.8, 240]])  # by 36.87°, to a page of 440 × 400
    told = [[100, 300], [200, 300], [200, 320], [100, 320]]
    document = document_ai([([[x * WIDTH / 440, y * HEIGHT / 400] for x, y in told], "a")])
    page = document["pages"][0]
    page["dimension"] = {"width": 440, "height": 400, "unit": "pixels"}
    page["transforms"] = [{"rows": 2, "cols": 3, "type": 6, "data": base64.b64encode(turn.tobytes()).decode()}]
    write_json(tmp_path / "1.json", document)
    wanted = (np.array(told) - turn[:, 2]) @ np.linalg.inv(turn[:, :2]).T
    assert np.allclose(corners(planned(tmp_path))["1.jpg"], wanted, atol=0.51)


BAD_TURNS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no data": lambda turn: turn.pop("data"),
    "no base64": lambda turn: turn.update(data="你好"),
    "data cut off": lambda turn: turn.update(data=turn["data"][:20]),
    "another type": lambda turn: turn.update(type=0),
    "too many rows": lambda turn: turn.update(rows=10**9),
    "not a number": lambda turn: turn.update(data=base64.b64encode(np.full(6, np.nan).tobytes()).decode()),
    "huge": lambda turn: turn.update(data=base64.b64encode(np.full(6, 1e300).tobytes()).decode()),
    "flat": lambda turn: turn.update(data=base64.b64encode(np.zeros(6).tobytes()).decode()),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("damage", BAD_TURNS)
def test_a_turn_that_cannot_be_undone_costs_its_boxes_and_says_so(tmp_path: Path, damage: str) -> None:
    put(tmp_path, "1.jpg")
    document = straightened(document_ai(BOTH))
    BAD_TURNS[damage](document["pages"][0]["transforms"][0])
    write_json(tmp_path / "1.json", document)
    write_json(tmp_path / "2.json", document_ai([(QUAD, "a")]))
    put(tmp_path, "2.jpg")
    plan = planned(tmp_path)
    assert corners(plan) == {"2.jpg": [QUAD]}
    assert plan.account.left_out["broken"] == 2
    assert plan.tally.problems[0].detail.startswith("transforms: ")


def test_a_picture_of_another_form_than_the_page_gets_none_of_its_boxes(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", width=HEIGHT, height=WIDTH)
    write_json(tmp_path / "1.json", straightened(document_ai(BOTH)))
    with pytest.raises(OcrwebError, match="200×120 ≠ 120×200"):
        planned(tmp_path)


def _changed(name: str, **change: Any) -> Any:
    document = json.loads(KINDS[name][1])
    place = document["Response"] if name == "tencent" else document["result"] if name == "huawei" else document
    place.update(change)
    return document


@pytest.mark.parametrize(
    ("name", "change"),
    [("baidu", {"direction": 1}), ("huawei", {"direction": 87.5}), ("aliyun", {"angle": 180}), ("aliyun", {"width": HEIGHT, "height": WIDTH})],
)  # fmt: skip
def test_a_picture_that_a_service_turned_is_left_out_and_told(
    tmp_path: Path, name: str, change: dict[str, Any]
) -> None:
    put(tmp_path, "1.jpg", "2.jpg")
    write_json(tmp_path / "1.json", _changed(name, **change))
    write_json(tmp_path / "2.json", _changed(name))
    plan = planned(tmp_path)
    assert corners(plan) == {"2.jpg": [QUAD, LOW]}
    assert (plan.account.left_out["broken"], plan.account.pictures_left_out["unlabelled"]) == (2, 1)


def test_boxes_of_a_tilted_picture_are_not_taken_for_its_outlines(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    document = _changed("tencent", Angle=7.5)
    del document["Response"]["TextDetections"][0]["Polygon"]
    write_json(tmp_path / "1.json", document)
    plan = planned(tmp_path)
    assert corners(plan) == {"1.jpg": [LOW]}
    assert plan.tally.counts["bad-shape"] == 1
