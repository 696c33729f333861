"""The training tab in a real browser: the whole way from a dataset to a model in use."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir.status import read_status
from ocrweb.services.datasets.sample_data import make_sample_data
from ocrweb.services.training import jobs as training_jobs
from ocrweb.ui.parts.training_fields import FIELDS
from tests.browser import Console, kill_under, open_tab, start_console, stop_console, wait_for_reload
from tests.webhook import listening

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
SETTINGS = {
    "dataset": "story",
    "name": "story",
    "crop_size": 64,
    "epochs": 8,
    "learning_rate": 0.0001,
    "evaluation": {"limit_side": 320, "every_steps": 10},
    "loader": {"workers": 0},
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the consoles' webhook sent."""
    with listening() as (address, taken):
        monkeypatch.setenv("OCRWEB_WEBHOOK", address)
        yield taken


@pytest.fixture
def own(tmp_path: Path, told: list[dict[str, Any]]) -> Iterator[list[Console]]:
    """A console of this test's own, which it may kill and start again; the last one is stopped."""
    make_sample_data(tmp_path / "datasets" / "story", train=6, test=2, seed=5)
    consoles = [start_console(tmp_path)]
    yield consoles
    stop_console(consoles[-1])


@pytest.fixture
def shared(console: Console) -> Iterator[Console]:
    """The console of all tests, with a dataset of this test's own; what trains there is stopped."""
    make_sample_data(console.home / "datasets" / "story", train=6, test=2, seed=5)
    yield console
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OCRWEB_HOME", str(console.home))
        for name in training_jobs.active_names():
            training_jobs.stop(name)
            training_jobs.force_overdue(patience=0)
    shutil.rmtree(console.home / "datasets" / "story")


@contextlib.contextmanager
def visitor(chromium: Browser, lang: str = "en-US", width: int = 1440) -> Iterator[Page]:
    context = chromium.new_context(locale=lang, viewport={"width": width, "height": 1000})
    yield context.new_page()
    context.close()


def open_training(page: Page, url: str, name: str = "Training") -> None:
    page.goto(url, wait_until="domcontentloaded")
    open_tab(page, name)
    expect(page.locator("#training-status [role=status]")).to_be_visible()


def load_settings(page: Page, folder: Path, **changes: object) -> None:
    file = folder / "story.yml"
    file.write_text(dump_yaml(TrainingConfig.model_validate(SETTINGS | changes)), encoding="utf-8")
    page.locator("#training-command-box button").first.click()
    page.locator("input[type=file][accept*=yml]").first.set_input_files(file)
    expect(page.locator("#training-said")).to_contain_text("story.yml")
    expect(page.locator("#training-checklist [data-ready=true]")).to_be_visible(timeout=120_000)


def choose_dataset(page: Page, name: str = "story") -> None:
    page.locator("#training-dataset input").click()
    page.get_by_role("option", name=name).first.click()


def state(page: Page) -> Locator:
    return page.locator("#training-status [data-state]")


@contextlib.contextmanager
def held(run: Path) -> Iterator[None]:
    """The run makes no step herein, so that it is surely not at its end."""
    worker = psutil.Process(read_status(run).pid)
    processes = [worker, *worker.children(recursive=True)]
    for process in processes:
        process.suspend()
    yield
    for process in processes:
        process.resume()


def test_from_a_dataset_to_a_model_in_use(
    chromium: Browser, own: list[Console], told: list[dict[str, Any]], tmp_path: Path, picture: Path
) -> None:
    """The console is killed in the midst of it: the page comes back by itself, the end of the run is told once."""
    with visitor(chromium) as page:
        open_training(page, own[0].url)
        expect(page.locator("#training-status")).to_contain_text("Waiting for training to start...")
        load_settings(page, tmp_path)
        expect(page.locator("#training-command")).to_contain_text("epochs=8")
        page.locator("#training-start").click()
        expect(state(page)).to_have_attribute("data-state", re.compile("starting|running"))
        run = state(page).get_attribute("data-run")
        assert run is not None
        expect(page.locator("#training-log")).to_contain_text("Starting training...", timeout=120_000)
        expect(page.locator("#training-log")).to_contain_text("cur metric, hmean:", timeout=120_000)
        with held(tmp_path / "workdirs" / run):
            page.reload()
            page.get_by_role("tab", name="Training", exact=True).first.click()
            expect(state(page)).to_have_attribute("data-run", run)
            expect(state(page)).to_have_attribute("data-state", "running")

            kill_under(page, own[0])
            own.append(start_console(tmp_path, port=int(own[0].url.rsplit(":", 1)[1])))
            wait_for_reload(page)
            open_tab(page, "Training")
            expect(state(page)).to_have_attribute("data-run", run)
            expect(state(page)).to_have_attribute("data-state", "running")
        expect(state(page)).to_have_attribute("data-state", "finished", timeout=240_000)
        expect(page.locator("#training-status")).to_contain_text("Training finished!")
        expect(page).to_have_title(re.compile("Training finished"))

        expect(page.locator("#training-proof-card [data-proof]")).to_be_visible(timeout=120_000)
        expect(page.locator("#training-proof-card")).to_contain_text("the base model has")
        expect(page.locator("#training-compared img").first).to_be_visible()
        page.get_by_role("tab", name="Curves").click()
        expect(page.locator("#training-losses .scatterlayer .trace").first).to_be_visible()

        page.locator("#training-use").click()
        expect(page.locator("#single-start")).to_be_visible()
        page.locator("#single-picture input[type=file]").first.set_input_files(picture)
        expect(page.locator("#single-summary")).to_contain_text(run)
    assert [(document["run"], document["state"]) for document in told] == [(run, "finished")]


