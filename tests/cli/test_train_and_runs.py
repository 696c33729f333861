"""What `train`, `runs` and `eval` answer before any training starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ocrweb.cli.main import main
from ocrweb.disk.process import process_start
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import RunStatus, write_status
from ocrweb.runtime import device as devices
from ocrweb.runtime.device import Sighting
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training import runs as training

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", "en")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "paddleocr.yml").write_text("Global:\n  epoch_num: 1200\nArchitecture:\n  model_type: det\n")
    return tmp_path


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    return int(caught.value.code or 0)


def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def kept_run(home: Path, **status: Any) -> Path:
    run = names.create_run(home / "workdirs", "receipts")
    (run / names.CONFIG).write_text("dataset: /nowhere\nepochs: 3\n")
    write_status(run, RunStatus(**status))
    return run


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), "config.dataset-missing"),
        (("-o", "dataset=/nowhere/at/all"), "usage.missing-path"),
        (("-o", "datset=x"), "config.unknown-key"),
        (("-o", "epochs=0"), "config.bad-value"),
        (("-o", "epochs"), "config.no-override"),
        (("--preset", "smal-gpu"), "usage.unknown-name"),
        (("-c", "paddleocr.yml"), "config.paddleocr-file"),
        (("--preview", "paddleocr.yml", "-o", "pages.crops=8"), "usage.not-writable"),
        (("-c", "absent.yml"), "usage.missing-path"),
        (("--resume", "latest"), "run.none"),
        (("--resume", "latest", "--prepare"), "train.resume-alone"),
        (("--resume", "latest", "--preview", "there"), "train.resume-alone"),
        (("--resume", "latest", "--preset", "street"), "train.resume-alone"),
        (("--resume", "latest", "-c", "absent.yml"), "train.resume-alone"),
        (("--prepare", "--preview", "there"), "train.one-of"),
        (("--prepare", "--background"), "train.one-of"),
        (("--prepare", "--devices", "0,1"), "train.one-of"),
        (("--devices", "banana"), "usage.bad-value"),
        (("--devices", "0,0"), "usage.bad-value"),
    ],
)
def test_wrong_input_is_one_coded_error_and_makes_no_run(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str
) -> None:
    assert call("train", *words, "--json") == 2
    assert answer(capsys)["error"]["code"] == code
    assert not (home / "workdirs").exists()


def test_what_a_run_could_only_fail_at_is_said_before_there_is_one(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "see_gpus", lambda: Sighting("absent"))
    (home / "empty").mkdir()
    for words, code in (
        (("-o", f"dataset={home / 'empty'}"), "dataset.layout-nothing"),
        (("-o", "pages.crops=8", "-o", "device=gpu"), "engine.no-gpu"),
    ):
        assert call("train", *words, "--json") == 2
        assert answer(capsys)["error"]["code"] == code
    assert not (home / "workdirs").exists()


def test_a_prepared_run_has_not_crashed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("train", "--prepare", "-o", "pages.crops=8", "-o", "name=later", "--json") == 0
    capsys.readouterr()
    assert call("runs", "show", "later", "--json") == 0
    assert answer(capsys)["state"] == "stopped"


@pytest.mark.parametrize(("typed", "device"), [("False", "cpu"), ("True", "gpu")])
def test_use_gpu_of_old_scripts_still_works(
    home: Path, capsys: pytest.CaptureFixture[str], typed: str, device: str
) -> None:
    assert call("train", "--use_gpu", typed, "--prepare", "-o", "pages.crops=8", "-o", "name=pages", "--json") == 0
    folder = Path(answer(capsys)["folder"])
    assert folder.name.endswith("_pages")
    assert f"device: {device}\n" in (folder / names.CONFIG).read_text()


def test_the_script_of_old_guides_is_the_train_command(home: Path) -> None:
    words = ("--use_gpu", "False", "--prepare", "-o", "pages.crops=8", "--json")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([ROOT / "train.sh", *words], cwd=home, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "device: cpu\n" in (Path(json.loads(done.stdout)["folder"]) / names.CONFIG).read_text()


def test_runs_are_listed_newest_first_and_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    best = {"hmean": 0.91, "precision": 0.9, "recall": 0.92, "step": 40, "epoch": 2}
    run = kept_run(home, state="finished", epoch=3, epochs=3, device="cpu", best=best)
    assert call("runs") == 0
    assert "receipts  finished  epoch 3/3  best hmean 0.9100" in capsys.readouterr().out
    assert call("runs", "show", "latest", "--json") == 0
    document = answer(capsys)
    assert (document["name"], document["state"], document["best"]["hmean"]) == (run.name, "finished", 0.91)
    assert document["config"]["epochs"] == 3


def test_no_runs_are_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("runs", "--json") == 0
    assert answer(capsys) == {"runs": []}


def waiting_run(home: Path) -> Path:
    """A run that the page has queued and nobody has started."""
    run = names.create_run(home / "workdirs", "receipts")
    (run / names.CONFIG).write_text("dataset: /nowhere\nepochs: 3\n")
    training_queue.enqueue(run.name)
    return run


@pytest.mark.parametrize(("lang", "said"), [("en", "waiting (place 1)"), ("zh", "排队中（第 1 位）")])
def test_a_run_that_waits_for_its_device_is_not_called_lost(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    monkeypatch.setenv("OCRWEB_LANG", lang)
    run = waiting_run(home)
    for words in ((), ("show", "latest")):
        assert call("runs", *words) == 0
        assert said in capsys.readouterr().out
    assert call("runs", "--json") == 0
    (listed,) = answer(capsys)["runs"]
    assert call("runs", "show", "receipts", "--json") == 0
    for document in (listed, answer(capsys)):
        assert (document["name"], document["state"], document["place"]) == (run.name, "queued", 1)
    assert call("diagnose", "latest", "--json") == 0
    assert answer(capsys) == {"causes": []}


def test_stopping_a_run_that_waits_takes_it_out_of_the_queue(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = waiting_run(home)
    assert call("runs", "stop", "latest") == 0
    assert f"{run.name} has left the queue" in capsys.readouterr().out
    assert training_queue.waiting() == ()
    assert training.run_info(run.name).status.state == "stopped"
    went_on = kept_run(home, state="stopped", step=4)
    training_queue.enqueue(went_on.name)
    assert call("runs", "stop", "latest", "--json") == 0
    assert answer(capsys)["state"] == "withdrawn"
    assert training.run_info("latest").status.state == "stopped"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_why_a_run_ended_is_told_in_the_language_of_who_asks(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """The worker spoke the other one."""
    error = OcrwebError("train.killed", signal="SIGKILL")
    kept_run(home, state="failed", cause=error.to_record("zh" if lang == "en" else "en"))
    monkeypatch.setenv("OCRWEB_LANG", lang)
    assert call("runs", "show", "latest") == 0
    assert f"{error.message(lang)}\n  → {error.hint(lang)}" in capsys.readouterr().out
    assert call("runs", "show", "latest", "--json") == 0
    assert answer(capsys)["cause"]["message"] == error.message(lang)


def test_the_state_in_a_refusal_to_stop_is_translated(home: Path) -> None:
    kept_run(home, state="finished")
    with pytest.raises(OcrwebError, match=r"run\.not-running") as refused:
        training.request_stop("latest")
    assert "finished" in refused.value.message("en")
    assert "已完成" in refused.value.message("zh")


def test_a_finished_run_can_be_neither_stopped_nor_resumed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept_run(home, state="finished", epoch=3, epochs=3, step=30)
    assert call("runs", "stop", "latest", "--json") == 2
    assert answer(capsys)["error"]["code"] == "run.not-running"
    assert call("train", "--resume", "latest", "--json") == 2
    assert answer(capsys)["error"]["code"] == "run.complete"


@pytest.mark.parametrize(
    ("words", "goes_on"),
    [(["epochs=4"], True), (["epochs=3"], False), (["max_minutes=30"], True), (["max_minutes=10"], False)],
    ids=["more epochs", "as many", "more time", "as much"],
)
def test_a_finished_run_goes_on_when_it_is_made_longer(
    home: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], goes_on: bool
) -> None:
    run = kept_run(home, state="finished", epoch=3, epochs=3, step=30)
    (run / names.CONFIG).write_text("dataset: x\nepochs: 3\nmax_minutes: 10\n", encoding="utf-8")
    launched: list[Path] = []
    monkeypatch.setattr(training, "_launch", lambda run, *_, **__: launched.append(run))
    if goes_on:
        assert training.resume_run("latest", words) == run
    else:
        with pytest.raises(OcrwebError, match=r"run\.complete"):
            training.resume_run("latest", words)
    assert launched == [run] * goes_on


def test_a_running_run_is_not_resumed_a_second_time(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept_run(home, state="running", pid=os.getpid(), pid_start=process_start(os.getpid()), host=os.uname().nodename)
    assert call("train", "--resume", "receipts", "--json") == 2
    assert answer(capsys)["error"]["code"] == "run.still-active"


def test_eval_without_its_dataset_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("eval", "--data", "/nowhere/at/all", "--json") == 2
    assert answer(capsys)["error"]["code"] == "usage.missing-path"


@pytest.mark.parametrize(
    ("state", "outcome", "code"),
    [
        ("finished", "improved", 0), ("finished", "thresholds", 0), ("finished", "nothing", 1), ("finished", "worse", 1),
        ("finished", None, 1), ("stopped", None, 0), ("failed", None, 1),
    ],
)  # fmt: skip
def test_training_exits_0_only_where_it_helped_or_was_asked_to_stop(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state: str, outcome: str, code: int
) -> None:
    run = kept_run(home, state=state, outcome=outcome, hmean=0.8, base_hmean=0.7)
    monkeypatch.setattr(training, "start_run", lambda *_, **__: run)
    assert call("train", "-o", "pages.crops=8", "--json") == code
    document = answer(capsys)
    assert (document["outcome"], document["hmean"], document["base_hmean"]) == (outcome, 0.8, 0.7)


def test_the_list_never_shows_the_bases_hmean_as_the_runs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    best = {"hmean": 0.9581, "precision": 0.9, "recall": 0.9, "step": 0, "epoch": 1}
    kept_run(home, state="finished", epoch=3, epochs=3, best=best, outcome="worse")
    assert call("runs") == 0
    line = capsys.readouterr().out
    assert "0.9581" not in line
    assert "worse" in line
