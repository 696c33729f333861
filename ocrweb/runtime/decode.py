"""Probability map → text regions: DB's post-processing, equal to PaddleOCR's DBPostProcess (Apache-2.0).

Boxes and scores follow PaddleOCR's, with these differences, all of them wanted:
- points are kept as float32; PaddleOCR rounds them to whole pixels (at most half a pixel);
- regions come in reading order; PaddleOCR leaves them in the order of the contours;
- corners lie half a map pixel further right and down: a contour runs through the middles of pixels, and cutting corners
  to whole pixels moves them to the left and up by half a pixel on average; in whole pixels a box moves by at most one
  where the map is at least half as large as the picture (hmean of street pictures 0.402 → 0.411, of receipts the same);
- boxes are grown on the same whole-pixel grid as PaddleOCR's Clipper paths, but all at once (`unclip_quads`); in one of
  about a thousand boxes an end point falls on the other side of a rounding limit, and the box moves by one map pixel;
- OpenCV from 4.11 on fills polygons differently, which moves "fast" scores by up to 0.0035, here as there.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.geometry.offset import unclip, unclip_quads
from ocrweb.geometry.polygon import clockwise
from ocrweb.geometry.quad import order_many_clockwise
from ocrweb.runtime.order import reading_order
from ocrweb.runtime.region import TextRegion
from ocrweb.runtime.scoring import score_outlines
from ocrweb.runtime.transform import PageTransform

APPROXIMATION = 0.002  # how far a simplified outline may leave the contour, as a share of its length
PIXEL_CENTRE = 0.5  # where the middle of the first map pixel lies
GROWN_MARGIN = 2  # a grown region must be this much thicker than the smallest kernel


def decode(
    probability_map: np.ndarray, page: PageTransform, options: DecodeOptions, *, tiles: int = 1
) -> list[TextRegion]:
    """Regions of one picture, in reading order.

    probability_map: (padded height, padded width) float32, 0..1; only the part that shows the picture is read.
    tiles: pieces it was made of; each may hold ``max_candidates``.
    Returns quads, and outlines too when ``options.shape`` is "polygon", in picture pixels; empty when there is no text.
    """
    visible = np.ascontiguousarray(page.visible(probability_map), dtype=np.float32)
    text = (visible > options.threshold).view(np.uint8)
    found, _ = cv2.findContours(text, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    contours = [np.asarray(contour) for contour in found[: options.max_candidates * tiles]]
    find = _quads if options.shape == "quad" else _polygons
    return reading_order(find(visible, contours, page, options))


def _quads(
    visible: np.ndarray, contours: Sequence[np.ndarray], page: PageTransform, options: DecodeOptions
) -> list[TextRegion]:
    """The smallest rotated rectangle around each contour, grown back to text size."""
    kernels, kept = [], []
    for contour in contours:
        rectangle = cv2.minAreaRect(contour)
        if min(rectangle[1]) >= options.min_size:
            kernels.append(cv2.boxPoints(rectangle))
            kept.append(contour)
    if not kernels:
        return []
    quads = order_many_clockwise(np.stack(kernels))
    scores = score_outlines(visible, quads if options.score_mode == "fast" else [c.reshape(-1, 2) for c in kept])
    strong = scores >= options.effective_box_threshold
    quads, scores = quads[strong], scores[strong]

    grown, grown_scores = [], []
    for outline, score in zip(unclip_quads(quads, options.unclip_ratio), scores.tolist(), strict=True):
        rectangle = cv2.minAreaRect(outline)
        if min(rectangle[1]) >= options.min_size + GROWN_MARGIN:
            grown.append(cv2.boxPoints(rectangle))
            grown_scores.append(score)
    if not grown:
        return []
    boxes = page.to_picture(order_many_clockwise(np.stack(grown)) + PIXEL_CENTRE)
    return [TextRegion(box, score) for box, score in zip(boxes, grown_scores, strict=True)]


def region_around(
    pixels: np.ndarray, visible: np.ndarray, page: PageTransform, options: DecodeOptions
) -> TextRegion | None:
    """One region around map pixels that somebody has taken for a kernel, grown as `decode` grows one.

    pixels: (P, 2) int, x then y, P >= 1. visible: (h, w) float32, the map. None for what has no thickness.
    """
    rectangle = cv2.minAreaRect(np.asarray(pixels, np.int32))
    sides = np.maximum(rectangle[1], 1.0)  # a line of pixels is one pixel thick
    kernel = order_many_clockwise(cv2.boxPoints((rectangle[0], tuple(map(float, sides)), rectangle[2]))[None])
    score = float(score_outlines(visible, kernel)[0])
    grown = cv2.minAreaRect(unclip_quads(kernel, options.unclip_ratio)[0])
    if min(grown[1]) < 1:
        return None
    corners = order_many_clockwise(cv2.boxPoints(grown)[None])[0]
    return TextRegion(page.to_picture(corners + PIXEL_CENTRE), score)


def _polygons(
    visible: np.ndarray, contours: Sequence[np.ndarray], page: PageTransform, options: DecodeOptions
) -> list[TextRegion]:
    """Each simplified contour, grown back to text size. As in PaddleOCR the score is always that of this outline."""
    outlines = [
        cv2.approxPolyDP(contour, APPROXIMATION * cv2.arcLength(contour, True), True).reshape(-1, 2)
        for contour in contours
    ]
    outlines = [outline for outline in outlines if len(outline) >= 4]
    scores = score_outlines(visible, outlines)
    rectangles, shapes, kept = [], [], []
    for outline, score in zip(outlines, scores.tolist(), strict=True):
        if score < options.effective_box_threshold:
            continue
        grown = unclip(outline, options.unclip_ratio)
        if len(grown) != 1:
            continue
        rectangle = cv2.minAreaRect(grown[0])
        if min(rectangle[1]) >= options.min_size + GROWN_MARGIN:
            rectangles.append(cv2.boxPoints(rectangle))
            shapes.append(grown[0])
            kept.append(score)
    if not kept:
        return []
    quads = page.to_picture(order_many_clockwise(np.stack(rectangles)) + PIXEL_CENTRE)
    ends = np.cumsum([len(shape) for shape in shapes])[:-1]
    mapped = np.split(page.to_picture(np.concatenate(shapes) + PIXEL_CENTRE), ends)
    return [TextRegion(quad, score, clockwise(shape)) for quad, score, shape in zip(quads, kept, mapped, strict=True)]
