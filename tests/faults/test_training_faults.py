"""Every way to lose a run ends in the right state with the right cause, and nothing says finished."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.faults.stage import fill
from ocrweb.config import paths
from ocrweb.rundir import names
from ocrweb.rundir.lines import FINISHED
from ocrweb.rundir.status import read_status
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training import runs as training
from ocrweb.services.training.diagnosis import diagnose_run
from ocrweb.services.training.view import run_view
from ocrweb.training.run.checkpoint import load_checkpoint
from tests.faults.conftest import DAY, Clock, begun, config, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def started(*words: str) -> Path:
    run = paths.workdirs_dir() / training_jobs.start(config(*words))
    until(lambda: begun(run))
    return run


def ended(run: Path) -> str:
    until(lambda: not read_status(run).active)
    assert FINISHED not in (run / names.LOG).read_text(encoding="utf-8")
    view = run_view(run.name)
    assert view is not None
    return view.state


def causes(run: Path) -> list[str]:
    return [cause.id for cause in diagnose_run(run)]


def test_a_killed_worker_takes_its_training_along_is_lost_lets_the_next_one_start_and_can_go_on(dataset: Path) -> None:
    first = started("checkpoint.every_steps=1")
    second = training_jobs.start(config())
    assert [row.state for row in training_jobs.rows()] == ["queued", "running"]
    supervisor = read_status(first).pid
    training = first_child(supervisor)
    os.kill(supervisor, signal.SIGKILL)
    assert ended(first) == "lost"
    assert causes(first)[0] == "process.killed"
    until(lambda: not alive(training))
    assert load_checkpoint(first / names.LATEST_OPTIMIZER).progress.step >= 1

    assert training_queue.start_due() == [second]
    training_jobs.stop(second)
    training_jobs.force_overdue(patience=0)
    until(lambda: not read_status(paths.workdirs_dir() / second).active)
    training_jobs.resume(first.name)
    assert read_status(first).active


def first_child(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def alive(pid: int) -> bool:
    """Not gone, and no zombie."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_dataset_that_is_deleted_while_the_run_goes_on_fails_it(dataset: Path) -> None:
    run = started()
    shutil.rmtree(dataset)
    assert ended(run) == "failed"
    assert causes(run)[0].startswith("data.")


def test_a_disk_too_small_for_the_first_checkpoint_fails_the_run(
    dataset: Path, small_disk: Callable[[int], Path]
) -> None:
    small_disk(32)
    run = training.start_run(config())
    assert ended(run) == "failed"
    assert read_status(run).cause["code"] == "train.disk-full"  # type: ignore[index]
    assert causes(run)[0] == "disk.full"


def test_a_disk_that_others_fill_to_the_last_byte_fails_the_run_which_goes_on_when_there_is_room(
    dataset: Path, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(400)
    run = training.start_run(config())
    until(lambda: (run / names.LATEST_OPTIMIZER).is_file())

    def ended_without_room() -> bool:
        fill(disk / "filler")
        return not read_status(run).active

    until(ended_without_room)
    assert ended(run) == "failed"
    assert read_status(run).cause["code"] == "train.disk-full"  # type: ignore[index]
    assert causes(run)[0] == "disk.full"
    reached = load_checkpoint(run / names.LATEST_OPTIMIZER).progress.step
    (disk / "filler").unlink()
    training_jobs.resume(run.name)
    until(lambda: read_status(run).step > reached or not read_status(run).active)
    assert read_status(run).active


def test_a_clock_that_jumps_leaves_the_run_its_state_its_duration_and_its_time_to_stop(
    dataset: Path, clock: Clock
) -> None:
    run = started("epochs=10000")
    for jump in (+DAY, -DAY):
        clock.set(jump)
        seen = read_status(run).step
        until(lambda seen=seen: read_status(run).step > seen + 3 or not read_status(run).active)
        row = training_jobs.rows()[0]
        assert (row.state, row.name) == ("running", run.name)
        assert 0 < row.seconds < 600
        assert 0 <= (read_status(run).eta or 0) < 1000 * DAY
    training_jobs.stop(run.name)
    clock.set(+DAY)
    assert training_jobs.force_overdue() == []
    assert ended(run) == "stopped"
    assert "process.stopped" in causes(run)
    assert 0 < training_jobs.rows()[0].seconds < 600

    clock.set(-2 * DAY)
    training_jobs.resume(run.name)
    assert read_status(run).active
    assert names.find_run(paths.workdirs_dir(), "latest") == run


def test_a_loss_that_leaves_the_numbers_fails_the_run(dataset: Path) -> None:
    """What forces it: the largest rate without warm-up and clipping, on losses a hundredfold."""
    words = (
        "learning_rate=0.1", "optimizer.kind=sgd", "optimizer.momentum=0.999", "optimizer.clip_norm=0",
        "crop_size=128", "schedule.warmup_steps=0", "schedule.kind=constant", "loss.alpha=100", "loss.beta=100",
        "evaluation.every_steps=100000",
    )  # fmt: skip
    run = started(*words)
    assert ended(run) == "failed"
    assert causes(run)[0] == "loss.not-finite"


def test_a_worker_without_memory_fails_with_that_cause(dataset: Path, home: Path) -> None:
    """A real limit on the address space of the worker, large enough for the libraries and not for the training."""
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2600 * 2**20,) * 2);"
        "from tests.faults.conftest import config; from ocrweb.services.training import runs as training;"
        "print(training.start_run(config('crop_size=2048', 'batch_size=8')))"
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd())
    run = Path(child.stdout.strip())
    assert ended(run) == "failed"
    assert causes(run)[0].startswith("memory."), (run / names.OUTPUT).read_text()[-2000:]
