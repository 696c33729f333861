"""A box in its own directions: along the text and across it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import shapely

from ocrweb.geometry.quad import smallest_rectangle

LONGEST, THICKEST = 400, 64  # pixels of a straightened crop: enough to see ink, cheap for every label


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The smallest rectangle around an outline, turned so that its first side is the longer one.

    quad: (4, 2) float64, picture pixels. length, height: of its sides, at least one pixel. along, across: unit vectors.
    shape: the outline as a valid shapely geometry.
    """

    quad: np.ndarray
    length: float
    height: float
    along: np.ndarray
    across: np.ndarray
    shape: shapely.Geometry

    @classmethod
    def around(cls, outline: np.ndarray) -> Frame:
        """outline: (P, 2), P ≥ 3."""
        quad = smallest_rectangle(outline)
        if np.linalg.norm(quad[1] - quad[0]) < np.linalg.norm(quad[3] - quad[0]):
            quad = np.roll(quad, -1, axis=0)
        first, second = quad[1] - quad[0], quad[3] - quad[0]
        length, height = max(float(np.linalg.norm(first)), 1.0), max(float(np.linalg.norm(second)), 1.0)
        shape = shapely.make_valid(shapely.Polygon(np.asarray(outline, np.float64)))
        return cls(quad, length, height, first / length, second / height, shape)

    @property
    def centre(self) -> np.ndarray:
        return np.asarray(self.quad.mean(axis=0))

    def span(self, other: Frame) -> tuple[float, float, float, float]:
        """Where another box lies in these directions: from and to along, from and to across."""
        along, across = other.quad @ self.along, other.quad @ self.across
        return float(along.min()), float(along.max()), float(across.min()), float(across.max())

    def straightened(self, pixels: np.ndarray, scale: tuple[float, float] = (1.0, 1.0)) -> np.ndarray:
        """What it shows of an (H, W) array, laid straight. scale: pixels of the array a picture pixel, x and y."""
        width = int(np.clip(self.length * scale[0], 4, LONGEST))
        height = int(np.clip(self.height * scale[1], 4, THICKEST))
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        way = cv2.getPerspectiveTransform((self.quad * scale).astype(np.float32), corners)
        return cv2.warpPerspective(pixels, way, (width, height))
