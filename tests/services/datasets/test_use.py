"""Changes in place of one dataset exclude each other, and training from it excludes them all."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocrweb.disk.lock import take_lock
from ocrweb.errors import OcrwebError
from ocrweb.rundir.status import FINISHED, RunStatus, write_status
from ocrweb.services.datasets import tools as dataset_tools
from ocrweb.services.datasets import use as dataset_use
from ocrweb.services.datasets import validation
from tests.data.corpus import label, make_good
from tests.data.snapshot import snapshot
from tests.services.datasets.test_store import active_run

CHANGES: dict[str, Callable[[Path], object]] = {
    "repair": validation.repair,
    "undo": validation.undo,
    "split": lambda root: dataset_tools.split(root, 0.5),
    "resize": lambda root: dataset_tools.resize(root, 48),
    "undo-resize": dataset_tools.undo_resize,
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    root = make_good(tmp_path / "home" / "datasets" / "data")
    label("1，2，30，2，30，20，1，20，a")(root)
    return root


@contextlib.contextmanager
def held_elsewhere(dataset: Path) -> Iterator[subprocess.Popen[str]]:
    program = """
import sys, time
from pathlib import Path
from ocrweb.services.datasets.use import changing
with changing("data", Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
    holder = subprocess.Popen([sys.executable, "-c", program, str(dataset)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder
    finally:
        holder.kill()
        holder.wait()


def refused(change: Callable[[Path], object], dataset: Path) -> str:
    with pytest.raises(OcrwebError) as error:
        change(dataset)
    assert error.value.hint("en") != error.value.hint("zh")
    return error.value.code


def test_while_another_process_changes_a_dataset_every_change_is_refused(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(dataset)
    before = snapshot(dataset)
    with held_elsewhere(dataset):
        for change in CHANGES.values():
            assert refused(change, dataset) == "store.busy"
            assert refused(change, tmp_path / "link") == "store.busy"
        assert validation.repair(dataset, "copy", tmp_path / "copy").report.ok
        assert snapshot(dataset) == before
    assert validation.repair(dataset).report.ok  # the lock went with its process


@every_change
@pytest.mark.parametrize("by_name", [True, False], ids=["by name", "by folder"])
def test_a_dataset_that_is_trained_from_is_not_changed(
    dataset: Path, change: Callable[[Path], object], by_name: bool
) -> None:
    validation.repair(dataset)
    before = snapshot(dataset)
    run = active_run(dataset.name if by_name else str(dataset))
    assert refused(change, dataset) == "store.in-use"
    assert snapshot(dataset) == before
    write_status(run, RunStatus(state=FINISHED))
    validation.undo(dataset)
    assert not validation.validate(dataset).ok


def test_the_lock_of_a_folder_that_a_resize_replaces_meanwhile_counts_for_nothing(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validation.repair(dataset)

    def late(handle: int) -> bool:
        monkeypatch.undo()
        dataset_tools.resize(dataset, 48)
        return take_lock(handle)

    monkeypatch.setattr(dataset_use, "take_lock", late)
    assert refused(validation.undo, dataset) == "store.busy"
    with dataset_use.changing("data", dataset):
        pass


def test_the_lock_leaves_nothing_in_the_dataset(dataset: Path) -> None:
    before = sorted(path.name for path in (dataset, dataset.parent) for path in path.iterdir())
    with dataset_use.changing("data", dataset):
        assert sorted(path.name for path in (dataset, dataset.parent) for path in path.iterdir()) == before
