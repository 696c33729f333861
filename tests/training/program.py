"""A module run as the program of a process of its own, but in this process."""

from __future__ import annotations

import runpy
import sys
import warnings
from types import ModuleType

import pytest


def run_as_program(module: ModuleType, monkeypatch: pytest.MonkeyPatch, *words: str) -> BaseException:
    """What ends it."""
    monkeypatch.setattr(sys, "argv", [module.__name__, *words])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it is imported already
        with pytest.raises((SystemExit, ValueError)) as ended:
            runpy.run_module(module.__name__, run_name="__main__")
    return ended.value
