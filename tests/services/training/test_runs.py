"""What a run is started with, what is told of it while it goes, and when it may go on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config.loader import build
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import RunStatus, read_status, write_status
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.entry import ModelEntry
from ocrweb.services.training import runs
from tests.services.training.made_runs import make_run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("epochs", "minutes", "more", "longer"),
    [
        (5, 0.0, {"epochs": 6}, True),
        (5, 0.0, {"epochs": 5}, False),
        (5, 0.0, {"epochs": 5, "max_minutes": 10}, False),  # time was never what ended it
        (5, 10.0, {"epochs": 5, "max_minutes": 11}, True),
        (5, 10.0, {"epochs": 5, "max_minutes": 10}, False),
        (5, 10.0, {"epochs": 5, "max_minutes": 0}, True),
        (5, 10.0, {"epochs": 4, "max_minutes": 9}, False),
    ],
)
def test_a_finished_run_goes_on_only_with_more_to_do(
    epochs: int, minutes: float, more: dict[str, Any], longer: bool
) -> None:
    assert runs._longer(build(TrainingConfig, more), epochs, minutes) is longer


@pytest.mark.parametrize(
    ("kind", "path", "written"),
    [("run", "/w/20260101_demo", "entry"), ("file", "/m/a.onnx", "/m/a.onnx"), ("file", None, "typed"), ("listed", "/m", "typed")],
)  # fmt: skip
def test_a_run_writes_down_a_name_of_its_base_that_lasts(kind: Any, path: str | None, written: str) -> None:
    entry = ModelEntry("entry", kind, ModelCard(name="a"), {"onnx": Path(path)} if path else {})
    assert runs._lasting_name(entry, "typed") == written


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    asked: list[tuple[Any, ...]] = []

    def start(module: str, run: Path, *given: str, **how: Any) -> Any:
        asked.append((module, run, *given))
        assert how["start_new_session"] is True
        return SimpleNamespace(pid=1)

    monkeypatch.setattr(runs, "start_module", start)
    return asked


@pytest.mark.parametrize("checkpoint", [True, False])
@pytest.mark.parametrize(
    ("devices", "gentle", "words"),
    [("", False, []), ("0,1", False, ["--devices", "0,1"]), ("", True, ["--gentle"]), ("0", True, ["--devices", "0", "--gentle"])],
)  # fmt: skip
def test_a_worker_is_told_its_devices_its_manner_and_whether_it_goes_on(
    devices: str, gentle: bool, words: list[str], checkpoint: bool, launched: list[Any]
) -> None:
    run = make_run(state=None)
    best = {"hmean": 0.5, "step": 7, "epoch": 1}
    write_status(run, RunStatus(state="stopped", step=7, best=best, seconds=42.0, earlier=3.0, cause={"code": "x"}))
    if checkpoint:
        (run / names.LATEST_OPTIMIZER).write_bytes(b"x")
    assert runs.start_prepared(run, devices=devices, gentle=gentle) == run
    at = words.index("--gentle") if gentle else len(words)
    expected = [*words[:at], *["--resume"] * checkpoint, *words[at:]]
    assert launched == [("ocrweb.training.worker", run, *expected)]
    status = read_status(run)
    assert (status.state, status.step, status.best, status.cause) == (
        "starting",
        7,
        best,
        None,
    ) or status.state == "lost"
    assert status.earlier == (42.0 if checkpoint else 0.0)
    assert (run.parent / names.LATEST_LINK).resolve() == run.resolve()


def test_a_run_for_a_launcher_counts_as_stopped_until_that_starts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = make_run("20260101_000000_wide", None), build(TrainingConfig, {"epochs": 3})
    monkeypatch.setattr(runs, "prepare_run", lambda config: run if config is asked else None)
    assert runs.prepare_for_launcher(asked) == run
    assert (read_status(run).state, read_status(run).pid) == ("stopped", 0)


@pytest.mark.parametrize("address", ["auto", "10.0.0.1:6379"])
def test_a_worker_is_told_of_the_machines_that_it_runs_on(
    address: str, launched: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    knocked: list[str] = []
    monkeypatch.setattr(runs, "knock", knocked.append)
    run = make_run(state="stopped")
    assert runs.resume_run(run, cluster=address) == run
    assert knocked == [address]
    assert launched == [("ocrweb.training.worker", run, "--cluster", address)]


@pytest.mark.parametrize("refusing", ["check_libraries", "knock"])
def test_a_cluster_that_cannot_be_used_is_told_before_a_worker_is_started(
    refusing: str, launched: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OcrwebError("cluster.not-installed", names=refusing)

    monkeypatch.setattr(runs, "knock", lambda address: None)
    monkeypatch.setattr(runs, refusing, refuse)
    run = make_run(state="stopped")
    before = read_status(run)
    with pytest.raises(OcrwebError, match=r"cluster\.not-installed"):
        runs.resume_run(run, cluster="auto")
    assert (launched, read_status(run)) == ([], before)


def test_new_whole_lines_of_a_log_are_handed_on_once(tmp_path: Path) -> None:
    log, told = tmp_path / "log.txt", list[str]()
    assert runs._new_lines(log, 3, told.append) == 3
    log.write_bytes("一\nhalf".encode())
    offset = runs._new_lines(log, 0, told.append)
    assert (told, offset) == (["一"], 4)
    assert runs._new_lines(log, offset, told.append) == 4
    with log.open("ab") as file:
        file.write(b" and half\n\nbad \xff\n")
    assert runs._new_lines(log, offset, told.append) == log.stat().st_size
    assert told == ["一", "half and half", "", "bad �"]


def test_a_log_is_followed_to_the_runs_end_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(state="running")
    (run / names.LOG).write_text("first\nsecond\n")
    told: list[str] = []

    def sleep(seconds: float) -> None:
        assert seconds == 0.25
        with (run / names.LOG).open("a") as file:
            file.write("last\n")
        write_status(run, RunStatus(state="finished"))

    monkeypatch.setattr(runs.time, "sleep", sleep)
    assert runs.log_size(run) == 13
    info = runs.follow(run, told.append, offset=6, interval=0.25)
    assert (told, info.status.state) == (["second", "last"], "finished")
    (run / names.LOG).unlink()
    assert runs.log_size(run) == 0


def test_stopping_waits_for_the_end_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    run, now = make_run(state="running"), [0.0]
    monkeypatch.setattr(runs, "ask_to_stop", lambda status: True)
    monkeypatch.setattr(runs.time, "monotonic", lambda: now[0])

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if now[0] >= 5:
            write_status(run, RunStatus(state="stopped"))

    monkeypatch.setattr(runs.time, "sleep", sleep)
    assert runs.stop_run(run.name, wait=1.0).status.state == "running"
    assert 1.0 <= now[0] < 1.5
    assert runs.stop_run(run.name, wait=60.0).status.state == "stopped"
    assert now[0] < 5.5


def test_what_does_not_run_cannot_be_stopped_and_what_runs_cannot_be_resumed(launched: list[Any]) -> None:
    run = make_run(state=None)
    write_status(run, RunStatus(state="finished", started=1.0, epochs=20, step=9))
    with pytest.raises(OcrwebError) as refused:
        runs.request_stop(run.name)
    assert (refused.value.code, refused.value.params["name"]) == ("run.not-running", run.name)
    with pytest.raises(OcrwebError, match=r"run\.complete"):
        runs.resume_run(run.name)
    other = make_run("20260102_000000_other", "running")
    with pytest.raises(OcrwebError, match=r"run\.still-active"):
        runs.resume_run(other.name)
    assert launched == []
    assert runs.resume_run(run.name, ["epochs=40"]) == run
    assert runs.run_info(run.name).config is not None
    assert runs.run_info(run.name).config.epochs == 40  # type: ignore[union-attr]
    assert len(launched) == 1


def test_a_run_whose_settings_are_broken_is_listed_without_them(tmp_path: Path) -> None:
    run = make_run()
    (run / names.CONFIG).write_text("epochs: many\n")
    (info,) = runs.list_runs()
    assert (info.name, info.config, info.to_dict()["config"], info.to_dict()["cause"]) == (run.name, None, None, None)
