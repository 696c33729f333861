"""Whole runs in their own processes, on pages drawn here. Slow: Paddle starts anew for each."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrweb.config.judgement import OUTCOMES
from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.disk.child import end_group, start_module
from ocrweb.messages import text
from ocrweb.rundir import names
from ocrweb.rundir.events import EventReader
from ocrweb.rundir.lines import FINISHED
from ocrweb.rundir.status import read_status
from ocrweb.runtime.card import read_card
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.diagnosis import diagnose_run
from ocrweb.services.training.diagnosis.patterns import LOWER_RATE
from ocrweb.services.training.runs import follow, prepare_run, resume_run, run_info, start_run, stop_run
from ocrweb.services.training.view import run_view
from ocrweb.training.run.checkpoint import load_checkpoint

pytestmark = pytest.mark.slow
WORDS = (
    "crop_size=64",
    "batch_size=2",
    "epochs=2",
    "learning_rate=0.0001",
    "evaluation.limit_side=192",
    "loader.workers=0",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", "en")
    return tmp_path


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Eight training pages and two for the test, each with two lines of print."""
    root = tmp_path / "pages"
    for split, count in (("train", 8), ("test", 2)):
        (root / f"{split}_images").mkdir(parents=True)
        (root / f"{split}_gts").mkdir()
        rows = []
        for number in range(count):
            page = np.full((160, 192, 3), 250, np.uint8)
            labels = []
            for line in range(2):
                left, bottom = 12 + 3 * number, 50 + 60 * line
                cv2.putText(
                    page, f"Text {number}{line}", (left, bottom), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20, 20, 20), 2
                )
                right, top = left + 118, bottom - 26
                labels.append(f"{left},{top},{right},{top},{right},{bottom + 4},{left},{bottom + 4},text")
            cv2.imwrite(str(root / f"{split}_images" / f"{number}.png"), page)
            (root / f"{split}_gts" / f"{number}.txt").write_text("\n".join(labels) + "\n")
            rows.append(f"{split}_images/{number}.png {split}_gts/{number}.txt\n")
        (root / f"{split}_list.txt").write_text("".join(rows))
    return root


def config(pages: Path, *words: str) -> TrainingConfig:
    return build(TrainingConfig, parse_overrides([*WORDS, f"dataset={pages}", *words]))


def until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def steps_of(run: Path) -> int:
    return read_status(run).step


def test_a_run_trains_finishes_and_can_detect_at_once(pages: Path) -> None:
    from ocrweb.runtime.pool import shared_detector

    run = start_run(config(pages))
    lines: list[str] = []
    info = follow(run, lines.append)
    assert info.status.state == "finished", lines
    told = info.status
    assert told.outcome in OUTCOMES
    low, high = told.verdict["interval"]
    assert low <= (told.hmean or 0.0) <= high
    assert lines[0] == "Starting training..."
    assert lines[-1] == "Training finished!"
    kept = {names.CONFIG, names.LOG, names.EVENTS, names.STATUS, names.METRICS, names.BEST, names.LATEST}
    kept |= {names.LATEST_OPTIMIZER, names.SAMPLES, names.CARD, names.NETWORK}
    assert kept <= {path.name for path in run.iterdir()}
    assert len(list((run / names.SAMPLES).glob("step_000000_*.jpg"))) == 1
    card = read_card(run / names.CARD)
    assert card.metrics["validation"]["held_out"] is True
    assert card.metrics["test"]["pictures"] == 2
    assert card.metrics["validation"]["hmean"] >= card.metrics["base"]["hmean"]
    result = shared_detector(run.name).detect(pages / "test_images" / "0.png")
    assert len(result.regions) >= 1


