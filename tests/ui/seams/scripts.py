"""Parts of Gradio's scripts, run by the Node that Playwright brings."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable

from ocrweb.ui.seams.exchange import BUILD_PATH_LIB


def by_gradio(name: str) -> str:
    """Gradio's own script of that name."""
    (script,) = Path(BUILD_PATH_LIB).glob(f"{name}-*.js")
    return script.read_text(encoding="utf-8")


def between(script: str, first: str, last: str) -> str:
    """From the first words to before the last ones."""
    start = script.index(first)
    return script[start : script.index(last, start)]


def run(program: str, **values: object) -> Any:
    """What a program prints last, as JSON. values: its constants."""
    constants = "".join(f"const {name} = {json.dumps(value)};" for name, value in values.items())
    node, _ = compute_driver_executable()
    ran = subprocess.run([node, "-e", constants + program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
