"""Bring any kind of pixels to 8-bit BGR, upright, on a ground where they are seen."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

HALF, DARK_ENOUGH = 128, 192  # of 255: how opaque ink is at least, and how dark where a white ground does not hide it
LEAST_GROUND, LEAST_DARK = 0.1, 0.02  # shares: of the area that is transparent, of the ink that is seen on white


def to_bgr(pixels: np.ndarray) -> np.ndarray:
    """(H, W), (H, W, 3) BGR or (H, W, 4) BGRA, uint8, uint16 or real numbers → (H, W, 3) uint8 BGR; alpha as `on_ground`."""
    if np.issubdtype(pixels.dtype, np.floating):
        pixels = _levels(pixels)
    if pixels.dtype == np.uint16:
        pixels = cv2.convertScaleAbs(pixels, alpha=_to_eight_bits(int(pixels.max(initial=0))))
    if pixels.ndim == 2:
        return cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    return on_ground(pixels) if pixels.shape[2] == 4 else pixels


def _to_eight_bits(top: int) -> float:
    """What levels of a 16-bit picture are multiplied by. top: the largest of them: scanners and cameras put 10, 12 or 14 bits
    into 16, and a page would be black."""
    bits = next((bits for bits in (8, 10, 12, 14) if top < 1 << bits), 16)
    return 255 / ((1 << bits) - 1)


def on_ground(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 4) uint8 BGRA → (H, W, 3) uint8 BGR: laid on white, as a page shows it, or on black what white would hide."""
    colour, alpha = np.ascontiguousarray(pixels[..., :3]), pixels[..., 3]
    if int(alpha.min()) == 255:
        return colour
    weight = cv2.merge([alpha, alpha, alpha])
    visible = cv2.multiply(colour, weight, scale=1 / 255)
    return visible if _hidden_on_white(colour, alpha) else cv2.add(visible, cv2.bitwise_not(weight))


def _hidden_on_white(colour: np.ndarray, alpha: np.ndarray) -> bool:
    """Whether a picture that is largely ground shows nothing on a white one: hardly any of its colours is dark enough."""
    if np.count_nonzero(alpha < HALF) < LEAST_GROUND * alpha.size:
        return False
    grey = cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY)
    shares = np.bincount((grey < DARK_ENOUGH).ravel(), weights=alpha.ravel(), minlength=2)
    return bool(shares[1] + shares[0] > 0 and shares[1] < LEAST_DARK * shares.sum())


def turn_upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Apply an EXIF orientation 1..8 to (H, W, C) pixels."""
    if orientation in {5, 6, 7, 8}:
        pixels = cv2.transpose(pixels)
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return pixels if flip is None else cv2.flip(pixels, flip)


def pillow_to_bgr(picture: Image.Image) -> np.ndarray:
    """The current frame of a Pillow picture of any mode → (H, W, 3) uint8 BGR."""
    if picture.mode.startswith(("I;16", "I", "F")):
        return cv2.cvtColor(_levels(np.asarray(picture)), cv2.COLOR_GRAY2BGR)
    if picture.has_transparency_data:
        return on_ground(cv2.cvtColor(np.asarray(picture.convert("RGBA")), cv2.COLOR_RGBA2BGRA))
    return cv2.cvtColor(np.asarray(picture.convert("RGB")), cv2.COLOR_RGB2BGR)


def _levels(values: np.ndarray) -> np.ndarray:
    """Values of more than 8 bits → uint8: integers by the bits that they use, real numbers by theirs if it is 0..1."""
    real = np.nan_to_num(values.astype(np.float32))
    top = float(real.max(initial=0.0))
    if np.issubdtype(values.dtype, np.floating):
        scale = 255.0 if top <= 1.0 else 1.0
    else:
        scale = _to_eight_bits(int(top))
    return np.clip(np.rint(real * scale), 0, 255).astype(np.uint8)