def test_a_destroyed_training_is_called_worse_wherever_it_is_told(
    pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """While it goes on too: the collapse has a warning with its cause before the last step."""
    from ocrweb.cli.main import main
    from ocrweb.ui.training.present import cause_cards, status_card

    def call(*words: str) -> tuple[int, dict[str, Any]]:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json"])
        assert isinstance(ended.value.code, int)
        return ended.value.code, json.loads(capsys.readouterr().out)

    words = (*WORDS, f"dataset={pages}", "learning_rate=0.1", "epochs=2", "evaluation.every_steps=2")
    code, trained = call("train", *(part for word in words for part in ("-o", word)))
    assert code == 1, trained
    run = run_info("latest").folder
    events = EventReader(run / names.EVENTS).read()
    warned = [place for place, event in enumerate(events) if event.get("code") == "train.collapsed"]
    steps = [place for place, event in enumerate(events) if event["kind"] == "step"]
    assert len(warned) == 1
    assert warned[0] < steps[-1]
    assert events[warned[0]]["params"]["rate"] == "0.1"
    status = read_status(run)
    assert (code, status.state, status.outcome) == (1, "finished", "worse")
    shown_code, shown = call("runs", "show", run.name)
    assert shown_code == 0
    for told in (trained, shown):
        assert (told["outcome"], told["hmean"], told["base_hmean"]) == ("worse", status.hmean, status.base_hmean)
    view = run_view(run.name)
    card = status_card(view, "en")
    assert card.startswith('<div class="ocrweb-problem"')
    assert text("train.outcome-worse", "en") in card
    (cause,) = (found for found in diagnose_run(run) if found.id == "result.collapsed")
    assert LOWER_RATE in cause.remedies
    assert cause.title("en") in cause_cards([cause], "en")


def test_a_run_of_the_queue_is_a_new_one_keeps_a_checkpoint_when_stopped_and_goes_on_where_it_was(pages: Path) -> None:
    run = prepare_run(config(pages, "model=db-resnet18", "epochs=40", "evaluation.every_steps=1000"))
    training_queue.enqueue(run.name)
    assert training_queue.start_due() == [run.name]
    until(lambda: steps_of(run) >= 3)
    info = stop_run("latest")
    assert info.status.state == "stopped"
    assert "process.stopped" in [cause.id for cause in diagnose_run(run)]
    assert FINISHED not in (run / names.LOG).read_text(encoding="utf-8")
    at = load_checkpoint(run / names.LATEST_OPTIMIZER).progress.step
    assert at >= 3
    resumed = resume_run(run.name, [f"epochs={at // 4 + 2}"])
    told: list[str] = []
    assert follow(resumed, told.append).status.state == "finished"
    assert [line for line in told if line.startswith("weights: ")] == ["weights: 149 of 149 tensors loaded"]
    steps = [event["step"] for event in EventReader(run / names.EVENTS).read() if event["kind"] == "step"]
    assert steps == sorted(steps)
    assert len(steps) == len(set(steps))


def test_a_bad_label_fails_the_run_before_its_first_step_with_its_place(pages: Path) -> None:
    (pages / "train_gts" / "3.txt").write_text("1,2,3\n")
    info = follow(start_run(config(pages)), lambda line: None)
    assert info.status.state == "failed"
    assert info.status.step == 0
    assert info.status.cause is not None
    assert "train_gts/3.txt:1" in info.status.cause["message"]


def test_a_killed_training_process_ends_the_run_with_a_cause_and_a_usable_checkpoint(pages: Path) -> None:
    run = start_run(config(pages, "epochs=200", "checkpoint.every_steps=2", "evaluation.every_steps=5000"))
    until(lambda: steps_of(run) >= 4)
    os.kill(child_of(run_info("latest").status.pid), signal.SIGKILL)
    until(lambda: not read_status(run).active)
    status = read_status(run)
    assert status.state == "failed"
    assert status.cause is not None
    assert status.cause["code"] == "train.killed"
    assert diagnose_run(run)[0].id.startswith(("process.", "memory."))
    assert (run / names.LOG).read_text().rstrip().splitlines()[-2].startswith("Training failed: ")
    assert load_checkpoint(run / names.LATEST_OPTIMIZER).progress.step >= 2


def child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0])


def final(run: Path) -> dict[str, np.ndarray]:
    return load_checkpoint(run / names.LATEST_OPTIMIZER).model


def test_two_processes_learn_what_one_with_the_doubled_batch_learns(pages: Path) -> None:
    """The same pictures, cut into the same parts: weights agree to 1e-4 after a whole epoch of steps."""
    words = ("epochs=1", "evaluation.every_steps=1000", "optimizer.freeze_bn=on", "evaluation.validation_ratio=0")
    alone = start_run(config(pages, *words, "batch_size=2", "optimizer.accumulate=2"))
    assert follow(alone, lambda line: None).status.state == "finished"
    pair = start_run(config(pages, *words, "batch_size=2", "device=cpu"), devices="0,1")
    lines: list[str] = []
    info = follow(pair, lines.append)
    assert info.status.state == "finished", (lines, (pair / names.OUTPUT).read_text()[-2000:])
    assert lines.count("Starting training...") == 1
    one, other = final(alone), final(pair)
    for name, array in one.items():
        np.testing.assert_allclose(other[name], array, atol=1e-4, err_msg=name)
    losses = [
        [e["loss"] for e in EventReader(run / names.EVENTS).read() if e["kind"] == "step"] for run in (alone, pair)
    ]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)


def test_one_of_two_processes_killed_ends_the_run_with_a_clear_message(pages: Path) -> None:
    run = start_run(
        config(pages, "epochs=300", "device=cpu", "checkpoint.every_steps=2", "evaluation.every_steps=5000"),
        devices="0,1",
    )
    until(lambda: steps_of(run) >= 4)
    pid = run_info("latest").status.pid
    second = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[1]
    os.kill(int(second), signal.SIGKILL)
    until(lambda: not read_status(run).active)
    status = read_status(run)
    assert status.state == "failed"
    assert status.cause is not None
    assert status.cause["code"] == "train.rank-lost"
    assert load_checkpoint(run / names.LATEST_OPTIMIZER).progress.step >= 2


@pytest.mark.timeout(600)
def test_a_run_on_two_machines_goes_on_from_its_checkpoint_when_one_is_lost(pages: Path) -> None:
    run = prepare_run(
        config(pages, "epochs=14", "device=cpu", "checkpoint.every_steps=2", "evaluation.every_steps=5000")
    )
    child = start_module("tests.training.machine.two_machines", run, 2, stdout=subprocess.PIPE, start_new_session=True)
    try:
        said = child.communicate(timeout=550)[0].decode()
    finally:
        end_group(child)
    told = (run / names.LOG).read_text(), (run / names.OUTPUT).read_text()[-2000:]
    assert json.loads(said.splitlines()[-1]) == {"code": 0, "lost": 1}, told
    assert read_status(run).state == "finished"
    events = EventReader(run / names.EVENTS).read()
    again = [number for number, event in enumerate(events) if event["kind"] == "start"]
    warned = [(event["code"], event["params"]) for event in events if event["kind"] == "warning"]
    assert warned == [("train.machine-lost", {"count": 1, "of": 2})]
    assert len(again) == 2
    assert min(event["step"] for event in events[again[1] + 1 :] if event["kind"] == "step") > 2
    assert events[again[1]]["steps"] > events[again[0]]["steps"]  # one process makes more steps of the same pictures
