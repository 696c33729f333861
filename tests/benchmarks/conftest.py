"""Paddle reads its environment when it is imported, so it is set before any test of this folder is."""

from __future__ import annotations

import os

from ocrweb.runtime.paddle_env import machine_environment

os.environ.update(machine_environment())
