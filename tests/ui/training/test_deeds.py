"""What a person does with runs that have ended, and with the form, in a real browser: one console for all of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from ocrweb.config.loader import dump_yaml
from ocrweb.config.presets import preset
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir import names
from ocrweb.services.training import probe as training_probe
from ocrweb.services.training.choices import config_from_file
from tests.browser import Console, open_tab, running_console
from tests.sample_pages import sample_pages
from tests.services.training.made_runs import make_run

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
PATIENCE = 60_000
SCREEN: ViewportSize = {"width": 1440, "height": 1000}
GOOD, OTHER, SPARE = (f"20260101_00000{number}_{name}" for number, name in enumerate(("good", "other", "spare")))


@pytest.fixture(scope="module")
def runs_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A dataset, a finished run and two failed ones."""
    home = tmp_path_factory.mktemp("deeds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCRWEB_HOME", str(home))
        data = home / "datasets" / "story"
        sample_pages(data, train=4, test=1, seed=5)
        for name, state, epochs in ((GOOD, "finished", 7), (OTHER, "failed", 5), (SPARE, "failed", 5)):
            run = make_run(name, state)
            config = TrainingConfig(dataset=str(data), name=name.split("_")[2], epochs=epochs)
            (run / names.CONFIG).write_text(dump_yaml(config), encoding="utf-8")
            (run / names.LOG).write_text("Starting training...\n", encoding="utf-8")
        with running_console(home) as console:
            yield console


