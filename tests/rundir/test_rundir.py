from __future__ import annotations

import dataclasses
import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocrweb.disk import atomic
from ocrweb.disk.lock import run_lock
from ocrweb.disk.passing import sweep_all
from ocrweb.disk.process import process_start
from ocrweb.errors import OcrwebError
from ocrweb.rundir import lines, metrics, names
from ocrweb.rundir.events import EventReader, EventWriter
from ocrweb.rundir.status import LOST, RunStatus, ask_to_stop, read_status, write_status


def running(**changes: object) -> RunStatus:
    status = RunStatus(state="running", pid=os.getpid(), pid_start=process_start(os.getpid()))
    return dataclasses.replace(status, **changes)  # type: ignore[arg-type]


def test_a_run_folder_carries_date_time_and_name_and_latest_points_at_it(tmp_path: Path) -> None:
    run = names.create_run(tmp_path, "receipts")
    assert time.strptime(run.name[:15], "%Y%m%d_%H%M%S")
    assert run.name[15:] == "_receipts"
    assert os.readlink(tmp_path / "latest") == run.name


def test_runs_of_the_same_second_get_their_own_folders(tmp_path: Path) -> None:
    runs = {names.create_run(tmp_path, "a") for _ in range(4)}
    assert len(runs) == 4
    assert (tmp_path / "latest").resolve() in runs


def test_a_run_folder_that_cannot_be_filled_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Path.mkdir

    def mkdir(path: Path, *args: int, **kwargs: bool) -> None:
        if path.name == names.SAMPLES:
            raise OSError(errno.ENOSPC, "No space left on device")
        make(path, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(OcrwebError, match=r"run\.not-writable"):
        names.create_run(tmp_path, "receipts")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("receipts", "receipts"),
        ("我的 票据", "我的-票据"),
        ("../../etc", "etc"),
        ("a/b\\c", "a-b-c"),
        ("", "run"),
        ("...", "run"),
    ],
)
def test_names_become_safe_folder_names(typed: str, kept: str) -> None:
    assert names.run_stem(typed) == kept


def test_a_run_is_found_by_folder_by_given_name_and_as_latest(tmp_path: Path) -> None:
    old, new = tmp_path / "20260101_000000_receipts", tmp_path / "20260102_000000_receipts"
    for run in (old, new):
        run.mkdir()
    assert names.list_runs(tmp_path) == [new, old]
    assert names.find_run(tmp_path, old.name) == old
    assert names.find_run(tmp_path, "receipts") == new
    assert names.find_run(tmp_path, "latest") == new
    assert names.find_run(tmp_path, new) == new
    with pytest.raises(OcrwebError) as caught:
        names.find_run(tmp_path, "reciepts")
    assert caught.value.code == "run.unknown"
    assert "receipts" in caught.value.hint("en")


def test_no_runs_is_said_as_such(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError) as caught:
        names.find_run(tmp_path / "workdirs", "latest")
    assert caught.value.code == "run.none"


def test_a_reader_gets_each_event_once_and_never_half_a_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    reader, writer = EventReader(path), EventWriter(path)
    assert reader.read() == []
    writer.write("step", 1, loss=0.5)
    assert [event["loss"] for event in reader.read()] == [0.5]
    with path.open("ab") as file:
        file.write(b'{"kind":"step","st')
    assert reader.read() == []
    EventWriter(path).write("step", 2, loss=float("nan"))
    assert [(event["step"], event["loss"]) for event in reader.read()] == [(2, None)]


def test_an_event_that_a_full_disk_cut_short_is_skipped_and_the_next_one_is_whole(tmp_path: Path) -> None:
    class Full(io.BytesIO):
        name, left = "events.jsonl", 40

        def write(self, data: bytes) -> int:  # type: ignore[override]
            written = super().write(data[: self.left])
            self.left = 1000
            return written

    writer = EventWriter(tmp_path / "events.jsonl")
    disk = writer._file = Full()  # type: ignore[assignment]
    with pytest.raises(OSError, match="No space left"):
        writer.write("step", 1, loss=2.5)
    writer.write("end", 1, state="failed")
    (tmp_path / "events.jsonl").write_bytes(disk.getvalue())
    assert [event["kind"] for event in EventReader(tmp_path / "events.jsonl").read()] == ["end"]


def test_latest_is_the_run_made_last_also_when_the_clock_was_set_back(tmp_path: Path) -> None:
    (tmp_path / "29990101_000000_future").mkdir(parents=True)
    run = names.create_run(tmp_path, "now")
    assert names.find_run(tmp_path, "latest") == run


def test_the_age_of_a_worker_does_not_hang_on_the_time_of_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_status(tmp_path, running(started=time.time()))
    before = read_status(tmp_path).seconds
    later = time.time() + 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    write_status(tmp_path, read_status(tmp_path))
    assert before <= read_status(tmp_path).seconds < before + 3600


def test_a_run_that_goes_on_counts_the_time_of_its_earlier_workers_too(tmp_path: Path) -> None:
    write_status(tmp_path, running(started=time.time()))
    first = read_status(tmp_path).seconds
    write_status(tmp_path, running(started=time.time(), earlier=500.0))
    assert read_status(tmp_path).seconds >= 500.0 + first


def test_status_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_status(tmp_path, running(step=7, best={"hmean": 0.9}))
    status = read_status(tmp_path)
    assert (status.state, status.step, status.best) == ("running", 7, {"hmean": 0.9})
    assert time.time() - status.updated < 60


