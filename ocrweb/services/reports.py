"""A failure nobody foresaw becomes a report file and a coded error, never a traceback in someone's face."""

from __future__ import annotations

import sys
import time
import traceback
import uuid

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import FULL


def internal_error(failure: BaseException) -> OcrwebError:
    """Write the traceback of an unforeseen failure to a report file and name it in ``usage.internal``.

    A full disk is no fault of the program: it is ``usage.disk-full``, without a report.
    """
    if isinstance(failure, OSError) and failure.errno in FULL:
        return OcrwebError("usage.disk-full", path=str(failure.filename or paths.home()))
    folder = paths.private_dir() / "reports"
    stamp = f"{time.strftime('%Y%m%d_%H%M%S')}_{uuid.uuid4().hex[:6]}"
    report = folder / f"{stamp}_{type(failure).__name__}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        report.write_text("".join(traceback.format_exception(failure)), encoding="utf-8")
    except OSError:
        print("".join(traceback.format_exception_only(failure)).strip(), file=sys.stderr)
    return OcrwebError("usage.internal", kind=type(failure).__name__, report=str(report))