@pytest.fixture
def page(runs_console: Console, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en-US", viewport=SCREEN, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(runs_console.url, wait_until="domcontentloaded")
    open_tab(page, "Training")
    expect(state(page)).to_be_visible()
    yield page
    context.close()


def state(page: Page) -> Locator:
    return page.locator("#training-status [data-run]")


def listed(page: Page, text: str) -> Locator:
    return page.locator("#training-runs").get_by_text(text, exact=True).locator("visible=true")


def choose(page: Page, name: str) -> None:
    page.get_by_role("tab", name="All runs", exact=True).click()
    listed(page, name).first.click()
    expect(state(page)).to_have_attribute("data-run", name)


def typed(page: Page, field: str, value: str) -> None:
    page.locator(f"#training-{field}").locator("input, textarea").first.fill(value)
    page.keyboard.press("Tab")


def test_the_form_is_written_to_a_file_checked_and_kept(page: Page) -> None:
    the_config_file_holds_what_the_form_says(page)
    a_number_that_is_none_is_a_sentence_and_an_emptied_one_the_default(page)
    the_form_is_as_it_was_left_when_the_page_is_loaded_again(page)


def the_config_file_holds_what_the_form_says(page: Page) -> None:
    page.locator("#training-command-box button").first.click()
    typed(page, "epochs", "4")
    expect(page.locator("#training-command")).to_contain_text("epochs=4")
    with page.expect_download() as download:
        page.locator("#training-config").click()
    assert download.value.suggested_filename.endswith(".yml")
    assert config_from_file(download.value.path()).epochs == 4


def a_number_that_is_none_is_a_sentence_and_an_emptied_one_the_default(page: Page) -> None:
    said = page.locator("#training-wrong")
    typed(page, "epochs", "3.7")
    expect(said).to_contain_text("a whole number from 1 to 10000")
    assert "-o" not in said.inner_text()
    page.locator("#training-epochs input").fill("")
    expect(said).to_be_empty()
    page.locator("#training-batch_size input").fill("")
    page.wait_for_timeout(1500)
    expect(page.locator(".toast-body")).to_have_count(0)
    typed(page, "name", "usual")
    expect(page.locator("#training-command")).to_contain_text("ocrweb train -o name=usual")


def the_form_is_as_it_was_left_when_the_page_is_loaded_again(page: Page) -> None:
    for field, value in (("epochs", "500"), ("max_minutes", "120"), ("name", "kept")):
        typed(page, field, value)
    expect(page.locator("#training-command")).to_contain_text("max_minutes=120")
    expect(page.locator("#training-command")).to_contain_text("name=kept -o epochs=500")
    page.reload()
    open_tab(page, "Training")
    expect(page.locator("#training-epochs input")).to_have_value("500")
    expect(page.locator("#training-max_minutes input")).to_have_value("120")
    expect(page.locator("#training-name").locator("input, textarea")).to_have_value("kept")
    page.locator("#training-advanced button").first.click()
    page.locator("#training-command-box button").first.click()
    expect(page.locator("#training-command")).to_contain_text("-o name=kept -o epochs=500 -o max_minutes=120")
    assert "seed" not in page.locator("#training-command").inner_text()


def test_runs_that_have_ended_are_noted_deleted_read_copied_and_exported(page: Page, runs_console: Console) -> None:
    notes_go_to_the_run_they_were_typed_for_also_when_another_is_chosen_at_once(page, runs_console)
    deleting_asks_first_and_means_the_run_it_named(page, runs_console)
    its_log_is_downloaded(page)
    a_log_of_one_line_stands_at_the_top_of_its_box(page)
    a_copy_is_changed_in_the_form_and_says_so_in_sight(page)
    on_a_phone_the_list_has_room_for_words(page)
    one_click_takes_a_finished_one_to_the_export_page(page)


def notes_go_to_the_run_they_were_typed_for_also_when_another_is_chosen_at_once(
    page: Page, runs_console: Console
) -> None:
    choose(page, GOOD)
    page.locator("#training-notes").locator("input, textarea").first.fill("too dark")
    listed(page, OTHER).first.click()
    expect(state(page)).to_have_attribute("data-run", OTHER)
    expect(page.locator("#training-notes").locator("input, textarea").first).to_have_value("")
    typed(page, "notes", "too few")
    expect(listed(page, "too few")).to_have_count(1)
    notes = [(runs_console.home / "workdirs" / name / "notes.txt").read_text().strip() for name in (GOOD, OTHER)]
    assert notes == ["too dark", "too few"]


def deleting_asks_first_and_means_the_run_it_named(page: Page, runs_console: Console) -> None:
    folder = runs_console.home / "workdirs" / SPARE
    choose(page, SPARE)
    page.locator("#training-delete").click()
    page.locator("#training-delete-no").click()
    expect(page.locator("#training-ask-delete")).to_be_hidden()
    assert folder.is_dir()
    page.locator("#training-delete").click()
    expect(page.locator("#training-ask-delete")).to_contain_text(SPARE)
    choose(page, GOOD)
    page.locator("#training-delete-yes").click()
    expect(listed(page, SPARE)).to_have_count(0)
    assert not folder.exists()
    expect(state(page)).to_have_attribute("data-run", GOOD)


def its_log_is_downloaded(page: Page) -> None:
    choose(page, GOOD)
    page.get_by_role("tab", name="Log", exact=True).click()
    with page.expect_download() as download:
        page.locator("#training-log-download").click()
    assert download.value.path().read_text(encoding="utf-8") == "Starting training...\n"


def a_log_of_one_line_stands_at_the_top_of_its_box(page: Page) -> None:
    line = page.locator("#training-log span").first
    expect(line).to_be_visible()
    box, text = page.locator("#training-log .ocrweb-log").bounding_box(), line.bounding_box()
    assert box is not None
    assert text is not None
    assert text["y"] - box["y"] < 40


def a_copy_is_changed_in_the_form_and_says_so_in_sight(page: Page) -> None:
    choose(page, GOOD)
    page.mouse.wheel(0, 400)
    page.locator("#training-copy").click()
    expect(page.locator("#training-epochs input").first).to_have_value("7")
    expect(page.locator("#training-dataset input")).to_have_value("story")
    expect(page.locator("#training-said")).to_be_in_viewport()
    page.locator("#training-command-box button").first.click()
    typed(page, "name", "second")
    expect(page.locator("#training-command")).to_contain_text("name=second")
    expect(page.locator("#training-command")).to_contain_text("epochs=7")


def on_a_phone_the_list_has_room_for_words(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("tab", name="All runs", exact=True).click()
    expect(listed(page, GOOD)).to_have_count(1)
    cells = page.locator("#training-runs .virtual-row").first.locator("[role=gridcell]").locator("visible=true")
    widths = [cell["width"] for cell in map(Locator.bounding_box, cells.all()) if cell is not None]
    assert min(widths) > 50
    assert sum(widths) <= 390
    page.set_viewport_size(SCREEN)


def one_click_takes_a_finished_one_to_the_export_page(page: Page) -> None:
    choose(page, GOOD)
    page.locator("#training-export").click()
    expect(page.locator("#export-start")).to_be_visible()
    expect(page.locator("#export-command")).to_contain_text(GOOD)


def test_other_logs_are_read_and_too_little_memory_is_told_before_a_run(
    page: Page, runs_console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_text_that_is_no_log_is_not_called_healthy(page)
    an_uploaded_log_is_diagnosed(page, tmp_path)
    a_run_that_needs_more_memory_than_there_is_is_warned_of(page, runs_console, monkeypatch)


def a_text_that_is_no_log_is_not_called_healthy(page: Page) -> None:
    page.locator("#training-foreign button").first.click()
    page.locator("#training-foreign-text textarea").fill("hello world")
    page.locator("#training-foreign-start").click()
    expect(page.locator("#training-foreign-answer .ocrweb-warning")).to_contain_text("does not look like")


def an_uploaded_log_is_diagnosed(page: Page, tmp_path: Path) -> None:
    log = tmp_path / "训练.log"
    log.write_bytes("第 1 轮\n".encode("gbk") + b"RuntimeError: CUDA out of memory. Tried to allocate 2 GiB\n")
    with page.expect_file_chooser() as chooser:
        page.locator("#training-foreign-file").click()
    chooser.value.set_files(log)
    expect(page.locator("#training-foreign-answer [data-cause='memory.gpu']")).to_be_visible()


def a_run_that_needs_more_memory_than_there_is_is_warned_of(
    page: Page, runs_console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The probe's answer for the form's settings is on record, so that no step is taken here."""
    measured = {
        "device": "cpu",
        "seconds_to_start": 5.0,
        "seconds_a_step": 60.0,
        "seconds_an_evaluation": 1.0,
        "peak_gib": 9000.0,
    }
    monkeypatch.setenv("OCRWEB_HOME", str(runs_console.home))
    monkeypatch.setattr(training_probe, "_probe", lambda config, timeout: measured)
    training_probe.estimate(TrainingConfig.model_validate({**preset("safe"), "dataset": "story"}))
    page.locator("#training-dataset input").click()
    page.get_by_role("option", name="story").first.click()
    page.locator("#training-estimate").click()
    expect(page.locator("#training-cost .ocrweb-warning")).to_contain_text("9000.2 GiB")
