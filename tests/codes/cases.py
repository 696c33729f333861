"""The smallest input that makes the program say each of these codes: what is rare, or asked nowhere else.

A case raises the error or returns it, as functions do that judge without ending. Each is called with an empty folder.
"""

from __future__ import annotations

import asyncio
import email.message
import io
import json
import os
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocrweb import messages
from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.data.repair.change import RepairPlan
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.entry import ModelEntry
from tests.data.corpus import label, make_good
from tests.imaging.documents.made import pdf

Case = Callable[[Path, pytest.MonkeyPatch], OcrwebError | None]
CASES: dict[str, Case] = {}


def code(name: str) -> Callable[[Case], Case]:
    def keep(case: Case) -> Case:
        assert name not in CASES
        CASES[name] = case
        return case

    return keep


def forbidden(path: Any = ".", *_: Any, **__: Any) -> None:
    raise PermissionError(13, "Permission denied", str(path))


def absent(*_: Any, **__: Any) -> None:
    return None


def refused_by(wrapper: Any, scope: dict[str, Any]) -> OcrwebError:
    """What a wrapper of the page answers to a browser of the language in force."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(wrapper({**scope, "headers": [(b"accept-language", messages.language().encode())]}, None, send))
    told = json.loads(b"".join(message.get("body", b"") for message in sent))["error"]
    error = OcrwebError(told["code"], limit="1")
    assert told == error.to_dict()
    return error


# access


@code("access.bad-auth")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.access.logins import decide_access

    decide_access("0.0.0.0", "without-a-colon", no_auth=False)


@code("access.open-auth-file")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.access.logins import login_of_file

    (folder / "login").write_text("user:password")
    (folder / "login").chmod(0o644)
    login_of_file(folder / "login")


@code("access.two-logins")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.cli.serve import _login

    _login("user:password", folder / "login")


@code("access.bad-origin")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.ui.guard.order import checked_origin

    checked_origin("example.org/page")


@code("access.bad-root-path")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.ui.guard.order import checked_root_path

    checked_root_path("/a/../b")


@code("access.bad-upload")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    """The page's own reader refuses with a bare 400; the visitor gets a sentence in the language of the browser."""
    from ocrweb.ui.guard.uploads import BAD, UPLOAD, UploadAnswers

    async def refusing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": BAD, "headers": []})
        await send({"type": "http.response.body", "body": b"Bad Request"})

    return refused_by(UploadAnswers(refusing, limit=1 << 20), {"type": "http", "path": UPLOAD, "method": "POST"})


@code("access.login-needed")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    from ocrweb.services.access.brake import Brake
    from ocrweb.services.access.logins import Access
    from ocrweb.ui.guard.basic_login import TOOLS, BasicLogin

    asking = BasicLogin(absent, Access(("anna", "a right password")), Brake(), None)  # type: ignore[arg-type]
    return refused_by(asking, {"type": "http", "path": f"{TOOLS}/", "method": "POST"})


# archives, backups, batches


@code("archive.unreadable")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.data import archive

    (folder / "a.zip").write_bytes(b"PK")
    patch.setattr(archive, "open_ordinary", forbidden)
    archive.extract_archive(folder / "a.zip", folder / "out")


@code("backup.changed")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    import tarfile

    from ocrweb.services.root.backup.contents import Member
    from ocrweb.services.root.backup.pack import _pack

    with tarfile.open(folder / "a.tar", "w") as archive:
        _pack(archive, Member("datasets/gone.jpg", folder / "gone.jpg"))


@code("backup.unreadable")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.root.backup import unpack

    (folder / "a.tar").write_bytes(b"x")
    patch.setattr(unpack, "open", forbidden, raising=False)
    unpack.check_backup(folder / "a.tar")


@code("batch.no-results")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.batch.jobs import pack_batch

    pack_batch("nobody's")


@code("batch.no-resume")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.batch.jobs import resume_batch

    resume_batch("nobody's")


@code("batch.unreadable-folder")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError | None:
    from ocrweb.services.intake.sources import open_sources

    patch.setattr(os, "scandir", forbidden)
    with open_sources([folder]) as (source,):
        return source.error


# commands, settings


@code("bench.not-here")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.cli import bench

    patch.setattr(bench, "benchmarks", list)
    bench.bench.__wrapped__(None)  # type: ignore[attr-defined]


@code("bench.no-browser")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from benchmarks._console import run_slider

    patch.setattr(shutil, "which", absent)
    patch.delenv("OCRWEB_CHROMIUM", raising=False)
    run_slider(None, None, 1)  # type: ignore[arg-type]


@code("bench.no-pictures")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from benchmarks._pictures import pictures

    pictures(folder, None)


@code("command.usage")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    from click import UsageError

    from ocrweb.cli.usage import usage_error

    return usage_error(UsageError("Something no rule knows."), ["detect"], ["detect"])


@code("config.crop-multiple")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    build(TrainingConfig, parse_overrides(["crop_size=100"]))


@code("config.bad-field")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.ui.parts.training_fields import config_of

    config_of({"epochs": -1})


