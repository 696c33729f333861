"""The endpoints as a program meets them over plain HTTP: defaults, failures, names, and what is kept of wrong calls."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import Console

pytestmark = pytest.mark.slow  # a console


def as_url(picture: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()


def ask(console: Console, endpoint: str, data: Any, lang: str = "en") -> tuple[str, Any]:
    """The event of the answer and its document; `data` in their order, or by name."""
    api = httpx.Client(base_url=f"{console.url}/gradio_api/call", timeout=60, headers={"Accept-Language": lang})
    by_name = isinstance(data, dict)
    asked = api.post(f"{'/v2' * by_name}{endpoint}", json=data if by_name else {"data": data})
    assert asked.status_code == 200, asked.text
    told = api.get(f"{endpoint}/{asked.json()['event_id']}").text
    found = re.search(r"^event: (complete|error)\ndata: (.*)$", told, re.M)
    assert found is not None, told
    document = json.loads(found[2])
    return found[1], document[0] if found[1] == "complete" else document


def upload(console: Console, *named: tuple[str, bytes]) -> list[dict[str, str]]:
    answer = httpx.post(f"{console.url}/gradio_api/upload", files=[("files", pair) for pair in named], timeout=60)
    return [{"path": path} for path in answer.json()]


@pytest.mark.parametrize("form", ["alone", "nulls", "by name", "data url", "data url as a file"])
def test_a_picture_alone_is_enough(console: Console, picture: Path, form: str) -> None:
    (file,) = upload(console, ("1.png", picture.read_bytes()))
    data: Any = {
        "alone": [file],
        "nulls": [file, None, None, None, None, None],
        "by name": {"picture": file},
        "data url": [as_url(picture)],
        "data url as a file": [{"url": as_url(picture)}],
    }[form]
    event, answer = ask(console, "/detect", data)
    assert (event, len(answer["boxes"]), answer["threshold"], answer["model"]) == ("complete", 6, 0.2, "ppocrv6-small")
    assert answer["image_path"] == ("picture.png" if "url" in form else "1.png")


def test_every_setting_can_be_given_by_name(console: Console, picture: Path) -> None:
    given = {"shape": "polygon", "min_size": 4, "limit_type": "min", "limit_side": 320, "score_mode": "slow"}
    event, answer = ask(console, "/detect", {"picture": as_url(picture), **given})
    assert (event, len(answer["polygons"]) > 0) == ("complete", True)
    event, answer = ask(console, "/detect", {"picture": as_url(picture), "shape": "round"})
    assert (event, answer["error"]["code"]) == ("error", "usage.bad-value")
    assert "quad, polygon" in answer["error"]["message"]


@pytest.mark.parametrize("endpoint", ["/detect_batch", "/validate", "/golden", "/models", "/status"])
def test_every_endpoint_takes_its_defaults(console: Console, picture: Path, endpoint: str) -> None:
    given = [[as_url(picture)]] if endpoint == "/detect_batch" else []
    event, answer = ask(console, endpoint, given)
    if endpoint == "/validate":
        assert (event, answer["error"]["code"]) == ("error", "config.dataset-missing")
    else:
        assert event == "complete"


@pytest.mark.parametrize(
    ("endpoint", "data", "code"),
    [
        ("/detect", [], "batch.no-pictures"),
        ("/detect", [None, "nope"], "model.unknown"),
        ("/detect", [None, None, 7], "usage.bad-value"),
        ("/detect", [None, None, "x"], "usage.bad-field"),
        ("/detect", ["/etc/passwd"], "access.bad-url"),
        ("/detect_batch", [[]], "batch.no-pictures"),
        ("/golden", [".."], "model.by-name"),
        ("/validate", ["no/where"], "batch.outside-root"),
    ],
)
def test_a_failure_is_an_error_event_with_the_whole_document(
    console: Console, endpoint: str, data: list[Any], code: str
) -> None:
    event, answer = ask(console, endpoint, data)
    assert (event, set(answer), set(answer["error"])) == ("error", {"error"}, {"code", "message", "hint"})
    assert answer["error"]["code"] == code


def test_it_is_told_in_the_language_of_the_caller(console: Console) -> None:
    assert "图片" in ask(console, "/detect", [], lang="zh-CN")[1]["error"]["message"]


def test_a_wrong_value_is_told_by_the_name_of_its_parameter(console: Console) -> None:
    assert "(box_threshold)" in ask(console, "/detect", [None, None, None, "x"])[1]["error"]["message"]


def test_files_of_one_name_and_of_none_are_told_apart(console: Console, picture: Path) -> None:
    data = picture.read_bytes()
    same = [upload(console, ("1.png", content))[0] for content in (data, data + b" ")]
    _, answer = ask(console, "/detect_batch", [[*same, as_url(picture), as_url(picture)]])
    names = [result["image_path"] for result in answer["results"]]
    assert names == ["1.png", "1 (2).png", "picture-3.png", "picture-4.png"]


def test_a_body_of_the_wrong_form_is_refused_without_being_sent_back(console: Console, picture: Path) -> None:
    for body in ({"data": as_url(picture)}, {"data": {"picture": as_url(picture)}}, [as_url(picture)]):
        refused = httpx.post(f"{console.url}/gradio_api/call/detect", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "access.bad-request")
        assert len(refused.content) < 1000


def test_a_zip_may_be_sent_to_be_checked(console: Console, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("d/train_list.txt", "train_images/1.jpg train_gts/1.txt\n")
    event, answer = ask(console, "/validate", ["", *upload(console, ("d.zip", (tmp_path / "d.zip").read_bytes()))])
    assert (event, answer["ok"]) == ("complete", False)
    event, answer = ask(console, "/validate", ["", *upload(console, ("d.txt", b"no zip"))])
    assert event == "error"


def test_nothing_of_a_wrong_call_but_a_few_words_is_kept_in_the_log(console: Console, picture: Path) -> None:
    before, url = console.log.stat().st_size, as_url(picture)
    headers = {"Accept": "application/json, text/event-stream"}
    calls = [
        {"method": "tools/call", "params": {"name": "detect", "arguments": url}},
        {"method": "tools/call", "params": {"name": "detect", "arguments": {"picture": [url]}}},
        {"method": "tools/call", "params": {"name": url, "arguments": {}}},
        {"method": url},
    ]
    for call in calls:
        asked = {"jsonrpc": "2.0", "id": 1, **call}
        httpx.post(f"{console.url}/gradio_api/mcp/", json=asked, headers=headers, timeout=60)
    for path in ("call/detect", "call/v2/detect", "queue/join"):
        for body in ({"data": url}, {url: url}, {"data": [{"picture": url}], "fn_index": 0, "session_hash": "s"}):
            httpx.post(f"{console.url}/gradio_api/{path}", json=body, timeout=60)
    said = console.log.read_text(encoding="utf-8", errors="replace")[before:]
    assert url[200:400] not in said
    assert len(said) < 20_000
