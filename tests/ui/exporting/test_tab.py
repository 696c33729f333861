"""The export tab in a real browser."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Console
from tests.model.graphs import detector

pytestmark = pytest.mark.browser


REPORT = {
    "path": None, "passed": False, "problems": [], "withdrawn": {}, "notes": [], "missing_forms": {}, "seconds": 1.0,
    "parity": {"max_abs_diff": 0.0, "agreement": 1.0, "within_one_pixel": 1.0, "boxes": [6, 6], "others": {}},
    "speed": {"size": [64, 64], "engines": {}, "ratio_to_fp32": None}, "hmean": None, "memory_mib": None,
    "details": {"precision": "fp32", "quantised": None},
}  # fmt: skip


def open_export(page: Page, name: str = "ONNX export") -> None:
    page.get_by_role("tab", name=name).click()


@pytest.mark.slow
def test_what_is_shown_and_asked_before_anything_is_done(visit: Callable[..., Page], console: Console) -> None:
    page = visit("zh-CN")
    open_export(page, "ONNX 导出")
    nothing_can_be_deleted_before_an_export_is_chosen(page)
    the_form_shows_the_same_export_as_a_command(page)
    the_export_that_the_question_names_is_deleted_whatever_is_chosen_meanwhile(page, console)


def nothing_can_be_deleted_before_an_export_is_chosen(page: Page) -> None:
    expect(page.locator("#export-delete")).to_be_disabled()


def the_form_shows_the_same_export_as_a_command(page: Page) -> None:
    command = page.locator("#export-command")
    expect(command).to_contain_text("--size dynamic")
    page.locator("#export-size label").nth(1).click()
    expect(command).to_contain_text("--size 800x800")
    page.locator("#export-precision label").nth(2).click()
    expect(command).to_contain_text("--precision int8")


def the_export_that_the_question_names_is_deleted_whatever_is_chosen_meanwhile(page: Page, console: Console) -> None:
    exports = console.home / "exports"
    for name in ("asked-about", "looked-at"):
        (exports / name).mkdir(parents=True)
        (exports / name / "report.json").write_text(json.dumps(REPORT))
    choose_earlier(page, "asked-about")
    page.locator("#export-delete").click()
    expect(page.locator("#export-question")).to_contain_text("确定删除 asked-about")
    choose_earlier(page, "looked-at")
    page.locator("#export-delete-yes").click()
    expect(page.locator("#export-status")).to_contain_text("已删除 asked-about")
    expect(page.locator("#export-earlier input")).to_have_value("looked-at")
    assert [path.name for path in exports.iterdir() if path.name in ("asked-about", "looked-at")] == ["looked-at"]
    shutil.rmtree(exports / "looked-at")


def choose_earlier(page: Page, name: str) -> None:
    page.locator("#export-earlier input").click()
    page.get_by_role("option", name=name).click()
    expect(page.locator("#export-earlier input")).to_have_value(name)


@pytest.mark.slow
def test_an_export_is_stopped_and_another_one_ends(visit: Callable[..., Page], console: Console) -> None:
    source = console.home / "exports" / "drawn"
    source.mkdir(parents=True)
    detector(source / "model.onnx")
    (source / "model.yml").write_text("name: drawn\nlimit_side: 320\n")
    page = visit()
    open_export(page)
    one_deleted_elsewhere_is_chosen_no_longer(page, console)
    a_stopped_one_leaves_nothing(page, console)
    it_is_proven_and_downloaded_and_listed(page, console)


def one_deleted_elsewhere_is_chosen_no_longer(page: Page, console: Console) -> None:
    folder = console.home / "exports" / "fleeting"
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(REPORT))
    choose_earlier(page, "fleeting")
    page.locator("#export-size").click()
    shutil.rmtree(folder)
    page.locator("#export-earlier input").click()
    page.wait_for_timeout(500)
    page.locator("#export-size").click()
    expect(page.locator("#export-status")).to_contain_text("“fleeting” is not there any more")
    expect(page.locator("#export-earlier input")).to_have_value("")


def a_stopped_one_leaves_nothing(page: Page, console: Console) -> None:
    page.locator("#export-start").click()
    expect(page.locator("#export-status [data-state=running]")).to_be_visible()
    page.locator("#export-stop").click()
    expect(page.locator("#export-status")).to_contain_text("The export was stopped")
    names = [path.name for path in (console.home / "exports").iterdir()]
    assert not [name for name in names if name.startswith((".export", "ppocrv6-small"))]


def it_is_proven_and_downloaded_and_listed(page: Page, console: Console) -> None:
    model = page.locator("#export-model input")
    model.click()
    page.get_by_role("option", name="drawn").first.click()
    expect(page.locator("#export-command")).to_contain_text("--model drawn")
    page.locator("#export-start").click()
    expect(page.locator("#export-status [data-state=running]")).to_be_visible()
    status = page.locator("#export-status [data-state=done]")
    expect(status).to_be_visible(timeout=200_000)
    expect(page.locator("#export-status")).to_contain_text("Compared with Paddle")
    expect(page.locator("#export-earlier input")).to_have_value("drawn-dynamic-fp32")
    with page.expect_download() as started:
        page.locator("#export-download").click()
    with zipfile.ZipFile(Path(started.value.path())) as archive:
        assert "drawn-dynamic-fp32/model.onnx" in archive.namelist()
    page.reload()
    open_export(page)
    expect(status).to_be_visible()
    page.locator("#export-earlier input").click()
    page.get_by_role("option", name="drawn-dynamic-fp32").click()
    page.locator("#export-delete").click()
    assert (console.home / "exports" / "drawn-dynamic-fp32.zip").exists()  # it asks first
    page.locator("#export-delete-yes").click()
    expect(page.locator("#export-status")).to_contain_text("drawn-dynamic-fp32 was deleted")
    left = {path.name for path in (console.home / "exports").iterdir()}
    assert left >= {"drawn", ".bin"}  # from where it can come back
    assert not left & {"drawn-dynamic-fp32", "drawn-dynamic-fp32.zip"}
