"""`status.json`: whose worker lives, how old it is, and which values are none of a status."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from ocrweb.disk.process import process_of
from ocrweb.rundir import names, status
from ocrweb.rundir.status import (
    ACTIVE,
    FINISHED,
    LOST,
    RUNNING,
    STARTING,
    STATES,
    RunStatus,
    age,
    ask_to_stop,
    read_status,
    worked_by,
    worker_alive,
    write_status,
)  # fmt: skip

ELSEWHERE = "another-machine"


def mine(**changes: object) -> RunStatus:
    return RunStatus(**{"state": RUNNING, **worked_by(os.getpid()), **changes})  # type: ignore[arg-type]


def test_the_worker_is_named_by_all_that_tells_it_from_another() -> None:
    found = process_of(os.getpid())
    assert worked_by(os.getpid()) == {
        "pid": os.getpid(), "pid_start": found.start, "pid_boot": found.boot, "host": status.socket.gethostname(),
    }  # fmt: skip
    assert mine().process == found


def test_two_of_the_states_are_active() -> None:
    assert [state for state in STATES if RunStatus(state=state).active] == [STARTING, RUNNING] == list(ACTIVE)


def test_a_run_of_another_machine_lives_as_long_as_it_spoke_within_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 10_000.0)
    gone = {"pid": 0, "pid_start": 0, "pid_boot": ""}
    assert worker_alive(mine(**gone, host=ELSEWHERE, updated=9_401.0))
    assert not worker_alive(mine(**gone, host=ELSEWHERE, updated=9_400.0))
    assert not worker_alive(mine(**gone, updated=10_000.0)), "of this one the process is asked"
    assert not worker_alive(mine(**gone, host="", updated=10_000.0)), "and of one that an older version wrote"
    assert worker_alive(mine(updated=0.0))


def test_the_age_of_another_machines_run_is_what_it_told() -> None:
    far = mine(host=ELSEWHERE, started=100.0, updated=160.0, seconds=7.0)
    assert age(far) == 60.0
    assert age(mine(host=ELSEWHERE, started=100.0, updated=160.0, seconds=90.0)) == 90.0
    assert age(mine(host=ELSEWHERE, started=0.0, updated=160.0, seconds=7.0)) == 7.0


def test_the_age_of_a_run_that_is_gone_stands_still() -> None:
    assert age(mine(pid=0, started=1.0, seconds=42.0)) == 42.0


def test_where_a_process_has_no_start_its_age_is_of_the_clock_and_never_negative(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000.0)
    assert age(mine(pid_start=0, started=900.0)) == 100.0
    assert age(mine(pid_start=0, started=1_100.0)) == 0.0
    assert age(mine(pid_start=0, started=0.0)) == 0.0


def test_where_a_system_has_no_such_clock_the_time_of_day_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    monkeypatch.setattr(time, "time", lambda: 1_000.0)
    assert age(mine(started=900.0)) == 100.0


def test_the_age_of_a_process_is_told_by_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "seconds_since", lambda start: float(start) + 0.5)
    one = mine(started=5.0)
    assert age(one) == one.pid_start + 0.5


def test_a_status_is_written_with_the_time_of_now_and_a_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1234.56789)
    write_status(tmp_path, RunStatus(state=FINISHED, seconds=7.26, updated=1.0, cause={"code": "票据"}))
    text = (tmp_path / names.STATUS).read_text(encoding="utf-8")
    document = json.loads(text)
    assert (document["schema"], document["updated"], document["seconds"]) == (1, 1234.568, 7.3)
    assert "票据" in text
    assert text.endswith("\n")
    assert read_status(tmp_path).cause == {"code": "票据"}


@pytest.mark.parametrize(
    "damage",
    [
        {"pid": True}, {"pid": 1.5}, {"step": 1e300}, {"host": 7}, {"seconds": "7"}, {"seconds": None}, {"cause": "none"},
        {"cause": []}, {"outcome": {}}, {"outcome": 1}, {"hmean": "0.5"}, {"hmean": True}, {"verdict": None}, {"device": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_of_another_kind_makes_it_no_status(tmp_path: Path, damage: dict[str, object]) -> None:
    write_status(tmp_path, RunStatus(state=FINISHED))
    path = tmp_path / names.STATUS
    path.write_text(json.dumps(json.loads(path.read_text()) | damage))
    assert read_status(tmp_path) == RunStatus(state=LOST)


@pytest.mark.parametrize(
    "values",
    [
        {"cause": {}, "outcome": "improved", "hmean": 0.5, "base_hmean": 1, "verdict": {"doubt": None}, "loss": 3, "eta": 0},
        {"cause": None, "outcome": None, "hmean": None, "seconds": 3, "started": 0},
        {"what a newer version wrote": [1]},
    ],
    ids=["all", "none", "newer"],
)  # fmt: skip
def test_a_value_of_its_kind_is_read(tmp_path: Path, values: dict[str, object]) -> None:
    write_status(tmp_path, RunStatus(state=FINISHED))
    path = tmp_path / names.STATUS
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    found = read_status(tmp_path)
    assert found.state == FINISHED
    assert {name: value for name, value in values.items() if hasattr(found, name)} == {
        name: getattr(found, name) for name in values if hasattr(found, name)
    }


def test_only_an_active_run_whose_process_is_there_is_asked_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(status.os, "kill", lambda pid, number: sent.append((pid, number)))
    assert not ask_to_stop(mine(state=FINISHED))
    assert not ask_to_stop(mine(pid=0))
    assert [number for _, number in sent if number] == []
    assert ask_to_stop(mine())
    assert [entry for entry in sent if entry[1]] == [(os.getpid(), status.signal.SIGTERM)]