@code("config.bad-fields")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.ui.parts.training_fields import config_of

    config_of({"augmentation.scale_min": 1.9, "augmentation.scale_max": 0.6})


@code("usage.output-lost")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    from ocrweb.cli import frame
    from ocrweb.cli.streams import OutputLost

    told: list[OcrwebError] = []

    def lost() -> int:
        raise OutputLost(28, "No space left on device")

    patch.setattr(frame, "forget_standard", absent)
    patch.setattr(frame, "report_error", lambda error, as_json: told.append(error))
    assert frame.guarded(lost, as_json=True) == frame.USAGE
    return told[0]


@code("usage.no-report")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    """Where even the module that keeps reports cannot be imported."""
    from ocrweb.cli import frame

    patch.setitem(sys.modules, "ocrweb.services.files.reports", None)
    patch.setattr(frame, "missing_library", absent)
    return frame._internal(ZeroDivisionError("odd"))


@code("imports.name-without-file")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.cli.models import models

    models.__wrapped__(name="mine")  # type: ignore[attr-defined]


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


# models


@code("engine.not-installed")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.runtime.engines import official

    patch.setattr(official, "cached_folder", lambda model: folder)
    patch.setitem(sys.modules, "paddleocr", None)
    official.OfficialEngine("PP-OCRv5_mobile_det", threads=1)


@code("model.download-failed")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.runtime.engines import official

    def broken(**_: object) -> None:
        raise RuntimeError("404 Not Found")

    patch.setattr(official, "cached_folder", lambda model: folder)
    patch.setitem(sys.modules, "paddleocr", types.SimpleNamespace(TextDetection=broken))
    official.OfficialEngine("PP-OCRv5_mobile_det", threads=1)


@code("model.no-detector")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.runtime.engines.load import load_engine

    load_engine(ModelEntry("backbone", "run", ModelCard(name="backbone"), detects=False))


@code("graph.package-missing")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.model import architecture

    patch.setattr(architecture, "_find_published", absent)
    architecture.published_graph()


@code("export.wrong-network")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.training.export import steps

    def refuses(source: str) -> None:
        raise OcrwebError("graph.unsupported", operators="LSTM")

    patch.setattr(steps, "complete_model", refuses)
    steps._layer(types.SimpleNamespace(folder=False, source="reads_words.onnx"))  # type: ignore[arg-type]


@code("export.hmean-lost")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError | None:
    from ocrweb.services.exporting.gate import _lost

    return _lost({"hmean": 0.5, "difference": -0.3}, {"labels": 1000, "reference": {"hmean": 0.8}}, "ONNX")


@code("imports.busy")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.models import import_jobs

    (folder / "a.onnx").write_bytes(b"x")
    patch.setattr(import_jobs, "WAITING", 0)
    import_jobs.start_import(folder / "a.onnx", "")


# training


@code("jobs.no-proof")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.training.proof import make_proof
    from tests.services.training.made_runs import make_run

    make_proof(make_run(state="stopped").name)


@code("jobs.probe-slow")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.training import probe

    def waiting(timeout: float) -> None:
        raise subprocess.TimeoutExpired("probe", timeout)

    patch.setattr(probe, "SPARE_SHARE", 0.0)
    probe._await(types.SimpleNamespace(communicate=waiting), -1.0, 1.0)  # type: ignore[arg-type]


@code("loader.stalled")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.training.feed import loader_processes
    from tests.training.feed.loader_sources import Numbers

    patch.setattr(loader_processes, "wait", lambda pipes, timeout: [])
    silent = types.SimpleNamespace(tasks=[(0, 0, (0, 3))], pipe="pipe")
    workers = types.SimpleNamespace(_processes=[silent], _source=Numbers(5))
    loader_processes.ProcessWorkers._collect(workers, {})  # type: ignore[arg-type]


@code("train.nothing-to-learn")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.training.run.session import learnable

    learnable([Sample(folder / "1.jpg", None, (LabelledBox(np.zeros((4, 2), np.float32), "###", True),))])


def warned(folder: Path, patch: pytest.MonkeyPatch, name: str) -> OcrwebError:
    """A session for batches that a killed process could not hold, with too little shared memory for its loader."""
    from ocrweb.training.feed import loader_plan
    from ocrweb.training.machine.distributed import Group
    from ocrweb.training.run.journal import Journal
    from ocrweb.training.run.session import open_session

    heard: list[OcrwebError] = []
    journal = Journal(folder)
    patch.setattr(Journal, "warn", lambda self, error: heard.append(error))
    patch.setattr(loader_plan, "shared_memory_free", lambda: 0)
    words = [f"dataset={make_good(folder / 'data')}", "crop_size=64", "loader.workers=2"]
    config = build(TrainingConfig, parse_overrides(words))
    opened = open_session(
        folder, config, group=Group(), journal=journal, stop_asked=lambda: False, resume=False, halve=True
    )
    opened.session.feed.close()
    return next(error for error in heard if error.code == name)


@code("train.batch-halved")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    return warned(folder, patch, "train.batch-halved")


@code("train.few-shared-memory")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    return warned(folder, patch, "train.few-shared-memory")
