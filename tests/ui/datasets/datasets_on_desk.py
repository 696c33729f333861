"""Datasets beside the page that is used without a browser: bringing them in, and what is said of them."""

from __future__ import annotations

import shutil
from pathlib import Path

from ocrweb.services.datasets.jobs import DatasetJob
from tests.data.corpus import label, make_good
from tests.services.datasets.ended import finished
from tests.ui.desk import Desk

BROKEN = ("1，2，30，2，30，20，1，20，a", "5,25,50,25,50,40,5,40")


def over(desk: Desk) -> DatasetJob:
    """The work that was started, to its end and seen by the page."""
    job = finished(str(desk[desk.stored("ocrweb-dataset-job")]))
    desk.tick()
    return job


def brought(desk: Desk, folder: Path, *spoilt: str) -> DatasetJob:
    root = make_good(folder)
    if spoilt:
        label(*spoilt)(root)
    desk.upload("dataset-zip", shutil.make_archive(str(root), "zip", root.parent, root.name))
    return over(desk)


def said(desk: Desk) -> str:
    return str(desk["dataset-status"] or "")


def rows(desk: Desk) -> list[str]:
    return [str(name) for name in desk["dataset-table"].iloc[:, 0]]
