"""What a visitor names by an address is fetched up to a size, within a time, from public hosts; never half kept."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import gradio as gr
import httpx
import pytest
from gradio import processing_utils

from ocrweb.errors import OcrwebError
from ocrweb.ui.guard import web_files
from ocrweb.ui.guard.web_files import fetch, is_public
from tests.own_loop import run_async

Answers = Callable[[httpx.Request], httpx.Response]
CHUNK = b"x" * 1000


def from_net(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> None:
    async def way(url: str) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(answers)

    monkeypatch.setattr(web_files, "_way_to", way)


def get(url: str, cache: Path) -> Path:
    return Path(run_async(fetch, url, str(cache)))


def refused(url: str, cache: Path) -> None:
    with pytest.raises(OcrwebError) as caught:
        get(url, cache)
    assert caught.value.code == "access.bad-url"
    assert [path for path in cache.rglob("*") if path.is_file()] == []


async def _endless(sent: list[int]) -> AsyncIterator[bytes]:
    while True:
        sent.append(1)
        yield CHUNK


def test_a_file_is_fetched_by_its_name_over_redirects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/old":
            return httpx.Response(302, headers={"location": "/new/a%20b.png?x=1"})
        return httpx.Response(200, content=b"picture")

    from_net(monkeypatch, answers)
    found = get("https://example.org/old", tmp_path)
    assert (found.read_bytes(), found.name) == (b"picture", "old")
    assert get("https://example.org/", tmp_path).name == "file"


def test_an_endless_answer_is_cut_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(web_files, "_most_bytes", [10_000])
    from_net(monkeypatch, lambda request: httpx.Response(200, content=_endless(sent)))
    refused("https://example.org/a.png", tmp_path)
    assert len(sent) == 11


def test_an_answer_that_never_comes_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield CHUNK
        await asyncio.Event().wait()

    monkeypatch.setattr(web_files, "SECONDS", 0.05)
    from_net(monkeypatch, lambda request: httpx.Response(200, content=silent()))
    refused("https://example.org/a.png", tmp_path)


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(404), httpx.Response(500), httpx.Response(302, headers={"location": "https://example.org/a.png"})],
)
def test_what_is_no_file_is_refused(answer: httpx.Response, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from_net(monkeypatch, lambda request: httpx.Response(answer.status_code, headers=answer.headers))
    refused("https://example.org/a.png", tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a", "http://localhost:7860/a", "http://[::1]/a", "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/", "http://0.0.0.0/", "http:///a", "http://", "https://[", "http://2130706433/",
        "http://100.64.0.1/", "http://[::ffff:127.0.0.1]/", "http://[2002:7f00:1::]/", "http://[2002:6440:1::]/", "http://[fec0::1]/",
        "http://[64:ff9b::7f00:1]/", "http://224.0.0.1/", "http://[fe80::1]/", "http://[fd00::1]/",
    ],
)  # fmt: skip
def test_this_machine_and_its_network_are_not_asked(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(web_files, "AsyncSecureTransport", lambda address: asked.append(address))
    refused(url, tmp_path)
    assert asked == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "2002:808:808::"])
def test_a_public_address_is_asked(address: str) -> None:
    assert is_public(address)


def test_a_redirect_into_this_network_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = web_files._way_to
    answers = httpx.MockTransport(lambda request: httpx.Response(302, headers={"location": "http://127.0.0.1:1/"}))

    async def way(url: str) -> httpx.AsyncBaseTransport:
        return answers if "example" in url else await real(url)

    monkeypatch.setattr(web_files, "_way_to", way)
    refused("https://example.org/a.png", tmp_path)


def test_the_framework_fetches_by_a_name_that_can_be_taken_over() -> None:
    assert "processing_utils.async_ssrf_protected_download(" in inspect.getsource(
        gr.blocks.Block.async_move_resource_to_block_cache
    )
    source = inspect.getsource(processing_utils.ssrf_protected_download)
    assert "synchronize_async(async_ssrf_protected_download" in source


@pytest.mark.parametrize(("size", "kept"), [(10_000, True), (10_001, False)])
def test_a_file_may_be_as_large_as_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, kept: bool
) -> None:
    monkeypatch.setattr(web_files, "_most_bytes", [10_000])
    from_net(monkeypatch, lambda request: httpx.Response(200, content=b"x" * size))
    if kept:
        assert get("https://example.org/a.png", tmp_path).stat().st_size == size
        assert get("https://example.org/a.png", tmp_path).name == "a.png"
        assert get("https://example.org/", tmp_path).name == "file"
    else:
        refused("https://example.org/a.png", tmp_path)


@pytest.mark.parametrize(("redirects", "kept"), [(web_files.REDIRECTS, True), (web_files.REDIRECTS + 1, False)])
def test_so_many_redirects_are_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redirects: int, kept: bool
) -> None:
    asked: list[str] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if len(asked) <= redirects:
            return httpx.Response(302, headers={"location": f"/{len(asked)}"})
        return httpx.Response(200, content=b"x")

    from_net(monkeypatch, answers)
    if kept:
        assert get("https://example.org/a.png", tmp_path).read_bytes() == b"x"
    else:
        refused("https://example.org/a.png", tmp_path)
    assert asked[:2] == ["/a.png", "/1"]


@pytest.mark.parametrize(("asked", "most"), [(1000, 1000), (web_files.MOST_BYTES * 2, web_files.MOST_BYTES)])
def test_an_owner_may_lower_the_limit_and_not_raise_it(monkeypatch: pytest.MonkeyPatch, asked: int, most: int) -> None:
    taken: list[object] = []
    monkeypatch.setattr(web_files, "_most_bytes", [0])
    monkeypatch.setattr(web_files.taken, "fetch_files_by", taken.append)
    web_files.take_over(asked)
    assert (web_files._most_bytes, taken) == ([most], [fetch])
