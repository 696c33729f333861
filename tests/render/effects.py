"""What ink, light, lens and file did to one picture, by seed, and what was said: python -m tests.render.effects keeps today's.

Kept as means of squares of 12 pixels; words as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from ocrweb.render import capture, desk, distractors, ink, noise, warp
from ocrweb.render.copies import clean_copy, paper_copy
from ocrweb.render.fonts import pick
from ocrweb.render.legible import settle
from ocrweb.render.sheet import Sheet, TextBox, fit, width_of
from ocrweb.render.studio import Shot, Studio
from ocrweb.render.words import Words

FILE, SAID = Path(__file__).parent / "effects.npz", Path(__file__).parent / "said.txt"
SQUARE = 12
SEEDS = range(12)
HEIGHT, WIDTH = 144, 192


def sheet() -> Sheet:
    """Three lines on white, one of them large, and their boxes."""
    kind = pick(np.random.default_rng(0), "sans", 20, "train")
    page = Sheet(WIDTH, HEIGHT)
    page.write(12, 36, "Total 12.50", kind)
    page.write(WIDTH / 2, 72, "合计 Wg", kind.sized(28), (60, 40, 30), align="centre", mark="word")
    page.write(WIDTH - 10, 120, " right  edge ", kind.sized(14, 1), (20, 20, 120), align="right")
    return page


def _page() -> np.ndarray:
    return sheet().pixels()


def _studio(rng: np.random.Generator) -> Studio:
    return Studio.open(rng, "train")


def _shown(shot: Shot) -> np.ndarray:
    """The picture with its boxes filled, so that both are kept."""
    pixels = np.ascontiguousarray(shot.pixels)
    for box in shot.boxes:
        cv2.fillConvexPoly(pixels, np.rint(box.points).astype(np.int32), (0, 200, 0) if box.ignore else (200, 0, 0))
    return pixels


def _labelled(boxes: list[TextBox], pixels: np.ndarray) -> np.ndarray:
    return _shown(Shot(pixels, [TextBox(box.points, box.text or "", box.ignore) for box in settle(pixels, boxes)]))


def _moved(rng: np.random.Generator) -> np.ndarray:
    flat = warp.corners(WIDTH, HEIGHT)
    target = warp.fitted(
        warp.tilted(rng, flat, rng.normal(0, 20), rng.uniform(0, 0.4)), WIDTH, HEIGHT, rng.uniform(-20, 20)
    )
    turn = warp.matrix(flat, target)
    pixels = warp.place(_page(), turn, np.full((HEIGHT, WIDTH, 3), 90, np.uint8), None, 0.4)
    return _labelled(warp.moved(sheet().boxes, turn), pixels)


def _copied(rng: np.random.Generator) -> np.ndarray:
    page = cv2.resize(_page(), None, fx=2, fy=2)
    boxes = clean_copy(page, [*settle(page, [TextBox(box.points * 2, box.text) for box in sheet().boxes])]).boxes
    copy = paper_copy(page, boxes, rng)
    shot = Shot(copy.pixels, [TextBox(box.points, box.text or "", box.ignore) for box in copy.boxes])
    return cv2.resize(_shown(shot), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


def _drawn_on(draw: Callable[..., object]) -> Callable[[np.random.Generator], np.ndarray]:
    """A distractor on the sheet, or on its pixels."""

    def run(rng: np.random.Generator) -> np.ndarray:
        boxes = list(sheet().boxes)
        return _shown(Shot(np.asarray(draw(_studio(rng), _page(), boxes, 14.0)), boxes))

    return run


def _on_sheet(draw: Callable[[Studio, Sheet], object]) -> Callable[[np.random.Generator], np.ndarray]:
    def run(rng: np.random.Generator) -> np.ndarray:
        page = sheet()
        draw(_studio(rng), page)
        return _shown(Shot(page.pixels(), page.boxes))

    return run


EFFECTS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "fade": lambda rng: ink.fade(rng, _page(), 0.3),
    "perforate": lambda rng: ink.perforate(rng, _page(), rng.uniform(1, 5)),
    "erode": lambda rng: ink.erode(rng, _page()),
    "thicken": lambda rng: ink.thicken(rng, _page()),
    "paper": lambda rng: ink.on_paper(_page(), ink.paper(rng, HEIGHT, WIDTH, rng.uniform(180, 255))),
    "creases": lambda rng: np.clip(128 + ink.creases(rng, HEIGHT, WIDTH), 0, 255),
    "shade": lambda rng: capture.shade(rng, _page(), rng.uniform(0.2, 1)),
    "tone": lambda rng: capture.tone(rng, _page(), rng.uniform(0.2, 1)),
    "defocus": lambda rng: capture.defocus(rng, _page(), rng.uniform(0.5, 3)),
    "sensor": lambda rng: capture.sensor(rng, _page() // 2, rng.uniform(0.5, 30)),
    "squeeze": lambda rng: capture.squeeze(rng, _page(), 5),
    "resample": lambda rng: capture.resample(rng, _page(), 0.3),
    "photograph": lambda rng: capture.photograph(rng, _page(), rng.uniform(0, 1)),
    "scan": lambda rng: capture.scan(rng, _page()),
    "specks": lambda rng: capture.specks(rng, _page()),
    "grain": lambda rng: np.clip(128 + 60 * noise.grain(rng, HEIGHT, WIDTH), 0, 255),
    "cloud": lambda rng: 255 * noise.cloud(rng, HEIGHT, WIDTH, rng.uniform(4, 90), int(rng.integers(1, 5))),
    "colour": lambda rng: np.full((HEIGHT, WIDTH, 3), noise.colour(rng, 30, 220), np.float32),
    "ripple": lambda rng: _labelled(*reversed(warp.ripple(rng, _page(), sheet().boxes, rng.uniform(1, 9), rng.uniform(40, 300)))),
    "placed": _moved,
    "scanned": lambda rng: _shown(desk.scanned(_studio(rng), _page(), list(sheet().boxes), (HEIGHT, WIDTH))),
    "photographed": lambda rng: _shown(desk.photographed(_studio(rng), _page(), list(sheet().boxes), (HEIGHT, WIDTH), tilt=0.2)),
    "copied": _copied,
    "stamp": _drawn_on(distractors.stamp),
    "handwriting": _drawn_on(distractors.handwriting),
    "barcode": _on_sheet(lambda studio, page: distractors.barcode(studio, page, 20, 30, 120, 40)),
    "matrix code": _on_sheet(lambda studio, page: distractors.matrix_code(studio, page, 30, 30, 70)),
    "logo": _on_sheet(lambda studio, page: distractors.logo(studio, page, (90, 70), 40)),
    "picture": _on_sheet(lambda studio, page: distractors.picture(studio, page, (30, 20, 150, 110))),
    "scribble": _on_sheet(lambda studio, page: distractors.scribble(studio, page, 30, 70, 40)),
}  # fmt: skip


def effects(name: str) -> np.ndarray:
    """(seeds, rows, columns, channels) uint8."""
    found = []
    for seed in SEEDS:
        picture = np.asarray(EFFECTS[name](np.random.default_rng([seed, 7])), np.float32)
        height, width = (side // SQUARE * SQUARE for side in picture.shape[:2])
        squares = picture[:height, :width].reshape(height // SQUARE, SQUARE, width // SQUARE, SQUARE, -1)
        found.append(np.clip(squares.mean(axis=(1, 3)).round(), 0, 255).astype(np.uint8))
    return np.stack(found)


def said() -> str:
    """A line a call: what speakers of three languages say, and how letters are fitted."""
    lines = []
    for seed, chinese in enumerate((0.0, 0.15, 0.85, 1.0)):
        for again in range(3):
            words = Words(np.random.default_rng([seed, again]), chinese)
            for number in range(12):
                said = [words.word(), words.code(), words.phone(), words.time(), words.date(), words.percent(), words.price(), words.money(9e4),
                        words.goods(), words.phrase(number % 4), *words.pair(), *words.company(), *words.address()]  # fmt: skip
                lines.append(" | ".join(said))
    kind = pick(np.random.default_rng(3), "serif", 22, "train")
    for width in range(0, 200, 17):
        lines.append(f"{fit('Spring Water 合计金额 total', kind, width)} {width_of('Water'[: width % 6], kind):.0f}")
    return "\n".join(lines) + "\n"


def main() -> None:
    np.savez_compressed(FILE, **{name: effects(name) for name in EFFECTS})  # type: ignore[arg-type]
    SAID.write_text(said(), encoding="utf-8")


if __name__ == "__main__":
    main()
