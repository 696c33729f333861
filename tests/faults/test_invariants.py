"""The looks of the fault campaign see what they are for: each notices what is planted, and is silent about the rest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from benchmarks._served import Served, free_port
from benchmarks.faults import campaign, invariants
from benchmarks.faults.deeds import DEEDS
from benchmarks.faults.harm import FAULTS
from benchmarks.faults.ledger import Ledger
from benchmarks.faults.stage import CLOCK
from ocrweb.rundir import names
from ocrweb.rundir.status import RunStatus, write_status
from ocrweb.services.batch.record import BatchRecord, write_record
from tests.data.corpus import make_good

RUN = "20260101_000000_demo"
JOB = "0" * 32


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data root in which everything is well, with a dataset, a run, a batch and an export."""
    root = tmp_path / "home"
    monkeypatch.setenv("OCRWEB_HOME", str(root))
    make_good(root / "datasets" / "good")
    run = root / "workdirs" / RUN
    run.mkdir(parents=True)
    write_status(run, RunStatus(state="stopped", step=4))
    (run / names.CONFIG).write_text("dataset: good\n")
    results = root / "outputs" / "outputs_20260101000000"
    (results / "json").mkdir(parents=True)
    (results / "summary.csv").write_text(
        "image_path,json,success,boxes,inference_time,error\na.png,a.json,true,1,0.1,\n"
    )
    (results / "json" / "a.json").write_text("{}")
    (results / "a.png").write_bytes(cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    write_record(BatchRecord(JOB, "a", 1.0, {"paths": []}, "done", str(results), 1))
    exported = root / "exports" / "small"
    exported.mkdir(parents=True)
    (exported / "report.json").write_text('{"parity": {}}')
    with zipfile.ZipFile(root / "exports" / "small.zip", "w") as archive:
        archive.writestr("model.onnx", b"x" * 5000)
    return root


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(datasets={"good": 12}, batches={JOB: 1}, runs={RUN: 4}, exports={"small"})


def test_where_all_is_well_nothing_is_said(home: Path, ledger: Ledger) -> None:
    assert invariants.lost(home, ledger) == []
    assert invariants.half_files(home, ledger) == []
    assert invariants.leftovers(home) == []


def finished_without_weights(home: Path) -> None:
    write_status(home / "workdirs" / RUN, RunStatus(state="finished"))


def shorter(home: Path) -> None:
    (home / "datasets" / "good" / "train_list.txt").write_text("train_images/1.jpg train_gts/1.txt\n")


def without_rows(home: Path) -> None:
    (home / "outputs" / "outputs_20260101000000" / "summary.csv").write_text("image_path,json\n")


LOSSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a dataset": (lambda home: (home / "datasets" / "good").rename(home / "elsewhere"), "dataset good"),
    "pictures of a dataset": (shorter, "dataset good has 3"),
    "a batch": (lambda home: (home / ".ocrweb" / "batches" / f"{JOB}.json").unlink(), "batch 0"),
    "results of a batch": (without_rows, "tells 0 results, 1 were told"),
    "a run": (lambda home: (home / "workdirs" / RUN).rename(home / "elsewhere"), "run 2026"),
    "the weights of a finished run": (finished_without_weights, "without"),
    "an export": (lambda home: (home / "exports" / "small.zip").unlink(), "export small"),
}


@pytest.mark.parametrize(("lose", "said"), LOSSES.values(), ids=list(LOSSES))
def test_what_is_lost_is_noticed(home: Path, ledger: Ledger, lose: Callable[[Path], object], said: str) -> None:
    lose(home)
    found = invariants.lost(home, ledger)
    assert [sentence for sentence in found if sentence.startswith("lost: ") and said in sentence] == found
    assert len(found) == 1


def test_what_the_campaign_took_itself_is_not_lost(home: Path, ledger: Ledger) -> None:
    taken = home / "datasets" / "good" / "train_list.txt"
    taken.unlink()
    ledger.spoil(taken)
    assert invariants.lost(home, ledger) == []


HALVES = {
    "JSON": f"workdirs/{RUN}/status.json",
    "a record": f".ocrweb/batches/{JOB}.json",
    "a drawing": "outputs/outputs_20260101000000/a.png",
    "a zip": "exports/small.zip",
}


@pytest.mark.parametrize("name", HALVES.values(), ids=list(HALVES))
def test_a_half_file_is_noticed_unless_the_campaign_left_it_so(home: Path, ledger: Ledger, name: str) -> None:
    path = home / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert [sentence.split(":")[1].strip() for sentence in invariants.half_files(home, ledger)] == [name]
    ledger.spoil(path)
    assert invariants.half_files(home, ledger) == []
    path.write_bytes(path.read_bytes()[:-3])  # the console has written it since
    assert len(invariants.half_files(home, ledger)) == 1


