"""The lines of ``log.txt``: for people, for ``tail -f`` and for programs that grew up with PaddleOCR's log."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

STARTING = "Starting training..."
FINISHED = "Training finished!"
NAMED = 6  # tensors listed by name


def step_line(epoch: tuple[int, int], iteration: tuple[int, int], figures: Mapping[str, float]) -> str:
    """One progress line. epoch, iteration: (now, of all), counted from 1.

    figures: loss and its parts ``loss_*`` in the order wanted, lr, ips in pictures a second, eta in seconds, memory in GiB.
    """
    parts = [f"epoch: {epoch[0]}/{epoch[1]}", f"iter: {iteration[0]}/{iteration[1]}"]
    parts += [f"{name}: {value:.4f}" for name, value in figures.items() if name.startswith("loss")]
    parts += [
        f"lr: {figures['lr']:.6f}",
        f"ips: {figures['ips']:.2f} images/s",
        f"eta: {duration(figures['eta'])}",
        f"mem: {figures['memory']:.2f} GiB",
    ]
    return ", ".join(parts)


def device_line(device: str, precision: str) -> str:
    """precision: what products are computed in, e.g. bfloat16."""
    return f"device: {device}, precision: {precision}"


def weights_line(matched: int, total: int, missing: Sequence[str], reshaped: Sequence[str]) -> str:
    """What became of the tensors of a file of weights; names of those that keep their first values."""
    line = f"weights: {matched} of {total} tensors loaded"
    for word, names in (("not in the file", missing), ("of another shape", reshaped)):
        if names:
            shown = ", ".join(names[:NAMED]) + ", …" * (len(names) > NAMED)
            line += f"; {len(names)} {word}: {shown}"
    return line


def unlabelled_line(pictures: int, unreadable: int, judged: int) -> str:
    """The pictures without labels that are learnt from, and those left out: not readable, or of what the run is judged on."""
    line = f"unlabelled: {pictures} pictures"
    counts = ((unreadable, "cannot be read"), (judged, "on the validation or test list"))
    left_out = ", ".join(f"{count} {why}" for count, why in counts if count)
    return line + (f"; left out: {left_out}" if left_out else "")


def metric_line(hmean: float, precision: float, recall: float) -> str:
    return f"cur metric, hmean: {hmean:.4f}, precision: {precision:.4f}, recall: {recall:.4f}"


def best_line(hmean: float, epoch: int) -> str:
    return f"best metric, hmean: {hmean:.4f}, epoch: {epoch}"


def blend_line(steps: Sequence[int], hmean: float, before: float) -> str:
    """The average of the weights of these steps has become the best."""
    return f"averaged: steps {', '.join(map(str, steps))}, hmean: {hmean:.4f}, best single: {before:.4f}"


def outcome_line(outcome: str, figures: Mapping[str, Any]) -> str:
    """``outcome: improved, hmean: 0.8123 (0.78 to 0.84), base: 0.6099 (0.57 to 0.65), gain: 0.17 to 0.23``"""

    def between(name: str) -> str:
        return "{:.4f} to {:.4f}".format(*figures[name])

    line = f"outcome: {outcome}, result: {figures['hmean']:.4f} ({between('interval')})"
    if "base_hmean" in figures:
        line += f", base: {figures['base_hmean']:.4f} ({between('base_interval')}), gain: {between('gain')}"
    return line + (f", doubt: {figures['doubt']}" if figures.get("doubt") else "")


def failed_line(reason: str) -> str:
    return f"Training failed: {reason}"


def stopped_line(step: int) -> str:
    return f"Training stopped at step {step}; resume it to go on."


def duration(seconds: float) -> str:
    """``H:MM:SS``, or ``-`` while it is not known."""
    if not math.isfinite(seconds):
        return "-"
    whole = max(0, round(seconds))
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
