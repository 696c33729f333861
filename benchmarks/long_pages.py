"""Long and large pages: how much of their text is found, in what time, and the memory of the largest.

    ocrweb bench long_pages [--lengths 2400 5000 10000 20000] [--threads 2]

Receipts 600 pixels wide are printed line by line from known words, so that every line's box is known; an A3 page at
600 dots an inch is printed the same way. A run of text counts as found when one box overlaps it by half (IoU), and
everything found is matched one to one. Each page is looked at by a process of its own, whose peak memory is told.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from benchmarks._measure import finish, limit_cores, machine, table
from ocrweb.evaluation.metric import DetectionMetric
from ocrweb.imaging.encode import write_picture
from ocrweb.render.fonts import load
from ocrweb.render.words import Words

WIDTH, LENGTHS = 600, (2400, 5000, 10_000, 20_000)
FONTS = ("ibm-plex-mono-bold.ttf", "fira-sans.ttf", "roboto.ttf")
A3 = (7016, 9921)  # pixels at 600 dots an inch
Boxes = list[list[int]]


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    if given.page is not None:
        print(json.dumps(look(given.page)))
        return 0
    threads = limit_cores(given.threads)
    document: dict[str, Any] = {"benchmark": "long_pages", "machine": machine(), "threads": threads, "pages": []}
    rows = []
    with tempfile.TemporaryDirectory() as place:
        for width, height, size in [*((WIDTH, length, 22) for length in given.lengths), *([(*A3, 83)] * given.a3)]:
            picture, boxes = printed(width, height, size)
            file = Path(place) / f"{width}x{height}.png"
            write_picture(file, picture)
            del picture
            answer = in_a_process(file)
            metric = DetectionMetric()
            labels = [np.array(box, np.float32).reshape(-1, 2) for box in boxes]
            found = [np.array(box, np.float32).reshape(-1, 2) for box in answer.pop("boxes")]
            metric.update(labels, [False] * len(labels), found)
            score = metric.summary()
            document["pages"].append({
                "width": width, "height": height, "lines": len(boxes), "recall": round(score.recall, 4),
                "precision": round(score.precision, 4), **answer,
            })  # fmt: skip
            rows.append([
                f"{width}×{height}", str(len(boxes)), f"{score.recall:.3f}", f"{score.precision:.3f}",
                str(answer["tiles"]), f"{answer['seconds']:.2f}",
                f"{1e6 * answer['seconds'] / (width * height):.2f}", f"{answer['peak_mb']:.0f}",
            ])  # fmt: skip
    head = ["page", "lines", "found", "precision", "tiles", "seconds", "s/Mpixel", "peak MB"]
    finish("long_pages", document, table(head, rows), as_json=given.json, out=given.out)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ocrweb bench long_pages")
    parser.add_argument("--lengths", type=int, nargs="*", default=list(LENGTHS), help="of the receipts, in pixels")
    parser.add_argument("--no-a3", dest="a3", action="store_false", help="leave the A3 page at 600 dots an inch out")
    parser.add_argument("--threads", type=int, help="cores that everything may use; default: all")
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/long_pages.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    parser.add_argument("--page", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def printed(width: int, height: int, size: int, seed: int = 7) -> tuple[np.ndarray, Boxes]:
    """A page of lines of text on white, (H, W, 3) uint8, and the boxes of its runs of text.

    size: of the letters, in pixels. A line is a name on the left and a price on the right; a page wider than eighty
    letters has several such columns.
    """
    rng = np.random.default_rng(seed)
    words = Words(rng, chinese=0.0)
    sheet = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(sheet)
    boxes: Boxes = []
    column = min(width, 27 * size)
    columns = max(1, width // column)
    for line, y in enumerate(range(size, height - 2 * size, round(1.7 * size))):
        font = load(FONTS[line // 9 % len(FONTS)], size)
        for left in range(0, columns * column, column):
            name = f"{words.of('goods')} {words.number(1, 99)}"
            while font.getlength(name) > 0.62 * column:
                name = name[:-1]
            price = f"{words.number(0, 999)}.{words.number(10, 99)}"
            start = left + column - size - font.getlength(price)
            for x, text in ((left + size, name.strip()), (round(start), price)):
                pen.text((x, y), text, fill=int(rng.integers(0, 70)), font=font)
                x0, y0, x1, y1 = (round(value) for value in pen.textbbox((x, y), text, font=font))
                boxes.append([x0, y0, x1, y0, x1, y1, x0, y1])
    return np.repeat(np.asarray(sheet)[:, :, None], 3, axis=2), boxes


def in_a_process(file: Path) -> dict[str, Any]:
    child = subprocess.run(
        [sys.executable, "-m", "benchmarks.long_pages", "--page", str(file)], stdout=subprocess.PIPE, check=True
    )
    answer: dict[str, Any] = json.loads(child.stdout)
    return answer


def look(file: Path) -> dict[str, Any]:
    """Detect one page, after a small one that loads the network, and draw the result as a batch does."""
    from ocrweb.services.detect.detection import detect_once, detect_picture, drawing
    from ocrweb.services.detect.request import DetectRequest

    detect_once(np.full((640, 480, 3), 255, np.uint8), DetectRequest(), "")
    start = time.perf_counter()
    found = detect_picture(file, DetectRequest())
    seconds = time.perf_counter() - start
    drawing(found.handle, found.result)
    document = found.result.to_dict()
    return {
        "boxes": document["boxes"],
        "tiles": document.get("tiles", 1),
        "seconds": round(seconds, 3),
        "timing": document["timing"],
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }


if __name__ == "__main__":
    sys.exit(main())
