"""The batch tab and the golden test set in a real browser."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Console, kill_under, start_console, stop_console, wait_for_reload

pytestmark = pytest.mark.browser


# Headings lie within their table and pictures within the page, also while a frame is drawn anew after a turn of the screen.
FITS = """(width) => {
  const right = (e) => e.getBoundingClientRect().right;
  const seen = (all) => [...document.querySelectorAll(all)].filter((e) => e.offsetHeight > 0);
  const table = right(document.querySelector('#batch-table')) + 2;
  return seen('#batch-table thead th, #batch-table [role=columnheader]').every((cell) => right(cell) <= table)
    && seen('#batch-gallery .thumbnail-lg').length && seen('#batch-gallery .thumbnail-lg').every((image) => right(image) <= width);
}"""


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
    cache = console.home / ".ocrweb" / "uploads"
    others = set(cache.rglob("*"))
    page = visit()
    open_batch(page, "Batch")
    page.locator("#batch-files input[type=file]").set_input_files(twelve_with_two_broken(picture, tmp_path))
    expect(page.locator("#batch-files")).to_contain_text("page_11")
    page.locator("#batch-start").click()
    status = page.locator("#batch-status [data-state=done]")
    expect(status).to_be_visible()
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
    expect(thumbnail).to_have_js_property("naturalWidth", 640)
    for width in (390, 1440):
        the_table_and_the_pictures_fit_their_place(page, width)
    thumbnail.click()
    viewer = page.locator("#batch-picture ocrweb-viewer")
    expect(viewer).to_have_attribute("data-ready", "1")
    expect(viewer.locator(".list button")).to_have_count(6)
    # the boxes are the browser's: the picture under them is the one that was given, though its upload is gone
    address = str(viewer.get_attribute("data-picture"))
    shown = page.evaluate(
        "address => fetch(address).then((answer) => answer.arrayBuffer()).then((all) => [...new Uint8Array(all)])",
        address,
    )
    pixels = cv2.imdecode(np.array(shown, np.uint8), cv2.IMREAD_COLOR)
    given = cv2.imdecode(np.frombuffer(picture.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(pixels.astype(int) - given).max(axis=2).mean() < 5
    assert np.ptp(pixels.astype(int), axis=2).mean() < 2  # grey, without a coloured line
    kept = set(cache.rglob("*")) - others
    assert not [path for path in kept if path.name.endswith("_result.png") or path.suffix == ".zip"]


def the_table_and_the_pictures_fit_their_place(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    cells = page.locator("#batch-table thead th:visible, #batch-table [role=columnheader]:visible")
    expect(cells.last).to_be_visible()
    page.wait_for_function(FITS, arg=width)
    boxes = [box for box in (cell.bounding_box() for cell in cells.all()) if box and box["height"] > 0]
    assert max(box["height"] for box in boxes) < 45  # no heading is broken into letters


def start_with(page: Page, files: list[Path]) -> None:
    page.locator("#batch-files input[type=file]").set_input_files(files)
    expect(page.locator("#batch-files")).to_contain_text(files[-1].stem[-6:])
    page.wait_for_timeout(500)
    page.locator("#batch-start").click()


def test_what_kept_a_batch_from_starting_stays_on_the_page(
    visit: Callable[..., Page], picture: Path, console: Console
) -> None:
    page = visit()
    open_batch(page, "Batch")
    inbox = console.home / ".ocrweb" / "inbox"
    if inbox.exists():
        inbox.rename(inbox.with_name("inbox-away"))
    inbox.write_text("in the way")
    try:
        start_with(page, [picture])
        problem = page.locator("#batch-said .ocrweb-problem")
        expect(problem).to_be_visible()
        page.wait_for_timeout(1500)
        expect(problem).to_be_visible()
    finally:
        inbox.unlink()
    page.locator("#batch-start").click()
    expect(page.locator("#batch-status [data-state=done]")).to_be_visible()
    expect(problem).to_be_hidden()


def test_a_double_click_makes_one_batch(visit: Callable[..., Page], picture: Path, console: Console) -> None:
    page = visit()
    open_batch(page, "Batch")
    before = set((console.home / "outputs").glob("outputs_*/"))
    page.locator("#batch-files input[type=file]").set_input_files([picture])
    page.wait_for_timeout(800)
    page.locator("#batch-start").dblclick(delay=60)
    expect(page.locator("#batch-status [data-state=done]")).to_be_visible()
    page.wait_for_timeout(1500)
    assert len(set((console.home / "outputs").glob("outputs_*/")) - before) == 1


def test_each_window_comes_back_to_its_own_batch_and_can_choose_another(
    visit: Callable[..., Page], picture: Path, tmp_path: Path
) -> None:
    first = visit()
    open_batch(first, "Batch")
    start_with(first, twelve_with_two_broken(picture, tmp_path))
    expect(first.locator("#batch-status [data-state=done]")).to_contain_text("12 of 12")
    second = first.context.new_page()
    second.goto(first.url)
    open_batch(second, "Batch")
    expect(second.locator("#batch-status [data-state=done]")).to_contain_text("12 of 12")  # the browser's last one
    start_with(second, [picture])
    expect(second.locator("#batch-status [data-state=done]")).to_contain_text("1 of 1")
    for page, words in ((first, "12 of 12"), (second, "1 of 1")):
        page.reload()
        open_batch(page, "Batch")
        expect(page.locator("#batch-status [data-state=done]")).to_contain_text(words)
    second.locator("#batch-batches input").click()
    second.locator("#batch-batches [role=option]").filter(has_text="page_00").first.click()
    expect(second.locator("#batch-status [data-state=done]")).to_contain_text("12 of 12")


def test_a_batch_of_a_killed_console_is_told_and_goes_on(chromium: Browser, picture: Path, tmp_path: Path) -> None:
    home, files = tmp_path / "home", []
    home.mkdir()
    for number in range(16):
        files.append(tmp_path / f"page_{number:03}.png")
        files[-1].write_bytes(picture.read_bytes())
    console = start_console(home)
    page = chromium.new_page(locale="en-US")
    try:
        page.goto(console.url, wait_until="domcontentloaded")
        open_batch(page, "Batch")
        start_with(page, files)
        expect(page.locator("#batch-status [data-state=running]")).to_contain_text("of 16")
        kill_under(page, console)
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        away = page.locator(".ocrweb-band[data-kind=lost]")
        expect(away).to_contain_text("No connection to the console")
        away.get_by_role("button", name="Try now").click()
        expect(away).to_have_count(1)
        console = start_console(home, port=int(console.url.rpartition(":")[2]))
        wait_for_reload(page)
        expect(away).to_have_count(0)
        open_batch(page, "Batch")
        told = page.locator("#batch-status [data-state=interrupted]")
        expect(told).to_contain_text("of 16")
        expect(told).to_contain_text("outputs_")
        page.locator("#batch-resume").click()
        expect(page.locator("#batch-status [data-state=done]")).to_contain_text("16 of 16", timeout=180_000)
        assert len(list((home / "outputs").glob("outputs_*/json/*.json"))) == 16
        assert not [error for error in errors if "localStorage" in error]
    finally:
        page.close()
        stop_console(console)


def test_the_golden_check_says_that_the_machine_is_fine(visit: Callable[..., Page]) -> None:
    page = visit("zh-CN")
    open_batch(page, "批量检测")
    page.locator("#golden-start").click()
    expect(page.locator("#golden-answer [data-verdict=ok]")).to_be_visible()
