"""What must hold once things have calmed down. Each check gives sentences about what does not, and none when all is well."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil
import yaml

from benchmarks._home import data_root
from benchmarks._visitor import Visitor, codes_in
from benchmarks.faults.ledger import Ledger
from benchmarks.faults.stage import Stage
from ocrweb.errors import OcrwebError
from ocrweb.model.pdparams import read_plain
from ocrweb.rundir import names
from ocrweb.rundir.status import FINISHED, read_status
from ocrweb.services.batch import past as batch_past
from ocrweb.services.datasets import store as dataset_store
from ocrweb.services.exporting import run as export
from ocrweb.services.training.view import run_view

VISITORS_OWN = (".ocrweb/uploads", ".ocrweb/inbox", ".ocrweb/tmp")  # content that came from outside, whole or not
TEMPORARY = (".tmp", ".part", ".partial", ".resized")
HIDDEN = (".deleted", ".incoming", ".export", ".import", ".ocrweb-0")
CALM = 20.0  # seconds that sweeping may take after a start
SMALL_CHANGE = 1 << 20


def all_checks(stage: Stage, *, restarted: bool) -> list[str]:
    """restarted: the console was started anew, and had time to clear away what the one before left."""
    found = [*lost(stage.home, stage.ledger), *half_files(stage.home, stage.ledger), *orphans(stage)]
    found += unread(stage.console.port) + told_tracebacks(stage.console.log) + reports(stage.home)
    return found + (leftovers(stage.home) if restarted else [])


def lost(home: Path, ledger: Ledger) -> list[str]:
    """What was acknowledged is there, or the campaign itself took it."""
    found: list[str] = []
    ledger = ledger.copy()
    with data_root(home):
        stored = {each.name: each for each in dataset_store.list_datasets()}
        for name, lines in ledger.datasets.items():
            if ledger.is_spoilt(home / "datasets" / name):
                continue
            if name not in stored:
                found.append(f"lost: dataset {name}")
            elif stored[name].train + stored[name].test != lines:
                found.append(f"lost: dataset {name} has {stored[name].train + stored[name].test} pictures, not {lines}")
        for job, done in ledger.batches.items():
            found += _lost_batch(home, ledger, job, done)
        for name in ledger.runs:
            found += _lost_run(home, ledger, name)
        for name in ledger.exports:
            folder = home / "exports" / name
            spoilt = ledger.is_spoilt(folder) or ledger.is_spoilt(folder.with_name(f"{name}.zip"))
            if not spoilt and (export.read_report(folder) is None or not folder.with_name(f"{name}.zip").is_file()):
                found.append(f"lost: export {name}")
    return found


def half_files(home: Path, ledger: Ledger) -> list[str]:
    """Every file that people or programs may look at is whole; what the campaign spoilt stays as it left it."""
    found = []
    for path in visible(home):
        check = CHECKS.get(path.suffix)
        if check is None or ledger.is_left_spoilt(path):
            continue
        try:
            check(path)
        except FileNotFoundError:
            continue  # replaced or removed in this moment
        except Exception as failure:  # whatever a half file makes its reader raise
            again = _once_more(path, check)
            if again and not _is_spoilt_part(path, ledger):
                found.append(f"half file: {path.relative_to(home)}: {type(failure).__name__} {failure}"[:300])
    return found


def leftovers(home: Path) -> list[str]:
    """No temporary file or folder stays; one that is at work now is gone or has another name in a second."""
    deadline = time.monotonic() + CALM
    left = _temporary(home)
    while left and time.monotonic() < deadline:
        time.sleep(1)
        left &= _temporary(home)
    return [f"left over: {path.relative_to(home)}" for path in sorted(left)]


def orphans(stage: Stage) -> list[str]:
    """Every process that works on the data root belongs to the console or to a run that says that it goes on."""
    deadline = time.monotonic() + CALM
    while True:
        strays = _strays(stage)
        if not strays or time.monotonic() > deadline:
            return strays
        time.sleep(1)


def unread(port: int) -> list[str]:
    """All that the page asks for when it opens has an answer, without a word of failure."""
    try:
        visitor = Visitor(port, 60)
        answers = [visitor.send(event, list(event.values)) for event in visitor.loads()]
        answers += [visitor.press(visitor.named(name)) for name in ("models", "status")]
    except Exception as failure:  # whatever keeps a visitor from the page is the finding
        return [f"unreadable: the page: {failure!r}"[:400]]
    return [f"unreadable: the page says {codes_in(answer)}" for answer in answers if codes_in(answer)]


def commands(home: Path) -> list[str]:
    """The command line reads the same data root."""
    found = []
    for words in (["runs"], ["models"], ["runs", "show", "latest"]):
        command = [sys.executable, "-m", "ocrweb", *words, "--json"]
        ran = subprocess.run(
            command, env={**os.environ, "OCRWEB_HOME": str(home)}, capture_output=True, text=True, check=False
        )
        try:
            document = json.loads(ran.stdout)
        except ValueError:
            found.append(f"unreadable: ocrweb {' '.join(words)}: exit {ran.returncode}, {ran.stderr[-300:]}")
            continue
        code = document.get("error", {}).get("code", "") if isinstance(document, dict) else ""
        if "Traceback" in ran.stderr or code == "usage.internal":
            found.append(f"unreadable: ocrweb {' '.join(words)}: {code} {ran.stderr[-300:]}")
    return found


def told_tracebacks(log: Path) -> list[str]:
    """The console's own output holds no traceback: an error that nobody caught."""
    text = log.read_text(encoding="utf-8", errors="replace")
    parts = text.split("Traceback (most recent call last):")[1:]
    return [f"traceback: {_last_of(part)}" for part in parts]


