"""Jobs on datasets, to their end."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.jobs import DatasetJob, dataset_job
from tests.data.corpus import label, make_good

SEPARATOR = label("1，2，30，2，30，20，1，20，a")


def finished(identifier: str) -> DatasetJob:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = dataset_job(identifier)
        assert job is not None
        if not job.active:
            return job
        time.sleep(0.01)
    raise AssertionError(f"still {job.state}: {job.stage}")


def zipped(root: Path) -> Path:
    return Path(shutil.make_archive(str(root), "zip", root.parent, root.name))


def uploaded(tmp_path: Path, spoil: Callable[[Path], object] | None = None, name: str = "data") -> DatasetJob:
    root = make_good(tmp_path / name)
    if spoil:
        spoil(root)
    return finished(dataset_work.start_upload(zipped(root)))
