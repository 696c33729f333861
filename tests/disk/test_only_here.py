"""What the disk layer does is done nowhere else in the package: a copy of it would soon know less."""

from __future__ import annotations

import re

import pytest

from tools.import_graph import PACKAGE

MECHANISMS = {
    "locks": r"\b(fcntl|msvcrt)\b",
    "whether a process is there": r"\.kill\(.*, 0\)|\bpid_exists\b|/proc/\{",
    "the command of a module": r"\bsys\.executable\b",
    "the search path of a module": r"\bPYTHONPATH\b",
    "names of what is half made": r"os\.getpid\(\).*token_hex|token_hex\(\d\)\}[.\"]",
    "the next number that is free": r"\bnumber \+= 1\b",
    "links or copies": r"\bhardlink_to\b|\bcopy2\b",
    "files that take another's place": r"\bmake_archive\b|\bpart\.replace\(|\btemporary\.replace\(",
}
ALLOWED = {
    "ocrweb/rundir/names.py": {"files that take another's place"},  # a link, which holds nothing
}


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_of_the_disk_layer_stands_there_alone(mechanism: str) -> None:
    found = {
        f"{PACKAGE.name}/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*.py")
        if re.search(MECHANISMS[mechanism], path.read_text(encoding="utf-8"))
    }
    elsewhere = {name for name in found if not name.startswith("ocrweb/disk/")}
    assert elsewhere <= {name for name, allowed in ALLOWED.items() if mechanism in allowed}
