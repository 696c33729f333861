"""The single-picture tab in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Page, expect

from tests.browser import Console

pytestmark = pytest.mark.browser


def detect(page: Page, picture: Path) -> None:
    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#single-summary")).to_be_visible(timeout=60_000)
    expect(page.locator("#single-save-json")).to_be_enabled()


def test_an_upload_shows_boxes_and_the_json_download_equals_the_api_answer(
    visit: Callable[..., Page], console: Console, picture: Path
) -> None:
    page = visit()
    detect(page, picture)
    expect(page.locator("#single-summary")).to_contain_text("text regions found")
    expect(page.locator("#single-boxes img")).to_be_visible()
    with page.expect_download() as started:
        page.locator("#single-save-json").click()
    downloaded = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    answer = Client(console.url, verbose=False).predict(handle_file(picture), api_name="/detect")
    assert downloaded["success"] is True
    assert len(downloaded["boxes"]) == len(downloaded["scores"]) >= 6
    for name in ("boxes", "scores", "width", "height", "model", "threshold", "image_path"):
        assert downloaded[name] == answer[name], name


def test_the_slider_decodes_again_without_running_the_network(visit: Callable[..., Page], picture: Path) -> None:
    page = visit()
    detect(page, picture)
    before = page.locator("#single-summary").inner_text()
    network = before.split("network ")[1].split(" ms")[0]
    number = page.locator("#single-threshold input[type=number]")
    number.fill("0.95")
    number.press("Tab")
    page.locator("#single-threshold input[type=range]").press("ArrowRight")
    expect(page.locator("#single-summary")).not_to_have_text(before)
    after = page.locator("#single-summary").inner_text()
    assert after.split("network ")[1].split(" ms")[0] == network


def shown(page: Page, view: str) -> list[str]:
    """Addresses of the pictures of a view, once they are really there."""
    expect(page.locator(f"{view} img").last).to_be_visible()
    page.wait_for_function(
        "view => [...document.querySelectorAll(`${view} img`)].every(each => each.complete && each.naturalWidth > 99)",
        arg=view,
    )
    return [str(each.get_attribute("src")) for each in page.locator(f"{view} img").all()]


def test_the_map_and_the_comparison_show_the_picture_and_follow_the_slider(
    visit: Callable[..., Page], picture: Path
) -> None:
    page = visit()
    detect(page, picture)
    page.get_by_role("tab", name="Probability map").click()
    assert len(shown(page, "#single-map")) == 1
    page.get_by_role("tab", name="Compare").click()
    first = shown(page, "#single-compare")
    assert len(set(first)) == 2
    page.locator("#single-threshold input[type=range]").press("ArrowRight")
    expect(page.locator("#single-compare img").last).not_to_have_attribute("src", first[1])
    assert len(set(shown(page, "#single-compare"))) == 2


def test_a_picture_comes_from_a_file_the_clipboard_or_a_camera(visit: Callable[..., Page]) -> None:
    page = visit()
    for source in ("Upload file", "Capture from camera", "Paste from clipboard"):
        expect(page.get_by_role("button", name=source)).to_be_visible()


def test_a_renamed_text_file_is_a_coded_sentence_with_a_hint(visit: Callable[..., Page], tmp_path: Path) -> None:
    fake = tmp_path / "invoice.jpg"
    fake.write_bytes(b"%PDF-1.7 not a picture")
    page = visit()
    page.locator("#single-picture input[type=file]").first.set_input_files(fake)
    problem = page.locator("#single-result .ocrweb-problem")
    expect(problem).to_be_visible()
    expect(problem.locator("code")).to_contain_text("image.")


def test_chinese_visitors_see_the_known_strings(visit: Callable[..., Page]) -> None:
    page = visit("zh-CN")
    for string in ("OCR 文字检测服务", "单图检测", "批量检测", "开始检测", "检测阈值"):
        expect(page.get_by_text(string, exact=False).first).to_be_attached()


@pytest.mark.parametrize("lang", ["en-US", "zh-CN"])
def test_a_phone_scrolls_only_up_and_down(visit: Callable[..., Page], lang: str) -> None:
    page = visit(lang, width=390, height=844)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_click_on_an_example_detects_it(visit: Callable[..., Page]) -> None:
    page = visit()
    page.locator(".gallery-item, .gallery button, .thumbnail-item").first.click()
    expect(page.locator("#single-summary")).to_contain_text("text regions found", timeout=60_000)


def test_a_phone_shows_results_without_sideways_scrolling(visit: Callable[..., Page], picture: Path) -> None:
    page = visit("zh-CN", width=390, height=844)
    detect(page, picture)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
