"""The smallest input of codes about datasets, pictures and documents."""

from __future__ import annotations

import email.message
import io
import os
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocrweb.data.repair.change import RepairPlan
from ocrweb.data.sample import LabelledBox
from tests.codes.case import Case, absent, forbidden, keeping
from tests.data.corpus import label, make_good
from tests.imaging.documents.made import pdf

CASES: dict[str, Case] = {}
code = keeping(CASES)


# datasets


@code("dataset.cancelled")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.datasets.jobs import DatasetJob, Handle

    handle = Handle(DatasetJob("job", kind="check"))
    handle.cancel.set()
    handle.progress(1, 2)


@code("dataset.changed-since")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.data.repair.apply import apply_repair, undo_repair
    from ocrweb.data.repair.plan import plan_repair

    root = make_good(folder / "data")
    label("1 ,2,30,2,30,20,1,20,b")(root)
    apply_repair(plan_repair(root), "in-place")
    label()(root)
    undo_repair(root)


@code("dataset.no-target")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.data.repair.apply import apply_repair

    apply_repair(RepairPlan(folder, ()), "copy")


@code("dataset.target-exists")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.data.repair.apply import apply_repair

    (folder / "taken").write_text("mine")
    apply_repair(RepairPlan(folder, ()), "copy", folder)


@code("dataset.not-a-quad")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.data.icdar_write import format_label_line

    format_label_line(LabelledBox(np.zeros((5, 2), np.float32), "text", False))


@code("dataset.unreadable")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.data.formats.tree import read_source

    patch.setattr(os, "scandir", forbidden)
    read_source(folder)


# pictures, documents, downloads


@code("document.too-many-pages")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.imaging.documents import pdf as documents

    (folder / "a.pdf").write_bytes(pdf(["one", "two"]))
    patch.setattr(documents, "MOST_PAGES", 1)
    documents.Pdf(folder / "a.pdf", "a.pdf")


@code("image.bomb")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.imaging.picture import read_picture

    drawn = io.BytesIO()
    Image.new("RGB", (64, 64)).save(drawn, "GIF")
    patch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    read_picture(drawn.getvalue())


@code("download.too-large")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """A server that does not say how much is coming."""
    from ocrweb.services.intake import fetch

    patch.setattr(fetch, "MOST", 10)
    answer = types.SimpleNamespace(status=200, headers=email.message.Message(), read=io.BytesIO(b"x" * 20).read)
    fetch._receive(answer, "http://example.org/a", folder / "a.part", folder / "a.tag", absent)
