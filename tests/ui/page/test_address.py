"""Every tab and what it shows has an address; language and colours are switched in the header. In a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Console, open_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RUN = "20260101_000000_walk"
PATIENCE = 60_000
# The looks by which a page that comes up sees that its tab has come to stay, tenfold, so that a press surely falls between them.
SLOWLY = (
    "const real = setTimeout; window.setTimeout = (deed, ms, ...rest) => real(deed, ms === 100 ? 1000 : ms, ...rest);"
)


def front(page: Page, name: str) -> None:
    expect(page.get_by_role("tab", name=name, exact=True).first).to_have_attribute(
        "aria-selected", "true", timeout=PATIENCE
    )


def test_a_link_opens_what_it_was_sent_for_and_back_and_reload_go_where_people_expect(
    visit: Callable[..., Page], furnished: Console
) -> None:
    page = visit(url=f"{furnished.url}/?tab=training&run={RUN}")
    front(page, "Training")
    expect(page.locator("#training-status")).to_contain_text(RUN, timeout=PATIENCE)

    page.locator("#rail a", has_text="Check").click()
    front(page, "Datasets")
    page.get_by_role("gridcell", name="pages", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"\?tab=datasets&dataset=pages$"), timeout=PATIENCE)
    sent = page.url
    open_tab(page, "Batch")
    expect(page).to_have_url(re.compile(r"\?tab=batch$"))

    page.go_back()
    front(page, "Datasets")
    page.go_back()
    front(page, "Training")
    page.go_forward()
    front(page, "Datasets")
    page.add_init_script(SLOWLY)
    page.reload(wait_until="domcontentloaded")
    front(page, "Datasets")
    goes_where_a_button_leads_while_the_page_comes_up(page)

    colleague = visit(url=sent)
    front(colleague, "Datasets")
    expect(colleague.locator("#dataset-chosen input")).to_have_value("pages", timeout=PATIENCE)
    colleague.get_by_role("tab", name="Statistics").first.click()
    expect(colleague.locator("#dataset-plot-split")).to_be_visible(timeout=PATIENCE)


def goes_where_a_button_leads_while_the_page_comes_up(page: Page) -> None:
    page.locator("#dataset-train").click(timeout=PATIENCE)
    front(page, "Training")
    page.wait_for_function("ocrwebAddress.settled()", timeout=PATIENCE)
    front(page, "Training")
    expect(page).to_have_url(re.compile(r"\?tab=training"))


def test_what_starts_the_work_of_a_tab_is_in_sight(visit: Callable[..., Page], furnished: Console) -> None:
    page = visit(url=f"{furnished.url}/?tab=exporting", width=320, height=844)
    expect(page.locator("#export-start")).to_be_visible(timeout=PATIENCE)  # though a phone keeps its tab in a menu
    for width, height in ((390, 844), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        each_start_is_in_sight(page)


def each_start_is_in_sight(page: Page) -> None:
    for tab, start in (
        ("Single picture", "single"),
        ("Batch", "batch"),
        ("Training", "training"),
        ("ONNX export", "export"),
    ):
        open_tab(page, tab)
        page.evaluate("scrollTo(0, 0)")
        expect(page.locator(f"#{start}-start")).to_be_in_viewport(ratio=1, timeout=PATIENCE)


def test_the_header_switches_language_and_colours_for_good(visit: Callable[..., Page], furnished: Console) -> None:
    page = visit(url=furnished.url)
    html, body = page.locator("html"), page.locator("body")
    expect(html).to_have_attribute("lang", "en")
    page.locator("[data-face=theme]").click()
    expect(body).to_have_class(re.compile(r"\bdark\b"))
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("tab", name="训练微调", exact=True).first).to_be_visible(timeout=PATIENCE)
    expect(html).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("heading", name="OCR 文字检测服务")).to_be_visible()
    expect(page.locator("#single-result")).to_contain_text("上传图片后", timeout=PATIENCE)  # a sentence of the server
    expect(body).to_have_class(re.compile(r"\bdark\b"))
    expect(page.locator("footer")).to_have_count(0)
    page.locator("[data-face=theme]").click()
    expect(body).not_to_have_class(re.compile(r"\bdark\b"))