def test_a_run_that_fails_says_why_and_a_button_prepares_the_mended_one(
    chromium: Browser, shared: Console, tmp_path: Path
) -> None:
    with visitor(chromium) as page, visitor(chromium, "zh-CN") as other:
        open_training(page, shared.url)
        load_settings(page, tmp_path, epochs=100)
        page.locator("#training-start").click()
        expect(state(page)).to_have_attribute("data-run", re.compile("_story$"))  # another test's may be shown before
        expect(state(page)).to_have_attribute("data-state", "running", timeout=120_000)
        expect(page.locator("#training-log")).to_contain_text("Starting training...", timeout=120_000)
        open_training(other, shared.url, "训练微调")
        expect(other.locator("#training-status")).to_contain_text("训练中")
        page.locator("#training-stop").click()
        page.locator("#training-stop-yes").click()
        expect(state(page)).to_have_attribute("data-state", "stopped")
        expect(state(other)).to_have_attribute("data-state", "stopped")
        expect(page.locator("[data-cause='process.stopped']")).to_be_visible()
        page.get_by_role("button", name="Go on from the last checkpoint").click()
        expect(state(page)).to_have_attribute("data-state", re.compile("starting|running"))


def test_an_error_in_the_checklist_makes_starting_impossible(chromium: Browser, shared: Console) -> None:
    """The dataset is chosen at once, while the page still loads."""
    label = next((shared.home / "datasets" / "story" / "train_gts").iterdir())
    label.write_text("1,2,3\n")
    before = set((shared.home / "workdirs").glob("2*"))
    with visitor(chromium) as page:
        page.goto(shared.url, wait_until="domcontentloaded")
        open_tab(page, "Training")
        choose_dataset(page)
        expect(page.locator("[data-check=dataset]")).to_contain_text(label.name)
        page.locator("#training-start").click()
        expect(page.locator("#training-said .ocrweb-problem")).to_contain_text("jobs.not-ready")
        assert set((shared.home / "workdirs").glob("2*")) == before


def test_a_late_answer_about_the_empty_form_does_not_cover_the_chosen_dataset(
    chromium: Browser, shared: Console
) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        data = json.loads(route.request.post_data or "{}").get("data", [])
        if held or len(data) != len(FIELDS):
            route.continue_()
        else:
            held.append(route)

    with visitor(chromium) as page:
        page.route("**/queue/join*", hold_the_first)
        page.goto(shared.url, wait_until="domcontentloaded")
        open_tab(page, "Training")
        choose_dataset(page)
        page.wait_for_timeout(2000)
        held[0].continue_()
        page.wait_for_timeout(2000)
        expect(page.locator("[data-check=dataset]")).to_contain_text("Pictures for training: only 6")


def test_what_the_form_does_without_a_run(visit: Callable[..., Page]) -> None:
    page = visit("zh-CN")
    page.get_by_role("tab", name="训练微调").click()
    a_setting_is_found_by_a_word_and_a_changed_one_goes_back(page)
    page.set_viewport_size({"width": 390, "height": 844})
    a_pasted_log_is_diagnosed_on_a_phone(page)


def a_pasted_log_is_diagnosed_on_a_phone(page: Page) -> None:
    page.locator("#training-foreign button").first.click()
    page.locator("#training-foreign-text textarea").fill("RuntimeError: CUDA out of memory. Tried to allocate 2 GiB")
    page.locator("#training-foreign-start").click()
    expect(page.locator("#training-foreign-answer [data-cause='memory.gpu']")).to_be_visible()
    page.wait_for_function("document.documentElement.scrollWidth <= 390")


def a_setting_is_found_by_a_word_and_a_changed_one_goes_back(page: Page) -> None:
    epochs = page.locator("#training-epochs input")
    epochs.fill("7")
    epochs.press("Tab")
    page.locator("#training-differs [data-setting=epochs]").click()
    expect(epochs).to_have_value("20")
    expect(page.locator("#training-differs")).to_have_text("")
    page.locator("#training-advanced .label-wrap").click()
    asked, fields = (
        page.locator("#training-search").locator("input, textarea"),
        page.locator("#training-advanced [id^=training-]"),
    )
    asked.fill("翻转")
    expect(fields.filter(visible=True)).to_have_count(2)  # and the field of the search itself
    expect(page.locator("#training-augmentation-flip")).to_be_visible()
    asked.fill("没有这样的参数")
    expect(page.locator(".ocrweb-none-found")).to_be_visible()
    asked.fill("")
    expect(page.locator("#training-loader-workers")).to_be_visible()
