"""The list of runs in a real browser: those that wait, and two runs over each other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.rundir import names
from ocrweb.rundir.events import EventWriter
from ocrweb.services.datasets.sample_data import make_sample_data
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import queue as training_queue
from tests.browser import Console, open_tab, running_console
from tests.services.training.made_runs import make_run, step_event

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 60_000
FALLEN, FULL = "20251230_000000_fallen", "20251230_000001_full"
BARE, MENDED = "20251231_000000_bare", "20260101_000003_mended"
GOING, FIRST, SECOND = (f"20260101_00000{number}_{name}" for number, name in enumerate(("going", "first", "second")))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    return tmp_path


@contextlib.contextmanager
def training_tab(console: Console, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="en-US", viewport={"width": 1440, "height": 1200})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(console.url, wait_until="domcontentloaded")
    open_tab(page, "Training")
    yield page
    context.close()


@pytest.fixture
def page(home: Path, chromium: Browser) -> Iterator[Page]:
    """Runs that go on, of which this process is the worker, one of them destroyed by its learning rate; two that wait for
    their device; and old ones: without steps, ended by a full disk."""
    make_run(BARE)
    fallen = EventWriter(make_run(FALLEN, "running", learning_rate=0.1) / names.EVENTS)
    for step, hmean in enumerate((0.8, 0.1, 0.05)):
        fallen.write("eval", 5 * step, epoch=1, hmean=hmean, precision=hmean, recall=hmean)
    (make_run(FULL, "failed") / names.LOG).write_text("OSError: [Errno 28] No space left on device\n")
    for run in (make_run(GOING, "running"), make_run(FIRST, None), make_run(SECOND, None)):
        writer = EventWriter(run / names.EVENTS)
        for step in (10, 20, 30):
            step_event(writer, step, 100 / step)
    for name in (FIRST, SECOND):
        training_queue.enqueue(name)
    with running_console(home) as console, training_tab(console, chromium) as opened:
        yield opened


def listed(page: Page, name: str) -> Locator:
    """The run's cell in the table; Gradio keeps a hidden copy of it to measure widths."""
    return page.locator("#training-runs").get_by_text(name, exact=True).locator("visible=true")


def choose(page: Page, name: str) -> None:
    page.get_by_role("tab", name="All runs", exact=True).click()
    listed(page, name).first.click()
    expect(page.locator("#training-status [data-run]")).to_have_attribute("data-run", name)


@pytest.mark.timeout(900)
def test_runs_wait_lie_over_each_other_and_are_let_go_in_every_window(page: Page, chromium: Browser) -> None:
    goes_forward_and_back_leaves_the_queue_and_returns(page)
    has_words_in_place_of_curves_without_steps(page)
    says_what_ended_it_with_the_way_on(page)
    is_let_go_wherever_it_is_compared_or_shown(page, chromium)


def goes_forward_and_back_leaves_the_queue_and_returns(page: Page) -> None:
    choose(page, SECOND)
    expect(page.locator("#training-status")).to_contain_text("2")
    page.locator("#training-sooner").click()
    expect(page.locator("#training-sooner")).to_be_hidden()  # it is the next one now
    assert [entry.run for entry in training_queue.waiting()] == [SECOND, FIRST]
    page.locator("#training-later").click()
    expect(page.locator("#training-later")).to_be_hidden()  # it is the last one again
    assert [entry.run for entry in training_queue.waiting()] == [FIRST, SECOND]

    choose(page, FIRST)
    page.locator("#training-stop").click()
    expect(page.locator("#training-ask")).to_contain_text("stays in the list with its settings")
    page.locator("#training-stop-yes").click()
    status = page.locator("#training-status [data-run]")
    expect(status).to_have_attribute("data-state", "stopped")
    expect(status).to_contain_text("Not started")
    assert [entry.run for entry in training_queue.waiting()] == [SECOND]
    page.locator("#training-resume").click()
    expect(status).to_have_attribute("data-state", "queued")
    assert [entry.run for entry in training_queue.waiting()] == [SECOND, FIRST]


