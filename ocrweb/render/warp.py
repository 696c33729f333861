"""Bend, tilt and place a flat sheet, and take its boxes along exactly."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocrweb.render.noise import cloud
from ocrweb.render.sheet import TextBox


def corners(width: float, height: float) -> np.ndarray:
    """The corners of a picture, clockwise from the top-left, (4, 2)."""
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)


def tilted(rng: np.random.Generator, shape: np.ndarray, turn: float, depth: float) -> np.ndarray:
    """Turn a quad by so many degrees and pull its corners apart as a tilted camera would.

    depth: 0 is flat, 0.3 strong; the far side is so much shorter.
    """
    centre = shape.mean(axis=0)
    angle = np.radians(turn)
    rotate = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    out = (shape - centre) @ rotate.T
    lean = rng.uniform(0, 2 * np.pi)
    towards = out @ np.array([np.cos(lean), np.sin(lean)])
    reach = max(1e-6, float(np.abs(towards).max()))
    return out / (1 + depth * towards / reach)[:, None] + centre


def fitted(shape: np.ndarray, width: float, height: float, margin: float) -> np.ndarray:
    """Scale and shift a quad so that it fills a picture up to a margin; a negative margin lets it run over."""
    low, high = shape.min(axis=0), shape.max(axis=0)
    room = np.array([width, height]) - 2 * margin
    scale = float((room / (high - low)).min())
    return (shape - (low + high) / 2) * scale + np.array([width, height]) / 2


def matrix(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The perspective map from one quad to another, 3×3."""
    return cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32)).astype(np.float64)


def mapped(points: np.ndarray, transform: np.ndarray) -> np.ndarray:
    """(P, 2) points through a 3×3 map."""
    return cv2.perspectiveTransform(points[None].astype(np.float64), transform)[0]


def moved(boxes: list[TextBox], transform: np.ndarray) -> list[TextBox]:
    return [replace(box, points=mapped(box.points, transform)) for box in boxes]


def _centred(transform: np.ndarray) -> np.ndarray:
    """The same map for OpenCV, which counts pixel centres as whole numbers where boxes count pixel edges."""
    shift = np.array([(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1.0)])
    return np.linalg.inv(shift) @ transform @ shift


def place(
    sheet: np.ndarray,
    transform: np.ndarray,
    background: np.ndarray,
    alpha: np.ndarray | None = None,
    shadow: float = 0.0,
) -> np.ndarray:
    """Lay a sheet on a background through a map; alpha: (h, w) uint8 for see-through sheets; shadow: 0..1 under it."""
    height, width = background.shape[:2]
    region = mapped(corners(sheet.shape[1], sheet.shape[0]), transform)
    spare = 30 if shadow else 2
    left, top = np.maximum(region.min(axis=0).astype(int) - spare, 0)
    right, bottom = np.minimum(region.max(axis=0).astype(int) + spare, (width, height))
    if right - left < 2 or bottom - top < 2:
        return background
    local = _centred(np.array([(1, 0, -left), (0, 1, -top), (0, 0, 1.0)]) @ transform)
    size = (int(right - left), int(bottom - top))
    front = cv2.warpPerspective(sheet, local, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = alpha if alpha is not None else np.full(sheet.shape[:2], 255, np.uint8)
    mask = cv2.warpPerspective(mask, local, size, flags=cv2.INTER_LINEAR)
    view = background[top:bottom, left:right]
    if shadow:
        soft = cv2.GaussianBlur(cv2.warpAffine(mask, np.array([(1, 0, 7), (0, 1, 9)], np.float32), size), (0, 0), 8)
        dark = 255 - (soft * shadow).astype(np.uint8)
        view[:] = cv2.multiply(view, cv2.merge([dark] * 3), scale=1 / 255)
    if int(mask.min()) == 255:
        view[:] = front
    else:
        weight = cv2.merge([mask] * 3)
        mixed = cv2.multiply(front, weight, scale=1 / 255)
        view[:] = cv2.add(mixed, cv2.multiply(view, cv2.bitwise_not(weight), scale=1 / 255))
    return background


def ripple(
    rng: np.random.Generator, page: np.ndarray, boxes: list[TextBox], amount: float, cell: float
) -> tuple[np.ndarray, list[TextBox]]:
    """Bend a page smoothly by up to ``amount`` pixels over lumps of ``cell`` pixels; boxes become the bent lines' quads."""
    height, width = page.shape[:2]
    small = (max(4, height // 8), max(4, width // 8))
    field = np.stack([cloud(rng, *small, max(8.0, cell / 8), 2) - 0.5 for _ in range(2)], axis=-1) * np.float32(
        2 * amount
    )
    flow = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
    flow_x = flow[..., 0] + np.arange(width, dtype=np.float32)[None]
    flow_y = flow[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    bent = cv2.remap(page, flow_x, flow_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return bent, [replace(box, points=_bent_quad(box.points, flow)) for box in boxes]


def _bent_quad(points: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """Where a quad goes when every output pixel p shows the page at p + flow(p): its edges, and the quad around them."""
    limit = np.array([flow.shape[1] - 1, flow.shape[0] - 1])
    share = np.linspace(0, 1, 7)[:, None]
    top = points[0] + share * (points[1] - points[0])
    bottom = points[3] + share * (points[2] - points[3])
    edge = np.vstack([top, bottom])
    where = edge.copy()
    for _ in range(3):
        at = np.clip(where, 0, limit).astype(int)
        where = edge - flow[at[:, 1], at[:, 0]]
    upper, lower = where[:7], where[7:]
    along = (upper[-1] + lower[-1] - upper[0] - lower[0]) / 2
    along /= max(1e-6, float(np.linalg.norm(along)))
    across = np.array([-along[1], along[0]])
    u, v = where @ along, where @ across
    frame = [(u.min(), v[:7].min()), (u.max(), v[:7].min()), (u.max(), v[7:].max()), (u.min(), v[7:].max())]
    return np.array([a * along + b * across for a, b in frame])