@pytest.mark.parametrize(
    "changes",
    [{"pid": 2**22 + 1}, {"pid_start": 1}, {"pid_boot": "ffffffff"}, {"pid": 0}],
    ids=["gone", "number reused", "started anew", "never known"],
)
def test_a_run_whose_process_is_gone_is_lost(tmp_path: Path, changes: dict[str, int]) -> None:
    write_status(tmp_path, running(**changes))
    assert read_status(tmp_path).state == LOST


def test_an_ended_run_stays_what_it_was(tmp_path: Path) -> None:
    write_status(tmp_path, running(state="finished", pid=2**22 + 1))
    assert read_status(tmp_path).state == "finished"


@pytest.mark.parametrize("content", ["", "[]", '{"state": 1', None], ids=["empty", "list", "torn", "absent"])
def test_a_broken_status_reads_as_lost(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / names.STATUS).write_text(content)
    assert read_status(tmp_path).state == LOST


def test_stopping_asks_the_very_process_and_no_other(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        assert not ask_to_stop(running(pid=child.pid, pid_start=1))
        assert child.poll() is None
        assert ask_to_stop(running(pid=child.pid, pid_start=process_start(child.pid)))
        assert child.wait(timeout=20) == -signal.SIGTERM
    finally:
        child.kill()


def test_a_second_worker_is_refused_and_a_dead_one_frees_the_run(tmp_path: Path) -> None:
    program = "import sys, time; from pathlib import Path; from ocrweb.disk.lock import run_lock\nwith run_lock(Path(sys.argv[1])):\n print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(OcrwebError) as caught, run_lock(tmp_path):
            pass
        assert caught.value.code == "run.busy"
    finally:
        holder.kill()
        holder.wait()
    with run_lock(tmp_path):
        pass


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "best.pdparams"
    atomic.write_text(path, "old")

    def full(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        atomic.replace_file(path, full)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_progress_line_is_the_documented_one() -> None:
    figures = {"loss": 2.34561, "loss_shrink": 1.5, "loss_threshold": 0.5, "loss_binary": 0.34561}
    line = lines.step_line((3, 20), (40, 125), {**figures, "lr": 0.0003, "ips": 7.5, "eta": 3725.0, "memory": 1.5})
    assert line == (
        "epoch: 3/20, iter: 40/125, loss: 2.3456, loss_shrink: 1.5000, loss_threshold: 0.5000, loss_binary: 0.3456, "
        "lr: 0.000300, ips: 7.50 images/s, eta: 1:02:05, mem: 1.50 GiB"
    )
    assert lines.metric_line(0.5, 0.25, 1) == "cur metric, hmean: 0.5000, precision: 0.2500, recall: 1.0000"
    assert lines.best_line(0.5, 3) == "best metric, hmean: 0.5000, epoch: 3"
    assert lines.failed_line("no space") == "Training failed: no space"


def test_metrics_come_back_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / names.METRICS
    metrics.append_row(path, {"step": 10, "hmean": 0.5})
    metrics.append_row(path, {"step": 20, "hmean": 0.75, "loss": 1.0})
    assert [(row["step"], row["hmean"], row["loss"]) for row in metrics.read_rows(path)] == [
        (10, 0.5, None),
        (20, 0.75, 1),
    ]
    assert path.read_text().splitlines()[0].startswith("time,step,epoch")


def test_reading_a_run_needs_the_standard_library_only() -> None:
    program = (
        "import sys, importlib, pkgutil, ocrweb.rundir as r\n"
        "for m in pkgutil.iter_modules(r.__path__): importlib.import_module(f'ocrweb.rundir.{m.name}')\n"
        "print([n for n in ('numpy', 'pydantic', 'cv2', 'paddle', 'yaml') if n in sys.modules])"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    assert json.loads(output) == []


def test_what_a_killed_writer_left_is_swept_be_it_a_file_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / ".log.abc.tmp").write_text("half")
    (tmp_path / ".rendered-pages.abc.tmp" / "train_images").mkdir(parents=True)
    (tmp_path / "log.txt").write_text("whole")
    sweep_all(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["log.txt"]


@pytest.mark.parametrize(
    "damage",
    [
        {"state": ["what"]},
        {"state": "odd"},
        {"pid": "none"},
        {"pid": None},
        {"best": []},
        {"started": "then"},
        {"loss": {}},
    ],
    ids=str,
)
def test_a_status_with_values_of_another_kind_is_no_status(tmp_path: Path, damage: dict[str, object]) -> None:
    write_status(tmp_path, RunStatus(state="finished", step=7, loss=0.5))
    path = tmp_path / names.STATUS
    assert read_status(tmp_path).state == "finished"
    path.write_text(json.dumps(json.loads(path.read_text()) | damage))
    assert read_status(tmp_path) == RunStatus(state="lost")


@pytest.mark.parametrize("text", ["{path}", "../{name}", "a\0b", "a" * 6000, "..", "~"])
def test_a_run_is_found_by_name_and_never_by_a_path(tmp_path: Path, text: str) -> None:
    foreign = tmp_path / "elsewhere"
    foreign.mkdir()
    (foreign / names.CONFIG).write_text("a: 1")
    (tmp_path / "workdirs").mkdir()
    with pytest.raises(OcrwebError, match=r"usage\.bad-name"):
        names.find_run(tmp_path / "workdirs", text.format(path=foreign, name=foreign.name))


def test_who_sits_at_the_machine_may_type_a_path(tmp_path: Path) -> None:
    (tmp_path / names.CONFIG).write_text("a: 1")
    assert names.typed_run(str(tmp_path)) == tmp_path
    assert names.typed_run("latest") == "latest"
    assert names.typed_run("a" * 6000) == "a" * 6000
    assert names.typed_run("a\0b") == "a\0b"
