"""What the page is made of is packed once and kept by browsers, and is Gradio's, or what stands in its place."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from ocrweb.ui.seams import assets


def of_kind(kind: str) -> str:
    return min(file.name for file in assets.FOLDER.glob(f"*{kind}"))


SCRIPT, FONT = of_kind(".js"), of_kind(".woff2")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    application = FastAPI()
    assets.mount(application, {"core-exchange.js": "say('another')"})
    with TestClient(application) as client:
        yield client


def asked(client: TestClient, name: str, coding: str = "identity") -> Response:
    return client.get(f"/assets/{name}", headers={"Accept-Encoding": coding})


@pytest.mark.parametrize("kind", sorted({file.suffix for file in assets.FOLDER.iterdir()}))
def test_each_kind_of_the_folder_is_served_as_it_lies_there(client: TestClient, kind: str) -> None:
    answer = asked(client, of_kind(kind))
    assert answer.content == (assets.FOLDER / of_kind(kind)).read_bytes()
    assert answer.headers["content-type"].startswith(assets.KINDS[kind])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "content-encoding" not in answer.headers


def test_all_files_of_the_folder_have_a_digest_in_their_name() -> None:
    """Else one that changes would stay as it was in the browsers of those who have it."""
    names = [file.name for file in assets.FOLDER.iterdir()]
    assert len(names) > 100
    assert [name for name in names if not assets.NAMED_BY_CONTENT.fullmatch(name)] == []


def test_a_script_is_packed_once_for_all_who_take_it_packed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: list[int] = []
    by_gzip = gzip.compress
    monkeypatch.setattr(assets.gzip, "compress", lambda data: packed.append(len(data)) or by_gzip(data))
    name = max(assets.FOLDER.glob("Index-*.js")).name
    answers = [asked(client, name, coding) for coding in ("gzip, deflate, br", "br, gzip", "identity", "br")]
    whole = (assets.FOLDER / name).read_bytes()
    assert packed == [len(whole)]
    assert {answer.content for answer in answers} == {whole}
    assert [answer.headers.get("content-encoding") for answer in answers] == ["gzip", "gzip", None, None]
    assert int(answers[0].headers["content-length"]) < len(whole)
    assert {answer.headers["vary"] for answer in answers} == {"Accept-Encoding"}


def test_a_font_is_not_packed_a_second_time(client: TestClient) -> None:
    assert "content-encoding" not in asked(client, FONT, "gzip").headers


def test_what_stands_in_the_place_of_gradios_own_is_kept_for_a_day(client: TestClient) -> None:
    answer = asked(client, "core-exchange.js", "gzip")
    assert answer.text == "say('another')"
    assert answer.headers["cache-control"] == "public, max-age=86400"


@pytest.mark.parametrize(
    "name", ["none-AAAAAAAA.js", "..%2fconfig-AAAAAAAA.js", "a-AAAAAAAA.py", "plain.js", "a-AAAAAAAA.js%2fb"]
)
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert asked(client, name).status_code == 404


def test_nothing_outside_of_the_folder_is_served(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "key-AAAAAAAA.js").write_text("secret")
    monkeypatch.setattr(assets, "FOLDER", tmp_path / "in")
    for name in (
        "../key-AAAAAAAA.js",
        "..%2Fkey-AAAAAAAA.js",
        "%2e%2e%2fkey-AAAAAAAA.js",
        str(tmp_path / "key-AAAAAAAA.js"),
    ):
        assert "secret" not in asked(client, name).text
