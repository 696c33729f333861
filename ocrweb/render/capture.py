"""What light, lens and file do to a scene: shade, blur, noise, compression, scanning."""

from __future__ import annotations

import cv2
import numpy as np

from ocrweb.render.noise import cloud, grain, spread


def shade(rng: np.random.Generator, picture: np.ndarray, depth: float) -> np.ndarray:
    """Uneven light: a slope, a vignette, soft and hard-edged shadows. depth: 0..1, how dark it may get."""
    height, width = picture.shape[:2]
    small = (max(4, height // 8), max(4, width // 8))
    y = np.linspace(-1, 1, small[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, small[1], dtype=np.float32)[None]
    angle = rng.uniform(0, 2 * np.pi)
    slope = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
    light = 1 - depth * rng.uniform(0, 0.5) * (slope + 1) / 2
    if rng.random() < 0.5:
        light -= depth * rng.uniform(0, 0.35) * (x**2 + y**2) / 2
    if rng.random() < 0.5:
        edge = slope * rng.uniform(-1, 1) + x * rng.uniform(-1, 1) + rng.uniform(-0.6, 0.6)
        edge = edge + 0.6 * (cloud(rng, *small, max(8.0, small[1] / 2), 2) - 0.5)
        light *= 1 - depth * rng.uniform(0.15, 0.6) / (1 + np.exp(-np.clip(edge * spread(rng, 4, 60), -30, 30)))
    if rng.random() < 0.4:
        light *= 1 - depth * rng.uniform(0, 0.3) * cloud(rng, *small, max(8.0, small[1] / 1.5), 2)
    full = cv2.resize(np.clip(light, 0.05, 1).astype(np.float32) * 255, (width, height)).astype(np.uint8)
    return cv2.multiply(picture, cv2.merge([full] * 3), scale=1 / 255)


def tone(rng: np.random.Generator, picture: np.ndarray, strength: float) -> np.ndarray:
    """Exposure, contrast and colour cast through one table a channel. strength: 0..1."""
    ramp = np.arange(256, dtype=np.float32) / 255
    gamma = spread(rng, 1 - 0.45 * strength, 1 + 0.8 * strength)
    low, high = rng.uniform(0, 0.25 * strength), 1 - rng.uniform(-0.15, 0.3) * strength
    tables = []
    for _ in range(3):
        cast = 1 + rng.normal(0, 0.06 * strength)
        tables.append(np.clip((low + (high - low) * ramp**gamma) * cast * 255, 0, 255).astype(np.uint8))
    return cv2.LUT(picture, np.stack(tables, axis=-1).reshape(1, 256, 3))


def defocus(rng: np.random.Generator, picture: np.ndarray, most: float) -> np.ndarray:
    """Out of focus or shaken; most: the largest blur in pixels (standard deviation, or half the shake)."""
    if rng.random() < 0.25:
        return picture
    amount = rng.uniform(0.2, most)
    if rng.random() < 0.3 and amount > 0.6:
        length = max(3, int(2 * amount) | 1)
        kernel = np.zeros((length, length), np.float32)
        angle, middle = rng.uniform(0, np.pi), length // 2
        offset = np.array([np.cos(angle), np.sin(angle)]) * middle
        ends = (
            (round(middle - offset[0]), round(middle - offset[1])),
            (round(middle + offset[0]), round(middle + offset[1])),
        )
        cv2.line(kernel, ends[0], ends[1], (1.0,))
        return cv2.filter2D(picture, -1, kernel / kernel.sum())
    return cv2.GaussianBlur(picture, (0, 0), amount)


def sensor(rng: np.random.Generator, picture: np.ndarray, most: float) -> np.ndarray:
    """Grain of up to this standard deviation in grey levels, coarse or fine, grey or coloured."""
    sigma = rng.uniform(0, most)
    if sigma < 0.7:
        return picture
    height, width = picture.shape[:2]
    coarse = 2 if rng.random() < 0.3 else 1
    shape = (-(-height // coarse), -(-width // coarse))
    field = (grain(rng, *shape) * sigma).astype(np.int16)
    layers = (
        [field, field, field]
        if rng.random() < 0.6
        else [np.roll(field, shift, (0, 1)) for shift in ((0, 0), (37, 11), (5, 71))]
    )
    noise = cv2.merge(layers)
    if coarse > 1:
        noise = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.add(picture, noise, dtype=cv2.CV_8U)


def squeeze(rng: np.random.Generator, picture: np.ndarray, least: int = 30) -> np.ndarray:
    """Store as JPEG and read back; ``least`` is the lowest quality."""
    quality = int(rng.integers(least, 96))
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR)) if done else picture


def resample(rng: np.random.Generator, picture: np.ndarray, least: float) -> np.ndarray:
    """Lose detail as a small sensor does: shrink to at least this share and enlarge again; sometimes sharpen."""
    height, width = picture.shape[:2]
    if rng.random() < 0.35:
        share = rng.uniform(least, 0.95)
        small = cv2.resize(
            picture, (max(8, int(width * share)), max(8, int(height * share))), interpolation=cv2.INTER_AREA
        )
        picture = cv2.resize(
            small, (width, height), interpolation=cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
        )
    if rng.random() < 0.25:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
        gain = rng.uniform(0.3, 1.2)
        picture = cv2.addWeighted(picture, 1 + gain, soft, -gain, 0)
    return picture


def photograph(rng: np.random.Generator, picture: np.ndarray, roughness: float) -> np.ndarray:
    """A hand-held photo. roughness: 0 is a good phone in daylight, 1 a bad one at dusk."""
    picture = tone(rng, picture, 0.3 + 0.7 * roughness)
    picture = defocus(rng, picture, 0.7 + 1.3 * roughness)
    picture = resample(rng, picture, 0.75 - 0.3 * roughness)
    picture = sensor(rng, picture, 4 + 12 * roughness)
    return squeeze(rng, picture, int(70 - 40 * roughness))


def scan(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """A flatbed scan: levels stretched until paper is white, specks, or nearly two tones."""
    kind = rng.random()
    if kind < 0.65:
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    picture = defocus(rng, picture, 0.7) if rng.random() < 0.6 else picture
    high = rng.uniform(150, 235) if kind < 0.7 else rng.uniform(235, 275)
    low = rng.uniform(20, 110) if kind < 0.6 else rng.uniform(-20, 30)
    if kind < 0.22:
        low = high - rng.uniform(25, 90)
    ramp = np.clip((np.arange(256) - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    picture = cv2.LUT(picture, ramp)
    picture = resample(rng, picture, 0.7)
    if rng.random() < 0.4:
        picture = specks(rng, picture)
    if rng.random() < 0.3:
        picture = sensor(rng, picture, 9)
    return squeeze(rng, picture, 35)


def specks(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Dust on the glass: small dark and light dots."""
    height, width = picture.shape[:2]
    count = int(spread(rng, 3, 250))
    places = rng.integers(0, (width, height), (count, 2)).tolist()
    for x, y in places:
        level = int(rng.integers(0, 160)) if rng.random() < 0.8 else 255
        cv2.circle(picture, (x, y), int(rng.integers(0, 2)), (level, level, level), -1)
    return picture
