"""Working folders of killed processes are removed by the next work, those of living ones are left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocrweb.disk import passing
from ocrweb.disk.process import this_process
from ocrweb.services.datasets import tools as dataset_tools
from ocrweb.services.datasets.importing import opened_source
from ocrweb.services.files import temporary
from ocrweb.services.files.temporary import temporary_folder, temporary_root
from tests.data.corpus import make_good


@pytest.fixture(scope="module")
def gone() -> int:
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


@pytest.mark.parametrize("kind", ["batch", "import", "export", "golden"])
def test_what_a_killed_process_left_goes(gone: int, kind: str) -> None:
    left = temporary_root() / f"{kind}_{gone}_x"
    (left / "inside").mkdir(parents=True)
    with temporary_folder("other") as folder:
        assert folder.is_dir()
        assert not left.exists()
    assert not folder.exists()


def test_what_a_living_process_has_in_work_stays() -> None:
    with temporary_folder("import") as mine:
        parent = temporary_root() / f"export_{os.getppid()}_x"
        parent.mkdir()
        with temporary_folder("import"):
            assert mine.is_dir()
            assert parent.is_dir()


def test_a_later_process_of_the_same_number_does_not_keep_it(monkeypatch: pytest.MonkeyPatch) -> None:
    left = temporary_root() / f"import_{os.getpid()}_x"
    left.mkdir(parents=True)
    started = time.time() + 3600
    monkeypatch.setattr(passing, "started_at", lambda pid: started)
    with temporary_folder("import"):
        assert not left.exists()


def test_a_clock_that_jumps_takes_nothing_from_a_living_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with temporary_folder("import") as mine:
        later = time.time() + 400 * 86_400
        monkeypatch.setattr(temporary.time, "time", lambda: later)
        with temporary_folder("import"):
            assert mine.is_dir()


def test_folders_of_an_older_version_go_after_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    left = temporary_root() / "import_ab12cd34"
    left.mkdir(parents=True)
    with temporary_folder("import"):
        assert left.is_dir()
    later = time.time() + temporary.LEFT_OVER_SECONDS + 60
    monkeypatch.setattr(temporary.time, "time", lambda: later)
    with temporary_folder("import"):
        assert not left.exists()


def test_an_import_and_a_label_export_are_known_by_their_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_good(tmp_path / "good")
    packed = Path(shutil.make_archive(str(tmp_path / "good"), "zip", tmp_path, "good"))
    with opened_source(packed) as root:
        assert passing.owner_of(root.relative_to(temporary_root()).parts[0]) == this_process()
    worked: list[Path] = []
    monkeypatch.setattr(dataset_tools, "import_dataset", lambda source, out, options: worked.append(out))
    monkeypatch.setattr(dataset_tools, "export_dataset", lambda *_: None)
    dataset_tools.export_labels(tmp_path / "good", tmp_path / "out", "ppocrlabel")
    assert passing.owner_of(worked[0].parent.name) == this_process()