def reports(home: Path) -> list[str]:
    """No report of a failure that nobody foresaw."""
    folder = home / ".ocrweb" / "reports"
    return [f"report: {path.name}: {_tail(path)}" for path in sorted(folder.glob("*.txt"))] if folder.is_dir() else []


def not_given_back(stage: Stage, calm: tuple[int, int, int]) -> list[str]:
    """Disk and memory are back. calm: threads, open files and resident bytes of a console that had just started."""
    found = []
    for name in ("inbox", "tmp"):
        folder = stage.home / ".ocrweb" / name
        if folder.is_dir() and any(folder.iterdir()):
            found.append(f"not given back: {sorted(path.name for path in folder.iterdir())} in {name}")
    process = psutil.Process(stage.console.pid)
    held = sum(_deleted_bytes(Path(f"/proc/{process.pid}/fd"), stage.home))
    if held > SMALL_CHANGE:
        found.append(f"not given back: {held >> 20} MiB of deleted files are held open")
    threads, files, resident = size_of(stage)
    if threads > calm[0] + 40 or files > calm[1] + 40:
        found.append(f"not given back: {threads} threads, {files} open files; at first {calm[0]} and {calm[1]}")
    if resident > 2 * calm[2]:
        found.append(f"not given back: {resident >> 20} MiB of memory; at first {calm[2] >> 20}")
    return found


def size_of(stage: Stage) -> tuple[int, int, int]:
    """Threads, open files, resident bytes of the console."""
    process = psutil.Process(stage.console.pid)
    return process.num_threads(), process.num_fds(), process.memory_info().rss


def visible(home: Path) -> Iterator[Path]:
    """Files that are neither temporary nor content that a visitor sent."""
    for folder, folders, files in os.walk(home):
        place = Path(folder).relative_to(home).as_posix()
        folders[:] = [each for each in folders if not each.startswith(HIDDEN) and not each.endswith(TEMPORARY)]
        if place.startswith(VISITORS_OWN) or place.startswith("datasets/"):
            folders[:] = []
            continue
        yield from (Path(folder) / each for each in files if not each.endswith(TEMPORARY) and each != "ballast")


def _json(path: Path) -> None:
    json.loads(path.read_bytes())


def _picture(path: Path) -> None:
    if cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR) is None:
        raise ValueError("does not decode")


