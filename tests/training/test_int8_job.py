"""The process that makes a copy in int8 tells what was measured, or why there is none."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.training import int8_job
from ocrweb.training.export.int8_copy import CopySpec
from tests.training.program import run_as_program
from tests.training.told import Told


@pytest.mark.parametrize("dataset", ["/data/shop", ""])
def test_it_makes_what_its_file_asks_for_and_tells_what_was_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dataset: str
) -> None:
    told, watched, asked = Told(), threading.Event(), list[Any]()
    given = {"network": "net.onnx", "card": {"name": "a"}, "dataset": dataset, "target": "/t", "work": "/w"}
    file = tmp_path / "staging" / "spec.json"
    file.parent.mkdir()
    file.write_text(json.dumps(given))

    def make(spec: CopySpec, tell: Any) -> dict[str, Any]:
        asked.append((spec.network, spec.card.name, spec.dataset, spec.target, spec.work))
        tell("pictures", 0.0)
        return {"hmean": 0.5}

    monkeypatch.setattr(int8_job, "Teller", lambda: told)
    monkeypatch.setattr(int8_job, "make_copy", make)
    monkeypatch.setattr(int8_job, "end_with_parent", lambda folder: folder == file.parent and watched.set())
    monkeypatch.setattr(sys, "argv", ["int8_job", str(file)])
    assert int8_job.main() == 0
    assert asked == [(Path("net.onnx"), "a", Path(dataset) if dataset else None, Path("/t"), Path("/w"))]
    assert told.events == [{"kind": "stage", "stage": "pictures", "share": 0.0}, {"kind": "measured", "hmean": 0.5}]
    assert watched.wait(30)

    def refuse(spec: CopySpec, tell: Any) -> dict[str, Any]:
        raise OcrwebError("quantised.already", name="a")

    monkeypatch.setattr(int8_job, "make_copy", refuse)
    assert int8_job.main([str(file)]) == 1
    assert (told.events[-1]["kind"], told.events[-1]["code"]) == ("error", "quantised.already")
    assert len(told.events) == 3


def test_run_as_a_program_it_asks_for_its_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(run_as_program(int8_job, monkeypatch), ValueError)