@pytest.mark.parametrize("name", [names.LATEST, names.LATEST_OPTIMIZER, names.CONFIG])
def test_a_half_checkpoint_or_config_is_noticed(home: Path, ledger: Ledger, name: str) -> None:
    (home / "workdirs" / RUN / name).write_bytes(b"\x80\x04[: half")
    assert len(invariants.half_files(home, ledger)) == 1


@pytest.mark.parametrize(
    "name", ["outputs/.a.json.7-00000000.tmp", "datasets/.incoming-7-00000000", "exports/.b.7-0.part"]
)
def test_what_nobody_swept_is_noticed(home: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "CALM", 0.0)
    (home / name).mkdir()
    assert invariants.leftovers(home) == [f"left over: {name}"]


@pytest.fixture
def stage(home: Path) -> Any:
    (home.parent / "console.log").write_text("")
    return SimpleNamespace(home=home, console=Served(home, home.parent / "console.log"))


@pytest.fixture
def worker(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that works on the data root."""
    command = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    process = subprocess.Popen(command, env={**os.environ, "OCRWEB_HOME": str(home)}, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()


def test_a_process_that_nobody_answers_for_is_noticed(
    stage: Any, worker: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invariants, "CALM", 0.0)
    assert [sentence.split()[1] for sentence in invariants.orphans(stage)] == [str(worker.pid)]


def test_the_worker_of_a_run_that_goes_on_is_no_orphan(stage: Any, worker: subprocess.Popen[bytes]) -> None:
    write_status(stage.home / "workdirs" / RUN, RunStatus(state="running", pid=worker.pid))
    assert invariants.orphans(stage) == []


def test_a_traceback_in_the_log_is_noticed_with_its_error(stage: Any) -> None:
    stage.console.log.write_text(
        'Traceback (most recent call last):\n  File "/x/ocrweb/ui/page/app.py", line 3, in f\n    g()\nKeyError: 5\nmore\n'
    )
    assert invariants.told_tracebacks(stage.console.log) == [
        'traceback: KeyError: 5 at File "/x/ocrweb/ui/page/app.py", line 3, in f'
    ]


def test_a_report_of_the_unforeseen_is_noticed(home: Path) -> None:
    assert invariants.reports(home) == []
    (home / ".ocrweb" / "reports").mkdir()
    (home / ".ocrweb" / "reports" / "a_KeyError.txt").write_text("KeyError: 5\n")
    assert len(invariants.reports(home)) == 1


def test_a_page_that_does_not_answer_is_noticed() -> None:
    assert len(invariants.unread(free_port())) == 1


def test_what_is_kept_for_good_is_noticed(stage: Any) -> None:
    stage.console.process = SimpleNamespace(pid=os.getpid(), poll=lambda: None)
    calm = invariants.size_of(stage)
    assert invariants.not_given_back(stage, calm) == []
    (stage.home / ".ocrweb" / "inbox" / "job").mkdir(parents=True)
    held = (stage.home / "held").open("wb")
    held.write(b"x" * (2 << 20))
    held.flush()
    (stage.home / "held").unlink()
    found = invariants.not_given_back(stage, (calm[0] - 100, calm[1], calm[2] // 3))
    held.close()
    assert len(found) == 4, found


def test_the_command_line_reads_what_is_there(home: Path) -> None:
    assert invariants.commands(home) == []


def test_a_seed_plays_the_same_rounds_and_each_fault_comes_in_the_first(home: Path) -> None:
    rounds = [campaign.plan(5, number) for number in range(1, 40)]
    assert rounds == [campaign.plan(5, number) for number in range(1, 40)]
    assert rounds != [campaign.plan(6, number) for number in range(1, 40)]
    assert {each.fault for each in rounds[: len(FAULTS)]} == set(FAULTS)
    assert {name for each in rounds for name in each.deeds} == set(DEEDS)


def test_the_clock_of_the_stage_is_that_of_the_processes_alone(tmp_path: Path) -> None:
    (tmp_path / "offset").write_text("400")
    (tmp_path / "sitecustomize.py").write_text(CLOCK.format(file=str(tmp_path / "offset")))
    ran = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert 300 < float(ran.stdout) - time.time() < 500


def test_the_ledger_can_be_walked_through_while_visitors_tell_it_more() -> None:
    ledger = Ledger()
    ledger.told_dataset("a", 1)
    for name in ledger.copy().datasets:
        ledger.told_dataset(f"{name}2", 2)
    assert ledger.datasets == {"a": 1, "a2": 2}
