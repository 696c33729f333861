"""The page under its own Content-Security-Policy, on every tab, and its login form, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ocrweb.services.access.brake import FREE
from tests.browser import Console, open_tab, start_console, stop_console

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COLLECT = """window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => window.refused.push(
  `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));"""


def shown(page: Page, place: str) -> None:
    """Wait for a picture or a drawing."""
    expect(
        page.locator(f"{place} img, {place} canvas, {place} svg.marks, {place} .scatterlayer .trace").first
    ).to_be_visible()


def test_no_tab_breaks_the_policy_of_the_page(chromium: Browser, furnished: Console, picture: Path) -> None:
    context = chromium.new_context(locale="en-US", viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.add_init_script(COLLECT)
    page.goto(furnished.url, wait_until="domcontentloaded")

    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#single-summary")).to_be_visible()
    for view in ("Boxes", "Probability map", "Compare", "JSON"):
        tab = page.get_by_role("tab", name=view)
        if tab.count():
            tab.first.click()
    shown(page, "#single-examples")

    open_tab(page, "Batch")
    page.locator("#batch-files input[type=file]").set_input_files([picture])
    expect(page.locator("#batch-files table")).to_contain_text(".png")
    page.locator("#batch-start").click()
    expect(page.locator("#batch-status [data-state=done]")).to_be_visible()
    shown(page, "#batch-gallery")

    open_tab(page, "Datasets")
    page.get_by_role("gridcell", name="pages", exact=True).first.click()
    expect(page.locator("#dataset-chosen input")).to_have_value("pages")
    page.get_by_role("tab", name="Look").first.click()
    shown(page, "#dataset-gallery")
    page.get_by_role("tab", name="Statistics").first.click()
    shown(page, "#dataset-plot-split")

    open_tab(page, "Training")
    page.get_by_role("tab", name="Curves", exact=True).click()
    shown(page, "#training-losses")
    open_tab(page, "ONNX export")
    expect(page.locator("#export-status")).to_be_attached()
    assert page.evaluate("window.refused") == []
    context.close()


def test_a_script_that_got_into_the_page_as_a_text_does_not_run(chromium: Browser, console: Console) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(COLLECT)
    page.goto(console.url, wait_until="domcontentloaded")
    page.evaluate("""() => {
        window.ran = [];
        const place = document.createElement("div");
        place.innerHTML = '<img src="data:," onerror="window.ran.push(1)">';
        document.body.append(place);
        const script = document.createElement("script");
        script.textContent = "window.ran.push(2)";
        document.body.append(script);
    }""")
    page.wait_for_function("window.refused.length >= 2")
    assert page.evaluate("window.ran") == []
    context.close()


def test_the_login_form_says_in_words_how_long_to_wait(chromium: Browser, tmp_path: Path) -> None:
    console = start_console(tmp_path, environment={"OCRWEB_AUTH": "anna:a right password"})
    context = chromium.new_context(locale="zh-CN")
    try:
        page = context.new_page()
        page.goto(console.url, wait_until="domcontentloaded")
        password = page.locator("input[type=password]")
        for _ in range(FREE + 1):
            page.locator("input:not([type=password])").first.fill("anna")
            password.fill("wrong")
            with page.expect_response("**/login"):
                password.press("Enter")
        expect(page.get_by_role("alert").filter(has_text="密码错误次数过多")).to_be_visible()
    finally:
        context.close()
        stop_console(console)