def _archive(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if (bad := archive.testzip()) is not None:
            raise ValueError(f"{bad} is damaged")


def _settings(path: Path) -> None:
    yaml.safe_load(path.read_bytes())


CHECKS: dict[str, Callable[[Path], object]] = {
    ".json": _json, ".png": _picture, ".jpg": _picture, ".zip": _archive, ".yml": _settings,
    ".pdparams": read_plain, ".pdopt": read_plain,
}  # fmt: skip


def _once_more(path: Path, check: Callable[[Path], object]) -> bool:
    """Whether it is still half a second later: a file may be replaced while it is read."""
    time.sleep(0.5)
    try:
        check(path)
    except FileNotFoundError:
        return False
    except Exception:  # as before
        return True
    return False


def _is_spoilt_part(path: Path, ledger: Ledger) -> bool:
    """A file made from what the campaign spoilt: the zip of such a folder is whole, its members need not be."""
    return path.suffix != ".zip" and ledger.is_left_spoilt(path)


def _lost_batch(home: Path, ledger: Ledger, job: str, done: int) -> list[str]:
    record = home / ".ocrweb" / "batches" / f"{job}.json"
    try:
        found = batch_past.past_batch(job)
    except OcrwebError as told:
        return [] if ledger.is_spoilt(record) else [f"lost: batch {job}: {told.code}"]
    if found is None:
        outputs_gone = any(home / "outputs" in (path, *path.parents) for path in ledger.spoilt)
        return [] if ledger.is_spoilt(record) or outputs_gone else [f"lost: batch {job}"]
    have = found.progress.done if found.progress else 0
    spoilt = ledger.is_spoilt(record) or (found.folder is not None and ledger.is_spoilt(found.folder))
    return [f"lost: batch {job} tells {have} results, {done} were told"] if have < done and not spoilt else []


def _lost_run(home: Path, ledger: Ledger, name: str) -> list[str]:
    folder = home / "workdirs" / name
    if ledger.is_spoilt(folder) and not folder.is_dir():
        return []
    if not folder.is_dir():
        return [f"lost: run {name}"]
    view = run_view(name)
    if view is None:
        return [f"lost: run {name} is not shown"]
    if read_status(folder).state == FINISHED and not ledger.is_spoilt(folder):
        missing = [file for file in (names.BEST, names.LATEST) if not (folder / file).is_file()]
        return [f"lost: run {name} says finished without {missing}"] if missing else []
    return []


def _strays(stage: Stage) -> list[str]:
    with data_root(stage.home):
        runs = [read_status(folder) for folder in names.list_runs(stage.home / "workdirs")]
    allowed = {stage.console.pid, *(status.pid for status in runs if status.active)}
    found = []
    for process in stage.console.children():
        with contextlib.suppress(psutil.Error):
            if not allowed & {process.pid, *(parent.pid for parent in process.parents())}:
                found.append(f"orphan: {process.pid} {' '.join(process.cmdline()[1:5])}")
    return found


def _temporary(home: Path) -> set[Path]:
    found = set()
    for folder, folders, files in os.walk(home):
        place = Path(folder).relative_to(home).as_posix()
        if place.startswith(".ocrweb/uploads"):
            folders[:] = []
            continue
        marked = (each for each in (*files, *folders) if each.endswith(TEMPORARY) or each.startswith(HIDDEN))
        found |= {Path(folder) / each for each in marked}
    return found


def _deleted_bytes(folder: Path, home: Path) -> Iterator[int]:
    for link in folder.iterdir():
        with contextlib.suppress(OSError):
            target = os.readlink(link)
            if target.endswith(" (deleted)") and target.startswith(str(home)):
                yield link.stat().st_size


def _last_of(part: str) -> str:
    """The error that a traceback ends with, and the last place in it that is ours."""
    lines = part.splitlines()
    end = next((line for line in lines if line and not line.startswith(" ")), "")
    places = [line.strip() for line in lines[: lines.index(end) if end else None] if "/ocrweb/" in line]
    return f"{end[:200]} at {places[-1] if places else '?'}"


def _tail(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    places = [line.strip() for line in lines if "/ocrweb/" in line]
    return f"{lines[-1][:200] if lines else ''} at {places[-1] if places else '?'}"
