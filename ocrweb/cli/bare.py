"""The command line of a Python without our libraries: the doctor, and a coded error for everything else."""

from __future__ import annotations

import itertools

from ocrweb import __version__
from ocrweb.cli.checkup import checkup
from ocrweb.cli.frame import GOOD, guarded
from ocrweb.services.machine.missing import missing_library


def bare(typed: list[str], failure: ImportError) -> int:
    """The exit code. typed: the words after ``ocrweb``. failure: why the real command line cannot be loaded.

    A failure of our own, which is no library's, is raised on.
    """
    missing = missing_library(failure)
    if missing is None:
        raise failure
    as_json = "--json" in typed

    def run() -> int:
        if "--version" in typed:
            print(f"ocrweb {__version__}")
            return GOOD
        if typed[:1] != ["doctor"]:
            raise missing
        return checkup(_port(typed), as_json=as_json)

    return guarded(run, as_json=as_json)


def _port(typed: list[str]) -> int:
    """The value of --port, as far as it is a number: to say so is the real command line's part."""
    value = next((after for word, after in itertools.pairwise(typed) if word == "--port"), "")
    return int(value) if value.isdecimal() and 0 < int(value) < 65536 else 7860
