"""A module of this package run to its end in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from ocrweb.runtime.paddle_env import child_environment


def run_module(
    module: str, *arguments: str, patience: float, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What it printed and its exit code, with the environment that Paddle needs. environment: variables to add.

    patience: seconds; subprocess.TimeoutExpired after that.
    """
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=patience,
        env={**child_environment(), **(environment or {})},
        check=False,
    )
