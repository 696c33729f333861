"""The faults. Each takes the stage and its own dice, does its harm, and says what it did; the stage mends what can be."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from benchmarks._visitor import multipart
from benchmarks.faults import material
from benchmarks.faults.stage import Stage

DAY = 86_400.0
Fault = Callable[[Stage, random.Random], str]


def kill_console(stage: Stage, dice: random.Random) -> str:
    stage.console.kill(signal.SIGKILL)
    return "the console got SIGKILL"


def end_console(stage: Stage, dice: random.Random) -> str:
    if not stage.console.kill(signal.SIGTERM, patience=60):
        raise AssertionError("the console did not end within a minute of SIGTERM")
    return "the console got SIGTERM"


def kill_worker(stage: Stage, dice: random.Random) -> str:
    """The process that supervises a run, or one of those under it: the training itself, a loader."""
    return _kill_one(stage, dice, "ocrweb.training.worker")


def kill_export(stage: Stage, dice: random.Random) -> str:
    return _kill_one(stage, dice, "ocrweb.training.export_job")


def kill_any_child(stage: Stage, dice: random.Random) -> str:
    return _kill_one(stage, dice, "")


def fill_disk(stage: Stage, dice: random.Random) -> str:
    stage.fill_disk()
    time.sleep(dice.uniform(2, 6))
    stage.make_room()
    return "the disk was full for some seconds"


def remove_file(stage: Stage, dice: random.Random) -> str:
    """A file, or a folder, that people delete from under the console."""
    choices = [*_dataset_files(stage), *_run_files(stage), *_results(stage), *_folders(stage)]
    if not choices:
        return "nothing to remove"
    victim = dice.choice(sorted(choices))
    if victim.is_dir():
        shutil.rmtree(victim, ignore_errors=True)
    else:
        victim.unlink(missing_ok=True)
    stage.ledger.spoil(victim)
    return f"removed {victim.relative_to(stage.home)}"


def corrupt_file(stage: Stage, dice: random.Random) -> str:
    """A checkpoint, or a JSON file of the console's or a run's own, with other bytes in it."""
    choices = [*_run_files(stage), *_records(stage), *_results(stage)]
    choices = [path for path in choices if path.is_file()]
    if not choices:
        return "nothing to corrupt"
    kinds = sorted({path.suffix + path.name[:3] for path in choices})
    kind = dice.choice(kinds)  # a status as often as one of a thousand results
    victim = dice.choice(sorted(path for path in choices if path.suffix + path.name[:3] == kind))
    how, data = dice.choice(_spoilt(victim, dice))
    victim.write_bytes(data)
    stage.ledger.spoil(victim)
    return f"{victim.relative_to(stage.home)} became {how}"


def drop_clients(stage: Stage, dice: random.Random) -> str:
    """Uploads that end in the middle, and visitors who leave before their answer."""
    count = dice.randint(5, 20)
    for _ in range(count):
        with contextlib.suppress(OSError):
            _drop_upload(stage, dice) if dice.random() < 0.5 else _drop_answer(stage, dice)
    return f"{count} visitors left in the middle"


def skew_clock(stage: Stage, dice: random.Random) -> str:
    offset = dice.choice([-400, -2, -1, 1, 2, 400]) * DAY
    stage.set_clock(offset)
    time.sleep(dice.uniform(3, 8))
    stage.set_clock(0)
    return f"the clock was off by {offset / DAY:+.0f} days for some seconds"


def skew_files(stage: Stage, dice: random.Random) -> str:
    """Files from the future and from long ago, as copies and restored backups leave them."""
    offset = dice.choice([-3650, -8, 8, 3650]) * DAY
    files = [path for path in stage.home.rglob("*") if path.is_file() and path != stage.ballast]
    for path in dice.sample(sorted(files), min(len(files), 200)):
        with contextlib.suppress(OSError):
            os.utime(path, (time.time() + offset,) * 2)
    return f"files are dated {offset / DAY:+.0f} days"


FAULTS: Mapping[str, Fault] = {
    "kill console": kill_console, "end console": end_console, "kill worker": kill_worker, "kill export": kill_export,
    "kill any child": kill_any_child, "fill disk": fill_disk, "remove file": remove_file, "corrupt file": corrupt_file,
    "drop clients": drop_clients, "skew clock": skew_clock, "skew files": skew_files,
}  # fmt: skip


def _kill_one(stage: Stage, dice: random.Random, module: str) -> str:
    """One of the processes that work for the console and run this module, or of those under them; any signal."""
    found: list[psutil.Process] = []
    for process in stage.console.children():
        with contextlib.suppress(psutil.Error):
            if module in " ".join(process.cmdline()):
                found += [process, *process.children(recursive=True)]
    if not found:
        return f"no process of {module or 'any kind'} to kill"
    victim = dice.choice(sorted(found, key=lambda process: process.pid))
    number = dice.choice([signal.SIGKILL, signal.SIGTERM])
    with contextlib.suppress(psutil.Error):
        words = " ".join(victim.cmdline()[1:4])
        victim.send_signal(number)
        return f"{number.name} to {words}"
    return "the process had ended"


def _drop_upload(stage: Stage, dice: random.Random) -> None:
    body, kind = multipart("half.zip", material.dataset_zip(dice))
    head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: 127.0.0.1:{stage.console.port}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    _send_and_leave(stage, head.encode() + body[: dice.randrange(len(body))], dice)


def _drop_answer(stage: Stage, dice: random.Random) -> None:
    path = dice.choice(["/gradio_api/queue/data?session_hash=gone", "/config", "/gradio_api/call/golden", "/"])
    method, body = ("POST", b'{"data": ["ppocrv6-small"]}') if "call" in path else ("GET", b"")
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{stage.console.port}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    _send_and_leave(stage, head.encode() + body, dice)


def _send_and_leave(stage: Stage, data: bytes, dice: random.Random) -> None:
    """Half of the time with a reset, as a network that breaks."""
    with socket.create_connection(("127.0.0.1", stage.console.port), timeout=5) as line:
        line.sendall(data)
        time.sleep(dice.uniform(0, 0.05))
        if dice.random() < 0.5:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _dataset_files(stage: Stage) -> list[Path]:
    """Not those of the dataset that runs are trained on: most rounds need it."""
    root = stage.home / "datasets"
    return [
        path
        for name in stage.ledger.copy().datasets
        if name != material.TRAINING
        for path in (root / name).rglob("*.*")
    ]


def _run_files(stage: Stage) -> list[Path]:
    root = stage.home / "workdirs"
    return [path for name in stage.ledger.copy().runs for path in (root / name).glob("*") if path.is_file()]


def _records(stage: Stage) -> list[Path]:
    private = stage.home / ".ocrweb"
    return [*private.glob("*.json"), *private.glob("batches/*.json"), *private.glob("datasets/*.json")]


def _results(stage: Stage) -> list[Path]:
    outputs = stage.home / "outputs"
    found = [*outputs.glob("outputs_*/json/*.json"), *outputs.glob("outputs_*/summary.csv"),
             *outputs.glob("outputs_*/.ocrweb-run.json")]  # fmt: skip
    return found + list((stage.home / "exports").glob("*/report.json"))


def _folders(stage: Stage) -> list[Path]:
    private = stage.home / ".ocrweb"
    usual = [private / "uploads", private / "inbox", stage.home / "outputs", private / "batches"]
    return [folder for folder in usual if folder.is_dir()] + list((stage.home / "outputs").glob("outputs_*/"))


def _spoilt(path: Path, dice: random.Random) -> list[tuple[str, bytes]]:
    with contextlib.suppress(OSError):
        whole = path.read_bytes()
        return [
            ("empty", b""),
            ("its first half", whole[: len(whole) // 2]),
            ("noise", dice.randbytes(min(len(whole) + 1, 4096))),
            ("a list", b"[1, 2, 3]"),
            ("null", b"null"),
            ("an object of something else", b'{"schema": 99, "state": ["what"], "pid": "none", "waiting": 7}'),
            ("deep", b"[" * 100_000),
        ]
    return [("empty", b"")]
