"""Bend a crop like a curled sheet: a thin-plate spline through a grid of moved control points.

Source: Bookstein, "Principal Warps: Thin-Plate Splines and the Decomposition of Deformations" (1989).
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from ocrweb.config.augmentation import TpsOptions

_CELL = 4  # pixels between the nodes that the smooth field is interpolated from: off by less than 0.05 pixels
_STEEPEST = 0.2  # of a cell of the control grid: more would fold the picture
_ROUNDS = 12


class Bend:
    """Where each pixel of the bent crop comes from: the pixel at q shows what the flat crop has at q + offset(q)."""

    def __init__(self, moves: np.ndarray, crop_size: int) -> None:
        """moves: (grid * grid, 2), offset at each control point, in pixels, row by row."""
        self._size = crop_size
        self._grid = round(len(moves) ** 0.5)
        padded = np.concatenate([moves, np.zeros((3, 2))])
        self._weights = _solver(self._grid) @ padded

    def offsets(self, points: np.ndarray) -> np.ndarray:
        """(T, 2) positions in pixels of the bent crop → (T, 2) offsets in pixels."""
        return _weighted(_basis(points / self._size, self._grid), self._weights)

    def field(self) -> tuple[np.ndarray, np.ndarray]:
        """The offsets of all pixel centres, x and y, each (size, size) float32."""
        count = -(-self._size // _CELL) + 2
        nodes = _weighted(_node_basis(self._grid, self._size), self._weights)
        nodes = nodes.reshape(count, count, 2).astype(np.float32)
        wide = cv2.resize(nodes, (count * _CELL, count * _CELL), interpolation=cv2.INTER_LINEAR)
        inner = slice(_CELL, _CELL + self._size)
        return wide[inner, inner, 0], wide[inner, inner, 1]

    def move(self, points: np.ndarray) -> np.ndarray:
        """Where points (T, 2) of the flat crop are in the bent one: the inverse, by iteration, to 1e-3 pixels."""
        moved = points.copy()
        for _ in range(_ROUNDS):
            moved = points - self.offsets(moved)
        return moved


def draw_bend(rng: np.random.Generator, options: TpsOptions, crop_size: int) -> Bend:
    """A random bend. A strength that would fold the picture is lowered to one that does not."""
    strength = min(options.strength, _STEEPEST / (options.grid - 1))
    return Bend(rng.uniform(-strength, strength, (options.grid**2, 2)) * crop_size, crop_size)


def subdivide(polygon: np.ndarray, longest: float) -> np.ndarray:
    """The same outline with no side longer than ``longest`` pixels, so that it can bend: (P, 2) → (Q, 2)."""
    following = np.roll(polygon, -1, axis=0)
    pieces = np.clip(np.ceil(np.hypot(*(following - polygon).T) / longest), 1, 64).astype(int)
    return np.concatenate(
        [
            begin + (end - begin) * (np.arange(count)[:, None] / count)
            for begin, end, count in zip(polygon, following, pieces.tolist(), strict=True)
        ]
    )


def _controls(grid: int) -> np.ndarray:
    steps = np.linspace(0, 1, grid)
    return np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)


def _basis(points: np.ndarray, grid: int) -> np.ndarray:
    """(T, grid^2 + 3): the spline's kernels r^2 log r around the control points, then 1, x and y."""
    squared = ((points[:, None] - _controls(grid)) ** 2).sum(axis=2)
    kernels = squared * np.log(np.maximum(squared, 1e-12))
    return np.concatenate([kernels, np.ones((len(points), 1)), points], axis=1)


@functools.cache
def _solver(grid: int) -> np.ndarray:
    """Values at the control points, then three zeros → weights of the basis."""
    controls = _controls(grid)
    affine = np.concatenate([np.ones((len(controls), 1)), controls], axis=1)
    system = np.zeros((len(controls) + 3, len(controls) + 3))
    system[: len(controls)] = _basis(controls, grid)
    system[len(controls) :, : len(controls)] = affine.T
    return np.linalg.inv(system)


@functools.lru_cache(maxsize=8)
def _node_basis(grid: int, size: int) -> np.ndarray:
    """At the middle of each cell, and of a rim of cells around the crop."""
    middles = (np.arange(-(-size // _CELL) + 2) - 0.5) * _CELL / size
    return _basis(np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2), grid)


def _weighted(basis: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A matrix product without the linear algebra library, whose threads cost more than this saves."""
    return np.einsum("tk,kd->td", basis, weights)
