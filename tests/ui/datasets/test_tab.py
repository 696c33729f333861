"""The dataset tab in a real browser, and its presenters."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from playwright.sync_api import Locator, Page, expect

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.jobs import DatasetJob, Outcome
from ocrweb.services.datasets.validation import validate
from ocrweb.ui.datasets.listing import Listing
from ocrweb.ui.datasets.present import job_card
from ocrweb.ui.datasets.tab import Watched
from ocrweb.ui.datasets.wires import Current, Wires
from ocrweb.ui.parts.seen import NOTHING, Seen
from tests.browser import PATIENCE, Console
from tests.data.corpus import label, make_good
from tests.data.corpus import picture as drawn

BROKEN = ("1，2，30，2，30，20，1，20，a", "5,25,50,25,50,40,5,40")


RULES = {"label.separator", "label.no-text"}


def spoilt(folder: Path) -> Path:
    root = make_good(folder)
    label(*BROKEN)(root)
    return root


def zipped(root: Path) -> Path:
    return Path(shutil.make_archive(str(root), "zip", root.parent, root.name))


def open_tab(page: Page, name: str = "Datasets") -> Page:
    page.get_by_role("tab", name=name).click()
    return page


def upload(page: Page, archive: Path) -> Locator:
    """Drop a zip; the verdict of its check."""
    page.locator("#dataset-zip input[type=file]").set_input_files(archive)
    verdict = page.locator("#dataset-verdict [data-ok]")
    expect(page.locator("#dataset-chosen input")).to_have_value(archive.stem)
    expect(verdict).to_be_visible()
    return verdict


def expect_rules(page: Page, rules: set[str]) -> None:
    """The findings are those, once they are drawn: the verdict above them may be there before."""
    blocks = page.locator("#dataset-findings [data-rule]")
    expect(blocks).to_have_count(len(rules))
    assert {str(block.get_attribute("data-rule")) for block in blocks.all()} == rules


@pytest.mark.browser
def test_a_broken_zip_is_judged_mended_and_ready(visit: Callable[..., Page], console: Console, tmp_path: Path) -> None:
    root = spoilt(tmp_path / "first")
    archive = zipped(root)
    page = open_tab(visit())
    verdict = upload(page, archive)
    it_is_judged(page, verdict)
    the_page_and_the_api_find_what_the_command_finds(page, console, root, archive)
    it_is_mended_and_that_is_undone(page, verdict)
    a_good_one_leads_to_training_with_it(page, tmp_path)


def it_is_judged(page: Page, verdict: Locator) -> None:
    expect(verdict).to_have_attribute("data-ok", "false")
    expect_rules(page, RULES)
    expect(page.locator("#dataset-findings")).to_contain_text("train_gts/3.txt:2")
    expect(page.locator("#dataset-train")).to_be_hidden()


def the_page_and_the_api_find_what_the_command_finds(page: Page, console: Console, root: Path, archive: Path) -> None:
    with page.expect_download() as started:
        page.locator("#dataset-json").click()
    downloaded = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    expected = validate(root).to_dict("en")
    assert downloaded == expected
    client = Client(console.url, verbose=False, headers={"accept-language": "en"})
    assert client.predict(dataset=root.name, api_name="/validate") == expected
    assert client.predict(archive=handle_file(archive), api_name="/validate") == expected
    with pytest.raises(AppError, match=r"batch\.outside-root"):
        client.predict(dataset="/etc", api_name="/validate")


def it_is_mended_and_that_is_undone(page: Page, verdict: Locator) -> None:
    page.locator("#dataset-preview").click()
    diff = page.locator(".ocrweb-diff")
    expect(diff.locator(".del").first).to_contain_text("1，2，30")
    expect(diff.locator(".add").first).to_contain_text("1,2,30,2,30,20,1,20,a")
    page.locator("#dataset-apply").click()
    expect(verdict).to_have_attribute("data-ok", "true")
    expect_rules(page, set())
    expect(page.locator("#dataset-train")).to_be_visible()

    page.locator("#dataset-undo").click()
    expect(verdict).to_have_attribute("data-ok", "false")
    expect_rules(page, RULES)


def a_good_one_leads_to_training_with_it(page: Page, tmp_path: Path) -> None:
    expect(upload(page, zipped(make_good(tmp_path / "good")))).to_have_attribute("data-ok", "true")
    page.locator("#dataset-train").click()
    expect(page.locator("#training-dataset input")).to_be_visible()
    expect(page.locator("#training-dataset input")).to_have_value("good")


def open_third(page: Page) -> None:
    """The answer to a click may be lost in a browser that takes another one at that moment; a person clicks again."""
    third, words = page.locator("#dataset-gallery .thumbnail-item").nth(2), page.locator("#dataset-picture-words")
    for _ in range(4):
        if third.is_visible():
            third.click()
        with contextlib.suppress(AssertionError):
            expect(words).to_be_visible(timeout=PATIENCE / 4)
            return


@pytest.mark.browser
def test_pictures_are_shown_with_boxes_maps_and_plots_and_fit_a_phone(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_tab(visit("zh-CN", width=390, height=844), "数据集")
    upload(page, zipped(spoilt(tmp_path / "手机")))
    expect(page.locator("#dataset-verdict")).to_contain_text("处错误会导致训练失败")
    page.get_by_role("tab", name="④ 查看").click()
    expect(page.locator("#dataset-gallery img")).to_have_count(12)
    open_third(page)
    expect(page.locator("#dataset-picture-words")).to_contain_text("train_images/3.jpg")
    viewer = page.locator("#dataset-picture ocrweb-viewer")
    expect(viewer).to_have_attribute("data-ready", "1")
    expect(viewer.locator("[data-layer=label]")).to_be_checked()
    page.locator("#dataset-mode input[value=shrink]").click()
    expect(page.locator("#dataset-picture-words")).to_contain_text("训练时视为文字的区域")
    page.get_by_role("tab", name="统计").click()
    expect(page.locator("#dataset-plot-text_heights")).to_contain_text("高度（像素）")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
@pytest.mark.slow
def test_a_dataset_is_deleted_only_after_a_question_and_comes_back_with_one_click(
    visit: Callable[..., Page], console: Console, tmp_path: Path
) -> None:
    page = open_tab(visit())
    nothing_can_be_done_before_one_is_chosen(page)
    verdict = upload(page, zipped(make_good(tmp_path / "gone")))
    expect(verdict).to_have_attribute("data-ok", "true")
    page.locator("#dataset-delete").click()
    expect(page.locator("#dataset-question")).to_contain_text("gone")
    assert (console.home / "datasets" / "gone").is_dir()
    page.locator("#dataset-delete-now").click()
    expect(page.locator("#dataset-status")).to_contain_text("Deleted")
    assert not (console.home / "datasets" / "gone").exists()
    page.locator("#dataset-undelete").click()
    expect(page.locator("#dataset-chosen input")).to_have_value("gone")
    expect(page.locator("#dataset-undelete")).to_be_hidden()
    assert (console.home / "datasets" / "gone" / "train_list.txt").is_file()


def nothing_can_be_done_before_one_is_chosen(page: Page) -> None:
    for button in ("#dataset-pack", "#dataset-rename", "#dataset-delete"):
        expect(page.locator(button)).to_be_disabled()
    open_tab(page, "Tools")
    for button in ("#dataset-resize", "#dataset-split", "#dataset-export"):
        expect(page.locator(button)).to_be_disabled()
    open_tab(page, "③ Check")


def test_the_dataset_of_a_stopped_check_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    make_good(tmp_path / "datasets" / "mine")
    outcome, error = Outcome("mine", (("repaired", {"changes": 3}),)), OcrwebError("dataset.cancelled")
    job = DatasetJob("1", "cancelled", kind="repair", outcome=outcome, error=error)
    wires: Any = Wires(*[field.name for field in fields(Wires)])  # type: ignore[arg-type]
    listing: Any = Listing(wires, "table")  # type: ignore[arg-type]
    view: Any = Watched(wires, "stop", "download", Seen("dataset"), listing)  # type: ignore[arg-type]
    changes = view.present(job, NOTHING, "other", "en")
    assert changes["current"] == Current("mine", "1")
    assert changes["chosen"].value == "mine"
    assert changes["status"] == job_card(job, "en"), "what was stopped is no problem"


@pytest.mark.browser
def test_what_another_window_did_to_the_datasets_is_seen(
    visit: Callable[..., Page], console: Console, tmp_path: Path
) -> None:
    page = open_tab(visit())
    upload(page, zipped(make_good(tmp_path / "fleeting")))
    folder = console.home / "datasets"
    shutil.copytree(folder / "fleeting", folder / "elsewhere")
    page.locator("#dataset-chosen input").click()
    expect(page.get_by_role("option", name="elsewhere")).to_be_visible()
    page.locator("#dataset-chosen input").press("Escape")
    open_tab(page, "Batch")
    for name in ("fleeting", "elsewhere"):
        shutil.rmtree(folder / name)
    open_tab(page)
    expect(page.locator("#dataset-status")).to_contain_text("“fleeting” is not there any more")
    expect(page.locator("#dataset-chosen input")).to_have_value("")
    expect(page.locator("#dataset-verdict [data-ok]")).to_have_count(0)


@pytest.mark.browser
def test_what_only_a_person_can_decide_is_done_by_a_button_and_undone(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    root = make_good(tmp_path / "decided")
    label("1,2,3,4")(root)
    page = open_tab(visit())
    verdict = upload(page, zipped(root))
    expect(verdict).to_have_attribute("data-ok", "false")
    page.locator("#dataset-decide input").click()
    page.get_by_role("option", name="train_gts/3.txt:2 · drop this line").click()
    page.keyboard.press("Escape")
    page.locator("#dataset-decide-now").click()
    expect(verdict).to_have_attribute("data-ok", "true")
    page.locator("#dataset-undo").click()
    expect(verdict).to_have_attribute("data-ok", "false")

    # a broken picture: another one is uploaded in its place
    (root / "train_images/4.jpg").write_bytes(b"\xff\xd8\xff broken")
    label()(root)
    verdict = upload(page, zipped(root.rename(tmp_path / "replaced")))
    expect(verdict).to_have_attribute("data-ok", "false")
    page.locator("#dataset-decide input").click()
    page.get_by_role("option", name="train_images/4.jpg · replace this picture").click()
    page.keyboard.press("Escape")
    page.locator("#dataset-decide-now").click()
    expect(page.locator("#dataset-status")).to_contain_text("Upload the picture")
    page.locator("#dataset-other input[type=file]").set_input_files(
        {"name": "new.jpg", "mimeType": "image/jpeg", "buffer": drawn(4)}
    )
    expect(page.locator("#dataset-other")).to_contain_text("new")
    page.locator("#dataset-decide-now").click()
    expect(verdict).to_have_attribute("data-ok", "true")
