"""A visitor whose upload finds no room reads a sentence, and the disk holds nothing of it."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Console

pytestmark = pytest.mark.slow
ROOM, LITTLE = 300_000, 1_000  # bytes that a file of this console may have: what lies beyond fails like a full disk


def give_room(console: Console, size: int) -> None:
    most = resource.prlimit(console.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(console.process.pid, resource.RLIMIT_FSIZE, (size, most))


@pytest.fixture
def full(console: Console) -> Iterator[Console]:
    """The console of all tests, without room for the time of this one."""
    give_room(console, ROOM)
    yield console
    give_room(console, resource.RLIM_INFINITY)


def test_what_finds_no_room_is_told_in_a_sentence(
    full: Console, chromium: Browser, tmp_path: Path, picture: Path
) -> None:
    big = tmp_path / "big.png"
    big.write_bytes(b"\x89PNG" + bytes(4 * ROOM))
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(full.url, wait_until="domcontentloaded")
    page.wait_for_selector("#single-picture input[type=file]", state="attached")
    page.locator("#single-picture input[type=file]").first.set_input_files(big)
    told = page.locator(".toast-body", has_text="无法保存上传的文件")
    expect(told).to_be_visible()
    assert "HTTP" not in told.inner_text()
    assert "{" not in told.inner_text()
    finds_no_room_for_a_result(page, full, picture, "磁盘已满")
    context.close()
    cache = full.home / ".ocrweb" / "uploads"
    assert list(cache.rglob("big.png")) == []
    assert [list(folder.iterdir()) for folder in cache.glob(".arriving*")] == [[]]


def finds_no_room_for_a_result(page: Page, full: Console, picture: Path, words: str) -> None:
    """The boxes are shown, and at the downloads stands why there are none, until there is room again."""
    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#single-save-json")).to_be_enabled()
    give_room(full, LITTLE)
    page.locator("#single-start").click()
    expect(page.locator("#single-unsaved .ocrweb-problem")).to_contain_text(words)
    expect(page.locator("#single-boxes ocrweb-viewer[data-ready]")).to_be_visible()
    expect(page.locator("#single-save-json")).to_be_disabled()
    give_room(full, ROOM)
    page.locator("#single-start").click()
    expect(page.locator("#single-save-json")).to_be_enabled()
    expect(page.locator("#single-unsaved")).to_be_empty()
