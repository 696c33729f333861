"""The editor's addresses: the documents that they take and give, refusals with their codes, and who may use them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import cv2
import numpy as np
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.testclient import TestClient

from ocrweb.config.model_names import DEFAULT, HOUSE
from ocrweb.errors import OcrwebError
from ocrweb.services.access.logins import Access
from ocrweb.services.labels.maps import MAPS
from ocrweb.services.line.waiting import WaitingLine
from ocrweb.ui.guard.order import put_around, wrappers
from ocrweb.ui.labels import routes
from ocrweb.ui.line import answer
from tests.model.graphs import house_drawn
from tests.services.labels.conftest import make_set

ONE = {"dataset": "shop", "picture": "train_images/1.png"}
NEW = {"points": [[120, 20], [180, 20], [180, 50], [120, 50]], "text": "", "ignored": False}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    make_set(tmp_path / "datasets" / "shop")
    return tmp_path


def client_of(access: Access, **headers: str) -> TestClient:
    application = FastAPI()
    routes.mount(application)
    put_around(application, wrappers(access, host="127.0.0.1"))
    return TestClient(application, base_url="http://127.0.0.1:7860", headers=headers, follow_redirects=False)


@pytest.fixture
def client(home: Path) -> TestClient:
    return client_of(Access(None))


def ask(client: TestClient, method: str, name: str, body: Any = None, **params: str) -> Any:
    content = None if body is None else json.dumps(body)
    return client.request(method, f"/labels/api/{name}", params=params, content=content)


def files_of(home: Path) -> dict[Path, bytes]:
    found = (path for path in (home / "datasets").rglob("*") if path.is_file() and path.name != ".lock")
    return {path: path.read_bytes() for path in found}


def test_the_list_tells_of_every_picture(client: TestClient) -> None:
    told = ask(client, "GET", "pictures", dataset="shop").json()
    assert told["dataset"] == "shop"
    assert told["counts"] == {"new": 1, "auto": 0, "check": 1, "checked": 2, "aside": 0}
    assert told["minutes_left"] is None
    assert told["pictures"][0] == {
        "picture": "train_images/1.png", "split": "train", "state": "checked", "boxes": 2, "ignored": 1, "width": 200,
        "height": 120, "suspicion": None, "findings": [], "tags": [],
    }  # fmt: skip


def test_labels_are_read_saved_restored_and_told_of(client: TestClient) -> None:
    first = ask(client, "GET", "labels", **ONE).json()
    body = {"version": first["version"], "boxes": [*first["boxes"], NEW], "state": "aside", "tags": ["blurred"]}
    saved = ask(client, "PUT", "labels", body, **ONE).json()
    assert saved == {
        "picture": "train_images/1.png", "width": 200, "height": 120, "state": "aside", "version": saved["version"],
        "boxes": [*first["boxes"], NEW], "changed": True, "by_model": False,
        "tags": ["blurred"],
    }  # fmt: skip
    assert ask(client, "GET", "labels", **ONE).json() == saved
    late = ask(client, "PUT", "labels", body, **ONE)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "labels.changed-meanwhile")
    assert ask(client, "POST", "restore", **ONE).json()["boxes"] == first["boxes"]
    history = ask(client, "GET", "history", **ONE).json()["history"]
    assert [(done["what"], done["boxes"]) for done in history] == [("restored", 2), ("saved", 3)]
    accepted = ask(client, "POST", "accept", {"pictures": ["train_images/3.png"]}, dataset="shop").json()
    assert accepted["accepted"] == ["train_images/3.png"]
    assert accepted["counts"]["new"] == 0


def test_a_picture_comes_upright_and_only_once(client: TestClient, home: Path) -> None:
    first = ask(client, "GET", "picture", **ONE)
    assert first.headers["content-type"] == "image/png"
    assert cv2.imdecode(np.frombuffer(first.content, np.uint8), cv2.IMREAD_COLOR).shape == (120, 200, 3)
    again = client.get("/labels/api/picture", params=ONE, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    turned = home / "datasets" / "shop" / "train_images" / "1.png"
    plain = cv2.imencode(".jpg", np.zeros((120, 200, 3), np.uint8))[1].tobytes()
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    turned.write_bytes(plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:])
    other = client.get("/labels/api/picture", params=ONE, headers={"If-None-Match": first.headers["etag"]})
    assert other.headers["content-type"] == "image/jpeg"
    pixels = cv2.imdecode(np.frombuffer(other.content, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    assert pixels.shape == (200, 120, 3)
    assert ask(client, "GET", "labels", **ONE).json()["width"] == 120


@pytest.mark.parametrize(
    ("method", "name", "params", "body", "status", "code"),
    [
        ("GET", "pictures", {}, None, 400, "usage.bad-name"),
        ("GET", "pictures", {"dataset": "../shop"}, None, 400, "usage.bad-name"),
        ("GET", "pictures", {"dataset": "shp"}, None, 404, "store.unknown"),
        ("GET", "labels", {"dataset": "shop", "picture": "../../x"}, None, 404, "store.no-such-picture"),
        ("GET", "picture", {"dataset": "shop"}, None, 404, "store.no-such-picture"),
        ("PUT", "labels", ONE, None, 400, "labels.bad-document"),
        ("PUT", "labels", ONE, {"version": "x", "boxes": 5}, 400, "labels.too-many-boxes"),
        ("PUT", "labels", ONE, {"version": "x", "boxes": [{"points": [[1, 2]]}]}, 400, "labels.bad-boxes"),
        ("PUT", "labels", ONE, {"version": "x", "boxes": [{**NEW, "text": "\ud800"}]}, 400, "access.bad-json"),
        ("PUT", "labels", ONE, {"version": "x", "boxes": [{**NEW, "ignored": 1}]}, 400, "labels.bad-boxes"),
        ("PUT", "labels", ONE, {"version": "x", "boxes": [], "state": "done"}, 400, "labels.bad-state"),
        ("PUT", "labels", ONE, {"version": "x", "boxes": [], "tags": [""]}, 400, "labels.bad-tags"),
        ("PUT", "labels", ONE, {"version": "x", "boxes": []}, 409, "labels.changed-meanwhile"),
        ("POST", "accept", {"dataset": "shop"}, {"pictures": "all"}, 400, "labels.bad-document"),
        ("POST", "accept", {"dataset": "shop"}, {"pictures": ["none"]}, 404, "store.no-such-picture"),
        ("POST", "propose-anew", ONE, {"leave": [], "by": 3}, 400, "labels.bad-document"),
        ("POST", "propose-anew", ONE, {"leave": [], "by": {"unclip_ratio": "wide"}}, 400, "labels.bad-settings"),
        ("POST", "propose-anew", ONE, {"leave": [], "by": {"model": "nobody's"}}, 400, "model.unknown"),
        ("DELETE", "labels", ONE, None, 404, "access.closed"),
        ("PUT", "pictures", ONE, {}, 404, "access.closed"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_document_with_a_code(
    client: TestClient, home: Path, method: str, name: str, params: dict[str, str], body: Any, status: int, code: str
) -> None:
    before = files_of(home)
    answer = ask(client, method, name, body, **params)
    told = answer.json()["error"]
    assert (answer.status_code, told["code"]) == (status, code)
    assert told["message"]
    assert str(home) not in answer.text
    assert files_of(home) == before


def test_errors_speak_the_visitors_language(client: TestClient) -> None:
    answer = client.get("/labels/api/pictures?dataset=shp", headers={"Accept-Language": "zh-CN"})
    assert "数据集" in answer.json()["error"]["message"]


def test_a_broken_picture_is_told_and_others_go_on(client: TestClient, home: Path) -> None:
    (home / "datasets" / "shop" / "train_images" / "2.png").write_bytes(b"no picture")
    told = ask(client, "GET", "pictures", dataset="shop").json()["pictures"]
    assert [(row["width"], row["state"], row["findings"]) for row in told[:2]] == [
        (200, "checked", []), (0, "check", ["image.unreadable"])
    ]  # fmt: skip
    broken = {"dataset": "shop", "picture": "train_images/2.png"}
    assert ask(client, "GET", "picture", **broken).json()["error"]["code"] == "image.is-text"
    assert ask(client, "GET", "labels", **broken).json()["error"]["code"] == "labels.broken-picture"


def test_a_stranger_is_asked_for_the_login(home: Path) -> None:
    access = Access(("anna", "a right password"))
    stranger = client_of(access)
    assert ask(stranger, "GET", "pictures", dataset="shop").status_code == 401
    assert ask(stranger, "PUT", "labels", {}, **ONE).json()["error"]["code"] == "access.login-needed"
    page = stranger.get("/labels/edit", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/")


def test_a_page_of_another_origin_changes_nothing(client: TestClient) -> None:
    for method, name in (("PUT", "labels"), ("GET", "pictures"), ("POST", "restore")):
        answer = client.request(method, f"/labels/api/{name}", params=ONE, headers={"Origin": "http://evil.example"})
        assert answer.json()["error"]["code"] == "access.foreign-origin"


def test_boxes_come_by_a_click_by_a_loose_outline_and_all_at_once(client: TestClient) -> None:
    told = ask(client, "POST", "propose", {"threshold": 0.25}, **ONE).json()
    proposed = told["boxes"]
    usual = ask(client, "POST", "propose", {}, **ONE).json()["settings"]
    assert told["settings"] == {**usual, "threshold": 0.25} != usual
    assert [box["ignored"] for box in proposed] == [False]
    points = proposed[0]["points"]
    x, y = (sum(point[axis] for point in points) / 4 for axis in (0, 1))
    assert len(ask(client, "POST", "at", {"x": x, "y": y}, **ONE).json()["box"]["points"]) == 4
    assert ask(client, "POST", "at", {"x": 195, "y": 115}, **ONE).json() == {"box": None}
    loose = [[1, 1], [199, 1], [199, 80], [1, 80]]
    assert ask(client, "POST", "snap", {"points": loose}, **ONE).json()["points"] != loose
    assert ask(client, "POST", "snap", {}, **ONE).json()["error"]["code"] == "labels.bad-boxes"
    blank = [[120, 85], [190, 85], [190, 110], [120, 110]]
    assert ask(client, "POST", "words", {"boxes": [blank]}, **ONE).json() == {"boxes": [[{"points": blank}]]}


def test_the_map_of_a_picture_is_heat_where_text_stands_and_of_a_bare_one_there_is_none(
    client: TestClient, home: Path
) -> None:
    known = MAPS.computed
    answer = ask(client, "GET", "map", **ONE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["cache-control"] == "no-store"
    heat = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)
    opacity = cv2.resize(heat[:, :, 3], (200, 120))  # as it lies on the picture, whose text is "train1"
    assert opacity[25, 70] > 100
    assert opacity[90:].max() == 0
    assert ask(client, "POST", "at", {"x": 70, "y": 25}, **ONE).json()["box"] is not None
    assert MAPS.computed == known + 1  # a click is answered from the same map
    bare = cv2.imencode(".png", np.full((120, 200, 3), 230, np.uint8))[1].tobytes()
    (home / "datasets" / "shop" / "train_images" / "3.png").write_bytes(bare)
    empty = ask(client, "GET", "map", dataset="shop", picture="train_images/3.png")
    assert (empty.status_code, empty.content) == (204, b"")


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"dataset": "shop", "picture": "../x"}, 404, "store.no-such-picture"),
        ({**ONE, "model": "nobody's"}, 400, "model.unknown"),
        ({**ONE, "model": "/etc/passwd"}, 400, "model.by-name"),
        ({"dataset": "shop", "picture": "train_images/2.png"}, 422, "image.is-text"),
    ],
)
def test_a_map_that_cannot_be_is_a_document_with_a_code(
    client: TestClient, home: Path, params: dict[str, str], status: int, code: str
) -> None:
    (home / "datasets" / "shop" / "train_images" / "2.png").write_bytes(b"no picture")
    answer = ask(client, "GET", "map", **params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_models_are_named_to_compare_with(client: TestClient) -> None:
    house_drawn()
    told = ask(client, "GET", "models", dataset="shop").json()
    assert told["labelling"] == told["models"][0]["name"] == DEFAULT
    usual = ask(client, "GET", "propose", **ONE).json()["boxes"]
    assert usual == ask(client, "POST", "propose", {}, **ONE).json()["boxes"]
    theirs = ask(client, "GET", "propose", **ONE, model=HOUSE).json()["boxes"]
    assert theirs == ask(client, "POST", "propose", {"model": HOUSE}, **ONE).json()["boxes"] != usual


def test_versions_are_kept_compared_and_brought_back(client: TestClient) -> None:
    first = ask(client, "POST", "keep-version", dataset="shop").json()["id"]
    labels = ask(client, "GET", "labels", **ONE).json()
    ask(client, "PUT", "labels", {"version": labels["version"], "boxes": [NEW]}, **ONE)
    told = ask(client, "GET", "compare", dataset="shop", a=first, b="now").json()
    assert told["total"] == {"added": 1, "removed": 2, "moved": 0, "retold": 0}
    assert ask(client, "POST", "restore-version", {"id": first}, dataset="shop").json()["restored"] == 1
    assert ask(client, "GET", "labels", **ONE).json()["boxes"] == labels["boxes"]
    assert len(ask(client, "GET", "versions", dataset="shop").json()["versions"]) == 2
    lost = ask(client, "POST", "restore-version", {"id": "0" * 12}, dataset="shop")
    assert (lost.status_code, lost.json()["error"]["code"]) == (404, "labels.no-such-version")
    assert ask(client, "POST", "restore-version", {}, dataset="shop").json()["error"]["code"] == "labels.bad-document"


def test_a_small_picture_for_the_list_is_upright_and_known_by_its_tag(client: TestClient) -> None:
    small = ask(client, "GET", "thumbnail", **ONE)
    pixels = cv2.imdecode(np.frombuffer(small.content, np.uint8), cv2.IMREAD_COLOR)
    assert pixels.shape == (58, 96, 3)
    again = client.get("/labels/api/thumbnail", params=ONE, headers={"If-None-Match": small.headers["etag"]})
    assert again.status_code == 304


def test_a_click_waits_in_the_line_before_the_network_and_reading_does_not(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "network_line", WaitingLine(time.monotonic, longest=0))
    for name, body in (("at", {"x": 1, "y": 1}), ("snap", {"points": NEW["points"]}), ("propose", {})):
        refused = ask(client, "POST", name, body, **ONE)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "line.busy")
        assert refused.headers["retry-after"]
    assert ask(client, "GET", "labels", **ONE).status_code == 200


def test_of_all_addresses_these_alone_wait_for_the_network(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "network_line", WaitingLine(time.monotonic, longest=0))
    waiting = [
        name
        for method, name, _, _ in routes._table()
        if ask(client, method, name, {}, dataset="nobody's").json()["error"]["code"] == "line.busy"
    ]
    assert waiting == ["at", "snap", "propose", "propose", "words", "map"]


def called(work: Any, body: Any = None, **params: str) -> Any:
    scope = {"type": "http", "query_string": urlencode(params).encode(), "headers": [(b"accept-language", b"zh-CN")]}
    return work(Request(scope), body)


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset of any name is there, known by it."""
    monkeypatch.setattr(routes, "stored_set", lambda name: f"set of {name}")


