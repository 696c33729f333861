"""How the pixels of a picture and those of the network input correspond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class PageTransform:
    """The way from a picture to the network input and back.

    width, height: the picture as a person sees it, pixels.
    resized_width, resized_height: the part of the network input that shows it, from the top-left; maps are read only there.
    padded_width, padded_height: the whole network input, at least as large.
    scale_x, scale_y: network pixels a picture pixel.
    """

    width: int
    height: int
    resized_width: int
    resized_height: int
    padded_width: int
    padded_height: int
    scale_x: float
    scale_y: float

    @classmethod
    def stretched(cls, width: int, height: int, map_width: int, map_height: int) -> PageTransform:
        """A picture stretched over the whole network input, without padding."""
        scales = (map_width / width, map_height / height)
        return cls(width, height, map_width, map_height, map_width, map_height, *scales)

    def to_picture(self, points: np.ndarray) -> np.ndarray:
        """Network pixels (…, 2) → picture pixels (…, 2) float32, kept within 0..width and 0..height."""
        mapped = points / np.array([self.scale_x, self.scale_y])
        return np.clip(mapped, 0, np.array([self.width, self.height])).astype(np.float32)

    def visible(self, network_map: np.ndarray) -> np.ndarray:
        """The part of a (padded_height, padded_width) map that shows the picture, as a view."""
        return network_map[: self.resized_height, : self.resized_width]
