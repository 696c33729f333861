"""Bend a crop like a curled sheet: a thin-plate spline through a grid of moved control points.

Source: Bookstein, "Principal Warps: Thin-Plate Splines and the Decomposition of Deformations" (1989).
"""

from __future__ import annotations

import functools

import numpy as np

from ocrweb.config.augmentation import TpsOptions

_NODES = 80  # cells a side between which the smooth field is interpolated: off by less than 0.05 pixels
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
        return _basis(points / self._size, self._grid) @ self._weights

    def field(self) -> tuple[np.ndarray, np.ndarray]:
        """The offsets of all pixel centres, x and y, each (size, size) float32."""
        nodes = _node_basis(self._grid) @ self._weights
        rows = _interpolation(self._size)
        x, y = (rows @ nodes[:, axis].reshape(_NODES + 1, -1).astype(np.float32) @ rows.T for axis in (0, 1))
        return x, y

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


@functools.cache
def _node_basis(grid: int) -> np.ndarray:
    return _basis(_controls(_NODES + 1), grid)


@functools.lru_cache(maxsize=8)
def _interpolation(size: int) -> np.ndarray:
    """(size, nodes) float32: linear weights of the nodes at each pixel centre."""
    position = (np.arange(size) + 0.5) / size * _NODES
    left = np.minimum(position.astype(int), _NODES - 1)
    weights = np.zeros((size, _NODES + 1), np.float32)
    weights[np.arange(size), left] = 1 - (position - left)
    weights[np.arange(size), left + 1] = position - left
    return weights
