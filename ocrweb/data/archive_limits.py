"""How large a zip may be that is unpacked here: one number that the owner sets."""

from __future__ import annotations

from ocrweb.config.variables import number
from ocrweb.data.archive_plan import ArchiveLimits

DEFAULT_GIGABYTES = 2.0


def archive_limits() -> ArchiveLimits:
    """Limits of an upload, and of a zip inside a dataset: ``OCRWEB_MAX_UPLOAD_GB`` (default 2) packed, four times as much unpacked."""
    allowed = int(number("OCRWEB_MAX_UPLOAD_GB", DEFAULT_GIGABYTES) * (1 << 30))
    return ArchiveLimits(bytes=allowed, unpacked=4 * allowed)
