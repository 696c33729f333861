"""What causes and remedies do, without a browser: explaining, preparing, mending."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.events import EventWriter
from ocrweb.services.datasets.store import list_datasets
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.diagnosis.cause import Remedy
from ocrweb.ui.training import mend as training_mend
from ocrweb.ui.training import why as training_why
from tests.data.corpus import content, make_good
from tests.services.training.made_runs import make_run
from tests.ui.desk import Desk
from tests.ui.training.runs_on_desk import FIRST, SECOND, look

pytestmark = pytest.mark.usefixtures("runs_home")


def test_causes_offer_a_button_each_and_the_remedy_is_prepared_in_the_form(desk: Desk, tmp_path: Path) -> None:
    run = make_run(FIRST, "failed", batch_size=8)
    (run / names.LOG).write_text("RuntimeError: CUDA out of memory. Tried to allocate 2 GiB\n")
    look(desk)
    assert 'data-cause="memory.gpu"' in desk["training-causes"]
    offered = [desk.look(f"training-remedy-{number}") for number in range(training_why.BUTTONS)]
    count = sum(map(bool, offered))
    assert count > 0
    assert offered == [True] * count + [False] * (training_why.BUTTONS - count)
    assert all(desk[f"training-remedy-{number}"] for number in range(count))
    for number in range(training_why.BUTTONS):
        desk.put("training-remedy-answer", "")
        desk.put("training-batch_size", 8)
        desk.click(f"training-remedy-{number}")
        if number >= count:
            assert desk["training-remedy-answer"] == ""
        else:
            assert desk["training-remedy-answer"]
    make_run(SECOND)
    look(desk)
    assert 'data-cause="memory.gpu"' not in desk["training-causes"]


def test_a_training_that_destroys_the_model_says_so_while_it_goes_on(desk: Desk) -> None:
    run = make_run(FIRST, "running", learning_rate=0.1)
    writer = EventWriter(run / names.EVENTS)

    def evaluated(step: int, hmean: float) -> str:
        writer.write("eval", step, epoch=1, hmean=hmean, precision=hmean, recall=hmean)
        look(desk)
        return str(desk["training-causes"])

    assert 'data-cause="result.collapsed"' not in evaluated(0, 0.8) + evaluated(5, 0.1)
    assert "from 0.8000 to 0.0500" in evaluated(10, 0.05)
    assert "from 0.8000 to 0.0200" in evaluated(15, 0.02)
    number = next(
        n for n in range(training_why.BUTTONS) if desk[f"training-remedy-{n}"] == "A tenth of the learning rate"
    )
    desk.click(f"training-remedy-{number}")
    assert desk["training-learning_rate"] == pytest.approx(0.01)
    assert 'data-cause="result.collapsed"' not in evaluated(20, 0.7)


@pytest.mark.parametrize(
    ("remedy", "said", "epochs"),
    [
        (Remedy("smaller", "train", {"epochs": 3}), "ocrweb-good", 3),
        (Remedy("same", "train", {}), "ocrweb-good", 7),
        (Remedy("doctor", "doctor", {}), "ocrweb doctor", None),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_each_remedy_says_what_it_does_and_only_a_new_run_fills_the_form(
    remedy: Remedy, said: str, epochs: int | None
) -> None:
    make_run(FIRST, "failed", epochs=7)
    words, config = training_why._prepare(remedy, FIRST, "en")
    assert said in words
    assert (config.epochs if config else None) == epochs


def test_resume_as_a_remedy_puts_the_run_into_the_line() -> None:
    make_run(FIRST, "failed")
    words, config = training_why._prepare(Remedy("resume", "train", {}), FIRST, "en")
    assert (FIRST in words, config) == (True, None)
    assert [entry.run for entry in training_queue.waiting()] == [FIRST]


def test_a_log_from_elsewhere_is_explained_or_said_to_be_none(desk: Desk, tmp_path: Path) -> None:
    for text, said in (
        ("CUDA out of memory. Tried to allocate 2 GiB\n", 'data-cause="memory.gpu"'),
        ("hello world", "does not look like"),
        ("  ", "ocrweb-warning"),
        ("epoch: [1/2], global_step: 10, lr: 0.001, loss: 1.0\n", "ocrweb-good"),
    ):
        desk.put("training-foreign-text", text)
        desk.click("training-foreign-start")
        assert said in desk["training-foreign-answer"], text
    file = tmp_path / "run.log"
    file.write_text("CUDA out of memory. Tried to allocate 2 GiB\n")
    desk.upload("training-foreign-file", str(file))
    assert 'data-cause="memory.gpu"' in desk["training-foreign-answer"]


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    root = make_good(tmp_path / "datasets" / "story")
    content("train_gts/3.txt", b"\xef\xbb\xbf5,5,40,5,40,20,5,20,hello\n")(root)
    run = make_run(FIRST, "failed")
    (run / names.CONFIG).write_text(dump_yaml(TrainingConfig(dataset=str(root), epochs=7)), encoding="utf-8")
    return root


def offer(desk: Desk, *remedies: Remedy, run: str = FIRST) -> None:
    function = next(one for one in desk.page.fns.values() if (desk.widget("training-remedy-0")._id, "click") in one.targets)  # fmt: skip
    desk.put(function.inputs[0], training_why.Offer(run, remedies))


def test_a_dataset_is_mended_in_a_copy_after_its_changes_were_shown(
    desk: Desk, spoilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_mend, "LOOK", 0.01)
    before = (spoilt / "train_gts/3.txt").read_bytes()
    offer(desk, Remedy("repair", "repair", {}), Remedy("resize", "resize", {}))
    desk.click("training-remedy-0")
    assert desk.look("training-mend")
    assert desk.look("training-mend-go")
    assert "train_gts/3.txt" in desk["training-mend-preview"]
    assert [one.name for one in list_datasets()] == ["story"]
    desk.click("training-mend-leave")
    assert not desk.look("training-mend")
    desk.click("training-mend-go")
    assert not desk.look("training-mend")
    assert "story → story_repaired" in desk["training-remedy-answer"]
    assert (desk["training-dataset"], desk["training-epochs"]) == ("story_repaired", 7)
    assert (spoilt / "train_gts/3.txt").read_bytes() == before
    desk.click("training-remedy-1")
    assert desk["training-remedy-answer"] == ""
    assert 'data-changes="0"' in desk["training-mend-preview"]
    assert not desk.look("training-mend-go")
    desk.click("training-remedy-2")
    assert not desk.look("training-mend")


def test_a_dataset_of_elsewhere_is_mended_by_a_command_and_what_fails_is_said(
    desk: Desk, spoilt: Path, tmp_path: Path
) -> None:
    config = tmp_path / "workdirs" / FIRST / names.CONFIG
    config.write_text(dump_yaml(TrainingConfig(dataset=str(tmp_path / "away" / "my story"))), encoding="utf-8")
    offer(desk, Remedy("repair", "repair", {}), Remedy("resize", "resize", {}))
    desk.click("training-remedy-0")
    assert not desk.look("training-mend")
    assert "ocrweb validate" in desk["training-remedy-answer"]
    assert "my story&#" in desk["training-remedy-answer"]
    desk.click("training-remedy-1")
    assert "ocrweb resize" in desk["training-remedy-answer"]
    offer(desk, Remedy("repair", "repair", {}), Remedy("smaller", "train", {}), run="20250101_000000_gone")
    desk.click("training-remedy-0")
    assert "ocrweb-problem" in desk["training-remedy-answer"]
    desk.put("training-remedy-answer", "")
    desk.click("training-remedy-1")
    assert "ocrweb-problem" in desk["training-remedy-answer"]


def test_nothing_is_mended_without_a_plan_and_a_failed_work_says_why(
    desk: Desk, spoilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("training-remedy-answer", "before")
    desk.click("training-mend-go")
    assert desk["training-remedy-answer"] == ""
    offer(desk, Remedy("repair", "repair", {}))
    desk.click("training-remedy-0")
    error = OcrwebError("usage.disk-full", path="/data")
    going = SimpleNamespace(active=False, state="failed", error=error, outcome=SimpleNamespace(dataset=None))
    monkeypatch.setattr(training_mend.training_mend, "begin_mending", lambda kind, dataset: "a")
    monkeypatch.setattr(training_mend, "dataset_job", lambda identifier: going)
    desk.click("training-mend-go")
    assert "No space is left" in desk["training-remedy-answer"]
    monkeypatch.setattr(training_mend, "dataset_job", lambda identifier: None)
    desk.click("training-mend-go")
    assert desk["training-remedy-answer"] == ""

    def refused(kind: str, dataset: str) -> str:
        raise error

    monkeypatch.setattr(training_mend.training_mend, "begin_mending", refused)
    desk.click("training-mend-go")
    assert "No space is left" in desk["training-remedy-answer"]
