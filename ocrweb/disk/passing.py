"""Names of files and folders that are there for a moment: each says which process works on it.

A process that is killed leaves them behind; by that number a later one knows that nobody needs them.
"""

from __future__ import annotations

import os
import re
import secrets

LONGEST = 120  # bytes of the name that are kept: the whole stays under the 255 of usual file systems
_PASSING = re.compile(r"\.(?:.*[.-])?(\d+)-[0-9a-f]{8}(?:\.tmp|\.part|\.zip)?")


def passing_name(name: str, ending: str = ".tmp") -> str:
    """A hidden name that nothing has yet, such as ``.status.json.4711-0a1b2c3d.tmp``."""
    kept = os.fsencode(name)[:LONGEST].decode("utf-8", "ignore")
    return f".{kept}.{os.getpid()}-{secrets.token_hex(4)}{ending}"


def owner_of(name: str) -> int | None:
    """The number of the process that works on a file or folder of such a name; None for any other name."""
    found = _PASSING.fullmatch(name)
    return int(found[1]) if found else None
