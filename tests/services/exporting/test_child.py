"""What the process of an export is told, and what it answers."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path
from typing import Any

import pytest

from ocrweb import __version__
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.services.exporting import child
from ocrweb.services.exporting.plan import ExportPlan, ExportRequest
from ocrweb.services.files.retelling import revived

PLAN = ExportPlan(
    ExportRequest("m", precision="int8", opset=16), "/m/best.pdparams", False, ModelCard(name="mine"), (640, 960), Path("/t"),
    (Path("/1.png"), Path("/2.png")), Path("/data"), "test", (Path("/c.png"),), "20260101_000000_demo",
)  # fmt: skip
Asked = dict[str, Any]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    seen: Asked = {"answer": {"kind": "measured"}}

    def ask(job: str, spec: Any, folder: Path, **how: Any) -> Any:
        scratch = Path(how["environment"]["TMPDIR"])
        seen.update(job=job, spec=spec, folder=folder, scratch=scratch, there=scratch.is_dir(), **how)
        how["watch"](1)
        return seen["answer"]

    monkeypatch.setattr(child, "ask_module", ask)
    return seen


def run(staging: Path, plan: ExportPlan = PLAN, cancel: threading.Event | None = None) -> Any:
    (staging / "work").mkdir(parents=True, exist_ok=True)
    return child.run_child(plan, staging, staging / "out", lambda stage, share: None, cancel)


def test_the_child_is_told_everything_in_plain_words(asked: Asked, tmp_path: Path) -> None:
    assert run(tmp_path / "s", PLAN, threading.Event()) == {"kind": "measured"}
    spec = asked["spec"]
    assert spec.pop("card")["name"] == "mine"
    assert spec == {
        "source": "/m/best.pdparams", "folder": False, "size": (640, 960), "precision": "int8", "opset": 16,
        "target": str(tmp_path / "s" / "out"), "work": str(tmp_path / "s" / "work"), "pictures": ["/1.png", "/2.png"],
        "dataset": "/data", "split": "test", "calibration": ["/c.png"],
        "names": {"model": "mine", "made_by": f"ocrweb {__version__}", "run": "20260101_000000_demo"},
    }  # fmt: skip
    run(tmp_path / "s", dataclasses.replace(PLAN, dataset=None, run=""))
    assert (asked["spec"]["dataset"], "run" in asked["spec"]["names"]) == (None, False)
    assert (asked["folder"], asked["crashed"]) == (tmp_path / "s", "export.crashed")


@pytest.mark.parametrize("name", ["plain", "收银"])
def test_temporary_files_lie_under_a_plain_name_and_are_gone_afterwards(
    name: str, asked: Asked, tmp_path: Path
) -> None:
    run(tmp_path / name)
    assert str(asked["scratch"]).isascii()
    assert asked["there"]
    assert (asked["scratch"] == tmp_path / name / "work") is (name == "plain")
    assert asked["scratch"].exists() is (name == "plain")  # in the staging folder, which goes as a whole


def test_an_error_of_the_child_is_raised_and_a_cancel_ends_it(asked: Asked, tmp_path: Path) -> None:
    asked["answer"] = {"kind": "error", **OcrwebError("image.empty", where="a.png").to_record()}
    with pytest.raises(OcrwebError) as told:
        run(tmp_path)
    assert str(told.value) == str(revived(asked["answer"]))
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(OcrwebError, match=r"export\.cancelled"):
        run(tmp_path, cancel=cancel)
