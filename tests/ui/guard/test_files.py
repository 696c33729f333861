"""Addresses of files: made by the page, and by nobody else."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from ocrweb.services.access.file_address import KEY, key_of, opens
from ocrweb.ui.guard.files import FileAddresses, _with_key, key_addresses
from tests.ui.guard.conftest import Ask


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    return tmp_path


def test_a_key_opens_its_own_path_alone_and_only_below_its_data_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of("/a/b.png")
    assert opens("/a/b.png", key)
    assert not any(opens(path, key) for path in ("/a/c.png", "/a//b.png", "/a/b.png/", ""))
    assert not any(opens("/a/b.png", wrong) for wrong in ("", key[:-1], key.upper() + "x", "ü"))
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "other"))
    assert not opens("/a/b.png", key)


def test_whatever_a_handler_answers_with_carries_the_key_in_its_address(home: Path) -> None:
    """A picture, a gallery with captions, a download, an update of a widget; a text stays a text."""
    file = home / "页面 1.png"
    file.write_bytes(b"x")
    gr.set_static_paths([str(home)])
    with gr.Blocks() as page:
        widgets = [gr.Image(type="filepath"), gr.Gallery(), gr.DownloadButton(), gr.File(), gr.Textbox()]
        gr.Button().click(lambda: None, None, widgets)
    key_addresses(page)
    given: list[Any] = [
        str(file),
        [(str(file), "first")],
        gr.DownloadButton(value=str(file)),
        [str(file)],
        "file=/etc/passwd",
    ]
    with ThreadPoolExecutor(1) as pool:  # the browser tests' fixture keeps a loop running in this thread
        answer = pool.submit(lambda: asyncio.run(page.postprocess_data(page.fns[0], given, None))).result()
    addresses = _addresses(answer)
    assert len(addresses) == 4
    assert all(address.endswith(f"?{KEY}={key_of(str(file))}") for address in addresses)
    assert answer[-1] == "file=/etc/passwd"


def _addresses(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["url"]] if isinstance(value.get("url"), str) else []
        return own + [address for inner in value.values() for address in _addresses(inner)]
    return [address for inner in value for address in _addresses(inner)] if isinstance(value, list | tuple) else []


@pytest.mark.parametrize(
    ("name", "is_open"),
    [("a.png", True), ("..a.png", True), ("..", False), (".", False), ("../a.png", False), ("b/../a.png", False), ("", False)],
)  # fmt: skip
def test_an_upload_is_open_by_the_hash_in_its_address_and_nothing_beside_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_open: bool
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(home / "uploads"))
    guard = FileAddresses(lambda scope, receive, send: None)  # type: ignore[arg-type, return-value]
    path = f"/gradio_api/file={home}/uploads/{'0a' * 32}/{name}"
    assert guard._open({"path": path, "query_string": b""}) is is_open


def test_of_two_keys_in_an_address_the_last_counts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(home / "uploads"))
    guard = FileAddresses(lambda scope, receive, send: None)  # type: ignore[arg-type, return-value]
    right, wrong = f"{KEY}={key_of('/a/b.png')}".encode(), f"{KEY}=x".encode()
    for query, is_open in ((wrong + b"&" + right, True), (right + b"&" + wrong, False)):
        assert guard._open({"path": "/gradio_api/file=/a/b.png", "query_string": query}) is is_open


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/gradio_api/file=/a/b.png", "", 403),
        ("/gradio_api/file=/a/b.png", "key", 200),
        ("/gradio_api/file=/a/c.png", "key", 403),
        ("/gradio_api/info", "", 200),
    ],
    ids=["bare", "with its key", "with another's", "no file"],
)
def test_a_file_is_handed_out_by_its_key_and_what_is_no_file_without_one(
    behind: Ask, home: Path, monkeypatch: pytest.MonkeyPatch, path: str, query: str, status: int
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(home / "uploads"))
    answer = behind(FileAddresses).get(path, params={KEY: key_of("/a/b.png")} if query else {})
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"]["code"] == "access.no-file"


def test_an_address_that_is_no_file_of_the_page_keeps_what_it_has() -> None:
    outside = {"path": "/a/b.png", "url": "https://example.org/b.png?a=1"}
    assert _with_key(dict(outside)) == outside
    inside = _with_key({"path": "/a/b.png", "url": "/gradio_api/file=/a/b.png?old=1"})
    assert inside["url"] == f"/gradio_api/file=/a/b.png?{KEY}={key_of('/a/b.png')}"
