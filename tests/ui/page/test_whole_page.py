"""What holds on every panel of every tab: its language, names, sizes and contrast."""

from __future__ import annotations

import hashlib

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import PATIENCE, Console, open_tab
from tests.ui.crawl import AXE, SERIOUS, named, show_all, wrong_here

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
TABS = ("单图检测", "批量检测", "数据集", "训练微调", "模型", "ONNX 导出")


def test_the_rules_of_axe_are_those_that_were_published() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_SHA256


@pytest.mark.timeout(1200)
def test_every_panel_is_chinese_named_large_enough_and_of_good_contrast(chromium: Browser, furnished: Console) -> None:
    context = chromium.new_context(
        locale="zh-CN", viewport={"width": 1440, "height": 900}, color_scheme="light", bypass_csp=True
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(furnished.url, wait_until="domcontentloaded")
    page.wait_for_selector("#tabs")
    page.locator("#single-examples .gallery-item").first.click()
    expect(page.locator("#single-save-json")).to_be_enabled(timeout=PATIENCE)
    page.add_style_tag(content="* { transition: none !important; animation: none !important; }")  # colours at their end
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong: dict[str, list[str]] = {}
    for tab in TABS:
        open_tab(page, tab)
        if tab == "数据集":
            page.get_by_role("gridcell", name="pages", exact=True).first.click()
            expect(page.locator("#dataset-chosen input")).to_have_value("pages", timeout=PATIENCE)
        found = show_all(page, named(furnished.home))
        if tab == "训练微调":  # what a finished run shows was among it
            page.get_by_role("tab", name="评估图片", exact=True).click()
            expect(page.locator("#training-pictures").get_by_label("全部下载")).to_be_visible(timeout=PATIENCE)
            found += wrong_here(page, named(furnished.home))
        within = "body" if tab == TABS[0] else "#tabs"
        for theme, rules in (("light", None), ("dark", ["color-contrast"])):
            found += [f"{theme}: {each}" for each in page.evaluate(SERIOUS, [within, rules])]
            page.locator("[data-face=theme]").click()
        if found:
            wrong[tab] = sorted(set(found))
    assert not wrong, "\n".join(f"{tab}\n  " + "\n  ".join(found) for tab, found in wrong.items())
    context.close()
