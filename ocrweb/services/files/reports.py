"""A failure nobody foresaw becomes a report file and a coded error, never a traceback in someone's face."""

from __future__ import annotations

import errno
import os
import sys
import time
import traceback
import uuid
from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.named import SHOWN
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import FULL

KEPT = 200  # reports; a visitor who finds a fault must not fill the disk with it
LONGEST = 200_000  # characters of one, its end
IMPOSSIBLE = {errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}


def internal_error(failure: BaseException) -> OcrwebError:
    """Write the traceback of an unforeseen failure to a report file and name it in ``usage.internal``.

    The note is for the owner's eyes. A full disk is no fault of the program: it is ``usage.disk-full``, without a report;
    nor is a name that no disk takes: ``usage.bad-name``. What has a code already, foreseen elsewhere, keeps it.
    """
    if isinstance(failure, OcrwebError):
        return failure
    if isinstance(failure, OSError) and failure.errno in FULL:
        return OcrwebError("usage.disk-full", path=str(failure.filename or paths.home()))
    if (asked := _impossible_name(failure)) is not None:
        return OcrwebError("usage.bad-name", name=asked)
    folder = paths.private_dir() / "reports"
    stamp = f"{time.strftime('%Y%m%d_%H%M%S')}_{uuid.uuid4().hex[:6]}"
    report = folder / f"{stamp}_{type(failure).__name__}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        _make_room(folder)
        with open(
            os.open(report, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", errors="replace"
        ) as file:
            file.write("".join(traceback.format_exception(failure))[-LONGEST:])
    except OSError:
        print("".join(traceback.format_exception_only(failure)).strip(), file=sys.stderr)
    shown = report.relative_to(paths.home())  # a visitor need not know where the data root lies
    return OcrwebError("usage.internal", kind=type(failure).__name__, report=str(shown))


def _make_room(folder: Path) -> None:
    """Remove the oldest reports, whose names begin with their time, so that one more may come."""
    for report in sorted(folder.iterdir())[: -(KEPT - 1)]:
        report.unlink(missing_ok=True)


def _impossible_name(failure: BaseException) -> str | None:
    """What was asked for, shortened, when no disk can hold it: too long, a NUL in it, links that lead to themselves."""
    if isinstance(failure, OSError) and failure.errno in IMPOSSIBLE:
        return os.path.basename(str(failure.filename or ""))[:SHOWN]
    if isinstance(failure, ValueError) and "null byte" in str(failure):
        return "NUL"
    if isinstance(failure, UnicodeEncodeError) and failure.reason == "surrogates not allowed":
        return failure.object[:SHOWN].encode("utf-8", "replace").decode()
    return None