@pytest.mark.usefixtures("stored")
def test_what_teaches_most_and_what_is_doubted_is_told_when_a_model_has_looked_and_how_far_it_is_until_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list[Any]()
    report = SimpleNamespace(to_dict=lambda lang: {"lang": lang})
    looks = [SimpleNamespace(report=None, done=1, total=4), SimpleNamespace(report=report)]
    doubts = [SimpleNamespace(job="j", to_dict=lambda: {"n": 1}), SimpleNamespace(job=None, to_dict=lambda: {"n": 2})]
    for name, answers in (("teaching", looks), ("suspects_of", doubts)):
        monkeypatch.setattr(
            routes,
            name,
            lambda labelled, model, anew, answers=answers: asked.append((labelled, model, anew)) or answers.pop(0),
        )
    for work, told in (
        (routes.choose, [(202, {"running": True, "done": 1, "total": 4}), (200, {"lang": "zh"})]),
        (routes.suspects, [(202, {"n": 1}), (200, {"n": 2})]),
    ):
        answers = [called(work, dataset="shop", model="m", again="1"), called(work, dataset="shop")]
        assert [(each.status_code, json.loads(each.body)) for each in answers] == told
        assert {each.headers["cache-control"] for each in answers} == {"no-store"}
    assert asked == [("set of shop", "m", True), ("set of shop", "", False)] * 2


