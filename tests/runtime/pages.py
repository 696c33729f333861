"""Pages for tests of maps."""

from __future__ import annotations

from ocrweb.runtime.page import PageTransform


def stretched(width: int, height: int, map_width: int, map_height: int) -> PageTransform:
    """A picture stretched over the whole network input, without padding."""
    sides = (map_width, map_height)
    return PageTransform(width, height, *sides, *sides, scale_x=map_width / width, scale_y=map_height / height)
