"""Whether a file of weights is of a network of ours, told before anything loads Paddle."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ocrweb.disk.child import run_module
from ocrweb.runtime.entry import ModelEntry
from ocrweb.services.work.child import printed_answer

PATIENCE = 120  # seconds


def network_of(weights: Path) -> str:
    """The name of the network that a file of weights is for, asked of a process of its own: a stranger's file is read.

    Raises ``weights.…`` for what is none; ValueError or subprocess.TimeoutExpired when that process does not answer.
    """
    child = run_module("ocrweb.training.identify", weights, patience=PATIENCE)
    try:
        return str(printed_answer(child.stdout)["architecture"])
    except (ValueError, KeyError) as failure:
        raise ValueError(f"exit {child.returncode}") from failure


def refuse_foreign(entry: ModelEntry) -> None:
    """Raise ``weights.…`` for a model whose weights are damaged or another network's; what this console made is known."""
    if entry.kind != "file" or "weights" not in entry.files:
        return
    try:
        network_of(entry.files["weights"])
    except (ValueError, subprocess.TimeoutExpired):  # the work itself reads them again, and says what is wrong
        return
