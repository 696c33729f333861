"""How large an upload may be: one number that the owner sets."""

from __future__ import annotations

import os

from ocrweb.data.archive_plan import ArchiveLimits
from ocrweb.errors import OcrwebError

DEFAULT_GIGABYTES = 2.0


def archive_limits() -> ArchiveLimits:
    """Limits of an upload: ``OCRWEB_MAX_UPLOAD_GB`` (default 2) packed, four times as much unpacked."""
    given = os.environ.get("OCRWEB_MAX_UPLOAD_GB") or DEFAULT_GIGABYTES
    try:
        gigabytes = float(given)
        if not 0 < gigabytes < 1e6:
            raise ValueError
    except ValueError as failure:
        raise OcrwebError("usage.bad-value", name="OCRWEB_MAX_UPLOAD_GB", value=given, expected="> 0") from failure
    allowed = int(gigabytes * (1 << 30))
    return ArchiveLimits(bytes=allowed, unpacked=4 * allowed)
