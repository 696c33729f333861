"""What places, lines and tiles were answered when they were last looked at: python -m tests.runtime.kept keeps those of today.

Each answer is an array in pixels of the picture. The questions lie at both sides of what the rules go by.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.device import Device, Gpu, Sighting, cpu_name, decide
from ocrweb.runtime.engines.choose import ENGINES, PRECISIONS, Abilities, plan
from ocrweb.runtime.entry import Form, ModelEntry, ModelKind
from ocrweb.runtime.int8 import INT8_DROP, Int8Copy
from ocrweb.runtime.nearby import region_at, region_within
from ocrweb.runtime.order import reading_order
from ocrweb.runtime.region import TextRegion
from ocrweb.runtime.scoring import score_outlines
from ocrweb.runtime.tiling import plan_tiles
from ocrweb.runtime.transform import PageTransform
from ocrweb.runtime.words import join_words, split_words

FILE = Path(__file__).parent / "answers.npz"
OPTIONS = DecodeOptions(threshold=0.3, box_threshold=0.6, unclip_ratio=1.5)
NOTHING = np.full((4, 2), -1.0)


def weak_map() -> tuple[np.ndarray, PageTransform]:
    """Kernels from sure to hardly there, one level apart, some of them turned; map pixels are two and three of the picture."""
    visible = np.zeros((240, 320), np.float32)
    for number, sure in enumerate((0.9, 0.28, 0.2, 0.14, 0.1, 0.07, 0.045, 0.025, 0.015, 0.0105, 0.006, 0.003)):
        row, column = divmod(number, 3)
        centre, tilt = (60.0 + 100 * column, 25.0 + 60 * row), float((number * 7) % 20 - 10)
        corners = cv2.boxPoints((centre, (60.0 - 3 * number, 7.0 + number % 4), tilt))
        cv2.fillConvexPoly(visible, np.rint(corners).astype(np.int32), (sure,))
    visible[205:212, 20:200] = np.linspace(0.02, 0.5, 180, dtype=np.float32)  # one that fades
    visible[222, 30:80] = 0.9  # one pixel thick
    visible[150:238, 262:318] = 0.9  # larger than text can be … or nearly
    return visible, PageTransform(640, 720, 320, 240, 320, 240, 0.5, 1 / 3)


def clicks() -> Iterator[np.ndarray]:
    visible, page = weak_map()
    for y, x in itertools.product(range(15, 720, 21), range(10, 640, 26)):
        region = region_at(visible, page, x, y, OPTIONS)
        yield NOTHING if region is None else region.quad
    yield from _edges(visible, page)


def _edges(visible: np.ndarray, page: PageTransform) -> Iterator[np.ndarray]:
    """At the edges of the map, up to the reach of a kernel, and where a page is nearly one kernel."""
    for x, y in ((0, 0), (639, 719), (640, 719), (639, 720), (0.9, 1.4), (-1, 5), (5, -2)):
        region = region_at(visible, page, x, y, OPTIONS)
        yield NOTHING if region is None else region.quad
    lone = np.zeros((60, 60), np.float32)
    lone[20:28, 20:44] = 0.9
    square = PageTransform.stretched(60, 60, 60, 60)
    for away in range(8):
        for x, y in (
            (19.5 - away, 24),
            (43.5 + away, 24),
            (32, 19.5 - away),
            (32, 27.5 + away),
            (43.5 + away, 27.5 + away),
        ):
            region = region_at(lone, square, x, y, OPTIONS)
            yield NOTHING if region is None else region.quad
    for side in range(20, 44, 2):
        large = np.zeros((60, 60), np.float32)
        large[8 : 8 + side, 8 : 8 + side] = 0.9
        region = region_at(large, square, 20, 20, OPTIONS)
        yield NOTHING if region is None else region.quad
    long = np.zeros((12, 2400), np.float32)
    long[3:9, 100:2300] = 0.9
    for x in (110, 1150, 2290):
        region = region_at(long, PageTransform.stretched(2400, 12, 2400, 12), x, 6, OPTIONS)
        yield NOTHING if region is None else region.quad


def outlines() -> Iterator[np.ndarray]:
    visible, page = weak_map()
    chance = np.random.default_rng(5)
    for number in range(60):
        centre = (
            2 * (60.0 + 100 * (number % 3)) + chance.normal(0, 12),
            3 * (25.0 + 60 * (number // 3 % 4)) + chance.normal(0, 6),
        )
        size = (chance.uniform(60, 200), chance.uniform(14, 50))
        drawn = cv2.boxPoints((centre, size, float(chance.uniform(-20, 20))))
        region = region_within(visible, page, drawn, OPTIONS)
        yield NOTHING if region is None else region.quad
    for short in range(0, 40, 3):  # the fading one, from less and less of it
        drawn = np.array([[60 + 8 * short, 600], [420, 600], [420, 645], [60 + 8 * short, 645]], float)
        region = region_within(visible, page, drawn, OPTIONS)
        yield NOTHING if region is None else region.quad


def line_picture(chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A line of blocks for letters on a shaded ground, and the box around it."""
    height = int(chance.integers(12, 40))
    gray = np.full((height + 60, 700), float(chance.integers(120, 240)), np.float32)
    gray += np.linspace(0, float(chance.integers(-50, 50)), 700, dtype=np.float32)
    ink, x = float(chance.integers(-100, -8)), 30
    letter, between = (
        max(2, round(height * chance.uniform(0.2, 0.5))),
        max(1, round(height * chance.uniform(0.02, 0.18))),
    )
    for _ in range(int(chance.integers(1, 6))):
        for _ in range(int(chance.integers(1, 7))):
            top = 30 + int(chance.integers(0, max(1, height // 3)))
            gray[top : 30 + height, x : x + letter] += ink
            x += letter + between
            if x > 620:
                break
        x += round(height * chance.uniform(0.1, 0.7))
        if x > 600:
            break
    quad = np.array([[26, 28], [min(x, 690), 28], [min(x, 690), 32 + height], [26, 32 + height]], np.float32)
    tilt = cv2.getRotationMatrix2D((350, 30), float(chance.uniform(-3, 3)), 1.0)
    turned = cv2.warpAffine(gray, tilt, (700, height + 60), borderMode=cv2.BORDER_REPLICATE)
    return np.clip(turned, 0, 255).astype(np.uint8), cv2.transform(quad[None], tilt)[0].astype(np.float32)


def words() -> Iterator[np.ndarray]:
    """Each line lying and standing; how many words, then their corners."""
    for seed in range(40):
        gray, quad = line_picture(np.random.default_rng(seed))
        upright = np.ascontiguousarray(cv2.rotate(gray, cv2.ROTATE_90_CLOCKWISE))
        wide = gray.shape[0]
        stood = np.stack([wide - quad[:, 1], quad[:, 0]], axis=1)[[3, 0, 1, 2]]
        for picture, corners in ((gray, quad), (upright, stood)):
            for gap in (0.15, 0.22, 0.4):
                pieces = split_words(picture, corners, gap)
                yield np.full((1, 2), float(len(pieces)))
                yield from pieces


def joined() -> Iterator[np.ndarray]:
    for seed in range(40):
        chance = np.random.default_rng(seed)
        quads = []
        for number in range(6):
            centre = (40.0 + 70 * number + chance.normal(0, 8), 40 + chance.normal(0, 5))
            size = (float(chance.uniform(40, 70)), float(chance.choice([12, 18, 20, 22, 40])))
            corners = cv2.boxPoints((centre, size, float(chance.normal(0, 4))))
            quads.append(corners[np.argsort(np.arctan2(*(corners - corners.mean(axis=0)).T[::-1]))])
        for gap in (0.3, 0.7, 1.2):
            found = join_words(quads, gap)
            yield np.full((1, 2), float(len(found)))
            yield from found


def orders() -> Iterator[np.ndarray]:
    for seed in range(60):
        chance = np.random.default_rng(seed)
        regions = []
        for number in range(int(chance.integers(2, 14))):
            centre = (float(chance.integers(0, 40)) * 10, float(chance.integers(0, 30)) * 6)
            size = (float(chance.choice([12, 18, 30, 60])), float(chance.choice([8, 12, 20])))
            corners = cv2.boxPoints((centre, size, float(chance.normal(0, 6)) + seed % 3 * 8))
            start = int(np.argmin(corners.sum(axis=1)))
            regions.append(TextRegion(np.roll(corners, -start, axis=0).astype(np.float32), float(number)))
        yield np.array([[region.score, 0] for region in reading_order(regions)])


def tiles() -> Iterator[np.ndarray]:
    sizes = [(600, 2000 + 700 * step) for step in range(16)] + [(300 + 90 * step, 6000) for step in range(12)]
    sizes += [(7016, 9921), (9921, 7016), (20_000, 900), (1500, 30_000), (3300, 3300), (5000, 5000)]
    rules = [(ResizeOptions(), None), (ResizeOptions(limit_side=960), None), (ResizeOptions(limit_type="min", limit_side=736), None),
             (ResizeOptions(), (640, 512)), (ResizeOptions(), (480, 480)), (ResizeOptions(), (448, 640)), (ResizeOptions(limit_side=479), None)]  # fmt: skip
    for width, height in sizes:
        for resize, fixed in rules:
            tiling = plan_tiles(width, height, resize, fixed, min(1.0, resize.limit_side / max(width, height)))
            if tiling is None:
                yield np.full((1, 2), -1.0)
                continue
            yield np.array(
                [[tiling.page.resized_width, tiling.page.resized_height], [tiling.down.size, tiling.across.size]], float
            )
            yield np.array(
                [[sum(tiling.down.starts), sum(tiling.across.starts)], [tiling.count, len(tiling.down.starts)]], float
            )
            weights = tiling.down.weights(0)[-200:], tiling.across.weights(len(tiling.across.starts) - 1)[:200]
            yield np.array([[part.sum(), (part * np.arange(len(part))).sum()] for part in weights], float)


def scores() -> Iterator[np.ndarray]:
    chance = np.random.default_rng(3)
    seen = chance.random((40, 60), np.float32)
    found = [cv2.boxPoints(((float(chance.uniform(-4, 64)), float(chance.uniform(-4, 44))), (float(chance.uniform(1, 40)),
             float(chance.uniform(1, 12))), float(chance.uniform(0, 90)))) for _ in range(40)]  # fmt: skip
    found.append(np.array([[5, 5], [30, 6], [40, 20], [12, 30], [4, 12]], np.float32))
    yield np.stack([score_outlines(seen, found)] * 2, axis=1) * 100


def plans() -> Iterator[np.ndarray]:
    """Which engine, precision and GPU every model gets on every machine, and a sum of why; a refusal is the sum of its code."""
    kinds: list[tuple[ModelKind, tuple[Form, ...], bool]] = [
        ("file", ("onnx",), True), ("file", ("onnx",), False), ("file", ("weights",), True), ("file", ("paddle",), True),
        ("export", ("onnx", "paddle"), True), ("official", (), True),
    ]  # fmt: skip
    devices = [
        Device("cpu", 0, "C", "no-gpu"),
        Device("gpu", 2, "G", "gpu-free"),
        Device("gpu", 0, "G", "asked"),
    ]
    machines = [Abilities(*able) for able in itertools.product((False, True), repeat=3)]
    machines.append(machines[-1].without_cuda("onnx", OcrwebError("engine.gpu-failed", engine="O", reason="r")))
    machines.append(machines[-2].without_cuda("paddle", OcrwebError("engine.gpu-failed", engine="P", reason="r")))
    for (kind, forms, bf16), device, can in itertools.product(kinds, devices, machines):
        entry = ModelEntry("m", kind, ModelCard(name="m", bf16=bf16), {form: Path(form) for form in forms})
        for engine, precision in itertools.product((*ENGINES, "odd"), (*PRECISIONS, "odd")):
            try:
                made = plan(entry, engine, precision, device, can)
            except OcrwebError as refused:
                yield np.array([[-1.0, _sum(refused.code, *map(str, refused.params.values()))]])
                continue
            why = _sum(made.engine, made.precision, *(note.text("en") for note in made.notes))
            yield np.array([[-1.0 if made.gpu is None else made.gpu, why]])


def copies() -> Iterator[np.ndarray]:
    """What ``auto`` takes where there is a copy in int8: measured here or elsewhere, quicker or not, as good or not."""
    openvino = Device("cpu", 0, "C", "no-gpu")
    for cpu, (half, quick), lost, bf16, able in itertools.product(
        ("", "another"),
        ((9.0, 8.0), (9.0, 9.0), (7.0, 8.0)),
        (0.0, INT8_DROP, 2 * INT8_DROP),
        (False, True),
        (False, True),
    ):
        hmean = {"f32": 0.75, "int8": 0.75 - lost}
        copy = Int8Copy(cpu=cpu or cpu_name(), times={"f32": 10.0, "bf16": half, "int8": quick}, hmean=hmean, calibration="rendered",
                        pictures=4, layers=9, kept_float32=(), network=Path("n"))  # fmt: skip
        entry = ModelEntry("m", "file", ModelCard(name="m", bf16=bf16), {"onnx": Path("n")})
        for precision in ("auto", "int8", "f32"):
            made = plan(entry, "auto", precision, openvino, Abilities(able, False, False), copy)
            yield np.array([[PRECISIONS.index(made.precision), _sum(*(note.text("en") for note in made.notes))]])


def choices() -> Iterator[np.ndarray]:
    """Which device is taken of what is there, and a sum of why."""
    gib = 2**30
    seen = [Sighting("absent"), Sighting("ok"), Sighting("error", detail="words")]
    seen += [Sighting("ok", tuple(Gpu(index, f"G{index}", 9 * gib, free) for index, free in enumerate(frees)))
             for frees in ((gib,), (gib - 1,), (2 * gib, 3 * gib), (3 * gib, 3 * gib), (0, gib // 2))]  # fmt: skip
    for sighting, asked, needed in itertools.product(
        seen, ("auto", "cpu", "gpu", "gpu:0", "gpu:1", "gpu:", "gpu:x", "cpu:0", "tpu"), (gib, 3 * gib)
    ):
        try:
            found = decide(asked, sighting, needed=needed)
        except OcrwebError as refused:
            yield np.array([[-1.0, _sum(refused.code, refused.message("en"))]])
            continue
        yield np.array([[found.index, _sum(found.kind, found.reason, found.detail, found.why("en"))]])
        if found.kind == "gpu":
            yield np.array([[0.0, _sum(str(found), found.name)]])


def _sum(*words: str) -> float:
    return float(zlib.crc32(" | ".join(words).encode()) % 100_003)


ANSWERS: dict[str, Callable[[], Iterator[np.ndarray]]] = {
    "clicks": clicks, "outlines": outlines, "words": words, "joined": joined, "orders": orders, "tiles": tiles, "scores": scores,
    "plans": plans, "copies": copies, "choices": choices,
}  # fmt: skip


def answers(name: str) -> np.ndarray:
    """(N, 2) float32: all answers of one kind, one after the other."""
    return np.concatenate(list(ANSWERS[name]())).astype(np.float32)


def main() -> None:
    np.savez_compressed(FILE, **{name: answers(name) for name in ANSWERS})  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
