"""What a webhook is sent of a run that has ended: what somebody reads on a telephone, and no more."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ocrweb.rundir.status import read_status, write_status
from ocrweb.services.training import notify
from ocrweb.services.training.runs import run_info
from tests.services.training.made_runs import make_run

RUN = "20260101_000000_demo"


def sent(**changes: Any) -> dict[str, Any]:
    run = make_run(RUN)
    write_status(run, dataclasses.replace(read_status(run), **changes))
    return notify.webhook_document(run_info(RUN))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, f"{RUN}: finished"), ({"state": "failed"}, f"{RUN}: failed"),
        ({"best": {"hmean": 0.81236, "step": 5}}, f"{RUN}: finished, hmean 0.8124"),
        ({"outcome": "improved", "best": {"hmean": 0.5}}, f"{RUN}: finished, improved, hmean 0.5000"),
        ({"outcome": "improved", "verdict": {"doubt": "learnt-from"}}, f"{RUN}: finished, improved (learnt-from)"),
    ],
)  # fmt: skip
def test_one_line_says_how_it_went(changes: dict[str, Any], text: str) -> None:
    assert sent(**changes)["text"] == text


def test_figures_are_sent_with_four_places_and_a_cause_without_its_values() -> None:
    cause = {"code": "image.empty", "message": "m", "hint": "h", "params": {"path": "/secret"}}
    best = {"hmean": 0.123456, "precision": 0.87654321, "recall": 1, "step": 3}
    document = sent(state="failed", best=best, cause=cause, hmean=0.4, base_hmean=0.3)
    assert document["best"] == {"hmean": 0.1235, "precision": 0.8765, "recall": 1.0}
    assert document["cause"] == {"code": "image.empty", "message": "m", "hint": "h"}
    assert (document["event"], document["run"], document["state"]) == ("run-ended", RUN, "failed")
    assert (document["hmean"], document["base_hmean"], document["doubt"]) == (0.4, 0.3, None)


def test_without_an_address_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    make_run(RUN)
    for address in (None, "", "  "):
        if address is None:
            monkeypatch.delenv("OCRWEB_WEBHOOK", raising=False)
        else:
            monkeypatch.setenv("OCRWEB_WEBHOOK", address)
        assert notify.notify_ended(run_info(RUN)) is False
    assert caplog.text == ""


def test_what_is_wrong_with_the_address_is_said_without_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_run(RUN)
    monkeypatch.setenv("OCRWEB_WEBHOOK", "file:///etc/passwd")
    assert notify.notify_ended(run_info(RUN)) is False
    assert "must start with http" in caplog.text
    assert RUN in caplog.text
