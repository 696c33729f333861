"""The single-picture tab in a real browser."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from playwright.sync_api import Page, expect

from ocrweb.config.paths import ASSETS
from tests.browser import Console, open_tab
from tests.model.graphs import detector

pytestmark = pytest.mark.browser


def detect(page: Page, picture: Path) -> None:
    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#single-summary")).to_be_visible()
    expect(page.locator("#single-save-json")).to_be_enabled()


def test_a_picture_is_detected_saved_and_decoded_anew(
    visit: Callable[..., Page], console: Console, picture: Path
) -> None:
    page = visit()
    detect(page, picture)
    boxes_are_shown_and_the_json_download_equals_the_api_answer(page, console, picture)
    the_slider_decodes_again_without_running_the_network(page)
    for key in ("Enter", "Tab"):
        a_number_typed_beside_the_slider_is_used_within_its_bounds(page, key)
    a_box_threshold_out_of_bounds_is_a_coded_sentence(page)


def boxes_are_shown_and_the_json_download_equals_the_api_answer(page: Page, console: Console, picture: Path) -> None:
    expect(page.locator("#single-summary")).to_contain_text("text regions found")
    expect(page.locator("#single-boxes ocrweb-viewer[data-ready]")).to_be_visible()
    with page.expect_download() as started:
        page.locator("#single-save-json").click()
    assert started.value.suggested_filename == f"{picture.stem}.json"
    downloaded = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    with page.expect_download() as started:
        page.locator("#single-save-picture").click()
    assert started.value.suggested_filename == f"{picture.stem}_result.png"
    answer = Client(console.url, verbose=False).predict(handle_file(picture), api_name="/detect")
    assert downloaded["success"] is True
    assert len(downloaded["boxes"]) == len(downloaded["scores"]) >= 6
    for name in ("boxes", "scores", "width", "height", "model", "threshold", "image_path"):
        assert downloaded[name] == answer[name], name


def the_slider_decodes_again_without_running_the_network(page: Page) -> None:
    before = page.locator("#single-summary").inner_text()
    network = before.split("network ")[1].split(" ms")[0]
    number = page.locator("#single-threshold input[type=number]")
    number.fill("0.95")
    number.press("Tab")
    page.locator("#single-threshold input[type=range]").press("ArrowRight")
    expect(page.locator("#single-summary")).not_to_have_text(before, use_inner_text=True)
    after = page.locator("#single-summary").inner_text()
    assert after.split("network ")[1].split(" ms")[0] == network


def a_number_typed_beside_the_slider_is_used_within_its_bounds(page: Page, key: str) -> None:
    number = page.locator("#single-threshold input[type=number]")
    number.fill("7")
    number.press(key)
    expect(number).to_have_value("1")
    expect(page.locator("#single-summary")).to_contain_text("No text detected")
    number.fill("0.3")
    number.press(key)
    expect(page.locator("#single-summary")).to_contain_text("text regions found")
    number.fill("")
    number.press(key)
    expect(number).to_have_value("0.3")
    expect(page.get_by_test_id("toast-body")).to_have_count(0)


def a_box_threshold_out_of_bounds_is_a_coded_sentence(page: Page) -> None:
    unfold(page)
    page.locator("#single-box_threshold input").fill("5")
    page.locator("#single-start").click()
    expect(page.locator("#single-result .ocrweb-problem code")).to_have_text("usage.bad-value")


def found(page: Page) -> str:
    return page.locator("#single-summary strong").inner_text()


def detect_again(page: Page) -> None:
    """Press the button and wait for its answer, which tells another time; a press while it works would do nothing."""
    summary = page.locator("#single-summary")
    before = summary.inner_text()
    page.locator("#single-start").click()
    expect(summary).not_to_have_text(before, use_inner_text=True)


def unfold(page: Page) -> None:
    page.locator("#single-advanced button").first.click()


FAINT = ASSETS / "golden" / "menu.png"


def test_settings_that_are_looked_at_or_chosen(visit: Callable[..., Page], console: Console, picture: Path) -> None:
    source = console.home / "exports" / "vanishing"
    source.mkdir(parents=True)
    detector(source / "model.onnx")
    page = visit()
    looking_into_the_advanced_ones_changes_no_detection(page)
    a_model_is_named_beside_the_button_and_an_older_result_is_said_to_be_anothers(page, picture)
    one_that_vanished_is_told_and_another_is_chosen_in_its_place(page, source)


def looking_into_the_advanced_ones_changes_no_detection(page: Page) -> None:
    detect(page, FAINT)
    before = found(page)
    unfold(page)
    expect(page.locator("#single-limit-side input")).to_be_visible()
    detect_again(page)
    assert found(page) == before
    unfold(page)
    detect_again(page)
    assert found(page) == before


def a_model_is_named_beside_the_button_and_an_older_result_is_said_to_be_anothers(page: Page, picture: Path) -> None:
    chosen, stale = page.locator("#single-chosen-model"), page.locator("#single-stale")
    expect(chosen).to_have_text("Model: ppocrv6-small")
    before = page.locator("#single-summary").inner_text()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if picture.name in (sent.post_data or "") else None)
    page.locator("#single-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#single-summary")).not_to_have_text(before, use_inner_text=True)
    unfold(page)
    assert len([url for url in asked if "/queue/join" in url]) == 1  # in the place of another one it changed twice
    page.locator("#single-model input").click()
    page.get_by_role("option", name="vanishing").click()
    expect(chosen).to_have_text("Model: vanishing")
    expect(stale).to_contain_text("still of ppocrv6-small")
    detect_again(page)
    expect(stale).to_have_text("")


def one_that_vanished_is_told_and_another_is_chosen_in_its_place(page: Page, source: Path) -> None:
    shutil.rmtree(source)
    page.locator("#single-start").click()
    expect(page.locator("#single-result .ocrweb-problem code")).to_have_text("model.unknown")
    page.locator("#single-model input").click()
    page.wait_for_timeout(500)
    page.locator("#single-model input").press("Tab")
    expect(page.get_by_test_id("toast-body")).to_contain_text("ppocrv6-small is chosen in its place")
    expect(page.locator("#single-chosen-model")).to_have_text("Model: ppocrv6-small")
    expect(page.locator("#single-model input")).to_have_value("ppocrv6-small")


def test_a_phone_scrolls_only_up_and_down_and_brings_the_result_into_view(
    visit: Callable[..., Page], picture: Path
) -> None:
    page = visit(width=390, height=844)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#single-result")).not_to_be_in_viewport()
    detect(page, picture)
    expect(page.locator("#single-summary")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


PASTE = """([name, encoded]) => {
  const held = new DataTransfer();
  held.items.add(new File([Uint8Array.from(atob(encoded), each => each.charCodeAt(0))], name, {type: 'image/png'}));
  document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: held, bubbles: true, cancelable: true}));
}"""


def test_where_a_picture_comes_from(visit: Callable[..., Page], picture: Path, tmp_path: Path) -> None:
    page = visit()
    it_is_a_file_or_from_the_clipboard_or_a_camera(page)
    one_pasted_on_another_tab_is_left_alone(page, picture)
    a_click_on_an_example_detects_it(page)
    one_pasted_anywhere_is_detected_also_in_place_of_another(page, picture)
    a_renamed_text_file_is_a_coded_sentence_with_a_hint(page, tmp_path)
    a_word_that_is_its_own_translation_does_not_keep_the_page_busy(page)
    what_the_framework_says_passes_over_the_page_as_a_coded_sentence(page)


def it_is_a_file_or_from_the_clipboard_or_a_camera(page: Page) -> None:
    for source in ("Upload a file", "Use the camera", "Paste from the clipboard"):
        expect(page.get_by_role("button", name=source)).to_be_visible()


def one_pasted_on_another_tab_is_left_alone(page: Page, picture: Path) -> None:
    open_tab(page, "Batch")
    page.evaluate(PASTE, [picture.name, base64.b64encode(picture.read_bytes()).decode()])
    page.wait_for_timeout(1000)
    open_tab(page, "Single picture")
    expect(page.locator("#single-summary")).to_have_count(0)


def a_click_on_an_example_detects_it(page: Page) -> None:
    page.locator(".gallery-item, .gallery button, .thumbnail-item").first.click()
    expect(page.locator("#single-summary")).to_contain_text("text regions found")


def one_pasted_anywhere_is_detected_also_in_place_of_another(page: Page, picture: Path) -> None:
    for path, size in ((picture, "640×480"), (FAINT, "1280×1080")):
        page.evaluate(PASTE, [path.name, base64.b64encode(path.read_bytes()).decode()])
        expect(page.locator("#single-summary")).to_contain_text(size)


def a_renamed_text_file_is_a_coded_sentence_with_a_hint(page: Page, tmp_path: Path) -> None:
    fake = tmp_path / "invoice.jpg"
    fake.write_bytes(b"a text, and no picture")
    page.locator("#single-picture input[type=file]").first.set_input_files(fake)
    problem = page.locator("#single-result .ocrweb-problem")
    expect(problem).to_be_visible()
    expect(problem.locator("code")).to_contain_text("image.")


def test_chinese_visitors_read_chinese(visit: Callable[..., Page]) -> None:
    page = visit("zh-CN")
    the_known_strings_are_there(page)
    examples_have_names_and_the_title_is_the_visitors(page)
    words_that_gradio_does_not_translate_are_the_visitors(page)
    what_the_framework_says_passes_over_the_page_as_a_coded_sentence(page)
    nothing_is_wider_than_a_phone(page)


def the_known_strings_are_there(page: Page) -> None:
    for string in ("OCR 文字检测服务", "单图检测", "批量检测", "开始检测", "检测阈值"):
        expect(page.get_by_text(string, exact=False).first).to_be_attached()


def examples_have_names_and_the_title_is_the_visitors(page: Page) -> None:
    expect(page.get_by_role("button", name="invoice.jpg")).to_be_attached()
    expect(page).to_have_title("ocrweb · OCR 文字检测服务")


def words_that_gradio_does_not_translate_are_the_visitors(page: Page) -> None:
    page.locator("#single-picture .source-selection button").nth(1).click()
    expect(page.locator("#single-picture")).to_contain_text("点击开启摄像头")
    unfold(page)
    expect(page.locator("#single-shape input")).to_have_value("旋转矩形")


def nothing_is_wider_than_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


TOAST = """() => {
  const toast = document.body.appendChild(document.createElement('div'));
  toast.className = 'toast-title';
  toast.append('Error');
}"""


PASSING = """([kind, words]) => {
  const [body, text] = ['toast-body', 'toast-text'].map((name) => {
    const made = document.createElement('div');
    made.dataset.testid = name;
    return made;
  });
  body.className = `toast-body ${kind}`;
  text.append(words);
  body.append(text);
  document.body.append(body);
}"""


def a_word_that_is_its_own_translation_does_not_keep_the_page_busy(page: Page) -> None:
    page.evaluate(TOAST)
    expect(page.locator("body > .toast-title")).to_have_text("Error")
    assert page.evaluate("new Promise((done) => requestAnimationFrame(() => done(true)))"), "the page draws on"


def what_the_framework_says_passes_over_the_page_as_a_coded_sentence(page: Page) -> None:
    ours = "文件不能为空。 请换一个。 [image.empty]"
    for kind, words in (("error", "'NoneType' object has no attribute 'x'"), ("error", ours), ("info", "已选择。")):
        page.evaluate(PASSING, [kind, words])
    shown = page.get_by_test_id("toast-text")
    expect(shown.nth(0)).to_contain_text("[usage.page-failed]")
    expect(shown.filter(has_text="NoneType")).to_have_count(0)
    expect(shown.nth(1)).to_have_text(ours)
    expect(shown.nth(2)).to_have_text("已选择。")
