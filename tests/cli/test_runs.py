"""`ocrweb runs`: a line a run, and what `show` and `stop` say of one."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.cli import runs
from ocrweb.rundir import names
from ocrweb.rundir.status import RunStatus, write_status
from ocrweb.services.training import by_group, jobs, labels_used
from ocrweb.services.training import runs as training
from tests.cli.conftest import Typed
from tests.cli.options import declared


def kept(home: Path, name: str, **status: Any) -> Path:
    run = names.create_run(home / "home" / "workdirs", name)
    (run / names.CONFIG).write_text("dataset: /nowhere\nepochs: 3\n")
    write_status(run, RunStatus(**status))
    return run


def row(**changes: Any) -> Any:
    return SimpleNamespace(
        **{"hmean": None, "epoch": 0, "epochs": 0, "state": "queued", "place": 2, "name": "n", "outcome": None, "doubt": "",
           **changes}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "n  waiting (place 2)  epoch –  best hmean –"),
        ({"epoch": 1, "epochs": 3, "hmean": 0.0, "state": "running"}, "n  running  epoch 1/3  best hmean 0.0000"),
        ({"epoch": 3, "epochs": 3, "hmean": 0.81239, "state": "finished"}, "n  finished  epoch 3/3  best hmean 0.8124"),
    ],
)
def test_what_is_not_known_is_a_dash(changes: dict[str, Any], line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")
    assert runs._line(row(**changes)) == line


def test_an_outcome_stands_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")
    assert runs._line(row(outcome="worse")).endswith("–  Training made it worse: keep using the base model.")


def test_the_list_says_when_there_is_none(typed: Typed) -> None:
    assert typed("runs") == (0, "There is no training run yet.\n", "")
    assert json.loads(typed("runs", "--json")[1]) == {"runs": []}


def test_show_says_what_is_known_and_nothing_else(typed: Typed, tmp_path: Path) -> None:
    run = kept(tmp_path, "bare", state="finished")
    code, out, err = typed("runs", "show", "bare")
    assert (code, err) == (0, "")
    assert [line.split("  ")[0].split(":")[0] for line in out.splitlines()] == [run.name, "folder"]


def test_show_says_all_that_is_known(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    best = {"hmean": 0.81239, "precision": 0.5, "recall": 1, "epoch": 2, "step": 30}
    cause = {"code": "train.stopped-early", "params": {}}
    run = kept(tmp_path, "whole", state="failed", device="cpu", started=1_000_000_000.0, best=best, cause=cause)
    used = {"version": "v7", "pictures": 3, "boxes": 8, "unreviewed": 1}
    monkeypatch.setattr(labels_used, "labels_used", lambda folder: used)
    monkeypatch.setattr(by_group, "card_groups", lambda folder: SimpleNamespace(pictures=4))
    monkeypatch.setattr(by_group, "groups_told", lambda groups: [("by height:", ["· low", "· high"])])
    monkeypatch.setattr("ocrweb.services.files.retelling.retold", lambda cause: ("It ended.", "Look."))
    out = typed("runs", "show", "whole")[1].splitlines()
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(1_000_000_000.0))
    assert out[1:4] == [
        f"folder: {run}", f"device: cpu, started {began}",
        "labels: version v7, pictures 3, boxes 8, not checked by anybody: 1",
    ]  # fmt: skip
    assert out[4] == "best: hmean 0.8124, precision 0.5000, recall 1.0000 (epoch 2, step 30)"
    assert out[5].startswith("On what it fails, on 4 pictures")
    assert out[6:] == ["by height:", "· low", "· high", "It ended.", "  → Look."]


def test_the_document_says_the_place_in_the_queue_too(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, "one", state="stopped")
    monkeypatch.setattr(jobs, "row_of", lambda info: row(place=3))
    document = json.loads(typed("runs", "show", "one", "--json")[1])
    assert (document["state"], document["place"]) == ("queued", 3)
    assert "groups" in document
    (listed,) = json.loads(typed("runs", "--json")[1])["runs"]
    assert (listed["state"], listed["place"], "groups" in listed) == ("queued", 3, False)


@pytest.mark.parametrize(("state", "code"), [("running", 1), ("stopped", 0)])
def test_a_run_that_goes_on_after_it_was_asked_to_stop_is_a_problem(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, code: int
) -> None:
    kept(tmp_path, "one", state="stopped")
    info = SimpleNamespace(status=SimpleNamespace(active=state == "running"), to_dict=lambda: {"state": state})
    monkeypatch.setattr(training, "stop_run", lambda folder: info)
    monkeypatch.setattr(jobs, "row_of", lambda info: row(state=state))
    assert typed("runs", "stop", "one") == (code, f"n  {state}  epoch –  best hmean –\n", "")
    left, out, _ = typed("runs", "stop", "one", "--json")
    assert (left, json.loads(out)) == (code, {"state": state})


def test_one_that_waits_is_withdrawn(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = kept(tmp_path, "one", state="stopped")
    monkeypatch.setattr(jobs, "withdraw", lambda info: True)
    code, out, _ = typed("runs", "stop", "one")
    assert (code, out) == (0, f"{run.name} has left the queue. Start it: `ocrweb train --resume {run.name}`.\n")
    assert json.loads(typed("runs", "stop", "one", "--json")[1])["state"] == "withdrawn"


def test_their_options() -> None:
    assert declared("runs") == {"--json": False}
    assert declared("runs show") == declared("runs stop") == {"run": "required", "--json": False}


def test_the_score_of_the_base_is_not_told_as_the_run_s(tmp_path: Path, typed: Typed) -> None:
    best = {"hmean": 0.8, "precision": 0.7, "recall": 0.9, "epoch": 1, "step": 0}
    kept(tmp_path, "nothing", state="finished", best=best)
    _, out, _ = typed("runs", "show", "nothing")
    assert "best: the base model as it was (hmean 0.8000, precision 0.7000, recall 0.9000)" in out
