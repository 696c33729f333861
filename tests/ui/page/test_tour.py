"""Who comes for the first time is offered a tour, and every empty tab has the one button that goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Console, open_tab
from tests.data.corpus import make_good

pytestmark = pytest.mark.browser
STOPS = 7


def test_the_tour_is_walked_by_keys_left_at_any_moment_and_offered_once(visit: Callable[..., Page]) -> None:
    page = visit("zh-CN")
    offer, card = page.locator(".ocrweb-first"), page.locator(".ocrweb-tour")
    expect(offer).to_contain_text("第一次使用")
    offer.locator("[data-tour=begin]").focus()
    page.keyboard.press("Enter")
    for number in range(1, STOPS):
        expect(card).to_contain_text(f"{number} / {STOPS}")
        page.keyboard.press("ArrowRight")
    expect(card).to_contain_text(f"{STOPS} / {STOPS}")
    expect(page.locator("#models-use")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(card).to_contain_text("验证")
    expect(page.locator("#training-status")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(page.locator(".ocrweb-pointed")).to_have_count(0)
    expect(page.locator(".ocrweb-header [data-tour=begin]")).to_be_focused()
    page.reload()
    page.wait_for_selector("#tabs")
    expect(offer).to_be_hidden()


def test_one_click_on_the_first_screen_gives_boxes_and_each_empty_tab_says_how_to_go_on(
    visit: Callable[..., Page], furnished: Console
) -> None:
    page = visit(url=furnished.url)
    page.locator("#single-result .ocrweb-go").first.click()
    expect(page.locator("#single-boxes ocrweb-viewer[data-ready]")).to_be_visible()
    page.locator("#rail [data-go=datasets]").first.click()
    page.locator("#dataset-verdict .ocrweb-go").click()
    expect(page.locator("#dataset-chosen input")).to_have_value("pages")
    open_tab(page, "Batch")
    with page.expect_file_chooser():
        page.locator("#batch-status .ocrweb-go").click()


def test_one_click_on_the_first_screen_brings_own_pictures_with_labels_or_without(
    visit: Callable[..., Page], picture: Path, tmp_path: Path
) -> None:
    page = visit("zh-CN")
    ways = page.locator("#single-result .ocrweb-go")
    with page.expect_file_chooser() as chosen:
        ways.get_by_text("用模型标注自己的图片").click()
    chosen.value.set_files(picture)
    expect(page.locator("#dataset-label")).to_be_visible()  # the model's labels are there, and can be corrected
    expect(page.locator("#dataset-chosen input")).to_have_value("autolabel")
    page.reload()
    page.locator("#tabs [role=tab]").get_by_text("单图检测").first.click()
    root = make_good(tmp_path / "labelled")
    with page.expect_file_chooser() as chosen:
        ways.get_by_text("上传已标注的数据集").click()
    chosen.value.set_files(shutil.make_archive(str(root), "zip", root.parent, root.name))
    expect(page.locator("#dataset-chosen input")).to_have_value("labelled")
    expect(page.locator("#dataset-train")).to_be_visible()