@pytest.mark.usefixtures("stored")
def test_boxes_by_a_persons_way_are_none_while_that_is_not_known_and_else_come_with_their_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    box = SimpleNamespace(to_dict=lambda: {"box": 1})
    known: list[Any] = [None, [], [box]]
    monkeypatch.setattr(routes.assist, "followed", lambda labelled, picture, body: known.pop(0))
    monkeypatch.setattr(routes.assist, "proposed", lambda labelled, picture, body: [box, box])
    monkeypatch.setattr(routes.assist, "settings_used", lambda labelled, picture, body: {"threshold": 0.3})
    follow = [called(routes.propose, {"follow": True}, **ONE) for _ in range(3)]
    assert follow == [{"boxes": None}, {"boxes": []}, {"boxes": [{"box": 1}]}]
    for body in (None, {}, {"follow": False}, {"follow": 1}, ["follow"]):
        assert called(routes.propose, body, **ONE) == {"boxes": [{"box": 1}] * 2, "settings": {"threshold": 0.3}}


@pytest.mark.usefixtures("stored")
def test_what_is_dismissed_begun_and_brought_back_is_what_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[Any]()
    job = SimpleNamespace(to_dict=lambda: {"job": 1})
    monkeypatch.setattr(routes, "parse_suspects", lambda body: body["suspects"])
    monkeypatch.setattr(routes, "dismiss_suspects", lambda *given: asked.append(given) or 2)
    for name in ("begin_learning", "begin_proposing", "begin_drawing"):
        monkeypatch.setattr(routes, name, lambda *given: asked.append(given) or job)
    monkeypatch.setattr(routes.label_versions, "restore_version", lambda *given: asked.append(given) or {"restored": 1})
    assert called(routes.dismiss, {"suspects": ["a"]}, dataset="shop") == {"dismissed": 2}
    assert called(routes.begin, None, dataset="shop") == {"job": 1}
    assert called(routes.propose_anew, {"leave": ["a"]}, dataset="shop") == {"job": 1}
    assert called(routes.propose_anew, {"leave": [], "by": {"threshold": 1}}, dataset="shop") == {"job": 1}
    assert called(routes.restore_version, {"id": "v1"}, dataset="shop") == {"restored": 1}
    shop = "set of shop"
    assert asked == [(shop, ["a"]), (shop,), (shop, ["a"]), (shop, {"threshold": 1}, []), (shop, "v1")]
    for work, body in (
        (routes.propose_anew, {"leave": [], "by": "x"}),
        (routes.propose_anew, {"leave": ["a"] * (routes.MOST_PICTURES + 1)}),
        (routes.propose_anew, {"leave": ["a", 1]}),
        (routes.restore_version, {"id": 1}),
        (routes.restore_version, "v1"),
    ):
        with pytest.raises(OcrwebError, match=r"labels\.bad-document"):
            called(work, body, dataset="shop")
    assert called(routes.propose_anew, {"leave": ["a"] * routes.MOST_PICTURES}, dataset="shop") == {"job": 1}