def has_words_in_place_of_curves_without_steps(page: Page) -> None:
    choose(page, BARE)
    page.get_by_role("tab", name="Curves", exact=True).click()
    expect(page.locator("#training-losses")).to_contain_text("after the first steps")
    expect(page.locator("#training-losses .xtick")).to_have_count(0)


def says_what_ended_it_with_the_way_on(page: Page) -> None:
    choose(page, FULL)
    expect(page.locator("[data-cause='disk.full']")).to_be_visible()
    choose(page, FALLEN)
    fallen = page.locator("[data-cause='result.collapsed']")
    expect(fallen).to_contain_text("from 0.8000 to 0.0500")
    page.get_by_role("button", name="A tenth of the learning rate").click()
    expect(page.locator("#training-learning_rate input").first).to_have_value("0.01")


def is_let_go_wherever_it_is_compared_or_shown(page: Page, chromium: Browser) -> None:
    context = chromium.new_context(locale="en-US")
    other = context.new_page()
    refused: list[str] = []
    for window in (page, other):
        window.on("response", lambda answer: refused.append(answer.url) if answer.status >= 500 else None)
    other.goto(page.url, wait_until="domcontentloaded")
    open_tab(other, "Training")
    for window in (page, other):
        choose(window, GOING)
        window.get_by_role("tab", name="Curves", exact=True).click()
        expect(window.locator("#training-losses .legend .traces")).to_have_count(5)
        window.locator("#training-other input").click()
        window.get_by_role("option", name=SECOND).click()
        expect(window.locator("#training-other .token")).to_have_count(1)
        expect(window.locator("#training-losses .legend .traces")).to_have_count(6)
        expect(window.locator("#training-losses .legend")).to_contain_text(SECOND)
    training_jobs.delete(SECOND)
    for window in (page, other):
        expect(window.locator("#training-other .token")).to_have_count(0)
        expect(window.locator("#training-losses .legend .traces")).to_have_count(5)
        choose(window, FIRST)
    training_jobs.delete(FIRST)
    for window in (page, other):
        expect(window.locator("#training-status [data-run]")).to_have_attribute("data-run", GOING)
    assert refused == []
    context.close()


def test_a_remedy_mends_the_dataset_in_a_copy_and_prepares_the_run_with_it(
    console: Console, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(console.home))
    data = console.home / "datasets" / "mended"
    make_sample_data(data, train=4, test=1, seed=5)
    label = min((data / "train_gts").iterdir())
    broken = "\ufeff" + label.read_text(encoding="utf-8")
    label.write_text(broken, encoding="utf-8")
    run = make_run(MENDED, "failed")
    (run / names.CONFIG).write_text(dump_yaml(TrainingConfig(dataset=str(data), epochs=7)), encoding="utf-8")
    (run / names.LOG).write_text("ValueError: could not convert string to float: '\\ufeff12'\nCUDA out of memory.\n")
    with training_tab(console, chromium) as page:
        choose(page, MENDED)
        page.get_by_role("button", name="Check the dataset and repair it").click()
        expect(page.locator("#training-mend-preview [data-changes]")).to_contain_text(label.name)
        assert label.read_text(encoding="utf-8") == broken
        page.locator("#training-mend-go").click()
        expect(page.locator("#training-remedy-answer")).to_contain_text("mended → mended_repaired")
        expect(page.locator("#training-dataset input")).to_have_value("mended_repaired")
        expect(page.locator("#training-epochs input").first).to_have_value("7")
        assert label.read_text(encoding="utf-8") == broken
        expect(page.locator("[data-check=dataset]")).to_contain_text("Pictures for training: only 4")

        page.get_by_role("button", name="Shrink pictures and labels together").click()
        expect(page.locator("#training-mend-preview")).to_contain_text("5 of 5 pictures")
        page.locator("#training-mend-leave").click()
        expect(page.locator("#training-mend")).to_be_hidden()
