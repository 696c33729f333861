"""``python -m ocrweb.training.export_job SPEC.json``: the process of one export.

It writes into the folders that the specification names and says on stdout what it does, one JSON object a line:
``{"kind": "stage", "stage", "share"}``, then ``{"kind": "measured", …}`` or ``{"kind": "error", "code", "where", "params"}``.
It ends, with everything it started, when its stdin closes: whoever asked for the export is gone.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from ocrweb.errors import OcrwebError
from ocrweb.runtime.paddle_env import machine_environment
from ocrweb.training.export.spec import Spec

NEARLY_FULL = 64 * 2**20  # bytes: with less than a network's size left an unexplained failure to write is explained


class Teller:
    """Writes events to what was stdout; libraries that print go to stderr."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)

    def stage(self, stage: str, share: float) -> None:
        self.event("stage", stage=stage, share=round(share, 3))

    def event(self, kind: str, **fields: Any) -> None:
        self._out.write(json.dumps({"kind": kind, **fields}, ensure_ascii=False).encode() + b"\n")


def main(arguments: list[str] | None = None) -> int:
    (path,) = sys.argv[1:] if arguments is None else arguments
    teller = Teller()
    spec = Spec.read(Path(path))
    threading.Thread(target=end_with_parent, args=(spec.work.parent,), daemon=True).start()
    os.environ.update(machine_environment())
    try:
        from ocrweb.training.export.steps import export

        teller.event("measured", **export(spec, teller.stage))
    except OcrwebError as error:
        teller.event("error", **error.to_record())
    except OSError as failure:
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            teller.event("error", code="usage.disk-full", where=None, params={"path": str(spec.target.parent.parent)})
        else:
            reason = failure.strerror or str(failure)
            params = {"path": str(failure.filename or spec.target.parent.parent), "reason": reason}
            teller.event("error", code="usage.not-writable", where=None, params=params)
    except Exception:  # the libraries that write networks say "iostream error" when the disk is full
        if shutil.disk_usage(spec.work).free >= NEARLY_FULL:
            raise
        teller.event("error", code="usage.disk-full", where=None, params={"path": str(spec.target.parent.parent)})
    else:
        return 0
    return 1


def end_with_parent(staging: Path) -> None:
    """Wait for the end of stdin; then leave nothing behind, neither files nor processes."""
    while os.read(0, 4096):  # not sys.stdin: its lock, held by a thread, would break the end of the interpreter
        pass
    shutil.rmtree(staging, ignore_errors=True)
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
