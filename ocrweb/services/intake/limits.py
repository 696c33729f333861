"""How large an upload may be."""

from __future__ import annotations

from ocrweb.data.archive_limits import archive_limits

__all__ = ["archive_limits"]
