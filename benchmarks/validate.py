"""Validation against OpenCV decoding alone: time, lines only, memory, seeded faults found and false findings.

    ocrweb bench validate [--data DIR ...] [--pictures 1000] [--threads 2] [--parts speed lines memory faults]

Both contestants read the same files with the same number of threads, taking turns. Memory is that of a fresh process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks._measure import TOO_NOISY, finish, limit_cores, machine, spread, table, timed, told
from benchmarks._pictures import rendered
from ocrweb.data.validate import ValidateOptions, validate_dataset

PARTS = ("speed", "lines", "memory", "faults")
WIDTH, HEIGHT = 1280, 960
BOXES = 30
DISTINCT = 40
MANY = 10_000


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    if given.peak_of is not None:
        print(peak_memory(given.peak_of, given.threads))
        return 0
    limit_cores(given.threads)
    document: dict[str, Any] = {"benchmark": "validate", "machine": machine(), "threads": given.threads}
    runs: dict[str, Callable[[argparse.Namespace, Path], dict[str, Any]]] = {
        "speed": run_speed,
        "lines": run_lines,
        "memory": run_memory,
        "faults": run_faults,
    }
    rows: list[list[str]] = []
    for part in given.parts:
        with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place:
            document[part] = runs[part](given, Path(place))
        rows += [
            [part, name.replace("_", " "), TOO_NOISY if value is None else str(value)]
            for name, value in document[part].items()
        ]
    finish("validate", document, table(["part", "what", "measured"], rows), as_json=given.json, out=given.out)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ocrweb bench validate", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="good datasets that must give no finding")
    parser.add_argument("--pictures", type=int, default=1000, help="pictures of the speed part")
    parser.add_argument("--threads", type=int, default=2, help="decoding threads of both contestants, and cores")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/validate.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    parser.add_argument("--peak-of", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def run_speed(given: argparse.Namespace, place: Path) -> dict[str, Any]:
    """Everything checked, every picture decoded, against decoding alone."""
    files = make_dataset(place, given.pictures, link=False)
    options = ValidateOptions(workers=given.threads)
    ours, alone, cpu_ours, cpu_alone = [], [], 0.0, 0.0
    for turn in range(given.rounds + 1):  # the first turn warms the disk cache
        start = time.process_time()
        seconds, _ = timed(decode_all, files, given.threads)
        middle = time.process_time()
        validated, report = timed(validate_dataset, place, options)
        assert not report.findings, report.rules
        if turn:
            alone.append(seconds)
            ours.append(validated)
            cpu_alone += middle - start
            cpu_ours += time.process_time() - middle
    ratios = [mine / theirs for mine, theirs in zip(ours, alone, strict=True)]
    return {
        "pictures": given.pictures,
        "size": f"{WIDTH}x{HEIGHT}",
        "boxes_each": BOXES,
        "validate_s": round(statistics.median(ours), 3),
        "opencv_decode_s": round(statistics.median(alone), 3),
        "spread": round(max(spread(ours), spread(alone)), 3),
        "ratio": told(statistics.median(ratios), spread(ratios)),
        "ratio_quiet": told(min(ours) / min(alone), spread(ours), spread(alone)),
        "ratio_cpu_time": round(cpu_ours / cpu_alone, 3),
    }


def run_lines(given: argparse.Namespace, place: Path) -> dict[str, Any]:
    make_dataset(place, MANY, link=True)
    start = time.process_time()
    rounds = min(3, given.rounds)
    times = [timed(validate_dataset, place, ValidateOptions(open_pictures=False))[0] for _ in range(rounds)]
    return {
        "label_files": MANY,
        "lines_each": BOXES,
        "seconds": round(statistics.median(times), 3),
        "cpu_seconds": round((time.process_time() - start) / rounds, 3),
    }


def run_memory(given: argparse.Namespace, place: Path) -> dict[str, Any]:
    """Peak resident memory of a process that validates many pictures, every one with a fault in its labels."""
    make_dataset(place, MANY, link=True, fault=True)
    command = [sys.executable, "-m", "benchmarks.validate", "--peak-of", str(place), "--threads", str(given.threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    return {"pictures": MANY, "peak_mb": int(done.stdout)}


def run_faults(given: argparse.Namespace, place: Path) -> dict[str, Any]:
    """Seeded faults of the test corpus, and datasets that have none."""
    from tests.data import corpus_labels, corpus_lists, corpus_pictures
    from tests.data.corpus import make_good

    seeded = found = false = 0
    cases = [*corpus_labels.CASES, *corpus_lists.CASES, *corpus_pictures.CASES]
    for number, case in enumerate(cases):
        root = make_good(place / str(number) / "data")
        case.spoil(root)
        rules = validate_dataset(root, ValidateOptions(workers=1)).rules
        seeded += sum(case.expected.values())
        found += sum(min(count, rules.get(rule, 0)) for rule, count in case.expected.items())
        false += sum(max(0, count - case.expected.get(rule, 0)) for rule, count in rules.items())
    pages = rendered(24).samples[0].image.parent.parent
    good = {path.name: good_findings(path) for path in [*given.data, pages]}
    return {
        "datasets": len(cases),
        "seeded": seeded,
        "found": found,
        "false": false,
        **{f"false_on_{name}": count for name, count in good.items()},
    }


def good_findings(root: Path) -> int:
    """Findings on a dataset without faults; a part without pictures is no fault of the rendered one."""
    rules = validate_dataset(root).rules
    return sum(count for rule, count in rules.items() if rule not in ("list.empty", "stats.few-pictures"))


def decode_all(files: list[Path], threads: int) -> int:
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(decode_one, files))


def decode_one(path: Path) -> int:
    return int(cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR).shape[0])


def make_dataset(root: Path, count: int, *, link: bool, fault: bool = False) -> list[Path]:
    """Drawn pages with text lines. link: pictures share the bytes of a few. fault: the last line of each file is short."""
    images, labels = root / "train_images", root / "train_gts"
    for folder in (images, labels, root / "test_images", root / "test_gts"):
        folder.mkdir(parents=True)
    (root / "test_list.txt").touch()
    pages = [page(seed) for seed in range(DISTINCT)]
    files, lines = [], []
    for number in range(count):
        path = images / f"{number}.jpg"
        if link and number >= DISTINCT:
            os.link(files[number % DISTINCT], path)
        else:
            path.write_bytes(pages[number % DISTINCT][0])
        text = pages[number % DISTINCT][1]
        (labels / f"{number}.txt").write_text(text + ("1,2,3\n" if fault else ""), encoding="utf-8")
        files.append(path)
        lines.append(f"train_images/{number}.jpg train_gts/{number}.txt\n")
    (root / "train_list.txt").write_text("".join(lines))
    return files


def page(seed: int) -> tuple[bytes, str]:
    """A JPEG with so many words on noisy paper, and its label text."""
    rng = np.random.default_rng(seed)
    canvas = rng.normal(225, 9, (HEIGHT, WIDTH, 3)).clip(0, 255).astype(np.uint8)
    lines = []
    for row in range(BOXES):
        x, y = int(rng.integers(20, 700)), 20 + row * 30
        cv2.putText(canvas, f"Word {seed} {row}", (x, y + 20), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (30, 30, 30), 2)
        lines.append(f"{x},{y},{x + 200},{y},{x + 200},{y + 26},{x},{y + 26},Word {seed} {row}\n")
    return cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes(), "".join(lines)


def peak_memory(root: Path, threads: int) -> int:
    """MB of resident memory at most while a dataset is validated."""
    import resource

    validate_dataset(root, ValidateOptions(workers=threads))
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
