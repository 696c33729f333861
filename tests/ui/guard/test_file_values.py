"""What a visitor may name as a file in what he posts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrweb.services.access.file_address import KEY, key_of
from ocrweb.ui.guard import file_values
from ocrweb.ui.guard.file_values import FileValues, may_be_used
from ocrweb.ui.parts.uploaded import is_upload
from tests.own_loop import run_async
from tests.ui.guard.conftest import Ask


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / ".ocrweb" / "uploads"
    folder.mkdir(parents=True)
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def _linked(folder: Path) -> str:
    link = folder / "link.png"
    link.symlink_to("/etc/hostname")
    return str(link)


def _through_a_linked_folder(folder: Path) -> str:
    (folder / "sub").symlink_to("/etc")
    return str(folder / "sub" / "hostname")


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe.png")
    return str(folder / "pipe.png")


def _beside(folder: Path) -> str:
    other = folder.with_name("uploads-evil") / "a.png"
    other.parent.mkdir()
    other.touch()
    return str(other)


FOREIGN: dict[str, Callable[[Path], Any]] = {
    "of the system": lambda folder: "/etc/hostname",
    "a device": lambda folder: "/dev/zero",
    "a secret": lambda folder: str(folder.parent / "page_secret"),
    "a folder": str,
    "missing": lambda folder: str(folder / "none.png"),
    "a link in the uploads": _linked,
    "behind a linked folder": _through_a_linked_folder,
    "a pipe in the uploads": _pipe,
    "a sibling folder": _beside,
    "dots": lambda folder: f"{folder}/../../../../../../../../../etc/hostname",
    "a file address": lambda folder: "file:///etc/hostname",
    "relative": lambda folder: "etc/hostname",
    "a NUL": lambda folder: f"{folder}/a\0.png",
    "no text": lambda folder: 7,
    "a list": lambda folder: ["/etc/hostname"],
    "empty": lambda folder: "",
    "surrogates": lambda folder: f"{folder}/\ud800.png",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_path_is_no_upload(kind: str, uploads: Path) -> None:
    assert not may_be_used(FOREIGN[kind](uploads))


def test_an_upload_and_a_web_address_are_taken(uploads: Path) -> None:
    (uploads / "ab").mkdir()
    (uploads / "ab" / "页面 1.png").touch()
    assert is_upload(uploads / "ab" / "页面 1.png")
    assert may_be_used("https://example.org/a.png")


def test_a_file_that_the_page_handed_out_comes_back_by_its_key(uploads: Path, tmp_path: Path) -> None:
    result = tmp_path / "outputs" / "a.png"
    result.parent.mkdir()
    result.touch()
    address = f"http://127.0.0.1/gradio_api/file={result}?{KEY}="
    assert may_be_used(str(result), address + key_of(str(result)))
    for url in (None, 5, address, address + key_of("/etc/hostname"), f"/?x={key_of(str(result))}"):
        assert not may_be_used(str(result), url)
    result.unlink()
    result.symlink_to("/etc/hostname")
    assert not may_be_used(str(result), address + key_of(str(result)))


@pytest.mark.parametrize(
    "document",
    [
        {"data": [{"path": "/etc/hostname"}]},
        {"data": [[{"image": {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}, "caption": None}]]},
        {"data": ["a"], "event_data": {"value": {"files": [{"path": "/etc/hostname"}]}}},
        [[[[{"background": {"path": "/etc/hostname"}}]]]],
    ],
)
def test_a_path_is_found_however_deep_it_lies(document: Any, uploads: Path, behind: Ask) -> None:
    answer = behind(FileValues).post("/gradio_api/queue/join", json=document)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "access.foreign-file")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"data": [{"p\\u0061th": "/etc/hostname"}]}', {"content-type": "application/json"}),
        (b'{"data": [{"path": "/etc/hostname"}]}', {"content-type": "text/plain"}),
        (b'{"data": [{"path": "/etc/hostname"}]}', {}),
    ],
)
def test_no_spelling_hides_a_path(body: bytes, headers: dict[str, str], uploads: Path, behind: Ask) -> None:
    assert behind(FileValues).post("/gradio_api/run/x", content=body, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe{\x00}\x00",
        json.dumps({"data": [{"path": "/etc/hostname"}]}).encode("utf-16"),  # other readers of JSON take it
        b"[" * 40_000,
        b'{"data": NaN}',
        b"\xed\xa0\x80",
    ],
)
def test_what_is_no_json_goes_no_further(body: bytes, uploads: Path, behind: Ask) -> None:
    answer = behind(FileValues).post("/gradio_api/run/x", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "access.bad-json")


def test_a_long_body_is_refused_without_keeping_it(uploads: Path, behind: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_values, "LONGEST_BODY", 2 << 20)
    client = behind(FileValues)
    assert client.post("/x", json={"data": "x" * (1 << 20)}).status_code == 200
    answer = client.post("/x", json={"data": "x" * (2 << 20)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "access.too-long")
    assert "2 MB" in answer.json()["error"]["message"]


def test_the_document_arrives_unchanged_and_forms_are_left_alone(uploads: Path, behind: Ask) -> None:
    client = behind(FileValues)
    assert client.post("/gradio_api/queue/join", json={"data": [1, "路径", None]}).status_code == 200
    assert client.post("/gradio_api/upload", files={"files": ("a.png", b"{")}).status_code == 200
    assert client.get("/config").status_code == 200


def test_a_picture_for_the_programs_address_is_not_read_as_a_document(behind: Ask) -> None:
    client = behind(FileValues)
    assert client.post("/v1/detect", content=b"\xff\xd8\xff\xe0 no JSON").status_code == 200
    assert client.post("/v1/other", content=b"\xff\xd8\xff\xe0 no JSON").status_code == 400


def test_who_stands_further_in_reads_the_very_document_and_then_hears_the_visitor_leave() -> None:
    sent = [
        {"type": "http.request", "body": b'{"data":', "more_body": True},
        {"type": "http.request", "body": b"[1]}"},
        {"type": "http.disconnect"},
    ]
    heard: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        heard.extend([await receive(), await receive()])

    async def receive() -> Any:
        return sent.pop(0)

    scope = {"type": "http", "method": "POST", "path": "/gradio_api/queue/join", "headers": []}
    run_async(FileValues(inner), scope, receive, None)
    assert heard[0]["body"] == b'{"data":[1]}'
    assert heard[0]["more_body"] is False
    assert heard[1]["type"] == "http.disconnect"
