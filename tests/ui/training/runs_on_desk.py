"""Runs beside the page that is used without a browser: their names, and how they are looked at."""

from __future__ import annotations

from tests.ui.desk import Desk

FIRST, SECOND, THIRD = (f"20260101_00000{number}_{name}" for number, name in enumerate(("first", "second", "third")))

VERDICT = {"hmean": 0.96, "interval": [0.9, 0.98], "base_hmean": 0.96, "base_interval": [0.9, 0.98]}


def look(desk: Desk) -> None:
    """A second goes by on the page."""
    desk.event(desk.timer_of("training-run"), "tick")


def shown(desk: Desk, name: str) -> None:
    desk.enter("training-run", name)
    assert f'data-run="{name}"' in desk["training-status"]


def listed(desk: Desk) -> list[str]:
    return [str(name) for name in desk["training-runs"].iloc[:, 0]]
