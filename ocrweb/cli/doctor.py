"""`ocrweb doctor`: what works on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from ocrweb.cli.frame import command
from ocrweb.cli.parameters import JsonOption


@command
def doctor(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The console's port.")] = 7860,
    json: JsonOption = False,
) -> int:
    """Check device, libraries and versions, memory, disk, rights, the port and a real detection; say what to do."""
    from ocrweb.cli.checkup import checkup

    return checkup(port, as_json=json)
