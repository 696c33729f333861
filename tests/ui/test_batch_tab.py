"""The batch tab and the golden test set in a real browser."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Console

pytestmark = pytest.mark.browser


def open_batch(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def twelve_with_two_broken(picture: Path, folder: Path) -> list[Path]:
    files = []
    for number in range(12):
        path = folder / f"page_{number:02}.png"
        path.write_bytes(b"" if number == 3 else b"<html>no</html>" if number == 7 else picture.read_bytes())
        files.append(path)
    return files


def test_twelve_pictures_with_two_broken_files_all_get_an_answer(
    visit: Callable[..., Page], picture: Path, tmp_path: Path, console: Console
) -> None:
    page = visit()
    open_batch(page, "Batch")
    page.locator("#batch-files input[type=file]").set_input_files(twelve_with_two_broken(picture, tmp_path))
    expect(page.locator("#batch-files")).to_contain_text("page_11")
    page.locator("#batch-start").click()
    status = page.locator("#batch-status [data-state=done]")
    expect(status).to_be_visible(timeout=60_000)
    expect(status).to_contain_text("12 of 12")
    expect(status).to_contain_text("2 could not be used")
    with page.expect_download() as started:
        page.locator("#batch-download").click()
    with zipfile.ZipFile(Path(started.value.path())) as archive:
        names = archive.namelist()
    assert sum(name.endswith(".json") for name in names) == 12
    assert sum(name.endswith(".png") for name in names) == 10
    assert any(name.endswith("summary.csv") for name in names)
    thumbnail = page.locator("#batch-gallery img").first
    expect(thumbnail).to_be_visible()
    assert thumbnail.evaluate("image => image.complete && image.naturalWidth") == 640
    cache = console.home / ".ocrweb" / "uploads"
    assert not [path for path in cache.rglob("*") if path.name.endswith("_result.png") or path.suffix == ".zip"]


def test_a_batch_is_still_there_after_a_reload(visit: Callable[..., Page], picture: Path) -> None:
    page = visit()
    open_batch(page, "Batch")
    page.locator("#batch-files input[type=file]").set_input_files([picture])
    page.wait_for_timeout(500)
    page.locator("#batch-start").click()
    expect(page.locator("#batch-status [data-state=done]")).to_be_visible(timeout=60_000)
    page.reload()
    open_batch(page, "Batch")
    expect(page.locator("#batch-status [data-state=done]")).to_be_visible()


def test_the_golden_check_says_that_the_machine_is_fine(visit: Callable[..., Page]) -> None:
    page = visit("zh-CN")
    open_batch(page, "批量检测")
    page.locator("#golden-start").click()
    expect(page.locator("#golden-answer [data-verdict=ok]")).to_be_visible(timeout=60_000)
