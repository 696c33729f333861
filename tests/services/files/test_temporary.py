"""Working folders of killed processes are removed by the next work, those of living ones are left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocrweb.services.datasets import tools as dataset_tools
from ocrweb.services.datasets.importing import opened_source
from ocrweb.services.files import temporary
from ocrweb.services.files.temporary import make_folder, temporary_folder, temporary_root
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
    mine = make_folder("import")
    parent = temporary_root() / f"export_{os.getppid()}_x"
    parent.mkdir()
    make_folder("import")
    assert mine.is_dir()
    assert parent.is_dir()


def test_a_later_process_of_the_same_number_does_not_keep_it(monkeypatch: pytest.MonkeyPatch) -> None:
    left = make_folder("import")
    started = time.time() + 3600
    monkeypatch.setattr(temporary.psutil.Process, "create_time", lambda self: started)
    make_folder("import")
    assert not left.exists()


def test_a_clock_that_jumps_takes_nothing_from_a_living_process(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = make_folder("import")
    later = time.time() + 400 * 86_400
    monkeypatch.setattr(temporary.time, "time", lambda: later)
    make_folder("import")
    assert mine.is_dir()


def test_folders_of_an_older_version_go_after_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    left = temporary_root() / "import_ab12cd34"
    left.mkdir(parents=True)
    make_folder("import")
    assert left.is_dir()
    later = time.time() + temporary.LEFT_OVER_SECONDS + 60
    monkeypatch.setattr(temporary.time, "time", lambda: later)
    make_folder("import")
    assert not left.exists()


def test_an_import_and_a_label_export_are_known_by_their_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_good(tmp_path / "good")
    packed = Path(shutil.make_archive(str(tmp_path / "good"), "zip", tmp_path, "good"))
    with opened_source(packed) as root:
        assert root.relative_to(temporary_root()).parts[0].startswith(f"import_{os.getpid()}_")
    worked: list[Path] = []
    monkeypatch.setattr(dataset_tools, "import_dataset", lambda source, out, options: worked.append(out))
    monkeypatch.setattr(dataset_tools, "export_dataset", lambda *_: None)
    dataset_tools.export_labels(tmp_path / "good", tmp_path / "out", "ppocrlabel")
    assert worked[0].parent.name.startswith(f"export_{os.getpid()}_")
