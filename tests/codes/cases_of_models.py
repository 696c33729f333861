"""The smallest input of codes about models, exports and training."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.entry import ModelEntry
from tests.codes.case import Case, absent, keeping
from tests.data.corpus import make_good

CASES: dict[str, Case] = {}
code = keeping(CASES)


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
